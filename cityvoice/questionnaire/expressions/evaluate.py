"""Computes an expression. Never raises: what cannot be computed is unknown (None)."""

import operator
from collections.abc import Callable, Mapping

from cityvoice.questionnaire.expressions.ast import (
    Binary,
    Call,
    Expression,
    Literal,
    Logical,
    Membership,
    Name,
    Operator,
    Unary,
)
from cityvoice.questionnaire.expressions.functions import FUNCTIONS
from cityvoice.questionnaire.expressions.values import Lookup, Value, are_equal, as_number

_ORDERS: Mapping[Operator, Callable[[float, float], bool]] = {
    Operator.LESS: operator.lt,
    Operator.LESS_OR_EQUAL: operator.le,
    Operator.GREATER: operator.gt,
    Operator.GREATER_OR_EQUAL: operator.ge,
}
_ARITHMETIC: Mapping[Operator, Callable[[float, float], float]] = {
    Operator.ADD: operator.add,
    Operator.SUBTRACT: operator.sub,
    Operator.MULTIPLY: operator.mul,
    Operator.DIVIDE: operator.truediv,
    Operator.REMAINDER: operator.mod,
}


def is_true(expression: Expression, lookup: Lookup) -> bool:
    """Whether a condition holds; an unknown condition does not."""
    return truth(evaluate(expression, lookup)) is True


def evaluate(expression: Expression, lookup: Lookup) -> Value:
    """The value of `expression`, where `lookup` gives the value of a name (None: no answer).

    Notes
    -----
    Missing answers are treated as the package says: unknown spreads, except through ``and`` and ``or``
    whose other side decides alone, and through functions that are made for it, such as ``answered``.
    """
    match expression:
        case Literal():
            return expression.value
        case Name():
            return lookup(expression.name)
        case Unary():
            return _unary(expression, lookup)
        case Binary():
            return _binary(expression, lookup)
        case Logical():
            return _logical(expression, lookup)
        case Membership():
            return _membership(expression, lookup)
        case Call():
            return FUNCTIONS[expression.function].compute(
                *(evaluate(each, lookup) for each in expression.arguments)
            )


def truth(value: Value) -> bool | None:
    """The truth of a value: false is what is false, zero or empty; None stays unknown."""
    return None if value is None else bool(value)


def _unary(node: Unary, lookup: Lookup) -> Value:
    value = evaluate(node.operand, lookup)
    if node.operator is Operator.NOT:
        known = truth(value)
        return None if known is None else not known
    number = as_number(value)
    return None if number is None else -number


def _binary(node: Binary, lookup: Lookup) -> Value:
    left, right = evaluate(node.left, lookup), evaluate(node.right, lookup)
    if node.operator is Operator.EQUAL:
        return are_equal(left, right)
    if node.operator is Operator.NOT_EQUAL:
        equal = are_equal(left, right)
        return None if equal is None else not equal
    return _numeric(node.operator, as_number(left), as_number(right))


def _logical(node: Logical, lookup: Lookup) -> bool | None:
    deciding = node.operator is Operator.OR  # the value that settles the matter whatever the others are
    result: bool | None = not deciding
    for operand in node.operands:
        value = truth(evaluate(operand, lookup))
        if value is deciding:
            return deciding
        if value is None:
            result = None
    return result


def _numeric(kind: Operator, left: float | None, right: float | None) -> Value:
    if left is None or right is None:
        return None
    if kind in _ORDERS:
        return _ORDERS[kind](left, right)
    try:
        return _ARITHMETIC[kind](left, right)
    except (ZeroDivisionError, OverflowError):
        return None


def _membership(node: Membership, lookup: Lookup) -> bool | None:
    value = evaluate(node.operand, lookup)
    found = [are_equal(value, evaluate(each, lookup)) for each in node.values]
    if True in found:
        return True
    return None if value is None or None in found else False
