"""What stands between a draft and its publication, in an order in which it can be mended."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from cityvoice.questionnaire.checklist import warnings
from cityvoice.questionnaire.checks import check
from cityvoice.questionnaire.errors import Problem
from cityvoice.questionnaire.model import Group, Questionnaire, Section
from cityvoice.questionnaire.phrases import count_missing

MARGINS = ("sex", "age", "district")  # what a weighting usually needs, by name
_SECTION = re.compile(r"sections\[(\d+)\]")
_BELOW = re.compile(r"\.questions\[(\d+)\]")


class Weight(StrEnum):
    MUST = "must"  # no publication before
    SHOULD = "should"


@dataclass(frozen=True)
class Entry:
    """One line: what, in the question, group or section `element`, at the path `part` of it."""

    weight: Weight
    words: str
    element: str | None
    part: str


@dataclass(frozen=True)
class Checklist:
    entries: tuple[Entry, ...]
    untranslated: dict[str, int]  # texts without words, by language
    missing_margins: tuple[str, ...]  # variables that weighting would need and nobody is asked

    @property
    def is_clear(self) -> bool:
        return not any(entry.weight is Weight.MUST for entry in self.entries)


def look_over(questionnaire: Questionnaire, margins: Sequence[str] = MARGINS) -> Checklist:
    """Go over a draft.

    Parameters
    ----------
    margins
        Names of the variables that control totals exist for.
    """
    errors = (_entry(Weight.MUST, each, questionnaire) for each in check(questionnaire))
    hints = (_entry(Weight.SHOULD, each, questionnaire) for each in warnings(questionnaire))
    missing = {language: count_missing(questionnaire, language) for language in questionnaire.languages}
    asked = {name for question in questionnaire.questions for name in question.fields if question.options}
    return Checklist(
        (*errors, *hints),
        {language: n for language, n in missing.items() if n},
        tuple(name for name in margins if name not in asked),
    )


def _entry(weight: Weight, problem: Problem, questionnaire: Questionnaire) -> Entry:
    element, part = _element(questionnaire, problem.path)
    return Entry(weight, problem.message, element, part)


def _element(questionnaire: Questionnaire, path: str) -> tuple[str | None, str]:
    """The innermost question, group or section on a path, by its name, and the rest of the path."""
    found = _SECTION.match(path)
    if found is None or int(found[1]) >= len(questionnaire.sections):
        return None, path
    holder: Section | Group = questionnaire.sections[int(found[1])]
    name, rest = holder.name, path[found.end() :]
    while (found := _BELOW.match(rest)) and int(found[1]) < len(holder.elements):
        element = holder.elements[int(found[1])]
        name, rest = element.name, rest[found.end() :]
        if not isinstance(element, Group):
            break
        holder = element
    return name, rest
