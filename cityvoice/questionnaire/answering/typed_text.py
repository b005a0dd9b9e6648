"""Reads what people type: text, e-mail addresses, telephone numbers, web addresses."""

import re
import unicodedata
from collections.abc import Callable, Mapping

from cityvoice.questionnaire.answering.errors import ErrorCode, Refusal
from cityvoice.questionnaire.expressions.patterns import pattern
from cityvoice.questionnaire.kinds import TextFormat
from cityvoice.questionnaire.question import DEFAULT_MAX_LENGTH

_LINE_END = re.compile(r"\r\n?")
_NOT_TYPED = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")  # all control characters but \n and \t
_LABEL = r"[^\W_](?:[^\W_]|-){0,62}"  # of a host name; letters of every alphabet
_HOST = rf"(?:{_LABEL}\.)+{_LABEL}"
_EMAIL = re.compile(rf"[^\s@<>\"(),:;\\\[\]]{{1,64}}@{_HOST}")
_WEB = re.compile(rf"https?://{_HOST}(?::\d{{1,5}})?(?:[/?#]\S*)?", re.IGNORECASE)
_PHONE_MARKS = re.compile(r"[\s().\-/\u2010-\u2015\u00a0]")
_PHONE = re.compile(r"(?:\+[1-9][0-9]{6,14}|[0-9]{7,15})")
_LONGEST_EMAIL = 254


def is_typed(value: str) -> bool:
    """Whether there is anything in it that somebody sees: no space, no letter of no width."""
    text = value.strip()
    return bool(text) and (text.isascii() or any(unicodedata.category(each) != "Cf" for each in text))


def read_text(value: str, most: int = DEFAULT_MAX_LENGTH) -> str:
    """Text in Unicode's composed form, its line ends alike, no space around it; or `Refusal`."""
    if len(value) > 2 * most:  # a browser counts a line end once and sends it as two characters
        raise Refusal(ErrorCode.TOO_LONG, max_length=most, length=len(value))
    text = unicodedata.normalize("NFC", _LINE_END.sub("\n", value)).strip()
    if len(text) > most:
        raise Refusal(ErrorCode.TOO_LONG, max_length=most, length=len(text))
    if _NOT_TYPED.search(text):
        raise Refusal(ErrorCode.NOT_TEXT)
    return text


def formatted(text: str, format_: TextFormat | None) -> str:
    """The text as it is stored in this format; `Refusal` where it is not of it."""
    return text if format_ is None else _FORMATS[format_](text)


def match(text: str, source: str | None) -> None:
    """Refuse a text that a pattern does not match as a whole."""
    if source is not None and not pattern(source).fullmatch(text):
        raise Refusal(ErrorCode.PATTERN)


def _email(text: str) -> str:
    name = text.partition("@")[0]
    if len(text) > _LONGEST_EMAIL or not _EMAIL.fullmatch(text) or ".." in name or name[:1] == ".":
        raise Refusal(ErrorCode.NOT_EMAIL)
    return text


def _phone(text: str) -> str:
    """Digits, behind a plus where the country is named: +48600100200, 600100200."""
    digits = re.sub(r"^00(?=[1-9])", "+", _PHONE_MARKS.sub("", text))
    if not _PHONE.fullmatch(digits):
        raise Refusal(ErrorCode.NOT_PHONE)
    return digits


def _web(text: str) -> str:
    address = text if "://" in text else f"https://{text}"
    if len(address) > 2000 or not _WEB.fullmatch(address):
        raise Refusal(ErrorCode.NOT_WEB)
    return address


_FORMATS: Mapping[TextFormat, Callable[[str], str]] = {
    TextFormat.EMAIL: _email,
    TextFormat.PHONE: _phone,
    TextFormat.WEB: _web,
}
