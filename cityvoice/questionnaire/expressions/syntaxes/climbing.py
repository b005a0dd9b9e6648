"""Reads infix expressions whose operators differ only in their spelling and level."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from cityvoice.questionnaire.errors import ExpressionError
from cityvoice.questionnaire.expressions.ast import Expression, Literal
from cityvoice.questionnaire.expressions.parser import MAX_BRACKETS, MAX_DIGITS, MAX_LENGTH, parse
from cityvoice.questionnaire.expressions.render import render
from cityvoice.questionnaire.message import Message

MAX_OPERATORS = 100  # on one level in a row, as in our own language; chains of conditions are not counted

Join = Callable[[Expression, Expression], Expression]


class Word(NamedTuple):
    """One word of an expression: its kind, how it is written, and where, counted from 1."""

    kind: str
    text: str
    position: int


class Level(NamedTuple):
    """Operators of one level, and what each makes of its two sides."""

    operators: Mapping[str, Join]
    endless: bool = False  # chains of any length become one node


class Climber(ABC):
    """Reads `words`; what an operand is, and the levels of operators, a subclass says."""

    levels: Sequence[Level]  # from the loosest to the tightest

    def __init__(self, expression: str, words: Sequence[Word]) -> None:
        self.expression = expression
        self.words = words
        self.place = 0
        self._depth = 0

    def read(self) -> Expression:
        """The whole expression.

        Raises
        ------
        ExpressionError
            When it cannot be read, or means something that our language cannot say.
        """
        node = self.whole()
        if self.current.kind != "end":
            raise self.error("an operator or the end")
        return storable(node, self.expression)

    def whole(self) -> Expression:
        return self.level(0)

    @abstractmethod
    def operand(self) -> Expression: ...

    @property
    def current(self) -> Word:
        return self.words[self.place]

    def take(self) -> Word:
        word = self.current
        self.place += 1
        return word

    def accept(self, *texts: str) -> Word | None:
        """Take the next word if it is an operator or bracket written like one of these."""
        word = self.current
        return self.take() if word.kind == "symbol" and word.text in texts else None

    def expect(self, text: str) -> None:
        if self.accept(text) is None:
            raise self.error(repr(text))

    def error(self, expected: str) -> ExpressionError:
        found = "the end" if self.current.kind == "end" else repr(self.current.text)
        return self.refusal(
            Message("expected %(expected)s, found %(found)s", expected=expected, found=found), self.current
        )

    def refusal(self, reason: str, word: Word) -> ExpressionError:
        return ExpressionError(reason, self.expression, word.position)

    def level(self, number: int) -> Expression:
        if number == len(self.levels):
            return self.operand()
        operators, endless = self.levels[number]
        node = self.level(number + 1)
        length = 0
        while word := self.accept(*operators):
            length += not endless
            if length > MAX_OPERATORS:
                raise self.refusal(
                    Message("more than %(most)s operators in a row", most=MAX_OPERATORS),
                    word,
                )
            node = operators[word.text](node, self.level(number + 1))
        return node

    def number(self, word: Word) -> Expression:
        if len(word.text) > MAX_DIGITS:
            raise self.refusal(Message("a number of more than %(most)s digits", most=MAX_DIGITS), word)
        return Literal(float(word.text) if "." in word.text else int(word.text), word.position)

    def inside(self) -> Expression:
        """What stands between brackets or commas."""
        return self.deeper(lambda: self.level(0))

    def deeper(self, part: Callable[[], Expression]) -> Expression:
        self._depth += 1
        if self._depth > MAX_BRACKETS:
            raise self.refusal(Message("nested deeper than %(most)s", most=MAX_BRACKETS), self.current)
        node = part()
        self._depth -= 1
        return node

    def arguments(self) -> list[Expression]:
        """What stands between the brackets of a function."""
        self.expect("(")
        if self.accept(")"):
            return []
        found = self.argument()
        while self.accept(","):
            found += self.argument()
        self.expect(")")
        return found

    def argument(self) -> list[Expression]:
        """One argument, which may stand for several."""
        return [self.inside()]


def readable(expression: str) -> str:
    """The expression, if it is not too long to be one."""
    if len(expression) > MAX_LENGTH:
        raise ExpressionError(f"longer than {MAX_LENGTH} characters", expression[:40], MAX_LENGTH + 1)
    return expression


def storable(node: Expression, expression: str) -> Expression:
    """The tree, if its text in our language can be read again."""
    try:
        parse(render(node))
    except ExpressionError as error:
        raise ExpressionError(f"becomes too long or too deep: {error.reason}", expression, 1) from error
    return node
