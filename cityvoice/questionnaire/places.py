"""The parts of an authored questionnaire with their paths in the document, counted from 0."""

from collections.abc import Iterator
from dataclasses import dataclass

from cityvoice.questionnaire.model import Group, Questionnaire, Section
from cityvoice.questionnaire.question import Question


@dataclass(frozen=True)
class Place:
    """A question or a group, and where it stands: ``sections[0].questions[2]``."""

    path: str
    element: Question | Group


def elements_of(holder: Section | Group, path: str) -> Iterator[Place]:
    """The elements directly in a section or a group."""
    for number, element in enumerate(holder.elements):
        yield Place(f"{path}.questions[{number}]", element)


def elements_below(holder: Section | Group, path: str) -> Iterator[Place]:
    """All elements of a section or a group, those of its groups included, in the order of the document."""
    for place in elements_of(holder, path):
        yield place
        if isinstance(place.element, Group):
            yield from elements_below(place.element, place.path)


def sections_of(questionnaire: Questionnaire) -> Iterator[tuple[str, Section]]:
    return ((f"sections[{number}]", section) for number, section in enumerate(questionnaire.sections))


def questions_of(questionnaire: Questionnaire) -> Iterator[tuple[str, Question]]:
    """Every question with its path."""
    for path, section in sections_of(questionnaire):
        for place in elements_below(section, path):
            if isinstance(place.element, Question):
                yield place.path, place.element


def groups_of(questionnaire: Questionnaire) -> Iterator[tuple[str, Group]]:
    """Every group with its path."""
    for path, section in sections_of(questionnaire):
        for place in elements_below(section, path):
            if isinstance(place.element, Group):
                yield place.path, place.element
