"""A table's rows, from delimited text or from the first sheet of a workbook."""

import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from cityvoice.questionnaire.message import Message
from cityvoice.questionnaire.tabular import Row, UnreadableTable, read_rows

ZIP = b"PK\x03\x04"
MOST_UNPACKED = 500_000_000  # bytes of a workbook: a small file can be made to fill the memory
WINDOWS = "cp1250"  # what spreadsheets in Polish write where nobody asks for UTF-8
POLISH = frozenset("ąćęłńóśźżĄĆĘŁŃÓŚŹŻ")
BESIDE_POLISH = frozenset("äöüßÄÖÜáčéířšžÁČÉÍŘŠŽ„”“’‘–—…«»°§€\N{NO-BREAK SPACE}")  # neighbours'
READ_AS_WINDOWS = Message("the file is not in UTF-8 and was read as Windows-1250: check some names")
NO_TEXT = Message("the file is no text in UTF-8: in the spreadsheet save it as “CSV UTF-8”, or as .xlsx")
LARGEST_GAP = 2000  # empty rows after which a sheet is over: some are padded to a million
DAMAGED = (InvalidFileException, KeyError, ValueError, zipfile.BadZipFile, EOFError, SyntaxError)


class Table(NamedTuple):
    rows: Iterator[Row]  # those that are not empty, the header first
    notice: Message | None = None  # how the file was read, where that is a guess


def read_table(content: bytes) -> Table:
    """The rows of a file, whatever it is called.

    Raises
    ------
    UnreadableTable
        Also while iterating: neither a workbook nor delimited text in UTF-8 or, with Polish letters and no
        strange ones, in Windows-1250.
    """
    if content.startswith(ZIP):
        return Table(_sheet(content))
    try:
        return Table(_rows(content.decode("utf-8-sig")))
    except UnicodeDecodeError as error:
        if (text := _windows_text(content)) is not None:
            return Table(_rows(text), READ_AS_WINDOWS)
        row = content[: error.start].count(b"\n") + 1
        raise UnreadableTable(NO_TEXT, row) from None


def _rows(text: str) -> Iterator[Row]:
    return read_rows(io.StringIO(text, newline=""))


def _windows_text(content: bytes) -> str | None:
    """The text, if it can have been meant: another encoding gives letters that no Polish name has."""
    try:
        text = content.decode(WINDOWS)
    except UnicodeDecodeError:
        return None
    beyond_ascii = {letter for letter in text if not letter.isascii()}
    return text if beyond_ascii & POLISH and beyond_ascii <= POLISH | BESIDE_POLISH else None


def _sheet(content: bytes) -> Iterator[Row]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(each.file_size for each in packed.infolist()) > MOST_UNPACKED:
                raise UnreadableTable(Message("the workbook is too large"))
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # files of other programs state wrong ones
        yield from _filled_rows(sheet.iter_rows(values_only=True))
    except (*DAMAGED, IndexError) as error:
        raise UnreadableTable(Message("the workbook cannot be opened")) from error


def _filled_rows(rows: Iterable[Sequence[Any]]) -> Iterator[Row]:
    width = last = 0
    for number, row in enumerate(rows, start=1):
        cells = [_cell(value) for value in row]
        if any(cells):
            width = width or max(place for place, cell in enumerate(cells, start=1) if cell)
            last = number
            yield Row(number, _as_wide(cells, width))
        elif number - last > LARGEST_GAP:
            break
    if not width:
        raise UnreadableTable(Message("the file is empty"))


def _as_wide(cells: list[str], width: int) -> list[str]:
    """Sheets leave out empty cells at the end, or keep those that were once used."""
    while len(cells) > width and not cells[-1]:
        cells.pop()
    return cells + [""] * (width - len(cells))


def _cell(value: Any) -> str:
    """As it was typed: spreadsheets keep a phone number as a number."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime) and value.time() == datetime.min.time():
        return value.date().isoformat()
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value).strip()
