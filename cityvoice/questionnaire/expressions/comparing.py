"""Which types may be compared and computed with each other."""

import re

from cityvoice.questionnaire.expressions.ast import Expression, Literal, Operator
from cityvoice.questionnaire.expressions.types import NUMERIC, TEMPORAL, ValueType
from cityvoice.questionnaire.expressions.values import as_moment, as_number

_LOOSE = frozenset({ValueType.CODE, ValueType.TEXT}) | TEMPORAL
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?")


def literal_type(node: Literal) -> ValueType:
    if isinstance(node.value, bool):
        return ValueType.TRUTH
    return ValueType.TEXT if isinstance(node.value, str) else ValueType.NUMBER


def is_written_as(node: Expression, type_: ValueType) -> bool:
    """Whether a text in quotes says a number, a date or a time."""
    if not isinstance(node, Literal) or not isinstance(node.value, str):
        return False
    match type_:
        case ValueType.NUMBER:
            return as_number(node.value) is not None
        case ValueType.DATE:
            return as_moment(node.value) is not None
        case ValueType.TIME:
            return _TIME.fullmatch(node.value) is not None
        case _:
            return False


def may_be_equal(left: ValueType, right: ValueType) -> bool:
    """Whether values of these types can be equal at all: a code is equal to a number or a text."""
    if left is right or {left, right} <= _LOOSE:
        return True
    return {left, right} <= NUMERIC


def of_dates(operator: Operator, left: ValueType, right: ValueType) -> ValueType | None:
    """The type of a sum or difference with a date; None where there is none."""
    if operator is Operator.SUBTRACT and left is right is ValueType.DATE:
        return ValueType.NUMBER
    if left is ValueType.DATE and right in NUMERIC and operator in {Operator.ADD, Operator.SUBTRACT}:
        return ValueType.DATE
    if operator is Operator.ADD and left in NUMERIC and right is ValueType.DATE:
        return ValueType.DATE
    return None
