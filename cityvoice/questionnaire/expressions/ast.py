"""The tree that every expression becomes. Positions count characters from 1, for messages."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class Operator(StrEnum):
    OR = "or"
    AND = "and"
    NOT = "not"
    EQUAL = "="
    NOT_EQUAL = "!="
    LESS = "<"
    LESS_OR_EQUAL = "<="
    GREATER = ">"
    GREATER_OR_EQUAL = ">="
    ADD = "+"
    SUBTRACT = "-"
    MULTIPLY = "*"
    DIVIDE = "/"
    REMAINDER = "%"


@dataclass(frozen=True, slots=True)
class Literal:
    value: str | float | bool
    position: int = 1


@dataclass(frozen=True, slots=True)
class Name:
    name: str
    position: int = 1


@dataclass(frozen=True, slots=True)
class Unary:
    operator: Operator  # NOT or SUBTRACT
    operand: "Expression"
    position: int = 1


@dataclass(frozen=True, slots=True)
class Binary:
    operator: Operator
    left: "Expression"
    right: "Expression"
    position: int = 1


@dataclass(frozen=True, slots=True)
class Logical:
    """A whole chain of ``and`` or of ``or``: one node however long it is, so that depth stays small."""

    operator: Operator  # AND or OR
    operands: tuple["Expression", ...]
    position: int = 1


@dataclass(frozen=True, slots=True)
class Membership:
    operand: "Expression"
    values: tuple["Expression", ...]
    position: int = 1


@dataclass(frozen=True, slots=True)
class Call:
    function: str
    arguments: tuple["Expression", ...]
    position: int = 1


Expression = Literal | Name | Unary | Binary | Logical | Membership | Call


def children(node: Expression) -> tuple[Expression, ...]:
    """The nodes directly below `node`, from left to right."""
    match node:
        case Unary():
            return (node.operand,)
        case Binary():
            return (node.left, node.right)
        case Logical():
            return node.operands
        case Membership():
            return (node.operand, *node.values)
        case Call():
            return node.arguments
        case _:
            return ()


def names(node: Expression) -> Iterator[Name]:
    """Every name in the tree, from left to right."""
    if isinstance(node, Name):
        yield node
    for child in children(node):
        yield from names(child)


def is_call(node: Expression, function: str) -> bool:
    """Whether the tree is a call of that function."""
    return isinstance(node, Call) and node.function == function


def depth(node: Expression) -> int:
    """How many nodes lie on the longest way down; counted without recursion."""
    level = [node]
    levels = 0
    while level:
        levels += 1
        level = [child for each in level for child in children(each)]
    return levels
