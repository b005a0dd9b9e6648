"""Answers as a workbook: a sheet of codes, a sheet in words, a sheet that explains both."""

from collections.abc import Iterable, Iterator, Sequence
from typing import BinaryIO

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from cityvoice.surveys.exports.columns import Column, ResponseRow

LONGEST_CELL = 32_767  # characters; more makes the file unreadable
UNWRITABLE = {code: None for code in range(32) if code not in (9, 10, 13)}  # no XML file may hold these


def write_xlsx(out: BinaryIO, columns: Sequence[Column], rows: Iterable[ResponseRow]) -> None:
    """Write three sheets: ``answers`` (codes), ``in words``, ``codebook``."""
    book = Workbook(write_only=True)
    codes, words = book.create_sheet("answers"), book.create_sheet("in words")
    for sheet in (codes, words):
        sheet.freeze_panes = "B2"
        sheet.append([_bold(sheet, column.name) for column in columns])
    for row in rows:
        values = [column.read(row) for column in columns]
        codes.append([_written(codes, value) for value in values])
        words.append([_written(words, _label(c, v)) for c, v in zip(columns, values, strict=True)])
    _explain(book.create_sheet("codebook"), columns)
    book.save(out)


def _label(column: Column, value: str | float | None) -> str | float | None:
    return column.labels.get(value, value) if isinstance(value, str) else value


def _explain(sheet: WriteOnlyWorksheet, columns: Sequence[Column]) -> None:
    sheet.freeze_panes = "A2"
    sheet.append([_bold(sheet, word) for word in ("column", "label", "kind", "code", "meaning", "missing")])
    for line in _lines(columns):
        sheet.append([_written(sheet, value) for value in line])


def _lines(columns: Sequence[Column]) -> Iterator[tuple[str, ...]]:
    for column in columns:
        yield (column.name, column.label, column.kind.value)
        for code, label in column.labels.items():
            yield ("", "", "", code, label, "yes" if code in column.missing_codes else "")


def _bold(sheet: WriteOnlyWorksheet, words: str) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, words)
    cell.font = Font(bold=True)
    return cell


def _written(sheet: WriteOnlyWorksheet, value: str | float | None) -> object:
    """A text is written as text even where it looks like a formula."""
    if not isinstance(value, str):
        return value
    cell = WriteOnlyCell(sheet, value.translate(UNWRITABLE)[:LONGEST_CELL])
    cell.data_type = "s"
    return cell
