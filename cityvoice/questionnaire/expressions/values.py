"""The values that expressions compute with, and how a stored answer becomes one."""

import math
from collections.abc import Callable

from cityvoice.questionnaire.model import Answer, Question

# Unknown is None. Codes and texts are str, the codes chosen in a multiple choice a tuple.
Value = str | float | bool | tuple[str, ...] | None
Lookup = Callable[[str], Value]


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


def as_number(value: Value) -> float | None:
    """A value as a number; None (unknown) where it is none, a missing code among them."""
    if isinstance(value, MissingCode | tuple) or value is None:
        return None
    try:
        number = value if isinstance(value, int | float) else float(value.replace(",", "."))
    except ValueError:
        return None
    return number if math.isfinite(number) else None


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
