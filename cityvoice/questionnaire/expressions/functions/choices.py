"""About the options that were chosen, and about several answers together."""

from collections.abc import Mapping

from cityvoice.questionnaire.expressions.functions.signature import Function
from cityvoice.questionnaire.expressions.types import ANY, CHOICE, NUMERIC, TEXTUAL, TRUTH, ValueType
from cityvoice.questionnaire.expressions.values import Value, are_equal, as_number, is_known, truth


def _selected(chosen: Value, *codes: Value) -> bool | None:
    if chosen is None:
        return None
    options = chosen if isinstance(chosen, tuple) else (chosen,)
    return any(are_equal(option, code) is True for option in options for code in codes)


def _each(values: tuple[Value, ...]) -> list[Value]:
    """The values, the codes of a multiple choice one by one."""
    return [each for value in values for each in (value if isinstance(value, tuple) else (value,))]


def _count(*values: Value) -> int:
    return sum(map(is_known, _each(values)))


def _count_if(wanted: Value, *values: Value) -> int:
    return sum(are_equal(value, wanted) is True for value in _each(values))


def _count_true(*conditions: Value) -> int:
    return sum(truth(condition) is True for condition in conditions)


def _at(place: Value, *values: Value) -> Value:
    number, each = as_number(place), _each(values)
    if number is None or number != int(number) or not 1 <= number <= len(each):
        return None
    return each[int(number) - 1]


def _unique(*values: Value) -> bool:
    known = [value for value in _each(values) if is_known(value)]
    return not any(are_equal(value, other) for place, value in enumerate(known) for other in known[:place])


def _unknown(*_: Value) -> None:
    """Of the functions that the evaluator or the layout of repeats computes itself."""


FUNCTIONS: Mapping[str, Function] = {
    "selected": Function((CHOICE, TEXTUAL | NUMERIC), ValueType.TRUTH, _selected, repeats=True),
    "count": Function((ANY,), ValueType.NUMBER, _count, repeats=True, certain=True),
    "count_if": Function((TEXTUAL | NUMERIC, ANY), ValueType.NUMBER, _count_if, repeats=True, certain=True),
    "count_true": Function((TRUTH,), ValueType.NUMBER, _count_true, repeats=True, certain=True),
    "at": Function((NUMERIC, ANY), None, _at, repeats=True),
    "unique": Function((ANY,), ValueType.TRUTH, _unique, repeats=True, certain=True),
    "position": Function((), ValueType.NUMBER, _unknown),
    "label": Function((ANY, TEXTUAL | NUMERIC), ValueType.TEXT, _unknown, optional=1),
    "question": Function((ANY,), ValueType.TEXT, _unknown),
}
