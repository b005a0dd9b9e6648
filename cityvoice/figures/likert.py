"""Rating questions of one scale: diverging bars on one neutral axis, and the favourable share beside them."""

from dataclasses import dataclass

from cityvoice.figures.likert_drawing import LikertDrawing
from cityvoice.figures.numbers import NumberFormat
from cityvoice.figures.reading import Reading
from cityvoice.figures.table import (
    Column,
    DataTable,
    Row,
    base_cells,
    interval_cell,
    mark_notes,
    value_cell,
)
from cityvoice.figures.theme import PRINT, Theme, likert_colours
from cityvoice.figures.words import ENGLISH, Words


@dataclass(frozen=True, slots=True)
class LikertScale:
    """A scale from its least to its most favourable level.

    Parameters
    ----------
    levels : tuple of str
        Labels, least favourable first.
    n_unfavourable, n_favourable : int
        How many levels count as unfavourable (from the start) and favourable (from the end);
        those between are neutral.
    unfavourable, favourable : str
        What the two sides are called, e.g. dissatisfied and satisfied.
    """

    levels: tuple[str, ...]
    n_unfavourable: int
    n_favourable: int
    unfavourable: str
    favourable: str

    def __post_init__(self) -> None:
        if self.n_unfavourable < 0 or self.n_favourable < 1 or self.n_neutral < 0:
            raise ValueError(
                f"a scale of {len(self.levels)} levels cannot have {self.n_unfavourable} unfavourable "
                f"and {self.n_favourable} favourable ones"
            )

    @property
    def n_neutral(self) -> int:
        return len(self.levels) - self.n_unfavourable - self.n_favourable

    @property
    def colours(self) -> tuple[str, ...]:
        return likert_colours(self.n_unfavourable, self.n_neutral, self.n_favourable)


@dataclass(frozen=True, slots=True)
class LikertRow:
    """One item: its share of each level (fractions of 1, in the scale's order) and its favourable share."""

    label: str
    shares: tuple[float, ...]
    favourable: Reading

    def left_of_axis(self, scale: LikertScale) -> float:
        """Share drawn left of the axis: the unfavourable ones and half of the neutral."""
        unfavourable = sum(self.shares[: scale.n_unfavourable])
        neutral = sum(self.shares[scale.n_unfavourable : len(self.shares) - scale.n_favourable])
        return unfavourable + neutral / 2


@dataclass(frozen=True, slots=True)
class LikertFigure:
    """A battery of items on one scale.

    Parameters
    ----------
    title : str
        What is shown, in a few words; it opens the alt text.
    rows : tuple of LikertRow
        Every row has as many shares as the scale has levels; ValueError otherwise.
    """

    title: str
    scale: LikertScale
    rows: tuple[LikertRow, ...]
    numbers: NumberFormat
    words: Words = ENGLISH

    def __post_init__(self) -> None:
        for row in self.rows:
            if len(row.shares) != len(self.scale.levels):
                raise ValueError(
                    f"{row.label}: {len(row.shares)} shares for a scale of {len(self.scale.levels)} levels"
                )

    @property
    def alt(self) -> str:
        facts = "; ".join(f"{row.label}: {self._in_words(row)}" for row in self.rows)
        return f"{self.title}. {self.scale.favourable}, {self.words.interval}: {facts}."

    def table(self) -> DataTable:
        words = self.words
        levels = tuple(Column(level, short=str(i)) for i, level in enumerate(self.scale.levels, start=1))
        heads = (f"{self.scale.favourable}, %", words.interval, words.n, words.n_eff)
        columns = (Column(words.item, is_number=False), *levels, *map(Column, heads))
        rows = tuple(self._table_row(row) for row in self.rows)
        return DataTable(columns, rows, mark_notes([row.favourable for row in self.rows], words))

    def svg(self, theme: Theme = PRINT) -> str:
        return LikertDrawing(self, theme).svg()

    def _table_row(self, row: LikertRow) -> Row:
        numbers, words, favourable = self.numbers, self.words, row.favourable
        withheld = favourable.shown is None
        shares = (words.withheld if withheld else numbers.value(share) for share in row.shares)
        value = value_cell(favourable, numbers, words)
        interval = interval_cell(favourable, numbers, words)
        return Row((row.label, *shares, value, interval, *base_cells(favourable, numbers)))

    def _in_words(self, row: LikertRow) -> str:
        if row.favourable.shown is None:
            return self.words.suppressed
        low_high = self.numbers.interval(row.favourable.low, row.favourable.high)
        return f"{self.numbers.with_sign(row.favourable.value)} ({low_high})"
