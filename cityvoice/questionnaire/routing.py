"""Which sections and questions a respondent sees, given the answers so far.

One walk in the order of the document decides everything: a question's condition sees only the answers of
questions that are themselves asked. So an answer left over from a road no longer taken neither shows nor
hides anything, and `prune` drops it; and so with items and options that are no longer there. A condition
that cannot be decided (it names a question without an answer) hides. Conditions look back only
(`checks.check`), so the walk never has to be repeated.

Hidden questions are computed on the way. All questionnaires here are in their flat form (`flat.flatten`), in
the document's order or in that of one response (`flat.arranged`): both lead to the same answers.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from cityvoice.questionnaire.expressions.evaluate import holds as expression_holds
from cityvoice.questionnaire.expressions.values import Lookup
from cityvoice.questionnaire.kinds import QuestionKind
from cityvoice.questionnaire.model import Questionnaire, Section
from cityvoice.questionnaire.plan import Walk, plan_of
from cityvoice.questionnaire.question import Answer, Answers, Column, Item, Question, ResponseOption


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

    questionnaire: Questionnaire
    sections: tuple[Section, ...]
    questions: Mapping[str, tuple[Question, ...]]  # to be shown, by section name
    answers: dict[str, Answer]

    def after(self, current: str | None = None) -> Section | None:
        """The section after the one named `current`, or the first; None at the end of the questionnaire.

        `current` itself may have become hidden: the way forward and back is the order of the document.
        """
        later = _place(self.questionnaire, current)
        places = plan_of(self.questionnaire).places
        return next((section for section in self.sections if places[section.name] > later), None)

    def before(self, current: str | None = None) -> Section | None:
        """The section before the one named `current`, or the last; None at the beginning."""
        places = plan_of(self.questionnaire).places
        earlier = len(places) if current is None else _place(self.questionnaire, current)
        found = [section for section in self.sections if places[section.name] < earlier]
        return found[-1] if found else None

    def progress(self, current: str) -> Progress:
        """Where the section named `current` stands among those that the answers so far lead through."""
        places = plan_of(self.questionnaire).places
        here = _place(self.questionnaire, current)
        step = sum(places[section.name] < here for section in self.sections) + 1
        return Progress(step=step, steps=max(len(self.sections), step))

    def awaiting_consent(self) -> Section | None:
        """The first section with a required consent that is not given; what follows is not for them."""
        for section in self.sections:
            for question in self.questions[section.name]:
                is_needed = question.kind is QuestionKind.CONSENT and question.required
                if is_needed and question.name not in self.answers:
                    return section
        return None

    def incomplete(self, *, passing: Collection[QuestionKind] = ()) -> Section | None:
        """The first section that lacks a required answer or breaks a rule; None when the interview may end.

        Parameters
        ----------
        passing
            Kinds of questions that nobody can answer in the present mode, so that nothing is required there.
        """
        plan = plan_of(self.questionnaire)
        look = plan.lookup(self.answers)
        for section in self.sections:
            asked = (each for each in self.questions[section.name] if each.kind not in passing)
            steps = (plan.steps[question.name] for question in asked)
            if any(
                step.lacking(look, self.answers) or step.breaks_a_rule(look, self.answers) for step in steps
            ):
                return section
        return None


def route(questionnaire: Questionnaire, answers: Answers) -> Route:
    """Walk the questionnaire once with these answers.

    A section without a question to ask is not shown, so that nobody meets an empty page.
    """
    plan = plan_of(questionnaire)
    walk = Walk(plan, answers)
    sections = []
    shown: dict[str, tuple[Question, ...]] = {}
    for stop in plan.stops:
        asked = walk.asked(stop)
        if any(step.is_content for step in asked):
            sections.append(stop.section)
            shown[stop.section.name] = tuple(step.question for step in asked if not step.is_hidden)
    return Route(questionnaire, tuple(sections), shown, walk.kept)


def visible_items(questionnaire: Questionnaire, question: Question, answers: Answers) -> tuple[Item, ...]:
    """The items of a question to show.

    Parameters
    ----------
    answers
        Those that count: `Route.answers`.
    """
    plan = plan_of(questionnaire)
    return plan.steps[question.name].items(plan.lookup(answers))


def offered_options(
    questionnaire: Questionnaire, question: Question, answers: Answers, column: Column | None = None
) -> tuple[ResponseOption, ...]:
    """The options of a question, or of a table's column, to show; a scale's points are always there.

    Parameters
    ----------
    answers
        Those that count: `Route.answers`.
    """
    plan = plan_of(questionnaire)
    step, look = plan.steps[question.name], plan.lookup(answers)
    return step.options(look) if column is None else step.column_options(column, look)


def prune(questionnaire: Questionnaire, answers: Answers) -> dict[str, Answer]:
    """The answers that count: those of questions that the answers themselves lead to, and hidden values.

    The response's seed stays, too.
    """
    return route(questionnaire, answers).answers


def holds(when: str | None, questionnaire: Questionnaire, answers: Answers) -> bool:
    """Whether a condition holds, given the answers that count."""
    return when is None or expression_holds(when, lookup_in(questionnaire, answers))


def lookup_in(questionnaire: Questionnaire, answers: Answers) -> Lookup:
    """What the names in expressions stand for, given the answers that count."""
    return plan_of(questionnaire).lookup(answers)


def _place(questionnaire: Questionnaire, current: str | None) -> int:
    """The index of a section; -1 before the first. `KeyError` on a name that there is not."""
    return -1 if current is None else plan_of(questionnaire).places[current]
