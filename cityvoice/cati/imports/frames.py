"""A frame from a file: one row for each unit, its phone numbers in columns by priority."""

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from cityvoice.cati.errors import FileRefused
from cityvoice.cati.imports.numbers import describe
from cityvoice.cati.imports.tables import read_table
from cityvoice.fieldwork.phones import PhoneProblem, read_phone
from cityvoice.invitations.imports.people import read_email
from cityvoice.questionnaire.message import Message
from cityvoice.questionnaire.tabular import Row, UnreadableTable

LENGTHS = {"id": 120, "name": 120, "email": 254, "language": 12, "stratum": 120}
KNOWN = (*LENGTHS, "size")
PHONE = re.compile(r"phone(?:_?([1-9]\d?))?")  # phone, phone2, phone_2: the number is the priority
LONGEST_VALUE = 200  # characters of an attribute
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
SHOWN = 20  # problems and remarks in words; all are counted


@dataclass(frozen=True, slots=True)
class Unit:
    """A person or a household of a frame; `phones` in E.164, first the one to call first."""

    row: int
    id: str
    phones: tuple[str, ...]
    name: str = ""
    email: str | None = None
    language: str | None = None
    stratum: str = ""
    size: float | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)


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
    """

    units: tuple[Unit, ...]
    columns: tuple[str, ...]
    sha256: str
    n_repeated: int = 0
    n_shared: int = 0
    n_unusable: int = 0
    remarks: tuple[Message, ...] = ()

    @property
    def n_unreachable(self) -> int:
        """Units that no number leads to."""
        return sum(not unit.phones for unit in self.units)


def read_frame(content: bytes, *, languages: Sequence[str], skip_unusable: bool = False) -> ReadFrame:
    """The units of a frame, in its order.

    Parameters
    ----------
    content
        Delimited text in UTF-8 or an .xlsx workbook, with a header: ``phone`` or ``phone1``, ``phone2``, ...,
        and if wanted ``id``, ``name``, ``email``, ``language``, ``stratum``, ``size``; others are attributes.
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
        header, *rows = list(read_table(content))
    except UnreadableTable as error:
        problem = Message("row %(row)s: %(why)s", row=error.row or 1, why=error.message)
        raise FileRefused([problem], 1) from None
    reader = _Reader([cell.strip() for cell in header.cells], languages, skip_unusable)
    reader.check_header()
    if not rows:
        reader.problems.append(Message("row 2: expected at least one unit below the header"))
    if not reader.problems:
        units = tuple(map(reader.unit, rows))
    if reader.problems:
        raise FileRefused(reader.problems[:SHOWN], len(reader.problems))
    return ReadFrame(
        units,
        tuple(reader.attributes),
        hashlib.sha256(content).hexdigest(),
        n_repeated=reader.counts["repeated"],
        n_shared=reader.counts["shared"],
        n_unusable=reader.counts["unusable"],
        remarks=tuple(reader.remarks),
    )


class _Reader:
    """Reads row after row; knows the numbers and identifiers of those before."""

    def __init__(self, columns: Sequence[str], languages: Sequence[str], skip_unusable: bool) -> None:
        self.columns, self.languages, self.skip_unusable = columns, languages, skip_unusable
        found = {name: PHONE.fullmatch(name) for name in columns}
        by_priority = {name: int(match[1] or 1) for name, match in found.items() if match}
        self.phones = sorted(by_priority, key=by_priority.__getitem__)
        self.attributes = [name for name in columns if name not in KNOWN and name not in by_priority]
        self.problems: list[Message] = []
        self.remarks: list[Message] = []
        self.counts = {"repeated": 0, "shared": 0, "unusable": 0}
        self.rows_of_numbers: dict[str, int] = {}
        self.rows_of_ids: dict[str, int] = {}

    def check_header(self) -> None:
        if not self.phones:
            self.problems.append(Message("row 1: expected a column phone, or phone1, phone2 and so on"))
        self.problems.extend(_problems_of_names(self.columns))

    def unit(self, row: Row) -> Unit:
        if len(row.cells) != len(self.columns):
            self.problems.append(
                Message(
                    "row %(row)s: expected %(expected)s fields, found %(found)s",
                    row=row.number,
                    expected=len(self.columns),
                    found=len(row.cells),
                )
            )
            return Unit(row.number, "", ())
        cells = {name: cell.strip() for name, cell in zip(self.columns, row.cells, strict=True)}

        def wrong(column: str, expected: Message) -> None:
            self.problems.append(_wrong(row.number, column, expected, cells[column]))

        self._check_lengths(cells, wrong)
        return Unit(
            row.number,
            self._id(row.number, cells.get("id", "")),
            self._phones(row.number, cells),
            cells.get("name", ""),
            read_email(cells.get("email", ""), wrong),
            self._language(cells.get("language", ""), wrong),
            cells.get("stratum", ""),
            _size(cells.get("size", ""), wrong),
            {name: cells[name] for name in self.attributes if cells[name]},
        )

    def _check_lengths(self, cells: Mapping[str, str], wrong: "Wrong") -> None:
        for name, cell in cells.items():
            longest = LENGTHS.get(name, LONGEST_VALUE)
            if len(cell) > longest:
                wrong(name, Message("expected at most %(n)s characters", n=longest))

    def _id(self, row: int, written: str) -> str:
        found = written or f"row {row}"
        first = self.rows_of_ids.setdefault(found, row)
        if first != row:
            self.problems.append(
                Message("row %(row)s: the same id as in row %(first)s", row=row, first=first)
            )
        return found

    def _language(self, written: str, wrong: "Wrong") -> str | None:
        if written and written not in self.languages:
            wrong("language", Message("expected one of %(known)s", known=", ".join(self.languages)))
        return written or None

    def _phones(self, row: int, cells: Mapping[str, str]) -> tuple[str, ...]:
        found: list[str] = []
        for column in self.phones:
            e164 = self._phone(row, column, cells[column])
            if e164 is None:
                continue
            first = self.rows_of_numbers.setdefault(e164, row)
            if e164 in found:
                self.counts["repeated"] += 1
            elif first != row:
                self._remark(
                    "shared",
                    Message(
                        "row %(row)s, column %(column)s: the number of row %(first)s too; it stays there",
                        row=row,
                        column=column,
                        first=first,
                    ),
                )
            else:
                found.append(e164)
        return tuple(found)

    def _phone(self, row: int, column: str, written: str) -> str | None:
        if not written:
            return None
        try:
            return read_phone(written).e164
        except PhoneProblem as problem:
            said = _wrong(row, column, describe(problem), written)
        if self.skip_unusable:
            self._remark("unusable", said)
        else:
            self.problems.append(said)
        return None

    def _remark(self, reason: str, remark: Message) -> None:
        self.counts[reason] += 1
        if len(self.remarks) < SHOWN:
            self.remarks.append(remark)


Wrong = Callable[[str, Message], None]


def _problems_of_names(columns: Sequence[str]) -> Iterable[Message]:
    for name in dict.fromkeys(columns):
        if columns.count(name) > 1:
            yield Message("row 1: the column %(name)r stands there twice", name=name)
        elif not NAME.fullmatch(name):
            yield Message("row 1: expected names of letters, digits and _, got %(name)r", name=name)
    by_priority: dict[int, str] = {}
    for name in dict.fromkeys(columns):
        match = PHONE.fullmatch(name)
        if match and by_priority.setdefault(int(match[1] or 1), name) != name:
            first = by_priority[int(match[1] or 1)]
            yield Message(
                "row 1: the columns %(first)r and %(name)r have the same priority", first=first, name=name
            )


def _wrong(row: int, column: str, expected: Message, found: str) -> Message:
    return Message(
        "row %(row)s, column %(column)s: %(expected)s, got %(found)r",
        row=row,
        column=column,
        expected=expected,
        found=found[:80],
    )


def _size(text: str, wrong: Wrong) -> float | None:
    if not text:
        return None
    try:
        size = float(text.replace(",", "."))
    except ValueError:
        size = 0.0
    if not 0 < size < float("inf"):
        wrong("size", Message("expected a number above 0"))
    return size
