"""Answers as CSV, written row by row: the file never stands in memory."""

import csv
import re
from collections.abc import Callable, Iterable, Sequence
from typing import TextIO

from cityvoice.questionnaire.variables import VariableKind
from cityvoice.surveys.exports.columns import Column, ResponseRow

BYTE_ORDER_MARK = "\ufeff"  # without it Excel takes Polish letters for those of another code page
NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?")
FORMULA = ("=", "+", "-", "@", "\t", "\r")

Cell = Callable[[ResponseRow], object]


def write_csv(
    out: TextIO, columns: Sequence[Column], rows: Iterable[ResponseRow], *, labels: bool = False
) -> None:
    """Write one line per response; choices as codes, or in words with `labels`.

    A text that a spreadsheet would run as a formula has an apostrophe in front.
    """
    out.write(BYTE_ORDER_MARK)
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([column.name for column in columns])
    cells = [_cell(column, labels=labels) for column in columns]
    writer.writerows([cell(row) for cell in cells] for row in rows)


def _cell(column: Column, *, labels: bool) -> Cell:
    """How one column's cell is written: decided once, not for each row."""
    read, words = column.read, column.labels
    if column.kind is VariableKind.TEXT:
        return lambda row: harmless(read(row))
    if labels and words:
        disarmed = {code: harmless(label) for code, label in words.items()}

        def in_words(row: ResponseRow) -> object:
            value = read(row)
            return disarmed.get(value, value) if isinstance(value, str) else value

        return in_words
    if any(harmless(code) != code for code in words or ()):
        return lambda row: harmless(read(row))
    return read


def harmless(value: object) -> object:
    """With an apostrophe in front where a spreadsheet would take a text for a formula; no number is one."""
    if not isinstance(value, str) or not value.startswith(FORMULA) or NUMBER.fullmatch(value):
        return value
    return f"'{value}"
