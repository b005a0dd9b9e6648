"""The functions of expressions: what they take, what they give, how they compute."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from cityvoice.questionnaire.expressions.values import Value, are_equal, as_number, is_known


class ValueType(StrEnum):
    """What an expression can be, as `check` sees it before any answer is there."""

    TRUTH = "true or false"
    NUMBER = "a number"
    TEXT = "text"
    CODE = "a response option"
    CODES = "several response options"


ANY = frozenset(ValueType)
NUMERIC = frozenset({ValueType.NUMBER, ValueType.CODE})
TEXTUAL = frozenset({ValueType.TEXT, ValueType.CODE})
CHOICE = frozenset({ValueType.CODE, ValueType.CODES})


@dataclass(frozen=True)
class Function:
    """`parameters` are the types that each argument may have; the last one repeats when `repeats`.

    A result of None is the type of the last argument.
    """

    parameters: tuple[frozenset[ValueType], ...]
    result: ValueType | None
    compute: Callable[..., Value]
    optional: int = 0  # how many of the last parameters may be left out
    repeats: bool = False


def _answered(value: Value) -> bool:
    return not (value is None or value in ("", ()))


def _selected(chosen: Value, *codes: Value) -> bool | None:
    if chosen is None:
        return None
    options = chosen if isinstance(chosen, tuple) else (chosen,)
    return any(are_equal(option, code) is True for option in options for code in codes)


def _count(*values: Value) -> int:
    chosen = [each for value in values for each in (value if isinstance(value, tuple) else (value,))]
    return sum(is_known(value) for value in chosen)


def _numbers(values: tuple[Value, ...]) -> list[float]:
    return [number for number in map(as_number, values) if number is not None]


def _over_known(compute: Callable[[list[float]], float]) -> Callable[..., Value]:
    def over_known(*values: Value) -> Value:
        numbers = _numbers(values)
        return compute(numbers) if numbers else None

    return over_known


def _of_number(compute: Callable[[float], float]) -> Callable[[Value], Value]:
    def of_number(value: Value) -> Value:
        number = as_number(value)
        return None if number is None or not math.isfinite(number) else compute(number)

    return of_number


def _round(value: Value, digits: Value = 0) -> Value:
    """Half away from zero, as people round."""
    number, places = as_number(value), as_number(digits)
    if number is None or places is None or not math.isfinite(number) or not -15 <= places <= 15:
        return None
    unit = 10.0 ** int(places)
    return math.copysign(math.floor(abs(number) * unit + 0.5) / unit, number)


def _length(value: Value) -> int | None:
    return len(value) if isinstance(value, str) else None


def _contains(value: Value, part: Value) -> bool | None:
    if not isinstance(value, str) or not isinstance(part, str):
        return None
    return part.casefold() in value.casefold()


def _if(condition: Value, then: Value, otherwise: Value) -> Value:
    if condition is None:
        return None
    return then if condition else otherwise


def _coalesce(*values: Value) -> Value:
    return next((value for value in values if is_known(value)), None)


FUNCTIONS: Mapping[str, Function] = {
    # Whether there is an answer, "don't know" included; whether there is a value, "don't know" excluded.
    "answered": Function((ANY,), ValueType.TRUTH, _answered),
    "known": Function((ANY,), ValueType.TRUTH, is_known),
    # selected(question, "code", ...): whether any of the codes was chosen.
    "selected": Function((CHOICE, TEXTUAL | NUMERIC), ValueType.TRUTH, _selected, repeats=True),
    # How many values its arguments hold: options chosen, questions answered. Never unknown.
    "count": Function((ANY,), ValueType.NUMBER, _count, repeats=True),
    # Over the arguments that are known; unknown when none is.
    "sum": Function((NUMERIC,), ValueType.NUMBER, _over_known(math.fsum), repeats=True),
    "mean": Function(
        (NUMERIC,), ValueType.NUMBER, _over_known(lambda them: math.fsum(them) / len(them)), repeats=True
    ),
    "min": Function((NUMERIC,), ValueType.NUMBER, _over_known(min), repeats=True),
    "max": Function((NUMERIC,), ValueType.NUMBER, _over_known(max), repeats=True),
    "round": Function((NUMERIC, NUMERIC), ValueType.NUMBER, _round, optional=1),
    "floor": Function((NUMERIC,), ValueType.NUMBER, _of_number(math.floor)),
    "ceil": Function((NUMERIC,), ValueType.NUMBER, _of_number(math.ceil)),
    "abs": Function((NUMERIC,), ValueType.NUMBER, _of_number(abs)),
    "number": Function((NUMERIC | TEXTUAL,), ValueType.NUMBER, as_number),
    "length": Function((TEXTUAL,), ValueType.NUMBER, _length),
    "contains": Function((TEXTUAL, TEXTUAL), ValueType.TRUTH, _contains),
    "if": Function((frozenset({ValueType.TRUTH}), ANY, ANY), None, _if),
    "coalesce": Function((ANY,), None, _coalesce, repeats=True),
}
