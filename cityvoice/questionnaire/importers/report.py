"""Collects what an import loses, and counts its expressions."""

from collections.abc import Iterable

from cityvoice.questionnaire.importers.imported import Loss

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
        texts = "1 text is missing" if count == 1 else f"{count} texts are missing"
        return Loss(
            f"language {language!r}", f"{texts}: {listed(places)}", f"the words in {base!r} stand instead"
        )


def listed(names: Iterable[str]) -> str:
    """The first names and how many more: ``Q1, Q2 and 3 more``."""
    all_ = list(names)
    shown = ", ".join(all_[:MANY])
    return shown if len(all_) <= MANY else f"{shown} and {len(all_) - MANY} more"


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 160 else f"{text[:157]}..."
