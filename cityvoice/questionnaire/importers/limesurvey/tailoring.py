"""Takes LimeSurvey's texts apart: words (HTML reduced to plain text) and expressions between braces."""

import re
from dataclasses import dataclass

from cityvoice.questionnaire.expressions.syntaxes.expression_manager import split_text
from cityvoice.questionnaire.importers.markup import plain_text

_UNSEEN = re.compile(r"<(script|style)\b.*?(?:</\1\s*>|\Z)|<!--.*?(?:-->|\Z)", re.DOTALL | re.IGNORECASE)
_FIRST, _LAST = "\ue000", "\ue001"  # private characters around the number of an expression
_MARK = re.compile(f"{_FIRST}([0-9]+){_LAST}")


@dataclass(frozen=True)
class Piece:
    """One expression of a text, as it is written there."""

    source: str


@dataclass(frozen=True)
class Tailored:
    parts: tuple[str | Piece, ...]
    dropped: tuple[str, ...] = ()  # kinds of content that plain text cannot hold

    @property
    def is_empty(self) -> bool:
        return not any(isinstance(part, Piece) or part.strip() for part in self.parts)


def tailored(text: str) -> Tailored:
    """The words and expressions of one of LimeSurvey's texts."""
    text = text.replace(_FIRST, "").replace(_LAST, "")
    seen = _UNSEEN.sub(" ", text)
    has_script = "<script" in text.lower()
    marked, sources = _marked(seen)
    plain = plain_text(marked)
    parts: list[str | Piece] = []
    for place, words in enumerate(_MARK.split(plain.text)):
        if place % 2:
            parts.append(Piece(sources[int(words)]))
        elif words:
            parts.append(words.replace("\\{", "{").replace("\\}", "}"))
    return Tailored(tuple(parts), (*plain.dropped, *(["script"] if has_script else [])))


def _marked(text: str) -> tuple[str, list[str]]:
    """The text with numbered marks in place of its expressions, and these."""
    sources: list[str] = []
    out: list[str] = []
    for part in split_text(text):
        if part.is_expression:
            out.append(f"{_FIRST}{len(sources)}{_LAST}")
            sources.append(part.text)
        else:
            out.append(part.text)
    return "".join(out), sources
