"""Builds trees for languages in which an unanswered question is an empty text."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from cityvoice.questionnaire.expressions.ast import (
    Binary,
    Call,
    Expression,
    Literal,
    Logical,
    Membership,
    Operator,
    Unary,
    children,
    names,
)
from cityvoice.questionnaire.expressions.functions import FUNCTIONS
from cityvoice.questionnaire.expressions.rewrite import all_of, any_of, transform
from cityvoice.questionnaire.expressions.syntaxes.refusal import Refusal
from cityvoice.questionnaire.expressions.types import ValueType
from cityvoice.questionnaire.expressions.values import as_number
from cityvoice.questionnaire.message import Message

_COMPARISONS = frozenset(
    {
        Operator.EQUAL,
        Operator.NOT_EQUAL,
        Operator.LESS,
        Operator.LESS_OR_EQUAL,
        Operator.GREATER,
        Operator.GREATER_OR_EQUAL,
    }
)
_EQUALITIES = frozenset({Operator.EQUAL, Operator.NOT_EQUAL})
_TRUTHS: Mapping[str | float | bool, bool] = {True: True, "1": True, False: False, "0": False}  # 1 is True
# Unknown only where an argument is.
_TOTAL = (
    *("length", "lower", "upper", "trim", "contains", "starts_with", "ends_with", "find", "matches"),
    *("before", "after", "replace", "if"),
)


def call(function: str, *arguments: Expression) -> Call:
    return Call(function, arguments)


def said(node: Expression) -> str:
    """A text or number that has to be known when the expression is read; `Refusal` where it is computed."""
    if isinstance(node, Literal) and not isinstance(node.value, bool):
        return str(node.value)
    raise Refusal(Message("needs a text in quotes there"))


def whole(node: Literal) -> int:
    """A whole number, in quotes or not; `Refusal` of anything else."""
    number = as_number(node.value)
    if number is None or number != int(number):
        raise Refusal(Message("needs a whole number, not %(value)r", value=node.value))
    return int(number)


def placed(node: Expression, position: int) -> Expression:
    """The tree with all its parts at this position of the text that it was read from."""
    return transform(node, lambda part: replace(part, position=position))


def flag(condition: Expression, ticked: str = "Y") -> Expression:
    """What stands for an option of a multiple choice where each is a variable of its own: "Y" or empty."""
    return call("if", condition, Literal(ticked), Literal(""))


def flagged(node: Expression) -> Expression | None:
    """The condition of a `flag`; None of anything else."""
    match node:
        case Call("if", (condition, Literal(str(ticked)), Literal(""))) if ticked:
            return condition
        case _:
            return None


def is_condition(node: Expression) -> bool:
    """Whether the tree gives true or false by its form."""
    match node:
        case Literal():
            return isinstance(node.value, bool)
        case Logical() | Membership() | Unary(operator=Operator.NOT):
            return True
        case Binary():
            return node.operator in _COMPARISONS
        case Call("if", (_, then, otherwise)):
            return is_condition(then) and is_condition(otherwise)
        case Call():
            known = FUNCTIONS.get(node.function)
            return known is not None and known.result is ValueType.TRUTH
        case _:
            return False


def is_certain(node: Expression) -> bool:
    """Whether the tree has a value whatever the answers are."""
    match node:
        case Literal():
            return True
        case Logical() | Membership() | Unary(operator=Operator.NOT):
            return all(map(is_certain, children(node)))
        case Binary():
            sides = node.operator in _EQUALITIES or (_is_count(node.left) and _is_count(node.right))
            return node.operator in _COMPARISONS and sides and all(map(is_certain, children(node)))
        case Call():
            known = FUNCTIONS.get(node.function)
            total = node.function in _TOTAL and all(map(is_certain, node.arguments))
            return total or (known is not None and known.certain)
        case _:
            return False


def is_of_this(node: Expression) -> bool:
    """Whether the tree names nothing but the answer that is being checked, which is always there."""
    return all(name.name == "this" for name in names(node))


def binary(operator: Operator) -> Callable[[Expression, Expression], Expression]:
    """What makes an operation of its two sides."""
    return lambda left, right: Binary(operator, left, right, left.position)


def condition(node: Expression) -> Expression:
    """The tree as a condition: a number holds when it is not 0, a text when it is not empty."""
    if (ticked := flagged(node)) is not None:
        return ticked
    match node:
        case Literal():
            return Literal(node.value not in ("", "0", 0, False), node.position)
        case Call("holds", (inner,)) if is_condition(inner):  # nothing is gained where no negation is
            return condition(inner)
        case Logical():
            return replace(node, operands=tuple(map(condition, node.operands)))
        case Call("if", (chosen, then, otherwise)):
            return call("if", chosen, condition(then), condition(otherwise))
    if is_condition(node):
        return node
    if _is_number(node):
        return Binary(Operator.NOT_EQUAL, node, Literal(0, node.position), node.position)
    return Call("holds", (node,), node.position)


def holding(node: Expression) -> Expression:
    """The condition with false in place of unknown."""
    found = condition(node)
    return found if is_certain(found) else Call("holds", (found,), node.position)


def negation(node: Expression) -> Expression:
    """That the condition does not hold."""
    found = holding(node)
    match found:
        case Literal():
            return Literal(not found.value, found.position)
        case Unary(operator=Operator.NOT, operand=operand):
            return operand
        case _:
            return Unary(Operator.NOT, found, node.position)


def both(left: Expression, right: Expression) -> Expression:
    return all_of([condition(left), condition(right)]) or left


def either(left: Expression, right: Expression) -> Expression:
    return any_of([condition(left), condition(right)]) or left


def answered(node: Expression) -> Expression:
    """That a value is not empty."""
    if (ticked := flagged(node)) is not None:
        return ticked
    match node:
        case Literal():
            return Literal(node.value != "", node.position)
        case Call("text", (inner,)):
            return answered(inner)
        case _:
            return Call("answered", (node,), node.position)


def equal(left: Expression, right: Expression) -> Expression:
    """That two values are equal, or both empty where one of them is written so."""
    for node, other in ((left, right), (right, left)):
        if isinstance(other, Literal) and other.value == "":
            return negation(answered(node))
        if isinstance(other, Literal) and (ticked := flagged(node)) is not None:
            same = isinstance(node, Call) and replace(node.arguments[1], position=other.position) == other
            return ticked if same else Literal(False, other.position)
        if isinstance(other, Literal) and other.value in _TRUTHS and is_condition(node):
            return node if _TRUTHS[other.value] else negation(node)
    return Binary(Operator.EQUAL, left, right, left.position)


def as_text(node: Expression) -> Expression:
    """The value as text, empty where there is none."""
    if isinstance(node, Literal) and isinstance(node.value, str):
        return node
    known = FUNCTIONS.get(node.function) if isinstance(node, Call) else None
    textual = known is not None and known.result is ValueType.TEXT and is_certain(node)
    return node if textual or flagged(node) else Call("text", (node,), node.position)


def is_text(node: Expression) -> bool:
    """Whether the tree gives words, by its form; a number in quotes is a number."""
    match node:
        case Literal(value=str(value)):
            return as_number(value) is None
        case Call():
            known = FUNCTIONS.get(node.function)
            return known is not None and known.result is ValueType.TEXT
        case _:
            return flagged(node) is not None


def concatenation(left: Expression, right: Expression) -> Expression:
    """Two texts as one."""
    parts = [part for side in (left, right) for part in _parts(side)]
    return as_text(parts[0]) if len(parts) == 1 else Call("concat", tuple(parts), left.position)


def _parts(node: Expression) -> tuple[Expression, ...]:
    if isinstance(node, Literal) and node.value == "":
        return ()
    return node.arguments if isinstance(node, Call) and node.function == "concat" else (node,)


def _is_number(node: Expression) -> bool:
    match node:
        case Literal():
            return isinstance(node.value, int | float) and not isinstance(node.value, bool)
        case Binary():
            return node.operator not in _COMPARISONS
        case Unary():
            return node.operator is Operator.SUBTRACT
        case Call():
            known = FUNCTIONS.get(node.function)
            return known is not None and known.result is ValueType.NUMBER
        case _:
            return False


def _is_count(node: Expression) -> bool:
    """Whether the tree is certainly a number."""
    return _is_number(node) and is_certain(node)
