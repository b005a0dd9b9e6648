"""How interviewers compare, and how much of the answers' variance is theirs.

Hints, not verdicts: an interviewer is marked only with enough interviews, and only where they differ from all
others by more than chance makes likely (three standard errors).
"""

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from statistics import fmean, median, stdev
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cityvoice.accounts.models import Account
from cityvoice.cati.models import LedgerEntry
from cityvoice.cati.services.board import Pace
from cityvoice.cati.types import EntryKind
from cityvoice.fieldwork.outcomes import Outcome
from cityvoice.questionnaire.variables import Variable, VariableKind, column_value, variables
from cityvoice.stats.interviewer_effects import InterviewerEffect, interviewer_effects
from cityvoice.surveys.models import Response, Survey
from cityvoice.surveys.published import data_questionnaire
from cityvoice.surveys.queries import IS_COUNTED

FEWEST_INTERVIEWS = 10  # of an interviewer who can be marked
FEWEST_ANSWERS = 30  # to an item; from fewer the share of interviewers is no more than chance
FEWEST_ITEMS = 3  # of a battery whose answers can be all the same
MOST_ERRORS = 3.0  # standard errors from all others that are still chance
CLOSED = (VariableKind.NOMINAL, VariableKind.ORDINAL)


class Mark(StrEnum):
    """What is unusual about an interviewer."""

    SHORT = "short"
    NONRESPONSE = "nonresponse"
    STRAIGHTLINING = "straightlining"
    REFUSALS = "refusals"


@dataclass(frozen=True, slots=True)
class Interview:
    """One complete interview; NaN where there was nothing to count."""

    account_id: int
    minutes: float
    nonresponse: float  # share of the answers that are "don't know", refused or missing
    straightlining: float  # share of the batteries whose answers are all the same


@dataclass
class InterviewerQuality:
    name: str
    interviews: list[Interview] = field(default_factory=list)
    pace: Pace = field(default_factory=Pace)
    marks: tuple[Mark, ...] = ()

    @property
    def n(self) -> int:
        return len(self.interviews)

    @property
    def mean_minutes(self) -> float:
        return _mean(self.of("minutes"))

    @property
    def median_minutes(self) -> float:
        return median(self.of("minutes")) if self.of("minutes") else math.nan

    @property
    def nonresponse(self) -> float:
        return _mean(self.of("nonresponse"))

    @property
    def straightlining(self) -> float:
        return _mean(self.of("straightlining"))

    def of(self, name: str) -> list[float]:
        values = (getattr(interview, name) for interview in self.interviews)
        return [value for value in values if not math.isnan(value)]


@dataclass(frozen=True)
class SurveyQuality:
    """Parameters
    ----------
    effects : tuple of (InterviewerEffect, float)
        Of each item with `FEWEST_ANSWERS`, with its p-value adjusted for their number; the largest first.
    """

    interviewers: list[InterviewerQuality]
    everyone: InterviewerQuality
    effects: tuple[tuple[InterviewerEffect, float], ...]


def survey_quality(session: Session, *, survey: Survey) -> SurveyQuality:
    """Every interviewer's work, and the interviewer effect on every item."""
    columns = variables(data_questionnaire(survey))
    found = list(_completed(session, survey))
    interviews = [_interview(*row, columns) for row in found]
    people = _people(session, survey)
    for interview in interviews:
        people[interview.account_id].interviews.append(interview)
    everyone = InterviewerQuality("", interviews)
    for person in people.values():
        everyone.pace.add(person.pace)
        person.marks = tuple(_marks(person, list(people.values())))
    items = {
        column.name: [_number(column, answers) for _, _, answers in found]
        for column in columns
        if _is_item(column)
    }
    told = {name: values for name, values in items.items() if _n_known(values) >= FEWEST_ANSWERS}
    effects = interviewer_effects(told, [account for account, _, _ in found])
    by_name = sorted(people.values(), key=lambda person: person.name)
    return SurveyQuality(by_name, everyone, tuple(sorted(effects, key=lambda each: -each[0].icc)))


def _completed(session: Session, survey: Survey) -> Iterator[tuple[int, int | None, dict[str, Any]]]:
    """Who completed each interview by phone, how long that call took, and the answers."""
    last = (
        select(func.max(LedgerEntry.id))
        .where(
            LedgerEntry.survey_id == survey.id,
            LedgerEntry.kind == EntryKind.CALL,
            LedgerEntry.outcome == Outcome.COMPLETE,
        )
        .group_by(LedgerEntry.case_id)
    )
    statement = (
        select(LedgerEntry.account_id, LedgerEntry.seconds, Response.answers)
        .join(Response, Response.case_id == LedgerEntry.case_id)
        .where(LedgerEntry.id.in_(last), *IS_COUNTED)
        .order_by(LedgerEntry.id)
    )
    for account, seconds, answers in session.execute(statement):
        if account is not None:
            yield account, seconds, answers


def _people(session: Session, survey: Survey) -> dict[int, InterviewerQuality]:
    """Everyone who called, with the outcomes of all their calls."""
    counted = (
        select(Account.id, Account.name, LedgerEntry.outcome, func.count())
        .join(Account, Account.id == LedgerEntry.account_id)
        .where(LedgerEntry.survey_id == survey.id, LedgerEntry.kind == EntryKind.CALL)
        .group_by(Account.id, Account.name, LedgerEntry.outcome)
        .order_by(Account.name, Account.id)
    )
    people: dict[int, InterviewerQuality] = {}
    for account, name, outcome, n in session.execute(counted):
        people.setdefault(account, InterviewerQuality(name)).pace.count(Outcome(outcome), n)
    return people


def _interview(
    account_id: int, seconds: int | None, answers: dict[str, Any], columns: Sequence[Variable]
) -> Interview:
    by_field = {column.field: column for column in columns if column.kind is not VariableKind.TEXT}
    cells = [column_value(column, answers) for column in by_field.values()]
    asked = [cell for cell in cells if cell.missing is not None or cell.value is not None]
    batteries: dict[str, list[object]] = defaultdict(list)
    for column in columns:
        value = column_value(column, answers).value if column.kind in CLOSED else None
        if value is not None and column.field != column.question:
            batteries[column.question].append(value)
    whole = [len(set(values)) == 1 for values in batteries.values() if len(values) >= FEWEST_ITEMS]
    return Interview(
        account_id,
        math.nan if seconds is None else seconds / 60,
        sum(cell.missing is not None for cell in asked) / len(asked) if asked else math.nan,
        sum(whole) / len(whole) if whole else math.nan,
    )


def _is_item(column: Variable) -> bool:
    """Answers that can be numbers: amounts, ordered answers, and those of two kinds."""
    valid = [option for option in column.options if not option.missing]
    is_two = column.kind is VariableKind.NOMINAL and len(valid) == 2
    return is_two or column.kind in (VariableKind.NUMERIC, VariableKind.ORDINAL, VariableKind.FLAG)


def _n_known(values: Sequence[float]) -> int:
    return sum(not math.isnan(value) for value in values)


def _number(column: Variable, answers: dict[str, Any]) -> float:
    value = column_value(column, answers).value
    if value is None:
        return math.nan
    if column.kind in CLOSED:
        codes = [option.code for option in column.options if not option.missing]
        return float(codes.index(str(value))) if value in codes else math.nan
    return float(value)


def _marks(person: InterviewerQuality, people: Sequence[InterviewerQuality]) -> Iterator[Mark]:
    if person.n < FEWEST_INTERVIEWS:
        return
    others = [other for other in people if other is not person]

    def errors(name: str) -> float:
        return _errors(person.of(name), [value for other in others for value in other.of(name)])

    if errors("minutes") < -MOST_ERRORS:
        yield Mark.SHORT
    for name, mark in (("nonresponse", Mark.NONRESPONSE), ("straightlining", Mark.STRAIGHTLINING)):
        if errors(name) > MOST_ERRORS:
            yield mark
    if _refusal_errors(person.pace, [other.pace for other in others]) > MOST_ERRORS:
        yield Mark.REFUSALS


def _errors(own: Sequence[float], others: Sequence[float]) -> float:
    """By how many standard errors (Welch's) a mean differs from that of all others; 0 of too few."""
    if len(own) < FEWEST_INTERVIEWS or len(others) < FEWEST_INTERVIEWS:
        return 0.0
    error = math.sqrt(stdev(own) ** 2 / len(own) + stdev(others) ** 2 / len(others))
    difference = fmean(own) - fmean(others)
    if not error:
        return math.copysign(math.inf, difference) if difference else 0.0
    return difference / error


def _refusal_errors(own: Pace, others: Sequence[Pace]) -> float:
    n, n_others = own.n_contacts, sum(other.n_contacts for other in others)
    refusals = sum(other.n_refusals for other in others)
    if n < FEWEST_INTERVIEWS or n_others < FEWEST_INTERVIEWS:
        return 0.0
    pooled = (own.n_refusals + refusals) / (n + n_others)
    error = math.sqrt(pooled * (1 - pooled) * (1 / n + 1 / n_others))
    return (own.n_refusals / n - refusals / n_others) / error if error else 0.0


def _mean(values: Sequence[float]) -> float:
    return fmean(values) if values else math.nan
