"""What the writers of other languages share: levels of operators, and brackets where they are needed."""

from abc import ABC, abstractmethod
from collections.abc import Mapping

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
from cityvoice.questionnaire.expressions.render import plain_number
from cityvoice.questionnaire.expressions.syntaxes.blanks import is_certain, is_condition
from cityvoice.questionnaire.expressions.syntaxes.certainty import Certainty
from cityvoice.questionnaire.expressions.syntaxes.refusal import Refusal
from cityvoice.questionnaire.message import Message

# How tightly text holds together, from the loosest.
OR, AND, EQUALITY, ORDER, SUM, PRODUCT, SIGNED, PRIMARY = range(8)

Written = tuple[str, int]
_LEVELS: Mapping[Operator, int] = {
    Operator.OR: OR,
    Operator.AND: AND,
    Operator.EQUAL: EQUALITY,
    Operator.NOT_EQUAL: EQUALITY,
    **dict.fromkeys(
        (Operator.LESS, Operator.LESS_OR_EQUAL, Operator.GREATER, Operator.GREATER_OR_EQUAL), ORDER
    ),
    Operator.ADD: SUM,
    Operator.SUBTRACT: SUM,
    **dict.fromkeys((Operator.MULTIPLY, Operator.DIVIDE, Operator.REMAINDER), PRODUCT),
}


class Writer(ABC):
    """Writes a tree; a subclass says how operators are spelled and what names and functions become."""

    spelled: Mapping[Operator, str]

    def __init__(self, certainty: Certainty) -> None:
        self.certainty = certainty

    def expression(self, node: Expression) -> str:
        """A whole expression: a condition says then when it certainly holds."""
        return self.write(self.certainty.holds(node) if is_condition(node) else node)

    def write(self, node: Expression) -> str:
        return self.written(node)[0]

    def at(self, node: Expression, level: int) -> str:
        """The text of `node` where at least this level is needed."""
        text, own = self.written(node)
        return text if own >= level else f"({text})"

    def written(self, node: Expression) -> Written:
        match node:
            case Literal():
                return self.literal(node.value), PRIMARY
            case Name():
                return self.name(node.name)
            case Unary(operator=Operator.NOT):
                return self.negated(node.operand)
            case Unary():
                return f"-{self.at(node.operand, SIGNED)}", SIGNED
            case Binary():
                return self.binary(node)
            case Logical():
                return self.chain(node.operator, node.operands)
            case Membership():
                return self.membership(node)
            case Call():
                return self.call(node)

    def binary(self, node: Binary) -> Written:
        level = _LEVELS[node.operator]
        sign = self.sign(node.operator)
        left, right = max(level, SUM), max(level + 1, SUM)  # a comparison of comparisons has its brackets
        return f"{self.at(node.left, left)} {sign} {self.at(node.right, right)}", level

    def chain(self, operator: Operator, nodes: tuple[Expression, ...]) -> Written:
        level = _LEVELS[operator]
        sign = self.sign(operator)
        return f" {sign} ".join(self.at(node, level + 1) for node in nodes), level

    def membership(self, node: Membership) -> Written:
        """One comparison for each value."""
        same = tuple(Binary(Operator.EQUAL, node.operand, value) for value in node.values)
        if len(same) < 2:
            return self.written(same[0] if same else Literal(False))
        return self.chain(Operator.OR, same)

    def sign(self, operator: Operator) -> str:
        if operator not in self.spelled:
            raise Refusal(Message("%(value)r has no counterpart there", value=operator.value))
        return self.spelled[operator]

    def chosen(self, node: Call) -> Written:
        """Of ``if``: a condition that is unknown gives neither value, but an empty text."""
        test, then, otherwise = node.arguments
        last = self.expression(otherwise)
        if not is_certain(test):
            last = f"if({self.write(self.certainty.fails(test))}, {last}, {self.text('')})"
        return f"if({self.write(self.certainty.holds(test))}, {self.expression(then)}, {last})", PRIMARY

    def literal_of(self, node: Expression) -> str:
        """A text that has to be known when the expression is written."""
        if isinstance(node, Literal) and isinstance(node.value, str):
            return node.value
        raise Refusal(Message("a text that is computed has no counterpart there"))

    def listed(self, *nodes: Expression) -> str:
        return ", ".join(map(self.expression, nodes))

    def literal(self, value: str | float | bool) -> str:
        if isinstance(value, bool):
            return self.truth(value)
        return self.text(value) if isinstance(value, str) else plain_number(value)

    @abstractmethod
    def truth(self, value: bool) -> str: ...

    @abstractmethod
    def text(self, value: str) -> str: ...

    @abstractmethod
    def name(self, name: str) -> Written: ...

    @abstractmethod
    def negated(self, node: Expression) -> Written: ...

    @abstractmethod
    def call(self, node: Call) -> Written: ...
