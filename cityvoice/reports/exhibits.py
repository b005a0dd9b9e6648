"""From the report's data to its figures and tables, which auditors call exhibits."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from cityvoice.figures.dots import DotFigure, DotRow, DotSection, Reference
from cityvoice.figures.likert import LikertFigure, LikertRow
from cityvoice.figures.numbers import NumberFormat, Unit
from cityvoice.figures.profile import ProfileFigure
from cityvoice.figures.reading import Reading
from cityvoice.figures.table import interval_cell, mark_notes, value_cell
from cityvoice.figures.words import Words
from cityvoice.reports.document import (
    Break,
    ChoiceQuestion,
    Differences,
    GroupedMeasure,
    Participation,
    RatingBattery,
    SampleProfile,
)

COLUMNS_PER_TABLE = 7
ROWS_PER_TABLE = 8  # two such tables fill a page


@dataclass(frozen=True, slots=True)
class Labels:
    """Translated words that the exhibits need beside those of the figures."""

    city: str
    parity: str
    ratio: str
    profile: str
    representation: str


@dataclass(frozen=True, slots=True)
class GroupCell:
    value: str
    interval: str
    n: str


@dataclass(frozen=True, slots=True)
class GroupRow:
    code: str
    label: str
    cells: tuple[GroupCell, ...]


@dataclass(frozen=True, slots=True)
class GroupTable:
    """Items down, groups across; the first column of cells is the whole city."""

    measure: str
    breaks: tuple[str, ...]
    heads: tuple[str, ...]
    rows: tuple[GroupRow, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Exhibits:
    """Knows the language's numbers and words; makes one figure or table from one part of the report."""

    numbers: NumberFormat
    words: Words
    labels: Labels

    def profile(self, profile: SampleProfile) -> ProfileFigure:
        return ProfileFigure(self.labels.profile, profile.sections, self.numbers, self.words)

    def battery(self, battery: RatingBattery) -> LikertFigure:
        rows = tuple(LikertRow(item.label, item.shares, item.favourable) for item in battery.items)
        return LikertFigure(battery.finding or battery.stem, battery.scale, rows, self.numbers, self.words)

    def choice(self, question: ChoiceQuestion) -> DotFigure:
        return DotFigure(
            title=question.finding or question.wording,
            measure=self.words.share,
            sections=(DotSection(question.options),),
            numbers=self.numbers,
            words=self.words,
            has_bars=True,
        )

    def difference(self, measure: GroupedMeasure, breaks: tuple[Break, ...]) -> DotFigure:
        sections = tuple(
            DotSection(tuple(map(DotRow, one.levels, readings)), one.label)
            for one, readings in zip(breaks, measure.groups, strict=True)
        )
        city = measure.city.shown
        return DotFigure(
            title=measure.finding or measure.label,
            measure=measure.measure,
            sections=sections,
            numbers=self.numbers,
            words=self.words,
            reference=None if city is None else Reference(self.labels.city, city),
            is_whole_scale=True,
        )

    def representation(self, participation: Participation) -> DotFigure:
        return DotFigure(
            title=self.labels.representation,
            measure=self.labels.ratio,
            sections=participation.ratios,
            numbers=self.numbers,
            words=self.words,
            unit=Unit.RATIO,
            reference=Reference(self.labels.parity, 1.0),
        )

    def group_tables(self, differences: Differences) -> Iterator[GroupTable]:
        """Every measure by every break, in tables of a page's size."""
        for measure, same in groupby(differences.measures, key=lambda one: one.measure):
            measures = list(same)
            for start in range(0, len(measures), ROWS_PER_TABLE):
                for columns in _columns(differences.breaks):
                    yield self._group_table(
                        measure, measures[start : start + ROWS_PER_TABLE], differences.breaks, columns
                    )

    def _group_table(
        self,
        measure: str,
        measures: list[GroupedMeasure],
        breaks: tuple[Break, ...],
        columns: list[tuple[int, int]],
    ) -> GroupTable:
        readings = [[one.city, *(one.groups[b][level] for b, level in columns)] for one in measures]
        rows = tuple(
            GroupRow(one.code, one.label, tuple(map(self._cell, cells)))
            for one, cells in zip(measures, readings, strict=True)
        )
        heads = (self.labels.city, *(breaks[b].levels[level] for b, level in columns))
        names = tuple(breaks[b].label for b in sorted({b for b, _ in columns}))
        notes = mark_notes([reading for cells in readings for reading in cells], self.words)
        return GroupTable(measure, names, heads, rows, notes)

    def _cell(self, reading: Reading) -> GroupCell:
        if reading.shown is None:
            return GroupCell(self.words.withheld, "", self.numbers.integer(reading.n))
        return GroupCell(
            value_cell(reading, self.numbers, self.words),
            interval_cell(reading, self.numbers, self.words),
            self.numbers.integer(reading.n),
        )


def _columns(breaks: tuple[Break, ...]) -> Iterator[list[tuple[int, int]]]:
    """Levels as (break, level) packed into tables: whole breaks together, a long break cut evenly."""
    packed: list[tuple[int, int]] = []
    for index, one in enumerate(breaks):
        levels = [(index, level) for level in range(len(one.levels))]
        if packed and len(packed) + len(levels) > COLUMNS_PER_TABLE:
            yield packed
            packed = []
        parts = max(1, -(-len(levels) // COLUMNS_PER_TABLE))
        size = max(1, -(-len(levels) // parts))
        *whole, last = [levels[i : i + size] for i in range(0, len(levels), size)] or [[]]
        yield from whole
        packed += last
    if packed:
        yield packed
