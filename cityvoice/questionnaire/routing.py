"""Which sections and questions a respondent sees, given the answers so far.

One walk in the order of the document decides everything: a question's condition sees only the answers of
questions that are themselves asked. So an answer left over from a road no longer taken neither shows nor
hides anything, and `prune` drops it. A condition that cannot be decided (it names a question without an
answer) hides. Conditions look back only (`checks.check`), so the walk never has to be repeated.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from cityvoice.questionnaire.expressions.evaluate import is_true
from cityvoice.questionnaire.expressions.parser import parse
from cityvoice.questionnaire.expressions.values import Lookup, Value, of_answer
from cityvoice.questionnaire.model import Answer, Answers, Question, Questionnaire, Section


@dataclass(frozen=True)
class Progress:
    """The respondent is at section `step` (from 1) of `steps` that the answers so far lead through."""

    step: int
    steps: int

    @property
    def share(self) -> float:
        """How much lies behind, 0 to below 1."""
        return (self.step - 1) / self.steps


@dataclass(frozen=True)
class Route:
    """What one walk found: the sections to show, their questions, and the answers that count."""

    sections: tuple[Section, ...]
    questions: dict[str, tuple[Question, ...]]  # by section name
    answers: dict[str, Answer]


def route(questionnaire: Questionnaire, answers: Answers) -> Route:
    """Walk the questionnaire once with these answers.

    A section without a question to ask is not shown, so that nobody meets an empty page.
    """
    kept: dict[str, Answer] = {}
    shown: dict[str, tuple[Question, ...]] = {}
    sections = []
    for section in questionnaire.sections:
        if not holds(section.when, questionnaire, kept):
            continue
        asked = tuple(_asked(section, questionnaire, answers, kept))
        if asked:
            sections.append(section)
            shown[section.name] = asked
    return Route(tuple(sections), shown, kept)


def visible_sections(questionnaire: Questionnaire, answers: Answers) -> tuple[Section, ...]:
    """The sections that these answers lead through, in order."""
    return route(questionnaire, answers).sections


def visible_questions(
    questionnaire: Questionnaire, section: Section, answers: Answers
) -> tuple[Question, ...]:
    """The questions of `section` to ask, in order; empty when the section is not shown."""
    return route(questionnaire, answers).questions.get(section.name, ())


def next_section(
    questionnaire: Questionnaire, answers: Answers, current: str | None = None
) -> Section | None:
    """The section after the one named `current`, or the first; None at the end of the questionnaire.

    `current` itself may have become hidden: the way forward and back is the order of the document.
    """
    place = _place(questionnaire, current)
    later = {section.name for section in questionnaire.sections[place + 1 :]}
    return next((each for each in visible_sections(questionnaire, answers) if each.name in later), None)


def previous_section(
    questionnaire: Questionnaire, answers: Answers, current: str | None = None
) -> Section | None:
    """The section before the one named `current`, or the last when there is none; None at the beginning."""
    place = len(questionnaire.sections) if current is None else _place(questionnaire, current)
    earlier = {section.name for section in questionnaire.sections[:place]}
    found = [each for each in visible_sections(questionnaire, answers) if each.name in earlier]
    return found[-1] if found else None


def progress(questionnaire: Questionnaire, answers: Answers, current: str) -> Progress:
    """Where the section named `current` stands among those that the answers so far lead through."""
    names = [section.name for section in visible_sections(questionnaire, answers)]
    place = _place(questionnaire, current)
    before = {section.name for section in questionnaire.sections[:place]}
    step = sum(name in before for name in names) + 1
    return Progress(step=step, steps=max(len(names), step))


def prune(questionnaire: Questionnaire, answers: Answers) -> dict[str, Answer]:
    """The answers that count: those of questions that the answers themselves lead to."""
    return route(questionnaire, answers).answers


def holds(when: str | None, questionnaire: Questionnaire, answers: Answers) -> bool:
    """Whether the condition of a section or question holds, given the answers that count."""
    return when is None or is_true(parse(when), _lookup(questionnaire, answers))


def _place(questionnaire: Questionnaire, current: str | None) -> int:
    """The index of a section; -1 before the first. `KeyError` on a name that there is not."""
    return -1 if current is None else questionnaire.sections.index(questionnaire.section(current))


def _asked(
    section: Section, questionnaire: Questionnaire, answers: Answers, kept: dict[str, Answer]
) -> Iterator[Question]:
    for question in section.questions:
        if holds(question.when, questionnaire, kept):
            kept.update({name: answers[name] for name in question.fields if name in answers})
            yield question


def _lookup(questionnaire: Questionnaire, answers: Answers) -> Lookup:
    def lookup(name: str) -> Value:
        answer = answers.get(name)
        return None if answer is None else of_answer(questionnaire.question_of_field[name], answer)

    return lookup
