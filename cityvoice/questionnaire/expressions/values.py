"""The values that expressions compute with, and how a stored answer becomes one."""

import math
import re
from datetime import datetime
from typing import Protocol

from cityvoice.questionnaire.question import Answer, Question

# Unknown is None. Codes and texts are str, the codes chosen in a multiple choice a tuple. Dates and times are
# texts, too: 2026-11-23, 2026-11-23T18:05:00, 18:05.
Value = str | float | bool | tuple[str, ...] | None

MAX_WHOLE = 2**53  # larger whole numbers are computed as decimals, so that no number grows without bound
_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d)?)(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)?)?")


class Lookup(Protocol):
    """Gives the value of a name; None: no answer.

    A lookup that can also say the words of the questionnaire has the methods of `Wording`.
    """

    def __call__(self, name: str, /) -> Value: ...


class Wording(Lookup, Protocol):
    """What ``label`` and ``question`` need: words in the language of the person who reads them."""

    def label(self, name: str, code: str, /) -> str | None:
        """The label of an option of the question that `name` is an answer to; None: no such option."""

    def question(self, name: str, /) -> str | None:
        """The words of that question."""


class MissingCode(str):
    """The code of "don't know" and its like: equal to itself as text, unknown as a number."""

    __slots__ = ()


def of_answer(question: Question, answer: Answer) -> Value:
    """The value of an answer to `question`."""
    if isinstance(answer, list):
        return tuple(MissingCode(code) if code in question.missing_codes else code for code in answer)
    if isinstance(answer, str) and answer in question.missing_codes:
        return MissingCode(answer)
    return answer


def truth(value: Value) -> bool | None:
    """The truth of a value: false is what is false, zero or empty; None stays unknown."""
    return None if value is None else bool(value)


def as_number(value: Value) -> float | None:
    """A value as a number; None (unknown) where it is none, a missing code among them."""
    if isinstance(value, MissingCode | tuple) or value is None:
        return None
    try:
        number = value if isinstance(value, int | float) else _number(value)
        return number if math.isfinite(number) else None
    except (ValueError, OverflowError):
        return None


def as_text(value: Value) -> str | None:
    """A value as words: a number as codes write it, several codes with commas; None stays unknown."""
    if isinstance(value, tuple):
        return ", ".join(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return number_text(value) if isinstance(value, int | float) else value


def as_moment(value: Value) -> datetime | None:
    """A date or a moment, the time without its zone; None (unknown) where it is none."""
    if not isinstance(value, str) or not (match := _MOMENT.fullmatch(value)):
        return None
    try:
        return datetime.fromisoformat(f"{match[1]}T{match[2] or '00:00'}")
    except ValueError:
        return None


def is_known(value: Value) -> bool:
    """Whether there is a value: an answer, not empty, and not "don't know"."""
    if isinstance(value, tuple):
        return any(is_known(code) for code in value)
    return not (value is None or value == "" or isinstance(value, MissingCode))


def are_equal(left: Value, right: Value) -> bool | None:
    """Whether two values are equal, a code and a number as numbers (``"4"`` equals 4); None: unknown."""
    if left is None or right is None:
        return None
    if isinstance(left, str) and isinstance(right, int | float):
        left, right = right, left
    if isinstance(left, int | float) and isinstance(right, str):
        return number_text(left) == str(right) or as_number(right) == left
    return left == right


def number_text(number: float) -> str:
    """A number as codes write it: 4, not 4.0."""
    return format(number, ".10g")


def _number(text: str) -> float:
    if "_" in text:  # which Python would read as a mark between thousands
        raise ValueError
    return float(text.replace(",", "."))
