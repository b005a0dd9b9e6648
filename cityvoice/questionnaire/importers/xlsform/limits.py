"""Constraints that our questions have fields for: ``. >= 0 and . <= 9`` is a lowest and a highest number."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from cityvoice.questionnaire.expressions.ast import (
    Binary,
    Call,
    Expression,
    Literal,
    Logical,
    Name,
    Operator,
    Unary,
)
from cityvoice.questionnaire.kinds import QuestionKind

Limit = tuple[str, Any]
_THIS = "this"
_WHOLE = re.compile(r"\^\(\?:(.*)\)\$", re.DOTALL)


def limits_of(kind: QuestionKind, tree: Expression) -> dict[str, Any] | None:
    """The fields that say the same as a constraint; None where some of it has no field."""
    parts = tree.operands if isinstance(tree, Logical) and tree.operator is Operator.AND else (tree,)
    found: dict[str, Any] = {}
    for part in parts:
        limit = _READERS[kind](part) if kind in _READERS else None
        if limit is None or limit[0] in found:
            return None
        found[limit[0]] = limit[1]
    return found


def _bound(part: Expression) -> tuple[bool, Expression, Expression] | None:
    """Whether it is a lower bound, of what, and the bound."""
    match part:
        case Binary(Operator.GREATER_OR_EQUAL, what, bound):
            return True, what, bound
        case Binary(Operator.LESS_OR_EQUAL, what, bound):
            return False, what, bound
        case _:
            return None


def _number(node: Expression) -> float | None:
    match node:
        case Literal(int() | float() as value) if not isinstance(value, bool):
            return value
        case Unary(Operator.SUBTRACT, inner):
            below = _number(inner)
            return None if below is None else -below
        case _:
            return None


def _of_number(part: Expression) -> Limit | None:
    match _bound(part):
        case (is_low, Name(name), bound) if name == _THIS and (value := _number(bound)) is not None:
            return "low" if is_low else "high", value
    return None


def _of_choices(part: Expression) -> Limit | None:
    match _bound(part):
        case (is_low, Call("count", (Name(name),)), Literal(int() as value)) if name == _THIS:
            return "min_answers" if is_low else "max_answers", value
    return None


def _of_moment(part: Expression) -> Limit | None:
    match _bound(part):
        case (is_low, Name(name), bound) if name == _THIS:
            said = _moment(bound)
            return ("earliest" if is_low else "latest", said) if said else None
    return None


def _moment(node: Expression) -> str | None:
    match node:
        case Literal(str() as value) | Call("date", (Literal(str() as value),)):
            return value
        case Call("today", ()):
            return "today()"
        case _:
            return None


def _of_text(part: Expression) -> Limit | None:
    match part:
        case Binary(Operator.LESS_OR_EQUAL, Call("length", (inner,)), Literal(int() as value)):
            return ("max_length", value) if _is_this(inner) else None
        case Call("matches", (inner, Literal(str() as form))) if _is_this(inner):
            whole = _WHOLE.fullmatch(form)
            return "pattern", whole[1] if whole else form
    return None


def _is_this(node: Expression) -> bool:
    inner = node.arguments[0] if isinstance(node, Call) and node.function == "text" else node
    return isinstance(inner, Name) and inner.name == _THIS


_READERS: Mapping[QuestionKind, Callable[[Expression], Limit | None]] = {
    QuestionKind.NUMBER: _of_number,
    QuestionKind.MULTIPLE: _of_choices,
    QuestionKind.DATE: _of_moment,
    QuestionKind.TIME: _of_moment,
    QuestionKind.TEXT: _of_text,
}
