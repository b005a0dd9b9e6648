"""Reads an expression into its tree by recursive descent."""

import re
from collections.abc import Callable
from functools import lru_cache

from cityvoice.questionnaire.errors import ExpressionError
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
    depth,
)
from cityvoice.questionnaire.expressions.tokens import Token, TokenKind, tokens
from cityvoice.questionnaire.message import Message

MAX_LENGTH = 10_000
MAX_BRACKETS = 40  # one inside the other: far beyond any real condition, well within Python's own stack
MAX_DIGITS = 30
MAX_DEPTH = 200  # of the tree: what walks it may do so by recursion
MAX_CHAIN = 100  # sums and products in one chain; chains of ``and`` and ``or`` may be of any length
RESERVED = frozenset({"and", "or", "not", "in", "true", "false"})

_COMPARISONS = {
    "=": Operator.EQUAL,
    "==": Operator.EQUAL,
    "!=": Operator.NOT_EQUAL,
    "<": Operator.LESS,
    "<=": Operator.LESS_OR_EQUAL,
    ">": Operator.GREATER,
    ">=": Operator.GREATER_OR_EQUAL,
}
_SUMS = {"+": Operator.ADD, "-": Operator.SUBTRACT}
_PRODUCTS = {"*": Operator.MULTIPLY, "/": Operator.DIVIDE, "%": Operator.REMAINDER}


@lru_cache(maxsize=4096)
def parse(expression: str) -> Expression:
    """The tree of `expression`; the same text gives the same tree from memory.

    Raises
    ------
    ExpressionError
        When it cannot be read; the error says what was expected, and where.
    """
    if len(expression) > MAX_LENGTH:
        message = Message("longer than %(n)s characters", n=MAX_LENGTH)
        raise ExpressionError(message, expression[:40], MAX_LENGTH + 1)
    return _Parser(expression).parse()


class _Parser:
    def __init__(self, expression: str) -> None:
        self.expression = expression
        self.tokens = list(tokens(expression))
        self.place = 0
        self.depth = 0

    def parse(self) -> Expression:
        node = self._or()
        if self._current.kind is not TokenKind.END:
            raise self._error(Message("an operator or the end"))
        if depth(node) > MAX_DEPTH:
            raise ExpressionError(_too_deep(MAX_DEPTH), self.expression, node.position)
        return node

    @property
    def _current(self) -> Token:
        return self.tokens[self.place]

    def _take(self) -> Token:
        token = self._current
        self.place += 1
        return token

    def _accept(self, *texts: str) -> Token | None:
        token = self._current
        if token.kind in {TokenKind.SYMBOL, TokenKind.NAME} and token.text in texts:
            return self._take()
        return None

    def _expect(self, text: str) -> Token:
        token = self._accept(text)
        if token is None:
            raise self._error(_quoted(text))
        return token

    def _error(self, expected: Message) -> ExpressionError:
        token = self._current
        found = Message("the end") if token.kind is TokenKind.END else _quoted(token.text)
        message = Message("expected %(expected)s, found %(found)s", expected=expected, found=found)
        return ExpressionError(message, self.expression, token.position)

    def _left(self, operators: dict[str, Operator], part: Callable[[], Expression]) -> Expression:
        node = part()
        length = 0
        while token := self._accept(*operators):
            length += 1
            if length > MAX_CHAIN:
                message = Message("more than %(n)s operators in a row", n=MAX_CHAIN)
                raise ExpressionError(message, self.expression, token.position)
            node = Binary(operators[token.text], node, part(), token.position)
        return node

    def _chain(self, operator: Operator, part: Callable[[], Expression]) -> Expression:
        first = self._current
        operands = [part()]
        while self._accept(operator):
            operands.append(part())
        return Logical(operator, tuple(operands), first.position) if len(operands) > 1 else operands[0]

    def _or(self) -> Expression:
        return self._chain(Operator.OR, self._and)

    def _and(self) -> Expression:
        return self._chain(Operator.AND, self._not)

    def _not(self) -> Expression:
        if token := self._accept("not"):
            return Unary(Operator.NOT, self._deeper(self._not), token.position)
        return self._comparison()

    def _comparison(self) -> Expression:
        left = self._sum()
        if token := self._accept(*_COMPARISONS):
            return Binary(_COMPARISONS[token.text], left, self._sum(), token.position)
        negation = self._accept("not")
        if token := self._accept("in"):
            membership = Membership(left, self._list("[", "]"), token.position)
            return Unary(Operator.NOT, membership, negation.position) if negation else membership
        if negation:
            raise self._error(_quoted("in"))
        return left

    def _sum(self) -> Expression:
        return self._left(_SUMS, self._product)

    def _product(self) -> Expression:
        return self._left(_PRODUCTS, self._signed)

    def _signed(self) -> Expression:
        if token := self._accept("-"):
            return Unary(Operator.SUBTRACT, self._deeper(self._signed), token.position)
        return self._primary()

    def _primary(self) -> Expression:
        if self._accept("("):
            node = self._deeper(self._or)
            self._expect(")")
            return node
        token = self._current
        if token.kind is TokenKind.NUMBER:
            return self._number()
        if token.kind is TokenKind.TEXT:
            return Literal(re.sub(r"\\(.)", r"\1", self._take().text[1:-1], flags=re.DOTALL), token.position)
        if token.kind is TokenKind.NAME:
            return self._named()
        raise self._error(Message("a name, a number, a text or '('"))

    def _number(self) -> Expression:
        token = self._take()
        if len(token.text) > MAX_DIGITS:
            message = Message("a number of more than %(n)s digits", n=MAX_DIGITS)
            raise ExpressionError(message, self.expression, token.position)
        return Literal(float(token.text) if "." in token.text else int(token.text), token.position)

    def _named(self) -> Expression:
        token = self._current
        if self._accept("true", "false"):
            return Literal(token.text == "true", token.position)
        if token.text in RESERVED:
            raise self._error(Message("a name, a number, a text or '('"))
        self._take()
        if self._current.text == "(" and self._current.kind is TokenKind.SYMBOL:
            return Call(token.text, self._list("(", ")"), token.position)
        return Name(token.text, token.position)

    def _list(self, opening: str, closing: str) -> tuple[Expression, ...]:
        self._expect(opening)
        if self._accept(closing):
            return ()
        values = [self._deeper(self._or)]
        while self._accept(","):
            values.append(self._deeper(self._or))
        self._expect(closing)
        return tuple(values)

    def _deeper(self, part: Callable[[], Expression]) -> Expression:
        self.depth += 1
        if self.depth > MAX_BRACKETS:
            raise ExpressionError(_too_deep(MAX_BRACKETS), self.expression, self._current.position)
        node = part()
        self.depth -= 1
        return node


def _quoted(text: str) -> Message:
    return Message("%(text)r", text=text)


def _too_deep(most: int) -> Message:
    return Message("nested deeper than %(n)s", n=most)
