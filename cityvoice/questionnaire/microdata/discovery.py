"""Tells from a column's values what question it answers, where no codebook says so."""

import re
from collections.abc import Iterable

from cityvoice.questionnaire.kinds import QuestionKind
from cityvoice.questionnaire.microdata.decoding import read_number
from cityvoice.questionnaire.microdata.polarity import in_order, missing_kind
from cityvoice.questionnaire.microdata.scales import scale_of
from cityvoice.questionnaire.naming import alphabetically
from cityvoice.questionnaire.question import Question, ResponseOption, Text

MOST_OPTIONS = 30  # distinct values of a choice; more are numbers or open text
LONGEST_OPTION = 100


def discover(name: str, text: Text, values: Iterable[str]) -> Question | None:
    """The question that a column of these distinct values answers; None for an empty column.

    Parameters
    ----------
    values
        The distinct values, trimmed, without those that mean "not asked".

    Notes
    -----
    Up to 30 distinct values make a single choice whose codes are the values themselves, ordered by what
    they say if that is known; more make a number when all of them are numbers, apart from words for a
    missing answer ("trudno powiedzieć"), and else open text.
    """
    distinct = sorted(values, key=alphabetically)
    if not distinct:
        return None
    language = next(iter(text.translations))
    missing = [value for value in distinct if missing_kind(value)]
    valid = [value for value in distinct if value not in set(missing)]
    options = tuple(_option(value, language) for value in missing)
    if valid and _are_options(distinct):
        choices = (_option(value, language) for value in _sorted(valid))
        return scale_of((*choices, *options), language).question(name, text)
    if valid and all(map(_is_quantity, valid)):
        return Question(name, QuestionKind.NUMBER, text, options=options)
    return Question(name, QuestionKind.TEXT, text)


def _option(value: str, language: str) -> ResponseOption:
    return ResponseOption(value, Text({language: value}), missing=missing_kind(value))


def _are_options(values: list[str]) -> bool:
    if len(values) > MOST_OPTIONS or not all(value.isprintable() for value in values):
        return False
    return max(map(len, values)) <= LONGEST_OPTION and not any(map(_is_fraction, values))


def _is_quantity(value: str) -> bool:
    """A number, and not a code that merely looks like one, such as a postcode 01234."""
    return read_number(value) is not None and not re.match(r"[+-]?0[0-9]", value)


def _is_fraction(value: str) -> bool:
    number = read_number(value)
    return number is not None and number % 1 != 0


def _sorted(values: list[str]) -> tuple[str, ...]:
    numbers = {value: read_number(value) for value in values}
    if None not in numbers.values():
        return tuple(sorted(values, key=lambda value: numbers[value] or 0))
    return in_order(values) or tuple(values)
