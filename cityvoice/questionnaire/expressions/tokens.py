"""Splits an expression into tokens."""

import re
from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple

from cityvoice.questionnaire.errors import ExpressionError
from cityvoice.questionnaire.message import Message


class TokenKind(StrEnum):
    NUMBER = "number"
    TEXT = "text"
    NAME = "name"
    SYMBOL = "symbol"
    END = "end"


class Token(NamedTuple):
    kind: TokenKind
    text: str
    position: int


_TOKEN = re.compile(
    r"""(?P<number>[0-9]+(?:\.[0-9]+)?)
      | (?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
      | (?P<name>[A-Za-z_][A-Za-z0-9_]*(?:\.[0-9]+)*)  # age.2: of the second person
      | (?P<symbol>==|!=|<=|>=|[=<>+\-*/%()\[\],])
      | (?P<space>\s+)""",
    re.VERBOSE | re.DOTALL,
)


def tokens(expression: str) -> Iterator[Token]:
    """The tokens of `expression`, closed by one END; `ExpressionError` on a character that starts none."""
    place = 0
    while place < len(expression):
        match = _TOKEN.match(expression, place)
        if match is None:
            raise ExpressionError(_unreadable(expression[place]), expression, place + 1)
        if match.lastgroup != "space":
            yield Token(TokenKind(match.lastgroup or ""), match.group(), place + 1)
        place = match.end()
    yield Token(TokenKind.END, "", len(expression) + 1)


def _unreadable(character: str) -> Message:
    if character in "\"'":
        return Message("a text without its closing quote")
    return Message("unexpected character %(character)r", character=character)
