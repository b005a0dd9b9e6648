"""Collects what an import loses, and counts its expressions."""

from collections.abc import Iterable

from cityvoice.questionnaire.importers.imported import Loss
from cityvoice.questionnaire.message import Message

MANY = 8  # so many names are told; then how many more there are


class Report:
    """What happened while a file was read; losses keep their order, and each is told once."""

    def __init__(self) -> None:
        self._losses: dict[Loss, None] = {}
        self.n_found = 0
        self.n_compiled = 0
        self.derived: set[str] = set()  # expressions that the file does not hold as such: filters, limits
        self._gaps: dict[str, dict[str, int]] = {}

    def lose(self, where: str, what: str, why: str) -> None:
        self._losses.setdefault(Loss(where, _short(what), why))

    def gap(self, language: str, where: str) -> None:
        """A text that is missing in `language`; told once for each language."""
        places = self._gaps.setdefault(language, {})
        places[where] = places.get(where, 0) + 1

    def losses(self, base: str) -> tuple[Loss, ...]:
        """Everything lost; missing translations were filled with the words in `base`."""
        return (*self._losses, *(self._gap_loss(language, base) for language in self._gaps))

    def _gap_loss(self, language: str, base: str) -> Loss:
        places = self._gaps[language]
        count = sum(places.values())
        where = Message("language %(language)r", language=language)
        what = Message("texts that are missing (%(n)s): %(places)s", n=count, places=listed(places))
        return Loss(where, what, Message("the words in %(language)r stand instead", language=base))


def listed(names: Iterable[str]) -> str:
    """The first names and how many more: ``Q1, Q2 and 3 more``."""
    all_ = list(names)
    shown = all_[0] if all_ else ""
    for each in all_[1:MANY]:
        shown = Message("%(first)s, %(next)s", first=shown, next=each)
    left = len(all_) - MANY
    return shown if left <= 0 else Message("%(first)s and %(n)s more", first=shown, n=left)


def _short(text: str) -> str:
    if isinstance(text, Message):
        return text
    text = " ".join(text.split())
    return text if len(text) <= 160 else f"{text[:157]}..."
