"""Which variables a city breaks its results down by: district, sex and age, recognised by name or label."""

from collections.abc import Sequence

from cityvoice.analysis.margins import margin_candidates
from cityvoice.questionnaire.model import Questionnaire
from cityvoice.questionnaire.variables import Variable

WORDS = {
    "district": ("district", "dzielnic", "osiedl", "counci", "województw", "wojewodztw"),
    "sex": ("sex", "gender", "płeć", "plec"),
    "age": ("age", "wiek"),
}
MOST_CATEGORIES = 30  # more columns than this no page shows


def find_breakdowns(questionnaire: Questionnaire, margins: Sequence[str] = ()) -> list[Variable]:
    """One variable for each of district, sex and age, then the other margins of the weighting."""
    candidates = [v for v in margin_candidates(questionnaire) if len(v.options) <= MOST_CATEGORIES]
    found = [variable for words in WORDS.values() if (variable := _first(candidates, words, margins))]
    others = [v for v in candidates if v.name in margins and v not in found]
    return found + others


def _first(candidates: list[Variable], words: Sequence[str], margins: Sequence[str]) -> Variable | None:
    """A margin before another variable, a name before a label: "age" in a long question is no age."""
    matching = [v for v in candidates if _names(v, words)]
    return min(matching, key=lambda v: (v.name not in margins, candidates.index(v)), default=None)


def _names(variable: Variable, words: Sequence[str]) -> bool:
    texts = [variable.name, *variable.label.translations.values()]
    return any(_is_about(text, word) for text in texts for word in words)


def _is_about(text: str, word: str) -> bool:
    """Short texts only: a long question that mentions a district is not about where people live."""
    tokens = text.lower().replace("_", " ").split()
    return len(tokens) <= 4 and any(_means(token, word) for token in tokens)


def _means(token: str, word: str) -> bool:
    """A long word may have another ending (dzielnica, dzielnicy); a short one stands alone or with a year."""
    if len(word) <= 4:
        return token.rstrip("0123456789") == word
    return token.startswith(word)
