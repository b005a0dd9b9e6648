"""Writes a tree as text in our own syntax, with no more brackets than are needed."""

import re
from collections.abc import Mapping
from decimal import Decimal

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

# How tightly an expression holds together: brackets go around an operand that is looser than its place needs.
_OR, _AND, _NOT, _COMPARISON, _SUM, _PRODUCT, _SIGNED, _PRIMARY = range(8)

# Of each operator: its own level, and the levels that its left and right operands need.
_LEVELS: Mapping[Operator, tuple[int, int, int]] = {
    **dict.fromkeys(
        (
            Operator.EQUAL,
            Operator.NOT_EQUAL,
            Operator.LESS,
            Operator.LESS_OR_EQUAL,
            Operator.GREATER,
            Operator.GREATER_OR_EQUAL,
        ),
        (_COMPARISON, _SUM, _SUM),
    ),
    **dict.fromkeys((Operator.ADD, Operator.SUBTRACT), (_SUM, _SUM, _PRODUCT)),
    **dict.fromkeys((Operator.MULTIPLY, Operator.DIVIDE, Operator.REMAINDER), (_PRODUCT, _PRODUCT, _SIGNED)),
}


def render(node: Expression) -> str:
    """The text of a tree: ``parse(render(node))`` is `node` again, apart from positions."""
    return _render(node)[0]


def quoted(text: str) -> str:
    """A text as a literal."""
    escaped = re.sub(r'(["\\])', r"\\\1", text)
    return f'"{escaped}"'


def plain_number(number: float) -> str:
    """A number in digits, without an exponent: 0.00001, 2.0, 3."""
    digits = format(Decimal(repr(number)), "f")
    return f"{digits}.0" if isinstance(number, float) and "." not in digits else digits


def _render(node: Expression) -> tuple[str, int]:
    """The text of `node`, and how tightly it holds together."""
    match node:
        case Literal():
            return _literal(node.value), _PRIMARY
        case Name():
            return node.name, _PRIMARY
        case Unary(operator=Operator.NOT, operand=Membership() as membership):
            return _membership(membership, "not in"), _COMPARISON
        case Unary(operator=Operator.NOT):
            return f"not {_at(node.operand, _NOT)}", _NOT
        case Unary():
            return f"-{_at(node.operand, _SIGNED)}", _SIGNED
        case Binary():
            level, left, right = _LEVELS[node.operator]
            return f"{_at(node.left, left)} {node.operator} {_at(node.right, right)}", level
        case Logical():
            return _logical(node)
        case Membership():
            return _membership(node, "in"), _COMPARISON
        case Call():
            return f"{node.function}({_list(node.arguments)})", _PRIMARY


def _at(node: Expression, level: int) -> str:
    text, own = _render(node)
    return text if own >= level else f"({text})"


def _literal(value: str | float | bool) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return quoted(value) if isinstance(value, str) else plain_number(value)


def _logical(node: Logical) -> tuple[str, int]:
    level = _OR if node.operator is Operator.OR else _AND
    return f" {node.operator} ".join(_at(operand, level + 1) for operand in node.operands), level


def _membership(node: Membership, words: str) -> str:
    return f"{_at(node.operand, _SUM)} {words} [{_list(node.values)}]"


def _list(nodes: tuple[Expression, ...]) -> str:
    return ", ".join(map(render, nodes))
