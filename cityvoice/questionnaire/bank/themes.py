"""Reads the question bank."""

from functools import cache
from importlib.resources import files

from cityvoice.questionnaire.document import parse_document
from cityvoice.questionnaire.model import Questionnaire

THEMES = ("quality_of_life", "public_services", "participation", "information", "demographics")


@cache
def theme(name: str) -> Questionnaire:
    """One theme of the bank, a questionnaire of one section; `KeyError` when there is none of that name."""
    if name not in THEMES:
        raise KeyError(name)
    document = files("cityvoice.questionnaire.bank").joinpath(f"{name}.yaml")
    return parse_document(document.read_text(encoding="utf-8"))


def themes() -> tuple[Questionnaire, ...]:
    return tuple(map(theme, THEMES))
