"""Options of one question, or one number in several groups: a dot on its interval for each."""

from collections.abc import Iterator
from dataclasses import dataclass

from cityvoice.figures.axis import Axis, Panel, axis_for, star_width
from cityvoice.figures.canvas import LEADING, Canvas
from cityvoice.figures.lettering import text_width, wrap
from cityvoice.figures.numbers import NumberFormat, Unit
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
from cityvoice.figures.theme import BRAND_WASH, INK_2, INK_3, LINE, PRINT, Theme
from cityvoice.figures.words import ENGLISH, Words

ROW_HEIGHT, HEADING_HEIGHT = 1.45, 1.5  # with one line, in the size of the label


@dataclass(frozen=True, slots=True)
class DotRow:
    label: str
    reading: Reading


@dataclass(frozen=True, slots=True)
class DotSection:
    """Rows under one heading, such as the districts; an empty heading is not drawn."""

    rows: tuple[DotRow, ...]
    heading: str = ""


@dataclass(frozen=True, slots=True)
class Reference:
    """A line through all rows, such as the city's own value or parity."""

    label: str
    value: float


@dataclass(frozen=True, slots=True)
class DotFigure:
    """Dots with intervals.

    Parameters
    ----------
    title : str
        What is shown, in a few words; it opens the alt text.
    measure : str
        Head of the value column, e.g. ``satisfied, %``.
    has_bars : bool
        A pale bar from zero behind each dot, for the distribution of one question.
    is_whole_scale : bool
        Keep shares on 0-100 also where all are small, for figures that are compared.
    """

    title: str
    measure: str
    sections: tuple[DotSection, ...]
    numbers: NumberFormat
    words: Words = ENGLISH
    unit: Unit = Unit.SHARE
    reference: Reference | None = None
    has_bars: bool = False
    is_whole_scale: bool = False

    @property
    def rows(self) -> tuple[DotRow, ...]:
        return tuple(row for section in self.sections for row in section.rows)

    @property
    def _has_n_eff(self) -> bool:
        return any(row.reading.n_eff is not None for row in self.rows)

    @property
    def alt(self) -> str:
        line = ""
        if self.reference:
            line = f" {self.reference.label}: {self.numbers.with_sign(self.reference.value, self.unit)}."
        parts = []
        for section in self.sections:
            heading = f"{section.heading}: " if section.heading else ""
            facts = (f"{row.label} {self._in_words(row.reading)}" for row in section.rows)
            parts.append(heading + "; ".join(facts))
        return f"{self.title}. {self.measure}.{line} {'. '.join(parts)}."

    @property
    def axis(self) -> Axis:
        values = [self.reference.value] if self.reference else []
        for row in self.rows:
            if row.reading.shown is not None:
                values += [row.reading.shown, *(row.reading.interval or ())]
        return axis_for(values, self.unit, whole=self.is_whole_scale)

    def table(self) -> DataTable:
        words = self.words
        heads = (self.measure, words.interval, words.n, *((words.n_eff,) if self._has_n_eff else ()))
        first = Column(words.answer if self.has_bars else words.group, is_number=False)
        readings = [row.reading for row in self.rows]
        return DataTable((first, *map(Column, heads)), tuple(self._table_rows()), mark_notes(readings, words))

    def svg(self, theme: Theme = PRINT) -> str:
        return _Drawing(self, theme).svg()

    def _table_rows(self) -> Iterator[Row]:
        for section in self.sections:
            if section.heading:
                yield Row((section.heading, *[""] * (4 if self._has_n_eff else 3)), is_heading=True)
            for row in section.rows:
                value = value_cell(row.reading, self.numbers, self.words, self.unit)
                interval = interval_cell(row.reading, self.numbers, self.words, self.unit)
                bases = base_cells(row.reading, self.numbers)[: 2 if self._has_n_eff else 1]
                yield Row((row.label, value, interval, *bases))

    def _in_words(self, reading: Reading) -> str:
        if reading.shown is None:
            return self.words.suppressed
        value = self.numbers.with_sign(reading.value, self.unit)
        return f"{value} ({self.numbers.interval(reading.low, reading.high, self.unit)})"


class _Drawing:
    """Labels, panel and numbers in four columns."""

    def __init__(self, figure: DotFigure, theme: Theme) -> None:
        self.figure, self.theme = figure, theme
        self.canvas = Canvas(theme)
        self.has_bases = len({row.reading.n for row in figure.rows}) > 1
        gap = theme.size
        self.label_width = self._label_width()
        self.base_width = text_width("n = 00 000", theme.small, theme) if self.has_bases else 0.0
        value_width = text_width("100,00", theme.size, theme, bold=True)
        star = star_width((row.reading for row in figure.rows), theme)
        self.value_right = theme.width - self.base_width - star
        left = self.label_width + gap * 1.5
        self.panel = Panel(figure.axis, left, self.value_right - value_width - gap - left)

    def svg(self) -> str:
        top = self._heads()
        y = top
        placed: list[tuple[float, DotSection | DotRow]] = []
        for index, section in enumerate(self.figure.sections):
            if section.heading:
                y += self.theme.size * (0.6 if index else 0)
                placed.append((y, section))
                y += self.theme.size * HEADING_HEIGHT
            for row in section.rows:
                placed.append((y, row))
                y += self._row_height(row)
        self.panel.draw(self.canvas, top, y, self.figure.numbers)
        self._reference(top, y)
        for row_top, item in placed:
            self._heading(row_top, item) if isinstance(item, DotSection) else self._row(row_top, item)
        return self.canvas.svg(y + self.theme.small * 1.7, self.figure.alt)

    def _label_width(self) -> float:
        widest = max(
            (text_width(row.label, self.theme.size, self.theme) for row in self.figure.rows), default=0
        )
        return min(max(widest, self.theme.width * 0.16), self.theme.width * 0.4)

    def _heads(self) -> float:
        """The measure over the numbers and the reference's name over its line; returns where rows begin."""
        size, reference = self.theme.small, self.figure.reference
        lines = wrap(self.figure.measure, self.theme.width * 0.42, size, self.theme)
        for i, line in enumerate(lines):
            y = size * (1 + LEADING * i)
            self.canvas.text(self.theme.width, y, line, size=size, fill=INK_2, anchor="end")
        if reference is not None:
            text = f"{reference.label} {self.figure.numbers.value(reference.value, self.figure.unit)}"
            half = text_width(text, size, self.theme) / 2
            x = max(self.panel.x(reference.value), half)
            measure = max(text_width(line, size, self.theme) for line in lines)
            if x + half + size > self.theme.width - measure:
                y += size * LEADING
            self.canvas.text(min(x, self.theme.width - half), y, text, size=size, fill=INK_2, anchor="middle")
        return y + size * 0.5

    def _reference(self, top: float, bottom: float) -> None:
        if self.figure.reference:
            x = self.panel.x(self.figure.reference.value)
            self.canvas.line(x, top, x, bottom, INK_3, width=1.2, dash="3 2")

    def _heading(self, top: float, section: DotSection) -> None:
        self.canvas.text(0, top + self.theme.size * 1.1, section.heading, bold=True)

    def _lines(self, row: DotRow) -> tuple[str, ...]:
        return wrap(row.label, self.label_width, self.theme.size, self.theme)

    def _row_height(self, row: DotRow) -> float:
        return self.theme.size * (LEADING * (len(self._lines(row)) - 1) + ROW_HEIGHT)

    def _row(self, top: float, row: DotRow) -> None:
        size, lines, reading = self.theme.size, self._lines(row), row.reading
        middle = top + self._row_height(row) / 2
        baseline = middle + size * 0.35
        self.canvas.label(middle, lines)
        if reading.shown is None:
            right = self.panel.left + self.panel.width
            self.canvas.line(self.panel.left, middle, right, middle, LINE, dash="2 3")
            self.panel.withheld(self.canvas, middle, self.figure.words.suppressed)
            return
        if self.figure.has_bars:
            width = self.panel.x(reading.shown) - self.panel.left
            self.canvas.rect(self.panel.left, middle - size * 0.55, width, size * 1.1, BRAND_WASH)
        self.panel.dot(self.canvas, middle, reading)
        self.panel.number(self.canvas, self.value_right, middle, reading, self.figure.numbers)
        if self.has_bases:
            base = f"n = {self.figure.numbers.integer(reading.n)}"
            self.canvas.text(
                self.theme.width, baseline, base, anchor="end", size=self.theme.small, fill=INK_3
            )
