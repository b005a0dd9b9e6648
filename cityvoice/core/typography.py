"""Spaces that must not break: after one-letter words, inside numbers, before units and dashes."""

import re
from functools import cache

NBSP, WORD_JOINER = "\u00a0", "\u2060"

_ONE_LETTER_WORDS = {"pl": "aiouwz", "uk": "авеєзйоуіїя", "en": "ai"}
_ABBREVIATIONS = {  # bound to the number that follows them
    "pl": ("nr", "ul", "al", "pl", "os", "s", "art", "ust", "poz", "pkt", "św", "tab", "rys"),
    "uk": ("вул", "просп", "пл", "ст", "с", "п", "рис", "табл"),
    "en": ("no", "p", "pp", "fig", "art", "vol"),
}
_THOUSANDS = re.compile(r"(?<=\d) (?=\d{3}(?!\d))")
_NUMBER_AND_WORD = re.compile(r"(?<=\d) (?=[^\W\d][\w.]|[%‰°])")
_BEFORE_DASH = re.compile(r" (?=[–—] )")
_RANGE = re.compile(r"(?<=\d–)(?=\d)")
_EQUATION = re.compile(r"(?<=\w) ([=<>≤≥]) (?=[\d−±])")


def tidy(text: str, locale: str) -> str:
    """The same text with no-break spaces where the language wants them.

    Plain spaces are exchanged and ranges of numbers joined; quotation marks and dashes remain
    the author's.
    """
    text = _leading_words(locale[:2]).sub(rf"\1{NBSP}", text)
    for pattern in (_THOUSANDS, _NUMBER_AND_WORD, _BEFORE_DASH):
        text = pattern.sub(NBSP, text)
    text = _RANGE.sub(WORD_JOINER, text)
    return _EQUATION.sub(rf"{NBSP}\1{NBSP}", text)


def ended(text: str) -> str:
    """The text with a full stop, unless it has an end already (also one of an abbreviation)."""
    return text if text.rstrip("”\"')").endswith((".", "!", "?", "…")) else f"{text}."


@cache
def _leading_words(language: str) -> re.Pattern[str]:
    """One-letter words before a space, and abbreviations before a number."""
    letters = _ONE_LETTER_WORDS.get(language, "")
    short = "|".join(_ABBREVIATIONS.get(language, ()))
    return re.compile(rf"(?<![\w’'])([{letters}]|(?:{short})\.?(?= \d)) ", re.IGNORECASE)
