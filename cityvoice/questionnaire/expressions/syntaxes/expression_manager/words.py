"""Splits an Expression Manager expression into words."""

import re
from collections.abc import Iterator, Mapping

from cityvoice.questionnaire.errors import ExpressionError
from cityvoice.questionnaire.expressions.syntaxes.climbing import Word
from cityvoice.questionnaire.message import Message

_WORD = re.compile(
    r"""(?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
      | (?P<name>(?:INSERTANS:)?[0-9]+X[0-9]+X[0-9]+\w*(?:\#[01])?(?:\.[A-Z_]\w*)*  # 12X3X45SQ001#0.shown
              |(?:\w+:)?[A-Z_]\w*(?:\#[01])?(?:\.\w+)*)   # TOKEN:ATTRIBUTE_1, self.sq_A.NAOK
      | (?P<number>[0-9]+(?:\.[0-9]*)?|\.[0-9]+)
      | (?P<symbol>&&|\|\||==|!=|<=|>=|\+\+|--|[-<>=!+*/(),])
      | (?P<space>\s+)""",
    re.VERBOSE | re.DOTALL | re.IGNORECASE | re.ASCII,
)
_SPELLED_OUT: Mapping[str, str] = {
    "and": "&&",
    "or": "||",
    "eq": "==",
    "ne": "!=",
    "lt": "<",
    "le": "<=",
    "gt": ">",
    "ge": ">=",
}


def words(expression: str) -> Iterator[Word]:
    """The words of `expression`, closed by an "end"; `ExpressionError` on a character that starts none."""
    place = 0
    while place < len(expression):
        match = _WORD.match(expression, place)
        if match is None:
            raise ExpressionError(_unreadable(expression[place]), expression, place + 1)
        kind, text = match.lastgroup or "", match.group()
        if symbol := _SPELLED_OUT.get(text.lower()):
            kind, text = "symbol", symbol
        if kind != "space":
            yield Word(kind, text, place + 1)
        place = match.end()
    yield Word("end", "", len(expression) + 1)


def _unreadable(character: str) -> str:
    if character in "\"'":
        return Message("a text without its closing quote")
    return Message("unexpected character %(character)r", character=character)
