"""Splits an XPath expression into words."""

import re
from collections.abc import Iterator

from cityvoice.questionnaire.errors import ExpressionError
from cityvoice.questionnaire.expressions.syntaxes.climbing import Word
from cityvoice.questionnaire.message import Message

# Quotes that a word processor has turned round are quotes, too.
_WORD = re.compile(
    r"""(?P<text>"[^"]*"|'[^']*'|[‘’‚][^‘’]*[‘’]|[“”„][^“”]*[“”])
      | (?P<reference>\$\{\s*[^{}]+?\s*\})
      | (?P<number>[0-9]+(?:\.[0-9]*)?|\.[0-9]+)
      | (?P<name>[^\W\d][\w.-]*(?::[^\W\d][\w.-]*)?)
      | (?P<symbol>!=|<=|>=|\.\.|//|::|[-=<>+*(),|/.\[\]@])
      | (?P<space>\s+)""",
    re.VERBOSE,
)
_OPERATORS = frozenset({"and", "or", "div", "mod"})
_BEFORE_AN_OPERAND = frozenset({"!=", "<=", ">=", "//", "::", *"-=<>+*(,|/[@"}) | _OPERATORS


def words(expression: str) -> Iterator[Word]:
    """The words of `expression`, closed by an "end"; `ExpressionError` on a character that starts none.

    ``and``, ``or``, ``div`` and ``mod`` are operators where an operand stands before them, else names.
    """
    place = 0
    last: Word | None = None
    while place < len(expression):
        match = _WORD.match(expression, place)
        if match is None:
            raise ExpressionError(_unreadable(expression[place]), expression, place + 1)
        kind, text = match.lastgroup or "", match.group()
        if kind != "space":
            if (
                text in _OPERATORS
                and last
                and not (last.kind == "symbol" and last.text in _BEFORE_AN_OPERAND)
            ):
                kind = "symbol"
            last = Word(kind, text, place + 1)
            yield last
        place = match.end()
    yield Word("end", "", len(expression) + 1)


def _unreadable(character: str) -> str:
    if character in "\"'‘’‚“”„":
        return Message("a text without its closing quote")
    return "a name without its braces" if character == "$" else f"unexpected character {character!r}"
