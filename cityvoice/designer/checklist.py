"""What stands between a draft and its publication, in an order in which it can be mended."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from cityvoice.questionnaire.checking.checklist import warnings
from cityvoice.questionnaire.checking.checks import check
from cityvoice.questionnaire.errors import Problem
from cityvoice.questionnaire.kinds import QuestionKind
from cityvoice.questionnaire.model import Group, Questionnaire, Section
from cityvoice.questionnaire.phrases import count_missing

_NO_TOTALS: Mapping[str, Collection[str]] = MappingProxyType({})
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
    missing_margins: tuple[str, ...]  # variables with control totals that nobody is asked
    missing_codes: dict[str, tuple[str, ...]]  # by such a variable: codes with totals that nobody can choose

    @property
    def is_clear(self) -> bool:
        return not any(entry.weight is Weight.MUST for entry in self.entries)


def look_over(questionnaire: Questionnaire, margins: Mapping[str, Collection[str]] = _NO_TOTALS) -> Checklist:
    """Go over a draft.

    Parameters
    ----------
    margins
        By variable, the codes that the survey's control totals are declared for.
    """
    errors = (_entry(Weight.MUST, each, questionnaire) for each in check(questionnaire))
    hints = (_entry(Weight.SHOULD, each, questionnaire) for each in warnings(questionnaire))
    missing = {language: count_missing(questionnaire, language) for language in questionnaire.languages}
    choices = {
        name: question.codes
        for question in questionnaire.questions
        if question.codes
        for name in question.main_fields
    }
    computed = {each.name for each in questionnaire.questions if each.kind is QuestionKind.HIDDEN}
    return Checklist(
        (*errors, *hints),
        {language: n for language, n in missing.items() if n},
        tuple(name for name in margins if name not in choices and name not in computed),
        {name: codes for name in margins if (codes := _without(choices.get(name), margins[name]))},
    )


def _without(offered: Collection[str] | None, wanted: Collection[str]) -> tuple[str, ...]:
    return tuple(code for code in wanted if code not in offered) if offered is not None else ()


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
