"""In what language and with what signs a report speaks."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from babel.dates import format_date

from cityvoice.core.i18n import translations
from cityvoice.figures.numbers import NumberFormat, number_format
from cityvoice.questionnaire.question import Text


@dataclass(frozen=True)
class Voice:
    language: str

    @cached_property
    def gettext(self) -> Callable[[str], str]:
        return translations(self.language).gettext

    @cached_property
    def numbers(self) -> NumberFormat:
        return number_format(self.language)

    def text(self, text: Text) -> str:
        return text.in_(self.language)

    def kept(self, texts: dict[str, str] | None) -> str:
        """Words that a person wrote, by language; in another language rather than not at all."""
        texts = {code: words for code, words in (texts or {}).items() if words}
        return texts.get(self.language) or next(iter(texts.values()), "")

    def day(self, day: date) -> str:
        return format_date(day, "d MMMM yyyy", locale=self.language)

    def share(self, value: float) -> str:
        return self.numbers.with_sign(value)
