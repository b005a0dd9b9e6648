"""The sheets of an XLSForm as rows of text: .xlsx, .xlsm, .xls, .csv, .md."""

import csv
import io
import re
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import PurePath
from zipfile import ZipFile

import openpyxl
import xlrd

from cityvoice.questionnaire.errors import DocumentError
from cityvoice.questionnaire.importers.imported import unreadable
from cityvoice.questionnaire.message import Message

MAX_ROWS = 100_000
MAX_COLUMNS = 500
MAX_BYTES = 256 * 2**20  # of a workbook that is unpacked
MAX_GAP = 2_000  # empty rows after which a sheet is over: some are padded to a million
_OLD_NAMES = {"choices and columns": "choices", "columns": "choices"}
_CELL_BREAK = re.compile(r"(?<!\\)\|")

Cells = Sequence[str]


@dataclass(frozen=True)
class Row:
    """One row below a header: its number in the sheet, from 1, and its filled cells by header."""

    number: int
    cells: Mapping[str, str]

    def get(self, header: str) -> str:
        return self.cells.get(header, "")


@dataclass(frozen=True)
class Sheet:
    name: str
    headers: tuple[str, ...]
    rows: tuple[Row, ...]


def read_sheets(data: bytes, name: str) -> dict[str, Sheet]:
    """Every sheet by its name in small letters.

    Raises
    ------
    DocumentError
        When the file is no workbook of its kind, or has no sheet ``survey``.
    """
    suffix = PurePath(name).suffix.lower()
    reader = {".xls": _old_workbook, ".csv": _delimited, ".md": _markdown}.get(suffix, _workbook)
    if data.startswith(b"\xd0\xcf\x11\xe0"):  # the old format under the new one's name
        reader = _old_workbook
    elif data.startswith(b"PK"):
        reader = _workbook
    with _told():
        sheets = [_sheet(_sheet_name(title), rows) for title, rows in reader(data)]
    by_name = {sheet.name: sheet for sheet in sheets if sheet.headers}
    if "survey" not in by_name and len(by_name) == 1 and "type" in map(str.lower, sheets[0].headers):
        by_name = {"survey": sheets[0]}  # the only sheet needs no name
    if "survey" not in by_name:
        found = ", ".join(by_name) or "none"
        raise unreadable(
            Message("workbook"),
            Message("expected a sheet named survey; sheets found: %(found)s", found=found),
        )
    return by_name


@contextmanager
def _told() -> Iterator[None]:
    """Whatever a broken workbook makes the libraries raise is one error for people."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # extensions of other programs that hold no text
            yield
    except DocumentError:
        raise
    except Exception as error:
        raise unreadable(
            Message("workbook"), Message("it cannot be read as a workbook: %(error)s", error=str(error))
        ) from error


def _sheet_name(title: str) -> str:
    name = title.strip().lower()
    return _OLD_NAMES.get(name, name)


def _sheet(name: str, rows: Iterable[Cells]) -> Sheet:
    headers: tuple[str, ...] = ()
    kept = []
    last = 0
    for number, cells in enumerate(rows, start=1):
        if number - last > MAX_GAP:
            break
        if number > MAX_ROWS:
            raise unreadable(
                Message("sheet %(name)s", name=name),
                Message("more than %(most)s rows", most=MAX_ROWS),
            )
        if not headers:
            headers = tuple(cell.strip() for cell in cells[:MAX_COLUMNS]) if any(cells) else ()
            last = number
            continue
        filled = {
            header: cell.strip()
            for header, cell in zip(headers, cells, strict=False)
            if header and cell.strip()
        }
        if filled:
            kept.append(Row(number, filled))
            last = number
    return Sheet(name, headers, tuple(kept))


def _workbook(data: bytes) -> Iterator[tuple[str, Iterator[Cells]]]:
    with ZipFile(io.BytesIO(data)) as packed:
        if sum(each.file_size for each in packed.infolist()) > MAX_BYTES:
            raise unreadable(
                Message("workbook"),
                Message("unpacked it has more than %(most)s MB", most=MAX_BYTES // 2**20),
            )
    book = openpyxl.load_workbook(io.BytesIO(data), data_only=True, read_only=True)
    for sheet in book.worksheets:
        sheet.reset_dimensions()  # files of other programs state wrong ones
        yield sheet.title, ([_text(cell) for cell in row] for row in sheet.iter_rows(values_only=True))


def _old_workbook(data: bytes) -> Iterator[tuple[str, Iterator[Cells]]]:
    book = xlrd.open_workbook(file_contents=data, logfile=io.StringIO())
    for sheet in book.sheets():
        rows = (sheet.row(place) for place in range(sheet.nrows))
        yield sheet.name, ([_old_text(cell, book.datemode) for cell in row] for row in rows)


def _old_text(cell: xlrd.sheet.Cell, datemode: int) -> str:
    if cell.ctype == xlrd.XL_CELL_DATE:
        try:
            return _text(xlrd.xldate_as_datetime(cell.value, datemode))
        except (ValueError, OverflowError):
            return str(cell.value)
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return _text(bool(cell.value))
    return "" if cell.ctype == xlrd.XL_CELL_ERROR else _text(cell.value)


def _text(value: object) -> str:
    """A cell as it was typed: whole numbers without a point, booleans as spreadsheets show them."""
    match value:
        case None:
            return ""
        case bool():
            return "TRUE" if value else "FALSE"
        case float() if value.is_integer() and abs(value) < 1e15:
            return str(int(value))
        case datetime() if value.time() == time():
            return value.date().isoformat()
        case datetime() | date() | time():
            return value.isoformat()
        case _:
            return str(value).replace("\u00a0", " ").replace("\x00", "")


def _delimited(data: bytes) -> Iterator[tuple[str, list[Cells]]]:
    """A CSV form: a line that begins in the first column names a sheet, indented lines are its rows."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")
    yield from _indented(csv.reader(io.StringIO(text, newline="")))


def _markdown(data: bytes) -> Iterator[tuple[str, list[Cells]]]:
    """Tables written with bars, laid out like the CSV form."""
    lines = []
    for line in data.decode("utf-8-sig", errors="replace").splitlines():
        if line.strip().startswith("|") and not re.fullmatch(r"[|\s:-]+", line.strip()):
            cells = _CELL_BREAK.split(line.strip().strip("|"))
            lines.append([cell.strip().replace("\\|", "|") for cell in cells])
    yield from _indented(lines)


def _indented(lines: Iterable[Cells]) -> Iterator[tuple[str, list[Cells]]]:
    found: dict[str, list[Cells]] = {}
    current: list[Cells] = []
    for line in lines:
        if line and line[0].strip():
            current = found.setdefault(line[0].strip(), [])
        if any(cell.strip() for cell in line[1:]):
            current.append(line[1:])
    yield from found.items()
