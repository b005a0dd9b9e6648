"""The header of a frame: which columns hold phone numbers, which are known, and which are attributes."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cityvoice.questionnaire.message import Message

LENGTHS = {"id": 120, "name": 120, "email": 254, "language": 12, "stratum": 120}  # characters at most
KNOWN = (*LENGTHS, "size")
PHONE = re.compile(r"phone(?:_?([1-9]\d?))?")  # phone, phone2, phone_2: the number is the priority
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")


@dataclass(frozen=True)
class Header:
    """The columns of a frame: all of them in their order, numbers by priority, attributes in their order."""

    columns: tuple[str, ...]
    phones: tuple[str, ...]
    attributes: tuple[str, ...]
    problems: tuple[Message, ...]


def read_header(columns: Sequence[str]) -> Header:
    """What the columns hold; problems of their names are told, not raised."""
    by_priority = {name: _priority(name) for name in columns if PHONE.fullmatch(name)}
    phones = sorted(by_priority, key=by_priority.__getitem__)
    missing = [] if phones else [Message("row 1: expected a column phone, or phone1, phone2 and so on")]
    return Header(
        tuple(columns),
        tuple(phones),
        tuple(name for name in columns if name not in KNOWN and name not in by_priority),
        (*missing, *_problems_of_names(columns)),
    )


def _priority(name: str) -> int:
    match = PHONE.fullmatch(name)
    return int(match[1] or 1) if match else 0


def _problems_of_names(columns: Sequence[str]) -> Iterable[Message]:
    first_of: dict[int, str] = {}
    for name in dict.fromkeys(columns):
        if columns.count(name) > 1:
            yield Message("row 1: the column %(name)r stands there twice", name=name)
        elif not NAME.fullmatch(name):
            yield Message("row 1: expected names of letters, digits and _, got %(name)r", name=name)
    for name in dict.fromkeys(filter(PHONE.fullmatch, columns)):
        first = first_of.setdefault(_priority(name), name)
        if first != name:
            yield Message(
                "row 1: the columns %(first)r and %(name)r have the same priority", first=first, name=name
            )
