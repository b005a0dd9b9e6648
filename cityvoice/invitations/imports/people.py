"""A list of invited people from delimited text: one row each, known columns by name, the rest attributes."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from email_validator import EmailNotValidError, validate_email

from cityvoice.invitations.errors import ListRefused
from cityvoice.questionnaire.message import Message
from cityvoice.questionnaire.tabular import Row, UnreadableTable, read_rows

KNOWN = ("id", "name", "email", "phone", "address", "language", "base_weight")
LENGTHS = {"id": 120, "name": 120, "email": 254, "phone": 40, "address": 500, "language": 12}
LONGEST_VALUE = 200  # characters of an attribute
FEWEST_DIGITS = 7
NAME_OF_ATTRIBUTE = re.compile(r"[A-Za-z][A-Za-z0-9_]*")


@dataclass(frozen=True)
class Person:
    row: int
    id: str | None = None
    name: str = ""
    email: str | None = None
    phone: str | None = None
    address: str | None = None
    language: str | None = None
    base_weight: float = 1.0
    attributes: Mapping[str, str] = field(default_factory=dict)

    @property
    def keys(self) -> tuple[tuple[str, str], ...]:
        """What makes two rows the same person: the identifier, or else name and means of contact."""
        if self.id:
            return (("id", self.id),)
        contact = {"email": self.email, "phone": self.phone, "address": self.address}
        name = self.name.casefold()
        return tuple((how, f"{name}|{where.casefold()}") for how, where in contact.items() if where)


def read_people(lines: Iterable[str], *, languages: Sequence[str]) -> list[Person]:
    """The people of a list, in its order.

    Parameters
    ----------
    lines
        Delimited text with a header; ``id``, ``name``, ``email``, ``phone``, ``address``, ``language`` and
        ``base_weight`` are known, other columns become attributes.
    languages
        Of the questionnaire.

    Raises
    ------
    ListRefused
        with every problem's row and column.
    """
    try:
        header, *rows = list(read_rows(lines))
    except UnreadableTable as error:
        raise ListRefused(
            [
                Message(
                    "row %(row)s: expected delimited text in UTF-8: %(why)s",
                    row=error.row or 1,
                    why=error.message,
                )
            ]
        ) from None
    columns = [cell.strip() for cell in header.cells]
    problems = list(_problems_of_header(columns))
    if not rows:
        problems.append(Message("row 2: expected at least one person below the header"))
    if problems:
        raise ListRefused(problems)
    people = [_person(row, columns, languages, problems) for row in rows]
    problems.extend(_repeated(people))
    if problems:
        raise ListRefused(problems)
    return people


def _problems_of_header(columns: Sequence[str]) -> Iterable[Message]:
    if not {"email", "phone", "address"} & set(columns):
        yield Message("row 1: expected at least one of the columns email, phone, address")
    for name in columns:
        if columns.count(name) > 1:
            yield Message("row 1: the column %(name)r stands there twice", name=name)
        elif not NAME_OF_ATTRIBUTE.fullmatch(name):
            yield Message("row 1: expected names of letters, digits and _, got %(name)r", name=name)


def _person(row: Row, columns: Sequence[str], languages: Sequence[str], problems: list[Message]) -> Person:
    if len(row.cells) != len(columns):
        problems.append(
            Message(
                "row %(row)s: expected %(expected)s fields, found %(found)s",
                row=row.number,
                expected=len(columns),
                found=len(row.cells),
            )
        )
        return Person(row.number)
    cells = {name: cell.strip() for name, cell in zip(columns, row.cells, strict=True)}

    def wrong(column: str, expected: Message) -> None:
        problems.append(
            Message(
                "row %(row)s, column %(column)s: %(expected)s, got %(found)r",
                row=row.number,
                column=column,
                expected=expected,
                found=cells.get(column, ""),
            )
        )

    for name, cell in cells.items():
        longest = LENGTHS.get(name, LONGEST_VALUE)
        if len(cell) > longest:
            wrong(name, Message("expected at most %(n)s characters", n=longest))
    language = cells.get("language") or None
    if language is not None and language not in languages:
        wrong("language", Message("expected one of %(known)s", known=", ".join(languages)))
    if not (cells.get("email") or cells.get("phone") or cells.get("address")):
        problems.append(
            Message(
                "row %(row)s: expected an e-mail address, a phone number or a postal address",
                row=row.number,
            )
        )
    return Person(
        row=row.number,
        id=cells.get("id") or None,
        name=cells.get("name", ""),
        email=read_email(cells.get("email", ""), wrong),
        phone=_phone(cells.get("phone", ""), wrong),
        address=cells.get("address") or None,
        language=language,
        base_weight=_weight(cells.get("base_weight", ""), wrong),
        attributes={name: cell for name, cell in cells.items() if name not in KNOWN and cell},
    )


Wrong = Callable[[str, Message], None]


def read_email(text: str, wrong: Wrong) -> str | None:
    """An address in its usual form; `wrong` is told of what is none."""
    if not text:
        return None
    try:
        return validate_email(text, check_deliverability=False, test_environment=True).normalized
    except EmailNotValidError:
        wrong("email", Message("expected an e-mail address"))
        return None


def _phone(text: str, wrong: Wrong) -> str | None:
    if text and (sum(map(str.isdigit, text)) < FEWEST_DIGITS or re.search(r"[^0-9+()/.\s-]", text)):
        wrong("phone", Message("expected a phone number"))
    return text or None


def _weight(text: str, wrong: Wrong) -> float:
    try:
        weight = float(text.replace(",", ".")) if text else 1.0
    except ValueError:
        weight = -1.0
    if not 0 <= weight < float("inf"):
        wrong("base_weight", Message("expected a number of 0 or more"))
        return 1.0
    return weight


def _repeated(people: Sequence[Person]) -> Iterable[Message]:
    first: dict[tuple[str, str], int] = {}
    for person in people:
        twice = [first[key] for key in person.keys if key in first]
        if twice:
            yield Message(
                "row %(row)s: the same person as in row %(first)s", row=person.row, first=min(twice)
            )
        for key in person.keys:
            first.setdefault(key, person.row)
