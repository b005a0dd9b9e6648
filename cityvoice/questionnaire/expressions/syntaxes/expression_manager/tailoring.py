"""Finds the expressions in a text that LimeSurvey tailors: ``Dear {TOKEN:FIRSTNAME}, you ...``."""

import html
import re
from dataclasses import dataclass

_QUOTED = re.compile(r""""(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'""", re.DOTALL)
_MARKUP = re.compile(r"</?[A-Za-z][^<>]*>")


@dataclass(frozen=True)
class Part:
    """A piece of a text: words, or an expression that stood between braces."""

    text: str
    is_expression: bool
    position: int  # of its first character in the text, from 1


def split_text(text: str) -> tuple[Part, ...]:
    """The words and expressions of a text, in order; joined again they are the text without its braces.

    Braces hold an expression unless white space follows the opening or precedes the closing one (so that
    style sheets and scripts are left alone), or the closing one is missing. Braces may stand inside of
    quotes, and expressions may be written with the entities of HTML.
    """
    parts: list[Part] = []
    start = place = 0
    while (opening := text.find("{", place)) >= 0:
        closing = _closing(text, opening)
        inside = text[opening + 1 : closing] if closing is not None else ""
        if closing is None or not inside.strip() or inside[0].isspace() or inside[-1].isspace():
            place = opening + 1
            continue
        if opening > start:
            parts.append(Part(text[start:opening], False, start + 1))
        parts.append(Part(_plain(inside), True, opening + 2))
        start = place = closing + 1
    if start < len(text):
        parts.append(Part(text[start:], False, start + 1))
    return tuple(parts)


def _plain(expression: str) -> str:
    """The expression without what an editor of web pages has put in."""
    return html.unescape(_MARKUP.sub(" ", expression)).replace("\xa0", " ").strip()


def _closing(text: str, opening: int) -> int | None:
    """Where the brace that was opened closes; None: nowhere."""
    depth, place = 0, opening
    while place < len(text):
        quoted = _QUOTED.match(text, place) if text[place] in "\"'" and depth else None
        if quoted:
            place = quoted.end()
            continue
        depth += (text[place] == "{") - (text[place] == "}")
        if not depth:
            return place
        place += 1
    return None
