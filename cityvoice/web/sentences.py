"""Messages of what knows no reader, said in the reader's language."""

from collections.abc import Callable
from typing import Any

from flask_babel import format_decimal, gettext

from cityvoice.questionnaire.message import Message, Value


def said(message: str, words: Callable[[str], str | None] = lambda _value: None) -> str:
    """A message in the reader's language; what is no `Message` stays as it is.

    Parameters
    ----------
    words
        Words for a value that means something more than itself, such as a member of an enumeration.
    """
    if not isinstance(message, Message):
        return message
    values = {name: _shown(each, words) for name, each in message.values.items()}
    return str(gettext(message.template)) % values


class _Quoting(str):
    """Words of a document, which stand in the quotation marks of the reader's language."""

    __slots__ = ()

    def __repr__(self) -> str:
        return quoted(self)


def quoted(words: str) -> str:
    """In the quotation marks of the reader's language."""
    return str(gettext("“%(words)s”", words=str(words)))


def _shown(value: Value, words: Callable[[str], str | None]) -> Any:
    match value:
        case Message():
            return said(value, words)
        case tuple():
            return gettext(" or ").join(str(_shown(each, words)) for each in value)
        case str():
            known = words(value)
            return _Quoting(value) if known is None else known
        case float():
            return format_decimal(value, "0.###############")
    return value
