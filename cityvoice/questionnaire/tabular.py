"""Reads delimited text of unknown make: delimiter, byte order mark, quotes and blank lines."""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

from cityvoice.questionnaire.message import Message

DELIMITERS = ",;\t|"


@dataclass(frozen=True)
class Row:
    number: int  # as a spreadsheet counts: the header is row 1
    cells: list[str]


class UnreadableTable(Exception):
    """The text is no table: why, and at which row if that is known."""

    def __init__(self, message: Message, row: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.row = row


def read_rows(lines: Iterable[str]) -> Iterator[Row]:
    """The rows of delimited text, blank ones left out, the header first.

    Parameters
    ----------
    lines
        Lines as an open text file yields them.

    Raises
    ------
    UnreadableTable
        While iterating: no text at all, binary data, text that is not UTF-8, a cell that is too long, or
        quotes that do not match.
    """
    source = _text_lines(lines)
    first = next(source, "")
    reader = csv.reader(chain([first], source), delimiter=_delimiter(first), strict=True)
    number = found = 0
    try:
        for number, cells in enumerate(reader, start=1):
            if any(cells):
                found += 1
                yield Row(number, cells)
    except csv.Error as error:
        raise UnreadableTable(_unreadable(error), number + 1) from error
    if not found:
        raise UnreadableTable(Message("the file is empty"))


def _unreadable(error: csv.Error) -> Message:
    """Python's own words tell the two faults of a row apart, and nothing else does."""
    if "field larger" in str(error):
        return Message("a cell is longer than %(most)s characters", most=csv.field_size_limit())
    return Message("quotes do not match")


def _text_lines(lines: Iterable[str]) -> Iterator[str]:
    bom = "\ufeff"
    try:
        for line in lines:
            if "\0" in line:
                raise UnreadableTable(Message("the file is no text (it may be a spreadsheet or compressed)"))
            yield line.removeprefix(bom)
            bom = ""
    except UnicodeDecodeError as error:
        raise UnreadableTable(Message("the file is no text in UTF-8")) from error


def _delimiter(header: str) -> str:
    """The delimiter that the header uses most, outside its quotes; a comma when it uses none."""
    bare = "".join(header.split('"')[::2])
    return max(DELIMITERS, key=bare.count)
