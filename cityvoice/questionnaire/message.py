"""Sentences about a questionnaire that can be said in another language."""

from collections.abc import Mapping
from typing import Self

Value = str | int | float | tuple[str, ...]  # a `Message` and the members of a `StrEnum` are such strings


class Place(str):
    """A path in the document form, such as ``sections[0].questions[2].options[1].code``."""

    __slots__ = ()


class Message(str):
    """An English sentence, which keeps the template and the values that it was made of.

    Whoever speaks another language fills the template's translation with the values' translations.

    Parameters
    ----------
    template
        As for ``%``: ``%(name)r`` shows a value in quotes. `scripts/translations` collects it, so it must be
        written out in the call.
    values
        Numbers, words of the document, members of enumerations, or parts that are messages themselves. The
        members of a tuple are alternatives.
    """

    template: str
    values: Mapping[str, Value]

    def __new__(cls, template: str, /, **values: Value) -> Self:
        message = super().__new__(cls, template % {name: _english(each) for name, each in values.items()})
        message.template = template
        message.values = values
        return message

    def __getnewargs_ex__(self) -> tuple[tuple[str], dict[str, Value]]:
        return (self.template,), dict(self.values)  # a copy fills its own template again


def _english(value: Value) -> Value:
    if isinstance(value, tuple):
        return " or ".join(value)
    return f"{value:.15g}" if isinstance(value, float) else value
