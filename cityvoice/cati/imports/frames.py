"""A frame from a file: one row for each unit, its phone numbers in columns by priority."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from cityvoice.cati.errors import FileRefused
from cityvoice.cati.imports.headers import read_header
from cityvoice.cati.imports.numbers import SHOWN
from cityvoice.cati.imports.tables import read_table
from cityvoice.cati.imports.units import Unit, UnitReader
from cityvoice.questionnaire.message import Message
from cityvoice.questionnaire.tabular import UnreadableTable


@dataclass(frozen=True)
class ReadFrame:
    """A frame as it came, and what was said about its numbers.

    Parameters
    ----------
    columns
        Names of the attributes.
    n_repeated, n_shared, n_unusable
        Numbers left out: given twice for a unit; given for an earlier unit too; no numbers at all.
    remarks
        The first of them in words.
    notice
        How the file was read, where that is a guess.
    """

    units: tuple[Unit, ...]
    columns: tuple[str, ...]
    sha256: str
    n_repeated: int = 0
    n_shared: int = 0
    n_unusable: int = 0
    remarks: tuple[Message, ...] = ()
    notice: Message | None = None


def read_frame(content: bytes, *, languages: Sequence[str], skip_unusable: bool = False) -> ReadFrame:
    """The units of a frame, in its order.

    Parameters
    ----------
    content
        Delimited text (UTF-8, or Windows-1250) or an .xlsx workbook, with a header: ``phone`` or ``phone1``,
        ``phone2``, ..., and if wanted ``id``, ``name``, ``email``, ``language``, ``stratum``, ``size``;
        others are attributes.
    languages
        Of the questionnaire.
    skip_unusable
        Leave out what is no phone number and say so, instead of refusing the file.

    Raises
    ------
    FileRefused
        with every problem's row and column.
    """
    try:
        table = read_table(content)
        first, *rows = list(table.rows)
    except UnreadableTable as error:
        problem = Message("row %(row)s: %(why)s", row=error.row or 1, why=error.message)
        raise FileRefused([problem], 1) from None
    header = read_header([cell.strip() for cell in first.cells])
    reader = UnitReader(header, languages, skip_unusable=skip_unusable)
    if not rows:
        reader.problems.append(Message("row 2: expected at least one unit below the header"))
    if not reader.problems:
        units = tuple(map(reader.unit, rows))
    if reader.problems:
        raise FileRefused(reader.problems[:SHOWN], len(reader.problems))
    return ReadFrame(
        units,
        header.attributes,
        hashlib.sha256(content).hexdigest(),
        n_repeated=reader.counts["repeated"],
        n_shared=reader.counts["shared"],
        n_unusable=reader.counts["unusable"],
        remarks=tuple(reader.remarks),
        notice=table.notice,
    )
