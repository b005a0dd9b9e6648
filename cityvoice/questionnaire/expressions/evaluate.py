"""Computes an expression. Never raises: what cannot be computed is unknown (None).

A tree is turned into closures once; asking them for a value is what happens on every page. Missing answers
are treated as the package says: unknown spreads, except through ``and`` and ``or`` whose other side decides
alone, and through functions that are made for it, such as ``answered``.
"""

import math
import operator
from collections.abc import Callable, Mapping
from functools import lru_cache

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
from cityvoice.questionnaire.expressions.functions.dates import days_between, shifted
from cityvoice.questionnaire.expressions.parser import parse
from cityvoice.questionnaire.expressions.values import (
    MAX_WHOLE,
    Lookup,
    MissingCode,
    Value,
    are_equal,
    as_number,
    as_text,
    truth,
)

Compiled = Callable[[Lookup], Value]

_ORDERS: Mapping[Operator, Callable[[float | str, float | str], bool]] = {
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
    Operator.REMAINDER: math.fmod,
}


@lru_cache(maxsize=8192)
def compiled(expression: str) -> Compiled:
    """What computes the expression in this text; the same text is compiled once.

    Raises
    ------
    ExpressionError
        When it cannot be read.
    """
    return compile_tree(parse(expression))


def holds(condition: str, lookup: Lookup) -> bool:
    """Whether the condition in this text holds; an unknown condition does not."""
    return truth(compiled(condition)(lookup)) is True


def evaluate(expression: Expression, lookup: Lookup) -> Value:
    """The value of a tree, where `lookup` gives the value of a name (None: no answer)."""
    return compile_tree(expression)(lookup)


def is_true(expression: Expression, lookup: Lookup) -> bool:
    """Whether a condition holds; an unknown condition does not."""
    return truth(evaluate(expression, lookup)) is True


def compile_tree(node: Expression) -> Compiled:
    """What computes a tree. A function that there is not, or with too few arguments, is unknown."""
    match node:
        case Literal(value=value):
            return lambda lookup: value
        case Name(name=name):
            return lambda lookup: lookup(name)
        case Unary():
            return _unary(node)
        case Binary():
            return _binary(node)
        case Logical():
            return _logical(node)
        case Membership():
            return _membership(node)
        case Call():
            return _SPECIAL.get(node.function, _call)(node)


def _unary(node: Unary) -> Compiled:
    operand = compile_tree(node.operand)

    def negated(lookup: Lookup) -> Value:
        known = truth(operand(lookup))
        return None if known is None else not known

    def minus(lookup: Lookup) -> Value:
        number = as_number(operand(lookup))
        return None if number is None else -number

    return negated if node.operator is Operator.NOT else minus


def _binary(node: Binary) -> Compiled:
    left, right = compile_tree(node.left), compile_tree(node.right)
    kind = node.operator
    if kind is Operator.EQUAL:
        return lambda lookup: are_equal(left(lookup), right(lookup))
    if kind is Operator.NOT_EQUAL:
        return lambda lookup: _differ(left(lookup), right(lookup))
    if kind in _ORDERS:
        order = _ORDERS[kind]
        return lambda lookup: _ordered(order, left(lookup), right(lookup))
    return lambda lookup: _computed(kind, left(lookup), right(lookup))


def _differ(left: Value, right: Value) -> bool | None:
    equal = are_equal(left, right)
    return None if equal is None else not equal


def _ordered(order: Callable[[float | str, float | str], bool], left: Value, right: Value) -> bool | None:
    """By size; two texts that are no numbers by their letters, and so dates and times by time."""
    if left is None or right is None:
        return None
    first, second = as_number(left), as_number(right)
    if first is not None and second is not None:
        return order(first, second)
    if first is None and second is None and _is_plain_text(left) and _is_plain_text(right):
        return order(str(left), str(right))
    return None


def _is_plain_text(value: Value) -> bool:
    return isinstance(value, str) and value != "" and not isinstance(value, MissingCode)


def _computed(kind: Operator, left: Value, right: Value) -> Value:
    first, second = as_number(left), as_number(right)
    if first is None or second is None:
        return _of_dates(kind, left, right)
    try:
        result = _ARITHMETIC[kind](first, second)
    except (ArithmeticError, ValueError):
        return None
    return result if abs(result) < MAX_WHOLE else as_number(float(result))


def _of_dates(kind: Operator, left: Value, right: Value) -> Value:
    """A date and a number of days, or the days between two dates."""
    days = as_number(right)
    if kind is Operator.SUBTRACT:
        return days_between(right, left) if days is None else shifted(left, -days)
    if kind is not Operator.ADD:
        return None
    if days is not None:
        return shifted(left, days)
    later = as_number(left)
    return None if later is None else shifted(right, later)


def _logical(node: Logical) -> Compiled:
    operands = tuple(map(compile_tree, node.operands))
    deciding = node.operator is Operator.OR  # the value that settles the matter whatever the others are

    def logical(lookup: Lookup) -> bool | None:
        result: bool | None = not deciding
        for operand in operands:
            value = truth(operand(lookup))
            if value is deciding:
                return deciding
            if value is None:
                result = None
        return result

    return logical


def _membership(node: Membership) -> Compiled:
    operand = compile_tree(node.operand)
    values = tuple(map(compile_tree, node.values))

    def membership(lookup: Lookup) -> bool | None:
        value = operand(lookup)
        found = [are_equal(value, each(lookup)) for each in values]
        if True in found:
            return True
        return None if value is None or None in found else False

    return membership


def _call(node: Call) -> Compiled:
    function = FUNCTIONS.get(node.function)
    if function is None or not function.takes(len(node.arguments)):
        return _unknown
    compute = function.compute
    given = tuple(compile_tree(Name(name)) for name in function.given)
    arguments = (*given, *map(compile_tree, node.arguments))

    def call(lookup: Lookup) -> Value:
        try:
            return compute(*[argument(lookup) for argument in arguments])
        except (ArithmeticError, ValueError):  # log(0), a 13th month
            return None

    return call


def _label(node: Call) -> Compiled:
    """The label of the answer, or of the code given; the answer itself where the lookup has no words."""
    name, *codes = node.arguments or (Literal(""),)
    if not isinstance(name, Name) or len(codes) > 1:
        return _unknown
    answer = compile_tree(codes[0] if codes else name)
    said = name.name

    def label(lookup: Lookup) -> Value:
        value = answer(lookup)
        find = getattr(lookup, "label", None)
        if find is None or value is None:
            return as_text(value)
        each = value if isinstance(value, tuple) else (as_text(value) or "",)
        return ", ".join(find(said, code) or code for code in each)

    return label


def _question(node: Call) -> Compiled:
    if len(node.arguments) != 1 or not isinstance(node.arguments[0], Name):
        return _unknown
    said = node.arguments[0].name

    def question(lookup: Lookup) -> Value:
        find = getattr(lookup, "question", None)
        return None if find is None else str(find(said) or "")

    return question


def _unknown(lookup: Lookup) -> None:
    """What cannot be computed."""


_SPECIAL: Mapping[str, Callable[[Call], Compiled]] = {"label": _label, "question": _question}
