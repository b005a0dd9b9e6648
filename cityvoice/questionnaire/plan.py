"""A flat questionnaire made ready for walking: everything read, parsed and looked up once."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from cityvoice.questionnaire.expressions.evaluate import Compiled
from cityvoice.questionnaire.expressions.values import Lookup, MissingCode, Value
from cityvoice.questionnaire.kinds import QuestionKind
from cityvoice.questionnaire.model import SEED, Questionnaire, Section, Split
from cityvoice.questionnaire.names import NOT_TICKED, TICKED, AnswerField, fields_of
from cityvoice.questionnaire.order import arm
from cityvoice.questionnaire.question import DEFAULT_MAX_LENGTH, Answer, Answers
from cityvoice.questionnaire.steps import Step, compiled_or_none, holds, make_step


@dataclass(frozen=True)
class Stop:
    """One section of the walk."""

    section: Section
    when: Compiled | None
    steps: tuple[Step, ...]
    fields: frozenset[str]  # what a form of this page may hold


@dataclass(frozen=True)
class Plan:
    """A questionnaire ready for walking."""

    stops: tuple[Stop, ...]
    steps: Mapping[str, Step]  # by question
    places: Mapping[str, int]  # of sections
    missing: Mapping[str, frozenset[str]]  # the missing codes of the answer keys that have any

    def lookup(self, answers: Answers) -> Lookup:
        """What the names in expressions stand for, given the answers that count."""
        missing = self.missing

        def look(name: str) -> Value:
            answer = answers.get(name)
            if isinstance(answer, list):
                codes = missing.get(name, ())
                return tuple(MissingCode(code) if code in codes else code for code in answer)
            if isinstance(answer, str) and name in missing and answer in missing[name]:
                return MissingCode(answer)
            return answer

        return look


class Walk:
    """One walk through a plan: the answers that were given, and those of them that count so far."""

    def __init__(self, plan: Plan, answers: Answers, kept: dict[str, Answer] | None = None) -> None:
        self.plan = plan
        self.answers = answers
        self.kept: dict[str, Answer] = {SEED: answers[SEED]} if SEED in answers else {}
        self.kept.update(kept or {})
        self.look = plan.lookup(self.kept)

    def holds(self, when: Compiled | None) -> bool:
        return when is None or holds(when, self.look)

    def asked(self, stop: Stop) -> list[Step]:
        """The questions of a section that are asked; their answers count from then on."""
        return [step for step in stop.steps if self.takes(step)] if self.holds(stop.when) else []

    def takes(self, step: Step) -> bool:
        """Whether a question is asked; if so, its answers count."""
        if not self.is_asked(step):
            return False
        if step.is_hidden:
            self._take_hidden(step)
        else:
            self.take(step, self.answers)
        return True

    def is_asked(self, step: Step) -> bool:
        return (step.when is None or holds(step.when, self.look)) and (
            step.is_fixed or step.can_be_asked(self.look)
        )

    def take(self, step: Step, answers: Answers) -> None:
        """Let the answers of a question count, as far as what they answer is there."""
        if step.is_plain:
            for part in step.fields:
                if part.name in answers:
                    self.kept[part.name] = answers[part.name]
            return
        for part in step.live_fields(self.look):
            if part.name in answers and (answer := self._live(step, part, answers[part.name])) is not None:
                self.kept[part.name] = answer

    def _live(self, step: Step, part: AnswerField, answer: Answer) -> Answer | None:
        """What is left of an answer; None when nothing is."""
        if part.is_words:
            return answer if part.option is None or step.is_chosen(part.option, self.kept) else None
        if not part.codes or not isinstance(answer, str | list):
            return answer
        offered = step.offered_codes(part, self.look)
        if isinstance(answer, list):
            return [code for code in answer if code in offered]
        return answer if answer in offered else None

    def _take_hidden(self, step: Step) -> None:
        name = step.question.name
        if step.value is not None:
            kept = self.answers.get(name) if step.is_once else None
            value = _as_answer(step.value(self.look)) if kept is None else kept
        elif name in self.answers:
            value = self.answers[name]
        elif step.split is not None and SEED in self.kept:
            value = arm(step.split, self.kept[SEED])
        else:
            value = None
        if value is not None:
            self.kept[name] = value


@lru_cache(maxsize=256)
def plan_of(questionnaire: Questionnaire) -> Plan:
    """The plan of a questionnaire in its flat form."""
    fields = fields_of(questionnaire)
    splits = {split.name: split for split in questionnaire.splits}
    stops = tuple(_stop(section, fields, splits) for section in questionnaire.sections)
    return Plan(
        stops=stops,
        steps={step.question.name: step for stop in stops for step in stop.steps},
        places={stop.section.name: place for place, stop in enumerate(stops)},
        missing={name: each.missing_codes for name, each in fields.items() if each.missing_codes},
    )


def _stop(section: Section, fields: Mapping[str, AnswerField], splits: Mapping[str, Split]) -> Stop:
    steps = tuple(make_step(question, fields, splits) for question in section.questions)
    shown = (step for step in steps if step.question.kind is not QuestionKind.HIDDEN)
    names_of_fields = frozenset(part.name for step in shown for part in step.fields)
    return Stop(section, compiled_or_none(section.when), steps, names_of_fields)


def _as_answer(value: Value) -> Answer | None:
    """A computed value as it is stored: a truth as the code 1 or 0; nothing where it is unknown."""
    if isinstance(value, bool):
        return TICKED if value else NOT_TICKED
    if isinstance(value, tuple):
        return [str(each) for each in value]
    if isinstance(value, str):
        return value[:DEFAULT_MAX_LENGTH] or None
    if value is None or not math.isfinite(value):
        return None
    return int(value) if float(value).is_integer() else value
