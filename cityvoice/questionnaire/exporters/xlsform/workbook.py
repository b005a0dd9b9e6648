"""The workbook of a form: the sheets survey, choices and settings, always the same bytes."""

import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

Line = Mapping[str, str]  # cells by header

LONGEST_CELL = 32_767  # characters; more makes the file unreadable
_MOMENT = datetime(2020, 1, 1)  # noqa: DTZ001 - workbooks know no zones; the same for every file
_UNWRITABLE = {code: None for code in range(32) if code not in (9, 10, 13)}  # no XML may hold these


def write_workbook(sheets: Mapping[str, tuple[Sequence[str], Sequence[Line]]]) -> bytes:
    """A workbook of these sheets, each with its headers and lines; columns that are empty are left out."""
    book = Workbook(write_only=True)
    for name, (headers, lines) in sheets.items():
        sheet = book.create_sheet(name)
        sheet.freeze_panes = "A2"
        used = [header for header in headers if any(line.get(header) for line in lines)]
        sheet.append([_cell(sheet, header, is_bold=True) for header in used])
        for line in lines:
            sheet.append([_cell(sheet, line.get(header, "")) for header in used])
    written = io.BytesIO()
    book.properties.created = book.properties.modified = _MOMENT
    book.save(written)
    return _undated(written)


def _cell(sheet: WriteOnlyWorksheet, words: str, *, is_bold: bool = False) -> WriteOnlyCell:
    """A cell of text, also where it looks like a formula or a number."""
    cell = WriteOnlyCell(sheet, words.translate(_UNWRITABLE)[:LONGEST_CELL] or None)
    if words:
        cell.data_type = "s"
    if is_bold:
        cell.font = Font(bold=True)
    return cell


def _undated(written: io.BytesIO) -> bytes:
    """The same archive with one moment for all its files."""
    again = io.BytesIO()
    with ZipFile(written) as old, ZipFile(again, "w", ZIP_DEFLATED) as new:
        for name in _sorted(old.namelist()):
            content = old.read(name)
            if name == "docProps/core.xml":
                content = _with_moment(content)
            info = ZipInfo(name, _MOMENT.timetuple()[:6])
            info.compress_type = ZIP_DEFLATED
            new.writestr(info, content)
    return again.getvalue()


def _with_moment(content: bytes) -> bytes:
    """Saving stamps the moment again: it is put back."""
    start, end = content.index(b"<dcterms:modified"), content.index(b"</dcterms:modified>")
    opening = content.index(b">", start) + 1
    return content[:opening] + _MOMENT.isoformat().encode() + b"Z" + content[end:]


def _sorted(names: Iterable[str]) -> list[str]:
    return sorted(names, key=lambda name: (name != "[Content_Types].xml", name))
