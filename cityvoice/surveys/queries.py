"""Reads of surveys and responses."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cityvoice.surveys.errors import UnknownSurvey
from cityvoice.surveys.models import Case, Response, Survey
from cityvoice.surveys.types import ResponseStatus, SurveyStatus

BATCH = 5000  # rows fetched at a time, so that a large survey never stands in memory twice


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the fieldwork is."""

    n_complete: int
    n_partial: int
    by_mode: dict[str, int]  # complete ones; the empty mode is unknown
    by_day: dict[date, int]  # complete ones with a known day


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """One complete response, as analysis reads it."""

    mode: str | None
    base_weight: float
    answered_on: date | None
    answers: dict[str, Any]


def get_survey(session: Session, slug: str) -> Survey:
    survey = find_survey(session, slug)
    if survey is None:
        raise UnknownSurvey(slug, [known.slug for known in list_surveys(session)])
    return survey


def find_survey(session: Session, slug: str) -> Survey | None:
    return session.scalar(select(Survey).where(Survey.slug == slug))


def list_surveys(session: Session) -> Sequence[Survey]:
    return session.scalars(select(Survey).order_by(Survey.created_at.desc(), Survey.id.desc())).all()


def list_open_surveys(session: Session) -> Sequence[Survey]:
    return session.scalars(
        select(Survey).where(Survey.status == SurveyStatus.OPEN).order_by(Survey.created_at.desc(), Survey.id)
    ).all()


def count_complete(session: Session) -> dict[int, int]:
    """Complete responses by survey id."""
    counts = select(Response.survey_id, func.count()).where(Response.status == ResponseStatus.COMPLETE)
    return {row[0]: row[1] for row in session.execute(counts.group_by(Response.survey_id))}


def find_response(session: Session, survey: Survey, token: str, *, lock: bool = False) -> Response | None:
    statement = select(Response).where(Response.survey_id == survey.id, Response.token == token)
    return session.scalar(statement.with_for_update(of=Response) if lock else statement)


def fieldwork_progress(session: Session, survey: Survey) -> Progress:
    statuses = dict(_counts(session, survey, Response.status))
    complete = Response.status == ResponseStatus.COMPLETE
    modes = {mode or "": n for mode, n in _counts(session, survey, Response.mode, complete)}
    days = {day: n for day, n in _counts(session, survey, Response.answered_on, complete) if day is not None}
    return Progress(
        n_complete=statuses.get(ResponseStatus.COMPLETE, 0),
        n_partial=statuses.get(ResponseStatus.PARTIAL, 0),
        by_mode=dict(sorted(modes.items())),
        by_day=dict(sorted(days.items())),
    )


def _counts(session: Session, survey: Survey, column: Any, *conditions: Any) -> list[tuple[Any, int]]:
    statement = select(column, func.count()).where(Response.survey_id == survey.id, *conditions)
    return [(value, n) for value, n in session.execute(statement.group_by(column))]


def stream_answers(session: Session, survey: Survey) -> Iterator[AnswerRow]:
    """Complete responses in the order they came in."""
    statement = (
        select(Response.mode, Case.base_weight, Response.answered_on, Response.answers)
        .join(Case, Case.id == Response.case_id)
        .where(Response.survey_id == survey.id, Response.status == ResponseStatus.COMPLETE)
        .order_by(Response.id)
        .execution_options(yield_per=BATCH)
    )
    for mode, weight, day, answers in session.execute(statement):
        yield AnswerRow(mode, weight, day, answers)


def list_external_ids(session: Session, survey: Survey) -> set[str]:
    statement = select(Case.external_id).where(Case.survey_id == survey.id, Case.external_id.is_not(None))
    return {identifier for identifier in session.scalars(statement) if identifier is not None}
