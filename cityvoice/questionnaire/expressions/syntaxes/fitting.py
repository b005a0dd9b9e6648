"""Fits a tree from another language to the types of our questions.

LimeSurvey and XLSForm convert values as they go: a text is computed with as a number, a number stands for
true. Ours says so: ``number(age) > 18`` where the question asks for a text.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace

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
from cityvoice.questionnaire.expressions.check import type_of
from cityvoice.questionnaire.expressions.comparing import is_written_as
from cityvoice.questionnaire.expressions.functions import FUNCTIONS
from cityvoice.questionnaire.expressions.rewrite import any_of, transform
from cityvoice.questionnaire.expressions.syntaxes import blanks
from cityvoice.questionnaire.expressions.types import (
    ANY,
    CHOICE,
    NUMERIC,
    TEMPORAL,
    TRUTH,
    WORDS,
    NameType,
    ValueType,
)
from cityvoice.questionnaire.expressions.values import as_number, number_text

_EQUALITIES = frozenset({Operator.EQUAL, Operator.NOT_EQUAL})


def fitted(
    node: Expression, names: Mapping[str, NameType], allowed: frozenset[ValueType] = ANY
) -> Expression:
    """The tree with conversions where the types of `names` need them; `allowed` is what it is to give.

    What cannot be converted stays, and `check_value` tells it.
    """
    return _Fitter(names).to(transform(node, _Fitter(names).change), allowed)


class _Fitter:
    def __init__(self, names: Mapping[str, NameType]) -> None:
        self.names = names

    def change(self, node: Expression) -> Expression:
        match node:
            case Unary(operator=Operator.NOT):
                return replace(node, operand=self.to(node.operand, TRUTH))
            case Unary():
                return replace(node, operand=self.to(node.operand, NUMERIC))
            case Logical():
                return replace(node, operands=tuple(self.to(each, TRUTH) for each in node.operands))
            case Binary() if node.operator in _EQUALITIES:
                return self._equality(node)
            case Binary():
                return self._computation(node)
            case Call("selected", (answer, *codes)) if self._type(answer) not in {*CHOICE, None}:
                return any_of(Binary(Operator.EQUAL, answer, code, node.position) for code in codes) or node
            case Call():
                return replace(node, arguments=tuple(self._arguments(node)))
            case _:
                return node

    def to(self, node: Expression, allowed: frozenset[ValueType]) -> Expression:
        """The value as one of the allowed types."""
        found = self._type(node)
        if allowed == NUMERIC and isinstance(node, Name) and self._has_words(node):
            return Call("number", (node,), node.position)
        if found is None or found in allowed:
            return node
        if allowed == TRUTH:
            return blanks.condition(node)
        if ValueType.NUMBER in allowed and found is ValueType.TRUTH:
            return Call("if", (node, Literal(1), Literal(0)), node.position)
        if found is ValueType.CODES and ValueType.NUMBER in allowed and ValueType.TEXT not in allowed:
            return Call("count", (node,), node.position)
        if ValueType.NUMBER in allowed and found in WORDS - TEMPORAL:
            return Call("number", (node,), node.position)
        return Call("text", (node,), node.position) if ValueType.TEXT in allowed else node

    def _type(self, node: Expression) -> ValueType | None:
        return type_of(node, self.names)

    def _has_words(self, name: Name) -> bool:
        """Whether some codes of a choice are no numbers."""
        known = self.names.get(name.name)
        return known is not None and any(as_number(code) is None for code in known.codes)

    def _arguments(self, node: Call) -> Iterator[Expression]:
        known = FUNCTIONS.get(node.function)
        for place, argument in enumerate(node.arguments):
            parameters = known.parameters if known else ()
            allowed = parameters[min(place, len(parameters) - 1)] if parameters else ANY
            yield self.to(argument, allowed)

    def _computation(self, node: Binary) -> Expression:
        left, right = self._type(node.left), self._type(node.right)
        if {left, right} & TEMPORAL:
            return node
        return replace(node, left=self.to(node.left, NUMERIC), right=self.to(node.right, NUMERIC))

    def _equality(self, node: Binary) -> Expression:
        found = {self._type(node.left): node.left, self._type(node.right): node.right}
        if ValueType.CODES in found:
            other = node.right if found[ValueType.CODES] is node.left else node.left
            chosen = Call("selected", (found[ValueType.CODES], other), node.position)
            return chosen if node.operator is Operator.EQUAL else Unary(Operator.NOT, chosen, node.position)
        for one, other in ((node.left, node.right), (node.right, node.left)):
            if isinstance(one, Name) and isinstance(other, Literal) and self._is_never(one, other):
                never = Literal(False, node.position)
                return never if node.operator is Operator.EQUAL else Call("answered", (one,), node.position)
        if ValueType.TRUTH in found and len(found) == 2:
            return self._truth_beside(node, found[ValueType.TRUTH])
        if set(found) == {ValueType.TEXT, ValueType.NUMBER}:
            left = self._beside(node.left, found[ValueType.TEXT])
            return replace(node, left=left, right=self._beside(node.right, found[ValueType.TEXT]))
        return node

    def _is_never(self, name: Name, literal: Literal) -> bool:
        """Whether no answer is equal to this: there is no such code, or it is no number."""
        known = self.names.get(name.name)
        if known is None or isinstance(literal.value, bool):
            return False
        said = literal.value if isinstance(literal.value, str) else number_text(literal.value)
        if known.type is ValueType.NUMBER:
            return as_number(said) is None and said not in known.missing_codes
        return bool(known.codes) and said not in known.codes | known.missing_codes

    def _truth_beside(self, node: Binary, condition: Expression) -> Expression:
        """A condition compared with 1 or 0, or with a text: "1", or empty where it does not hold."""
        other = node.right if condition is node.left else node.left
        number = self._type(other) is not ValueType.TEXT or is_written_as(other, ValueType.NUMBER)
        values = (Literal(1), Literal(0)) if number else (Literal("1"), Literal(""))
        written = Call("if", (condition, *values), node.position)
        if number:
            other = self.to(other, NUMERIC)
        return replace(node, left=written, right=other)

    def _beside(self, node: Expression, text: Expression) -> Expression:
        """One side of a comparison of a text with a number: a number in figures becomes a text."""
        if node is text:
            return node
        if (
            isinstance(node, Literal)
            and isinstance(node.value, int | float)
            and not is_written_as(text, ValueType.NUMBER)
        ):
            return Literal(number_text(node.value), node.position)
        return node if is_written_as(text, ValueType.NUMBER) else Call("text", (node,), node.position)
