"""Arithmetic beyond the operators."""

import math
from collections.abc import Callable, Mapping
from statistics import stdev

from cityvoice.questionnaire.expressions.functions.signature import Function
from cityvoice.questionnaire.expressions.types import NUMERIC, WORDS, ValueType
from cityvoice.questionnaire.expressions.values import Value, as_number

_MAX_PLACES = 15


def _over_known(compute: Callable[[list[float]], float], least: int = 1) -> Callable[..., Value]:
    """Of the arguments that are known numbers; unknown when there are fewer than `least`."""

    def over_known(*values: Value) -> Value:
        known = [number for number in map(as_number, values) if number is not None]
        return compute(known) if len(known) >= least else None

    return over_known


def _of(compute: Callable[..., float | None]) -> Callable[..., Value]:
    """Of numbers; unknown when one of them is, or when there is no such result."""

    def of(*values: Value) -> Value:
        known = [number for number in map(as_number, values) if number is not None]
        return as_number(compute(*known)) if len(known) == len(values) else None

    return of


def _round(number: float, digits: float = 0) -> float | None:
    """Half away from zero, as people round."""
    if not -_MAX_PLACES <= digits <= _MAX_PLACES:
        return None
    unit = 10.0 ** int(digits)
    return math.copysign(math.floor(abs(number) * unit + 0.5) / unit, number)


def _fixed(value: Value, digits: Value) -> Value:
    number, places = as_number(value), as_number(digits)
    if number is None or places is None or not 0 <= places <= _MAX_PLACES:
        return None
    return format(_round(number, places), f".{int(places)}f")


def _is_number(value: Value) -> bool:
    return not isinstance(value, bool) and as_number(value) is not None


def _mean(numbers: list[float]) -> float:
    return math.fsum(numbers) / len(numbers)


def _numeric(compute: Callable[..., Value], arguments: int = 1, optional: int = 0) -> Function:
    return Function((NUMERIC,) * arguments, ValueType.NUMBER, compute, optional=optional)


def _many(compute: Callable[..., Value]) -> Function:
    return Function((NUMERIC,), ValueType.NUMBER, compute, repeats=True)


FUNCTIONS: Mapping[str, Function] = {
    "number": Function((WORDS,), ValueType.NUMBER, as_number),
    "is_number": Function((WORDS,), ValueType.TRUTH, _is_number, certain=True),
    "sum": _many(_over_known(math.fsum)),
    "mean": _many(_over_known(_mean)),
    "min": _many(_over_known(min)),
    "max": _many(_over_known(max)),
    "stddev": _many(_over_known(stdev, least=2)),
    "round": _numeric(_of(_round), 2, optional=1),
    "floor": _numeric(_of(math.floor)),
    "ceil": _numeric(_of(math.ceil)),
    "int": _numeric(_of(math.trunc)),
    "abs": _numeric(_of(abs)),
    "pow": _numeric(_of(math.pow), 2),
    "sqrt": _numeric(_of(math.sqrt)),
    "exp": _numeric(_of(math.exp)),
    "log": _numeric(_of(math.log), 2, optional=1),
    "pi": Function((), ValueType.NUMBER, lambda: math.pi, certain=True),
    "sin": _numeric(_of(math.sin)),
    "cos": _numeric(_of(math.cos)),
    "tan": _numeric(_of(math.tan)),
    "asin": _numeric(_of(math.asin)),
    "acos": _numeric(_of(math.acos)),
    "atan": _numeric(_of(math.atan)),
    "atan2": _numeric(_of(math.atan2), 2),
    "fixed": Function((NUMERIC, NUMERIC), ValueType.TEXT, _fixed),
}
