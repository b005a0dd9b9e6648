"""Which quota cells a case can fill: groups of cases that are wanted alike."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from cityvoice.cati import queries
from cityvoice.cati.models import CaseGroup, PhoneCase
from cityvoice.questionnaire import routing
from cityvoice.questionnaire.expressions.ast import Expression, Logical, Operator, Unary, names
from cityvoice.questionnaire.expressions.evaluate import evaluate
from cityvoice.questionnaire.expressions.parser import parse
from cityvoice.questionnaire.expressions.values import Lookup, truth
from cityvoice.questionnaire.kinds import QuestionKind
from cityvoice.questionnaire.model import Questionnaire
from cityvoice.questionnaire.question import Answer, Question
from cityvoice.surveys.models import QuotaCell, Survey
from cityvoice.surveys.published import current_questionnaire
from cityvoice.surveys.queries import list_quota_cells

BATCH = 2000
NUMERIC = (QuestionKind.NUMBER, QuestionKind.SCALE)
WORDED = (QuestionKind.SINGLE, QuestionKind.HIDDEN, QuestionKind.TEXT)

Cells = tuple[tuple[int, ...], tuple[int, ...]]  # ids of those that a case will fill, and may fill


def form_groups(session: Session, *, survey: Survey) -> Sequence[QuotaCell]:
    """Match every case of the survey with the quota cells that there are now.

    Returns
    -------
    sequence of QuotaCell
        Those that no open case can fill.
    """
    grouping = Grouping(session, survey)
    statement = select(PhoneCase.case_id, PhoneCase.attributes, PhoneCase.group_id, CaseGroup.time_zone)
    rows = session.execute(
        statement.join(CaseGroup, CaseGroup.id == PhoneCase.group_id).where(PhoneCase.survey_id == survey.id)
    ).all()
    moved: dict[int, list[int]] = {}
    for case_id, attributes, group_id, zone in rows:
        now = grouping.group_of(attributes, zone)
        if now != group_id:
            moved.setdefault(now, []).append(case_id)
    for group_id, ids in moved.items():
        for start in range(0, len(ids), BATCH):
            some = PhoneCase.case_id.in_(ids[start : start + BATCH])
            session.execute(update(PhoneCase).where(some).values(group_id=group_id))
    session.flush()
    return queries.list_unfillable(session, survey)


def follow_publication(session: Session, *, survey: Survey) -> None:
    """What `surveys.events.published` tells: a new version may have other quotas."""
    has_cases = select(PhoneCase.case_id).where(PhoneCase.survey_id == survey.id).limit(1)
    if session.scalar(has_cases) is not None:
        form_groups(session, survey=survey)


@dataclass
class Grouping:
    """Finds the group of a case, and makes it when it is the first of its kind."""

    session: Session
    survey: Survey
    found: dict[tuple[Cells, str], int] = field(default_factory=dict)
    known: dict[tuple[str | None, ...], Cells] = field(default_factory=dict)

    @cached_property
    def cells(self) -> Sequence[QuotaCell]:
        return list_quota_cells(self.session, self.survey)

    @cached_property
    def questionnaire(self) -> Questionnaire:
        return current_questionnaire(self.survey)

    @cached_property
    def trees(self) -> Mapping[int, Expression]:
        return {cell.id: parse(cell.condition) for cell in self.cells}

    @cached_property
    def named(self) -> tuple[str, ...]:
        """The variables that decide about quotas."""
        return tuple(sorted({name.name for tree in self.trees.values() for name in names(tree)}))

    def group_of(self, attributes: Mapping[str, Any], time_zone: str) -> int:
        """The group's number."""
        said = tuple(_text(attributes.get(name)) for name in self.named)
        if said not in self.known:
            self.known[said] = self._cells(dict(zip(self.named, said, strict=True)))
        key = (self.known[said], time_zone)
        if key not in self.found:
            self.found[key] = self._group(*key)
        return self.found[key]

    def _cells(self, said: Mapping[str, str | None]) -> Cells:
        answers = known_answers(self.questionnaire, said)
        look = routing.lookup_in(self.questionnaire, answers)
        verdicts = {cell.id: verdict(self.trees[cell.id], frozenset(answers), look) for cell in self.cells}
        return (
            tuple(number for number, fills in verdicts.items() if fills is True),
            tuple(number for number, fills in verdicts.items() if fills is None),
        )

    def _group(self, cells: Cells, time_zone: str) -> int:
        key = hashlib.sha256(json.dumps(cells).encode()).hexdigest()
        same = select(CaseGroup.id).where(
            CaseGroup.survey_id == self.survey.id, CaseGroup.key == key, CaseGroup.time_zone == time_zone
        )
        found = self.session.scalar(same)
        if found is not None:
            return found
        sure, possible = map(list, cells)
        group = CaseGroup(
            survey_id=self.survey.id, key=key, time_zone=time_zone, sure=sure, possible=possible
        )
        self.session.add(group)
        self.session.flush()
        return group.id


def known_answers(questionnaire: Questionnaire, said: Mapping[str, str | None]) -> dict[str, Answer]:
    """What a frame says of a unit, as answers to the questions of the same names.

    Codes that a question does not have are unknown.
    """
    found: dict[str, Answer] = {}
    questions = {question.name: question for question in questionnaire.questions}
    for name, text in said.items():
        question = questions.get(name)
        answer = None if question is None or not text else _answer(question, text)
        if answer is not None:
            found[name] = answer
    return found


def verdict(tree: Expression, known: frozenset[str], look: Lookup) -> bool | None:
    """Whether a condition will hold; None where it depends on what is not known yet.

    An `and` of which one part is false is false whatever the others are, an `or` with a true one true; apart
    from that, what names something unknown is unknown (a function may call a missing answer true or false).
    """
    if isinstance(tree, Logical):
        deciding = tree.operator is Operator.OR
        found = [verdict(part, known, look) for part in tree.operands]
        if deciding in found:
            return deciding
        return None if None in found else not deciding
    if isinstance(tree, Unary) and tree.operator is Operator.NOT:
        inner = verdict(tree.operand, known, look)
        return None if inner is None else not inner
    if any(name.name not in known for name in names(tree)):
        return None
    return truth(evaluate(tree, look)) is True


def _answer(question: Question, text: str) -> Answer | None:
    if question.kind in NUMERIC:
        try:
            number = float(text.replace(",", "."))
        except ValueError:
            return None
        return int(number) if number.is_integer() else number
    if question.kind in WORDED:
        return text if not question.codes or text in question.codes else None
    return None


def _text(value: Any) -> str | None:
    return None if value is None else str(value)
