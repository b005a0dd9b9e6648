"""A unit of a frame from its row: who it is, its numbers by priority, what else is known."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from cityvoice.cati.imports.headers import LENGTHS, Header
from cityvoice.cati.imports.numbers import SHOWN, describe
from cityvoice.fieldwork.phones import PhoneProblem, read_phone
from cityvoice.invitations.imports.people import read_email
from cityvoice.questionnaire.message import Message
from cityvoice.questionnaire.tabular import Row

LONGEST_VALUE = 200  # characters of an attribute
Wrong = Callable[[str, Message], None]  # tells a column and what was expected there


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


class UnitReader:
    """Reads row after row; knows the numbers and identifiers of those before."""

    def __init__(self, header: Header, languages: Sequence[str], *, skip_unusable: bool) -> None:
        self.header, self.languages, self.skip_unusable = header, languages, skip_unusable
        self.problems = list(header.problems)
        self.remarks: list[Message] = []
        self.counts = {"repeated": 0, "shared": 0, "unusable": 0}
        self.rows_of_numbers: dict[str, int] = {}
        self.rows_of_ids: dict[str, int] = {}

    def unit(self, row: Row) -> Unit:
        if len(row.cells) != len(self.header.columns):
            self.problems.append(
                Message(
                    "row %(row)s: expected %(expected)s fields, found %(found)s",
                    row=row.number,
                    expected=len(self.header.columns),
                    found=len(row.cells),
                )
            )
            return Unit(row.number, "", ())
        cells = {name: cell.strip() for name, cell in zip(self.header.columns, row.cells, strict=True)}

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
            {name: cells[name] for name in self.header.attributes if cells[name]},
        )

    def _check_lengths(self, cells: Mapping[str, str], wrong: Wrong) -> None:
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

    def _language(self, written: str, wrong: Wrong) -> str | None:
        if written and written not in self.languages:
            wrong("language", Message("expected one of %(known)s", known=", ".join(self.languages)))
        return written or None

    def _phones(self, row: int, cells: Mapping[str, str]) -> tuple[str, ...]:
        found: list[str] = []
        for column in self.header.phones:
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
