"""Says in two-valued logic what a tree says in ours.

In LimeSurvey and XLSForm ``not`` is the plain opposite and an unanswered question an empty text. There the
trees that come out of here are true exactly where ours hold, or where ours certainly do not.
"""

from collections.abc import Callable, Iterable, Mapping

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
    children,
)
from cityvoice.questionnaire.expressions.rewrite import all_of, any_of
from cityvoice.questionnaire.expressions.syntaxes.blanks import is_certain, is_condition

_OPPOSITES: Mapping[Operator, Operator] = {
    Operator.EQUAL: Operator.NOT_EQUAL,
    Operator.NOT_EQUAL: Operator.EQUAL,
    Operator.LESS: Operator.GREATER_OR_EQUAL,
    Operator.LESS_OR_EQUAL: Operator.GREATER,
    Operator.GREATER: Operator.LESS_OR_EQUAL,
    Operator.GREATER_OR_EQUAL: Operator.LESS,
    Operator.AND: Operator.OR,
    Operator.OR: Operator.AND,
}

_ORDERS = frozenset({Operator.LESS, Operator.LESS_OR_EQUAL, Operator.GREATER, Operator.GREATER_OR_EQUAL})


class Certainty:
    """Trees for a language; in some an empty text is less than any number, in others it is no number."""

    def __init__(self, *, blank_is_a_number: bool, is_multiple: Callable[[str], bool]) -> None:
        self.blank_is_a_number = blank_is_a_number
        self.is_multiple = is_multiple

    def holds(self, node: Expression) -> Expression:
        """What is true where the condition holds."""
        match node:
            case Logical():
                return _chain(node.operator, map(self.holds, node.operands))
            case Unary(operator=Operator.NOT):
                return self.fails(node.operand)
            case Binary(operator=Operator.EQUAL) if _is_something(node.right) or _is_something(node.left):
                return node
            case Binary():
                return self._compared(node)
            case Call("holds", (inner,)) if is_condition(inner):
                return self.holds(inner)
            case Call("if", (test, then, otherwise)):
                second = _chain(Operator.AND, [self.fails(test), self.holds(otherwise)])
                return Call("if", (self.holds(test), self.holds(then), second))
            case _:
                return node

    def fails(self, node: Expression) -> Expression:
        """What is true where the condition does not hold, and is not unknown either."""
        match node:
            case Literal():
                return Literal(not node.value)
            case Logical():
                return _chain(_OPPOSITES[node.operator], map(self.fails, node.operands))
            case Unary(operator=Operator.NOT):
                return self.holds(node.operand)
            case Binary() if node.operator in _OPPOSITES:
                return self._compared(Binary(_OPPOSITES[node.operator], node.left, node.right))
            case Membership():
                return self._given((node.operand,), Unary(Operator.NOT, node))
            case Call("holds", (inner,)) if is_condition(inner):
                return _opposite(self.holds(inner))
            case Call("if", (test, then, otherwise)):
                second = _chain(Operator.AND, [self.fails(test), self.fails(otherwise)])
                return Call("if", (self.holds(test), self.fails(then), second))
            case _ if is_certain(node):
                return Unary(Operator.NOT, node)
            case _:
                return self._given(children(node) or (node,), Unary(Operator.NOT, node))

    def _compared(self, node: Binary) -> Expression:
        if node.operator in _ORDERS and not self.blank_is_a_number:
            return node  # no comparison with what is no number is true
        return self._given((node.left, node.right), node)

    def _given(self, sides: Iterable[Expression], condition: Expression) -> Expression:
        """The condition, where all answers that it needs are there.

        The answer that is being checked always is. A multiple choice without any choice is an answer, but
        these languages cannot tell it from a question that was not asked: it counts as the former.
        """
        needed = dict.fromkeys(name.name for side in sides for name in _needed(side) if name.name != "this")
        found = [Call("answered", (Name(name),)) for name in needed if not self.is_multiple(name)]
        return _chain(Operator.AND, [*found, condition])


def _chain(operator: Operator, conditions: Iterable[Expression]) -> Expression:
    found = all_of(conditions) if operator is Operator.AND else any_of(conditions)
    return found or Literal(operator is Operator.AND)


def _opposite(node: Expression) -> Expression:
    """The plain opposite, without a ``not`` where a comparison says it."""
    if isinstance(node, Unary) and node.operator is Operator.NOT:
        return node.operand
    if isinstance(node, Binary) and node.operator is Operator.EQUAL:
        return Binary(Operator.NOT_EQUAL, node.left, node.right)
    return Unary(Operator.NOT, node)


def _is_something(node: Expression) -> bool:
    """Whether this is a literal that no unanswered question is equal to."""
    return isinstance(node, Literal) and node.value != ""


def _needed(node: Expression) -> Iterable[Name]:
    """The names without whose answers the tree is unknown."""
    if isinstance(node, Name):
        yield node
    elif not is_certain(node):
        for child in children(node) if not _takes_what_is_known(node) else ():
            yield from _needed(child)


def _takes_what_is_known(node: Expression) -> bool:
    return isinstance(node, Call) and node.function in {
        "sum",
        "mean",
        "min",
        "max",
        "stddev",
        "coalesce",
        "if",
    }
