"""Finds the ``{expression}`` parts of a text.

``{`` followed by a space or a line end is itself, and so is ``{{``, which gives one brace.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from cityvoice.questionnaire.question import Text

# A doubled brace, an expression up to its closing brace (one in a quoted text is no end), or other words.
_PART = re.compile(
    r"""(?P<brace>\{\{)
      | \{(?P<expression>(?![\s{]|$)(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[^"'{}])*)\}
      | (?P<words>[^{]+|\{)""",
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True)
class Pipe:
    """One ``{expression}`` of a text."""

    expression: str


@lru_cache(maxsize=8192)
def parts(words: str) -> tuple[str | Pipe, ...]:
    """The literal parts and the expressions of a text, in order."""
    if "{" not in words:
        return (words,) if words else ()
    found: list[str | Pipe] = []
    for match in _PART.finditer(words):
        if match["expression"] is not None:
            found.append(Pipe(match["expression"]))
        else:
            found.append("{" if match["brace"] else match["words"])
    return tuple(found)


def pipes(text: Text) -> Iterator[tuple[str, str]]:
    """The expressions of a text in all its languages: language and expression."""
    for language, words in text.translations.items():
        for part in parts(words):
            if isinstance(part, Pipe):
                yield language, part.expression


def rewritten(text: Text, change: Callable[[str], str]) -> Text:
    """The text with other expressions; the same object when it has none."""
    if not any("{" in words for words in text.translations.values()):
        return text
    return Text({language: _rewritten(words, change) for language, words in text.translations.items()})


def escape(words: str) -> str:
    """Words of others, such as an imported label, so that none of their braces begins an expression."""
    return words.replace("{", "{{")


def _rewritten(words: str, change: Callable[[str], str]) -> str:
    return "".join(
        escape(part) if isinstance(part, str) else f"{{{change(part.expression)}}}" for part in parts(words)
    )
