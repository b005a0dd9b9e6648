"""The data table of a figure: formatted cells, ready for a page or a PDF."""

from dataclasses import dataclass

from cityvoice.figures.numbers import NumberFormat, Unit
from cityvoice.figures.reading import STAR, Mark, Reading
from cityvoice.figures.words import Words


@dataclass(frozen=True, slots=True)
class Column:
    """A column; `short` stands in its head where the table is narrow, explained in the table's key."""

    label: str
    is_number: bool = True
    short: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of cells; a heading row has its section's name in the first cell and nothing else."""

    cells: tuple[str, ...]
    is_heading: bool = False


@dataclass(frozen=True, slots=True)
class DataTable:
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()

    @property
    def key(self) -> tuple[tuple[str, str], ...]:
        """Short heads and what they stand for."""
        return tuple((column.short, column.label) for column in self.columns if column.short)


def value_cell(reading: Reading, numbers: NumberFormat, words: Words, unit: Unit = Unit.SHARE) -> str:
    if reading.mark is Mark.SUPPRESSED:
        return words.withheld
    return numbers.value(reading.value, unit) + (STAR if reading.mark is Mark.FLAGGED else "")


def interval_cell(reading: Reading, numbers: NumberFormat, words: Words, unit: Unit = Unit.SHARE) -> str:
    if reading.mark is Mark.SUPPRESSED:
        return words.withheld
    return numbers.interval(reading.low, reading.high, unit)


def base_cells(reading: Reading, numbers: NumberFormat) -> tuple[str, str]:
    return numbers.integer(reading.n), numbers.integer(reading.n_eff)


def mark_notes(readings: list[Reading], words: Words) -> tuple[str, ...]:
    """What the stars and dots in a table mean, only where they occur."""
    marks = {reading.mark for reading in readings}
    notes = ((Mark.FLAGGED, words.flagged), (Mark.SUPPRESSED, words.withheld_note))
    return tuple(note for mark, note in notes if mark in marks)
