"""How the codes of one column stand in a file of SPSS or Stata: as numbers where possible, else as text."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

from cityvoice.questionnaire.variables import VariableKind
from cityvoice.surveys.exports.columns import Column, ResponseRow

FIRST_SPARE = -991  # numbers for missing codes that have none of their own, far from any scale
LARGEST_CODE = 2_147_483_620  # of Stata's long; larger codes are no numbers to us
CHOICES = {VariableKind.NOMINAL, VariableKind.ORDINAL, VariableKind.FLAG}

Value = str | float | None


@dataclass(frozen=True)
class Coded:
    """One column of all rows.

    Attributes
    ----------
    labels
        What each value means: keys are as in `values`.
    missing
        The values that say why there is none, in the questionnaire's order.
    """

    column: Column
    is_numeric: bool
    values: Sequence[Value]
    labels: Mapping[Any, str]
    missing: Sequence[str | float]


def coded(column: Column, rows: Sequence[ResponseRow], *, numbers_for_all: bool = False) -> Coded:
    """A column's values with codes as numbers; as text where a code is no number or is not known.

    Parameters
    ----------
    numbers_for_all
        Number codes such as A1 from 1 on in the questionnaire's order; labels then begin with the code.
    """
    values = [column.read(row) for row in rows]
    valid = [code for code in column.labels if code not in column.missing_codes]
    if not _can_be_numbers(column, values):
        return _as_text(column, values)
    if column.kind is VariableKind.NUMERIC or (valid and all(map(_is_number, valid))):
        return _as_numbers(column, values, _numbers(column, values), column.labels)
    if not numbers_for_all:
        return _as_text(column, values)
    numbers = {code: number for number, code in enumerate(valid, start=1)}
    numbers |= dict(zip(column.missing_codes, count(FIRST_SPARE, -1), strict=False))
    labels = {code: f"{code} {words}" for code, words in column.labels.items()}
    return _as_numbers(column, values, numbers, labels)


def _can_be_numbers(column: Column, values: Sequence[Value]) -> bool:
    """Whether every value is a known code, or a number where numbers are measured."""
    if column.kind in CHOICES:
        return bool(column.labels) and all(value is None or value in column.labels for value in values)
    strings = (value for value in values if isinstance(value, str))
    return column.kind is VariableKind.NUMERIC and all(value in column.labels for value in strings)


def _numbers(column: Column, values: Sequence[Value]) -> dict[str, int]:
    """Each code as its number; a missing code that is none, or was measured, as -991, -992, ..."""
    measured = {value for value in values if not isinstance(value, str)}
    own = {code: int(code) for code in column.labels if _is_number(code) and int(code) not in measured}
    spare = (number for number in count(FIRST_SPARE, -1) if number not in measured | set(own.values()))
    return {code: own[code] if code in own else next(spare) for code in column.labels}


def _is_number(code: str) -> bool:
    """Whether a code is a number and its usual writing: 1 and -5 are, 01 and A1 are not."""
    is_whole = code.removeprefix("-").isdecimal()
    return is_whole and str(int(code)) == code and abs(int(code)) <= LARGEST_CODE


def _as_text(column: Column, values: Sequence[Value]) -> Coded:
    texts = ["" if value is None else str(value) for value in values]
    return Coded(column, False, texts, column.labels, column.missing_codes)


def _as_numbers(
    column: Column, values: Sequence[Value], numbers: Mapping[str, int], labels: Mapping[str, str]
) -> Coded:
    return Coded(
        column,
        True,
        [numbers[value] if isinstance(value, str) else value for value in values],
        {numbers[code]: words for code, words in labels.items()},
        [numbers[code] for code in column.missing_codes],
    )
