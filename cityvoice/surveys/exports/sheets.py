"""A plain Excel workbook (Office Open XML, ECMA-376), written as text: no cell becomes an object.

Every cell is a number or an inline string, and the first row is bold and stays in view. The sheets are
written side by side to files of their own and packed at the end, so that no sheet stands in memory.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import lru_cache
from html import escape
from math import isfinite
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO, TextIO
from zipfile import ZIP_DEFLATED, ZipFile

from cityvoice.surveys.errors import TooLargeForFormat

MOST_ROWS, MOST_COLUMNS = 1_048_576, 16_384
LONGEST_CELL = 32_767  # characters; more makes the file unreadable
UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")  # no XML file may hold these
FAST = 1  # of zlib's levels: the last percents of size take most of the time

SPREADSHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
STYLES = (
    f'<styleSheet xmlns="{SPREADSHEET}"><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
    '<cellXfs count="2"><xf xfId="0"/><xf fontId="1" applyFont="1" xfId="0"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)

Cell = str | float | None
WriteRow = Callable[[Sequence[Cell]], None]


@contextmanager
def workbook(out: BinaryIO, names: Sequence[str]) -> Iterator[list[WriteRow]]:
    """For each sheet what writes its next row; the file is whole when the block ends.

    Raises
    ------
    TooLargeForFormat
        when a row is written that no sheet has room for.
    """
    with TemporaryDirectory() as folder:
        paths = [Path(folder) / f"sheet{number}.xml" for number in range(1, len(names) + 1)]
        with ExitStack() as files:
            sheets = [_Sheet(files.enter_context(path.open("w", encoding="utf-8"))) for path in paths]
            yield [sheet.write for sheet in sheets]
            for sheet in sheets:
                sheet.end()
        with ZipFile(out, "w", ZIP_DEFLATED, compresslevel=FAST) as package:
            for name, content in _parts(names).items():
                package.writestr(name, HEAD + content)
            for path in paths:
                package.write(path, f"xl/worksheets/{path.name}")


class _Sheet:
    def __init__(self, file: TextIO) -> None:
        self.file, self.n_rows = file, 0
        file.write(
            f'{HEAD}<worksheet xmlns="{SPREADSHEET}"><sheetViews><sheetView workbookViewId="0">'
            '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
            "</sheetView></sheetViews><sheetData>"
        )

    def write(self, row: Sequence[Cell]) -> None:
        if len(row) > MOST_COLUMNS or self.n_rows == MOST_ROWS:
            raise TooLargeForFormat("Excel", MOST_ROWS, MOST_COLUMNS)
        cells = "".join(map(_cell, row))
        if not self.n_rows:
            cells = cells.replace("<c", '<c s="1"')
        self.file.write(f"<row>{cells}</row>")
        self.n_rows += 1

    def end(self) -> None:
        self.file.write("</sheetData></worksheet>")


def _cell(value: Cell) -> str:
    if value is None:
        return "<c/>"
    if isinstance(value, str):
        return _text(value)
    return f"<c><v>{value + 0!r}</v></c>" if isfinite(value) else _text(str(value))


@lru_cache(maxsize=4096)
def _text(value: str) -> str:
    """A text as text, even where it looks like a formula."""
    written = UNWRITABLE.sub("", value)[:LONGEST_CELL]
    return f'<c t="inlineStr"><is><t xml:space="preserve">{escape(written, quote=False)}</t></is></c>'


def _parts(names: Sequence[str]) -> dict[str, str]:
    """Everything but the sheets."""
    numbered = list(enumerate(names, start=1))
    sheets = "".join(f'<sheet name="{escape(name)}" sheetId="{n}" r:id="rId{n}"/>' for n, name in numbered)
    book = f'<workbook xmlns="{SPREADSHEET}" xmlns:r="{OFFICE}"><sheets>{sheets}</sheets></workbook>'
    parts = {"/xl/workbook.xml": "sheet.main", "/xl/styles.xml": "styles"}
    parts |= {f"/xl/worksheets/sheet{n}.xml": "worksheet" for n, _ in numbered}
    types = "".join(
        f'<Override PartName="{part}" ContentType="{TYPE}.{kind}+xml"/>' for part, kind in parts.items()
    )
    defaults = (
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
    )
    inside = [*(("worksheet", f"worksheets/sheet{n}.xml") for n, _ in numbered), ("styles", "styles.xml")]
    return {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types">{defaults}{types}</Types>',
        "_rels/.rels": _relations([("officeDocument", "xl/workbook.xml")]),
        "xl/workbook.xml": book,
        "xl/_rels/workbook.xml.rels": _relations(inside),
        "xl/styles.xml": STYLES,
    }


def _relations(targets: Sequence[tuple[str, str]]) -> str:
    listed = "".join(
        f'<Relationship Id="rId{n}" Type="{OFFICE}/{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate(targets, start=1)
    )
    return f'<Relationships xmlns="{PACKAGE}/relationships">{listed}</Relationships>'
