"""Reads Expression Manager expressions."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from cityvoice.questionnaire.expressions.ast import (
    Binary,
    Expression,
    Literal,
    Name,
    Operator,
    Unary,
    names,
)
from cityvoice.questionnaire.expressions.syntaxes import blanks
from cityvoice.questionnaire.expressions.syntaxes.climbing import Climber, Level, Word, readable
from cityvoice.questionnaire.expressions.syntaxes.expression_manager.attributes import (
    attribute_of,
    question_of,
    split_name,
)
from cityvoice.questionnaire.expressions.syntaxes.expression_manager.functions import Site, called
from cityvoice.questionnaire.expressions.syntaxes.expression_manager.words import words
from cityvoice.questionnaire.expressions.syntaxes.refusal import Refusal
from cityvoice.questionnaire.message import Message

_ORDERS = {
    "<": Operator.LESS,
    "<=": Operator.LESS_OR_EQUAL,
    ">": Operator.GREATER,
    ">=": Operator.GREATER_OR_EQUAL,
}


class Variables(Protocol):
    """What the names of a LimeSurvey survey stand for."""

    def variable(self, name: str, /) -> Sequence[Expression] | None:
        """The trees of a name without its attribute: ``Q1_SQ001``, ``12X3X45SQ001#0``, ``self.sq_B``.

        ``this``, ``self`` and ``that`` are asked for, too; ``self`` and ``that`` may stand for several trees,
        any other name for one (`blanks.flag` for an option of a multiple choice). None: there is no such
        variable. May raise `Refusal` with a reason.
        """

    def fact(self, name: str, attribute: str, /) -> str | float | None:
        """What the survey file says of a variable: its qid, gid, sgqa, type, mandatory, relevance ..."""


def parse_condition(expression: str, variables: Variables, place: str = "") -> Expression:
    """The tree of a relevance equation or validation; numbers and texts become conditions.

    Parameters
    ----------
    place
        Where the expression stands, such as the question's name: random numbers are drawn for each place.

    Raises
    ------
    ExpressionError
        When it cannot be read, names what is unknown, or says what our language cannot.
    """
    return blanks.condition(parse_value(expression, variables, place))


def parse_value(expression: str, variables: Variables, place: str = "") -> Expression:
    """The tree of an expression that gives a value: an equation, a default, a part of a text."""
    return _Reader(expression, variables, place).read()


class _Reader(Climber):
    def __init__(self, expression: str, variables: Variables, place: str) -> None:
        super().__init__(expression, list(words(readable(expression))))
        self.variables = variables
        self.draws_of = place
        self.may_be_blank: set[int] = set()  # where names stand that have .NAOK
        self.levels = (
            Level({"||": blanks.either}, endless=True),
            Level({"&&": blanks.both}, endless=True),
            Level({"==": blanks.equal, "!=": self._unequal}),
            Level({symbol: blanks.binary(operator) for symbol, operator in _ORDERS.items()}),
            Level({"+": _plus, "-": blanks.binary(Operator.SUBTRACT)}),
            Level({"*": blanks.binary(Operator.MULTIPLY), "/": blanks.binary(Operator.DIVIDE)}),
        )

    def whole(self) -> Expression:
        """Several expressions with commas between them have the value of the last."""
        node = self.level(0)
        while self.accept(","):
            node = self.level(0)
        if word := self.accept("="):
            raise self.refusal(Message("'=' gives a value to a variable; '==' compares"), word)
        return node

    def operand(self) -> Expression:
        if word := self.accept("!"):
            return self._not(self.deeper(self.operand), word)
        if word := self.accept("-"):
            return Unary(Operator.SUBTRACT, self.deeper(self.operand), word.position)
        if self.accept("+"):
            return self.deeper(self.operand)
        if word := self.accept("++", "--"):
            raise self.refusal(Message("%(text)r would change a variable", text=word.text), word)
        if self.accept("("):
            node = self.inside()
            self.expect(")")
            return node
        return self._primary()

    def _primary(self) -> Expression:
        word = self.current
        if word.kind == "number":
            return self.number(self.take())
        if word.kind == "text":
            return Literal(re.sub(r"\\(.)", r"\1", word.text[1:-1], flags=re.DOTALL), self.take().position)
        if word.kind != "name":
            raise self.error("a variable, a number, a text or '('")
        self.take()
        if self.current.kind == "symbol" and self.current.text == "(":
            return self._call(word)
        found = self._values(word)
        if len(found) != 1:
            raise self.refusal(
                Message(
                    "%(text)r stands for %(n)s answers: name one, or use a function",
                    text=word.text,
                    n=len(found),
                ),
                word,
            )
        return found[0]

    def _values(self, word: Word) -> list[Expression]:
        """What a name stands for, placed where it was written."""
        name, attribute = split_name(word.text)
        try:
            found = self.variables.variable(name)
            if found is None:
                raise Refusal(Message("unknown variable %(name)r", name=name))
            trees = [attribute_of(tree, attribute, name, self.variables.fact) for tree in found]
        except Refusal as reason:
            raise self.refusal(reason.message, word) from reason
        if attribute.endswith("NAOK"):
            self.may_be_blank.add(word.position)
        return [blanks.placed(tree, word.position) for tree in trees]

    def _call(self, word: Word) -> Expression:
        start = self.place
        given = self.arguments()
        site = Site(given, self._is_tolerant, f"{self.draws_of}:{word.position}", self._question(start + 1))
        try:
            node = called(word.text, site)
        except Refusal as reason:
            raise self.refusal(reason.message, word) from reason
        return node if isinstance(node, Name) else replace(node, position=word.position)

    def _question(self, place: int) -> Name | None:
        """The question of the variable at this place; None where there is none."""
        word = self.words[min(place, len(self.words) - 1)]
        name, _ = split_name(word.text)
        found = self.variables.variable(name) if word.kind == "name" else None
        return question_of(found[0]) if found else None

    def argument(self) -> list[Expression]:
        """As of any function; ``self`` and ``that`` become all the answers that they stand for."""
        word = self.current
        if word.kind == "name" and self.words[self.place + 1].text in {",", ")"}:
            return self._values(self.take())
        return super().argument()

    def _is_tolerant(self, node: Expression) -> bool:
        return all(name.position in self.may_be_blank for name in names(node))

    def _not(self, node: Expression, word: Word) -> Expression:
        found = blanks.condition(node)
        if blanks.is_certain(found) or self._is_tolerant(found):
            return blanks.negation(found)
        return Unary(Operator.NOT, found, word.position)

    def _unequal(self, left: Expression, right: Expression) -> Expression:
        same = blanks.equal(left, right)
        plain = isinstance(same, Binary) and not blanks.is_certain(same)
        if plain and not (self._is_tolerant(left) and self._is_tolerant(right)):
            return Binary(Operator.NOT_EQUAL, left, right, left.position)
        return blanks.negation(same)


def _plus(left: Expression, right: Expression) -> Expression:
    """The sum, or with a text on one side both texts together."""
    if blanks.is_text(left) or blanks.is_text(right):
        return blanks.concatenation(left, right)
    return Binary(Operator.ADD, left, right, left.position)
