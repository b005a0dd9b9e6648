"""Who answered against who lives here: population, sample before and after weighting, level by level."""

from collections.abc import Iterator
from dataclasses import dataclass

from cityvoice.figures.axis import Panel, axis_for
from cityvoice.figures.canvas import LEADING, Canvas
from cityvoice.figures.lettering import text_width, wrap
from cityvoice.figures.numbers import NumberFormat, Unit
from cityvoice.figures.table import Column, DataTable, Row
from cityvoice.figures.theme import BRAND, INK, INK_2, PAPER, PRINT, RUST, STONE, Theme
from cityvoice.figures.words import ENGLISH, Words


@dataclass(frozen=True, slots=True)
class ProfileRow:
    """One level of a margin; shares are fractions of 1 of the margin."""

    label: str
    n: int
    population: float
    before: float
    after: float


@dataclass(frozen=True, slots=True)
class ProfileSection:
    heading: str
    rows: tuple[ProfileRow, ...]


@dataclass(frozen=True, slots=True)
class ProfileFigure:
    """Three marks a level: a diamond for the population, a ring before weighting, a dot after it."""

    title: str
    sections: tuple[ProfileSection, ...]
    numbers: NumberFormat
    words: Words = ENGLISH

    @property
    def rows(self) -> tuple[ProfileRow, ...]:
        return tuple(row for section in self.sections for row in section.rows)

    @property
    def alt(self) -> str:
        words, share = self.words, self.numbers.with_sign
        parts = [
            f"{section.heading}: "
            + "; ".join(
                f"{row.label} {share(row.population)}, {share(row.before)}, {share(row.after)}"
                for row in section.rows
            )
            for section in self.sections
        ]
        return f"{self.title}. {words.population}, {words.before}, {words.after}. {'. '.join(parts)}."

    def table(self) -> DataTable:
        words = self.words
        labels = (words.n, f"{words.population}, %", f"{words.before}, %", f"{words.after}, %")
        columns = (Column(words.group, is_number=False), *(Column(label) for label in labels))
        return DataTable((*columns, Column(words.difference)), tuple(self._table_rows()))

    def svg(self, theme: Theme = PRINT) -> str:
        return _Drawing(self, theme).svg()

    def _table_rows(self) -> Iterator[Row]:
        numbers = self.numbers
        for section in self.sections:
            yield Row((section.heading, *[""] * 5), is_heading=True)
            for row in section.rows:
                shares = (numbers.value(share) for share in (row.population, row.before, row.after))
                gap = numbers.signed(row.after - row.population)
                yield Row((row.label, numbers.integer(row.n), *shares, gap))


class _Drawing:
    def __init__(self, figure: ProfileFigure, theme: Theme) -> None:
        self.figure, self.theme = figure, theme
        self.canvas = Canvas(theme)
        widest = max((text_width(row.label, theme.size, theme) for row in figure.rows), default=0)
        self.label_width = min(max(widest, theme.width * 0.16), theme.width * 0.4)
        left = self.label_width + theme.size * 1.5
        inset = text_width("100", theme.small, theme)
        shares = [share for row in figure.rows for share in (row.population, row.before, row.after)]
        self.panel = Panel(axis_for(shares, Unit.SHARE), left, theme.width - inset - left)

    def svg(self) -> str:
        top = y = self._key()
        placed: list[tuple[float, ProfileRow]] = []
        for index, section in enumerate(self.figure.sections):
            y += self.theme.size * (0.6 if index else 0)
            self.canvas.text(0, y + self.theme.size * 1.1, section.heading, bold=True)
            y += self.theme.size * 1.5
            for row in section.rows:
                placed.append((y, row))
                y += self._row_height(row)
        self.panel.draw(self.canvas, top, y, self.figure.numbers)
        for row_top, row in placed:
            self._row(row_top, row)
        return self.canvas.svg(y + self.theme.small * 1.7, self.figure.alt)

    def _key(self) -> float:
        size, words, x, y = self.theme.small, self.figure.words, 0.0, self.theme.size * 0.6
        for mark, label in zip(
            (self._population, self._before, self._after),
            (words.population, words.before, words.after),
            strict=True,
        ):
            width = size * 1.4 + text_width(label, size, self.theme)
            if x and x + width > self.theme.width:
                x, y = 0.0, y + size * 1.6
            mark(x + size * 0.6, y)
            self.canvas.text(x + size * 1.4, y + size * 0.35, label, size=size, fill=INK_2)
            x += width + size * 2
        return y + size * 1.4

    def _lines(self, row: ProfileRow) -> tuple[str, ...]:
        return wrap(row.label, self.label_width, self.theme.size, self.theme)

    def _row_height(self, row: ProfileRow) -> float:
        return self.theme.size * (LEADING * (len(self._lines(row)) - 1) + 1.4)

    def _row(self, top: float, row: ProfileRow) -> None:
        middle = top + self._row_height(row) / 2
        self.canvas.label(middle, self._lines(row))
        x = self.panel.x
        self.canvas.line(x(row.before), middle, x(row.after), middle, STONE, width=self.theme.size / 4)
        self._population(x(row.population), middle)
        self._before(x(row.before), middle)
        self._after(x(row.after), middle)

    def _population(self, x: float, y: float) -> None:
        self.canvas.diamond(x, y, self.theme.size * 0.55, INK)

    def _before(self, x: float, y: float) -> None:
        self.canvas.circle(x, y, self.theme.size * 0.34, PAPER, RUST[0], width=1.6)

    def _after(self, x: float, y: float) -> None:
        self.canvas.circle(x, y, self.theme.size * 0.3, BRAND, PAPER, width=1)
