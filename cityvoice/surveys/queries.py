"""Reads of surveys and responses."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Text,
    and_,
    bindparam,
    cast,
    func,
    inspect,
    or_,
    select,
)
from sqlalchemy.orm import Session, joinedload, make_transient_to_detached
from sqlalchemy.orm.attributes import instance_dict, set_committed_value

from cityvoice.core import clock
from cityvoice.core.tokens import token_digest
from cityvoice.questionnaire.kinds import Mode
from cityvoice.surveys.errors import UnknownSurvey
from cityvoice.surveys.models import Case, Participant, QuestionnaireVersion, QuotaCell, Response, Survey
from cityvoice.surveys.types import ANSWERS, CaseOrigin, ResponseStatus, SurveyStatus

BATCH = 5000  # rows fetched at a time, so that a large survey never stands in memory twice
# What results are made of: no half-finished response, no trial of the questionnaire
IS_COUNTED = (Response.status == ResponseStatus.COMPLETE, ~Response.is_test)
IS_BY_WEB = Response.mode == Mode.CAWI  # which sends page after page, so that without one there is no answer
# Run for every page of a resident, so composed only once: that takes longer than the database needs for them
_SURVEY = select(Survey).where(Survey.slug == bindparam("slug")).options(joinedload(Survey.versions))


def _columns(kind: type[Any]) -> dict[str, ColumnElement[Any]]:
    """What is loaded of an entity when nothing else is said; of a survey all but its method."""
    loaded = (each for each in inspect(kind).column_attrs if not each.deferred and each.key != "method")
    return {each.key: each.columns[0] for each in loaded}


# By columns: the mapper takes three times as long to load them
_Entity = TypeVar("_Entity", Response, Survey, QuestionnaireVersion)
_READ = {kind: _columns(kind) for kind in (Response, Survey, QuestionnaireVersion)}
_VISITED = (
    select(*(column for columns in _READ.values() for column in columns.values()))
    .select_from(Response.__table__)
    .join(Survey.__table__, Survey.id == Response.survey_id)
    .join(QuestionnaireVersion.__table__, QuestionnaireVersion.id == Response.version_id)
    .where(Survey.slug == bindparam("slug"), Response.token_sha256 == bindparam("digest"))
)
_VISITED_LOCKED = _VISITED.with_for_update(of=Response.__table__)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the fieldwork is."""

    n_complete: int
    n_partial: int
    n_screened_out: int
    n_hasty: int  # complete ones with pages sent faster than they can be read
    by_mode: dict[str, int]  # complete ones; the empty mode is unknown
    by_day: dict[date, int]  # complete ones with a known day


@dataclass(frozen=True, slots=True)
class Alike:
    """Complete web responses of one day and kind of device whose answers are all the same."""

    answered_on: date | None
    device: str | None
    n: int


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """One complete response, as analysis reads it."""

    mode: str | None
    base_weight: float
    answered_on: date | None
    answers: dict[str, Any]


# The same with the answers as the JSON text that is stored, the response's number, and its block's
DocumentRow = tuple[str | None, float, date | None, str, int, int]


def get_survey(session: Session, slug: str) -> Survey:
    survey = find_survey(session, slug)
    if survey is None:
        raise UnknownSurvey(slug, [known.slug for known in list_surveys(session)])
    return survey


def find_survey(session: Session, slug: str) -> Survey | None:
    return session.scalars(_SURVEY, {"slug": slug}).unique().one_or_none()


def list_surveys(session: Session) -> Sequence[Survey]:
    return session.scalars(select(Survey).order_by(Survey.created_at.desc(), Survey.id.desc())).all()


def list_open_surveys(session: Session) -> Sequence[Survey]:
    """The surveys that everybody may answer today (`Survey.is_open`, in SQL)."""
    today = clock.today()
    is_open_now = and_(
        Survey.status == SurveyStatus.OPEN,
        or_(Survey.fieldwork_starts_on.is_(None), Survey.fieldwork_starts_on <= today),
        or_(Survey.fieldwork_ends_on.is_(None), Survey.fieldwork_ends_on >= today),
    )
    statement = select(Survey).where(is_open_now, Survey.has_open_link)
    return session.scalars(statement.order_by(Survey.created_at.desc(), Survey.id)).all()


def count_complete(session: Session) -> dict[int, int]:
    """Complete responses by survey id."""
    counts = select(Response.survey_id, func.count()).where(*IS_COUNTED)
    return {row[0]: row[1] for row in session.execute(counts.group_by(Response.survey_id))}


def find_response(session: Session, survey: Survey, token: str, *, lock: bool = False) -> Response | None:
    """The unfinished response that a secret leads to."""
    digest = token_digest(ANSWERS, token)
    statement = select(Response).where(Response.survey_id == survey.id, Response.token_sha256 == digest)
    return session.scalar(statement.with_for_update(of=Response) if lock else statement)


def find_visited_response(session: Session, slug: str, token: str) -> Response | None:
    """As `read_visited_response`, to be changed: its row is locked, and it belongs to the session."""
    response = _visited(session.connection(), _VISITED_LOCKED, slug, token)
    if response is not None:
        session.add(response)
    return response


def read_visited_response(connection: Connection, slug: str, token: str) -> Response | None:
    """The unfinished response that a secret leads to, with its survey and version, in one statement.

    What it gives belongs to no session.

    Every column is there but a survey's method and a questionnaire's document. Asking for anything else
    raises `DetachedInstanceError`.
    """
    return _visited(connection, _VISITED, slug, token)


def _visited(connection: Connection, statement: Select[Any], slug: str, token: str) -> Response | None:
    known = {"slug": slug, "digest": token_digest(ANSWERS, token)}
    row = connection.execute(statement, known).one_or_none()
    if row is None:
        return None
    values = iter(row)
    response = _as_loaded(Response, values)
    set_committed_value(response, "survey", _as_loaded(Survey, values))
    set_committed_value(response, "version", _as_loaded(QuestionnaireVersion, values))
    return response


def _as_loaded(kind: type[_Entity], values: Iterator[Any]) -> _Entity:
    """An entity as the mapper loads it, with the next of these values in its columns."""
    entity: _Entity = inspect(kind).class_manager.new_instance()
    names = _READ[kind]
    instance_dict(entity).update(zip(names, islice(values, len(names)), strict=True))
    make_transient_to_detached(entity)
    return entity


def find_response_of_any_survey(session: Session, token: str) -> Response | None:
    return session.scalar(select(Response).where(Response.token_sha256 == token_digest(ANSWERS, token)))


def find_begun_of_case(session: Session, case_id: int, *, lock: bool = False) -> Response | None:
    """The response of a case that can be gone on with."""
    begun = (Response.case_id == case_id, Response.status == ResponseStatus.PARTIAL, ~Response.is_test)
    statement = select(Response).where(*begun).order_by(Response.id.desc()).limit(1)
    return session.scalar(statement.with_for_update(of=Response) if lock else statement)


def lock_case(session: Session, case_id: int) -> None:
    """Begin at most one response of a case at a time, whether by phone or on the web."""
    session.execute(select(Case.id).where(Case.id == case_id).with_for_update(key_share=True))


def find_response_of_case(session: Session, case_id: int, *, lock: bool = False) -> Response | None:
    """The last response of a case, under way or over."""
    statement = select(Response).where(Response.case_id == case_id, ~Response.is_test)
    statement = statement.order_by(Response.id.desc()).limit(1)
    return session.scalar(statement.with_for_update(of=Response) if lock else statement)


def lock_survey(session: Session, survey: Survey) -> None:
    """What others do to the same survey waits until this transaction is over."""
    session.execute(select(Survey.id).where(Survey.id == survey.id).with_for_update())


def got_quotas(session: Session, survey: Survey) -> bool:
    """Whether there are quotas by now, also where none were when the survey was read."""
    return session.scalar(select(QuotaCell.id).where(QuotaCell.survey_id == survey.id).limit(1)) is not None


def wait_for_answers(session: Session, survey: Survey) -> None:
    """Pages that are being taken are taken first, and those that follow wait: what is counted now is all."""
    under_way = (Response.survey_id == survey.id, Response.status == ResponseStatus.PARTIAL)
    session.execute(select(Response.id).where(*under_way).order_by(Response.id).with_for_update()).all()


def find_participant_by_digest(session: Session, digest: str, *, lock: bool = False) -> Participant | None:
    statement = select(Participant).where(Participant.token_sha256 == digest)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    return session.scalar(statement)


def has_answers(session: Session, survey: Survey) -> bool:
    """Whether anybody has answered anything, trials apart."""
    answered = select(Response.id).where(Response.survey_id == survey.id, ~Response.is_test).limit(1)
    return session.scalar(answered) is not None


def has_fieldwork_begun(session: Session, survey: Survey) -> bool:
    """Whether somebody was put on the list, was sampled, or has answered."""
    listed = select(Participant.id).where(Participant.survey_id == survey.id)
    sampled = select(Case.id).where(Case.survey_id == survey.id, Case.origin == CaseOrigin.SAMPLED)
    known = any(session.scalar(each.limit(1)) is not None for each in (listed, sampled))
    return known or has_answers(session, survey)


def list_quota_cells(session: Session, survey: Survey) -> Sequence[QuotaCell]:
    statement = select(QuotaCell).where(QuotaCell.survey_id == survey.id)
    return session.scalars(statement.order_by(QuotaCell.id)).all()


def find_quota_cell(session: Session, survey: Survey, name: str) -> QuotaCell | None:
    return session.scalar(select(QuotaCell).where(QuotaCell.survey_id == survey.id, QuotaCell.name == name))


def fieldwork_progress(session: Session, survey: Survey) -> Progress:
    has_answers = or_(Response.status != ResponseStatus.PARTIAL, Response.reached.is_not(None), ~IS_BY_WEB)
    statuses = dict(_counts(session, survey, Response.status, has_answers))
    modes = {mode or "": n for mode, n in _counts(session, survey, Response.mode, *IS_COUNTED)}
    days = _counts(session, survey, Response.answered_on, *IS_COUNTED)
    hasty = _counts(
        session, survey, Response.survey_id, *IS_COUNTED, Response.paradata["hasty"].as_integer() > 0
    )
    return Progress(
        n_complete=statuses.get(ResponseStatus.COMPLETE, 0),
        n_partial=statuses.get(ResponseStatus.PARTIAL, 0),
        n_screened_out=statuses.get(ResponseStatus.SCREENED_OUT, 0),
        n_hasty=sum(n for _survey, n in hasty),
        by_mode=dict(sorted(modes.items())),
        by_day=dict(sorted((day, n) for day, n in days if day is not None)),
    )


def list_alike(session: Session, survey: Survey) -> list[Alike]:
    """Responses that one person may have sent several times; a hint for people, nothing is done to them."""
    group = (Response.answered_on, Response.device, Response.answers_digest)
    statement = (
        select(Response.answered_on, Response.device, func.count())
        .where(Response.survey_id == survey.id, *IS_COUNTED, Response.answers_digest.is_not(None))
        .group_by(*group)
        .having(func.count() > 1)
        .order_by(func.count().desc(), Response.answered_on, Response.device, Response.answers_digest)
    )
    return [Alike(day, device, n) for day, device, n in session.execute(statement)]


def _counts(session: Session, survey: Survey, column: Any, *conditions: Any) -> list[tuple[Any, int]]:
    counted = (Response.survey_id == survey.id, ~Response.is_test, *conditions)
    statement = select(column, func.count()).where(*counted)
    return [(value, n) for value, n in session.execute(statement.group_by(column))]


def count_counted(session: Session, survey: Survey) -> int:
    """How many complete responses there are."""
    statement = select(func.count()).select_from(Response).where(Response.survey_id == survey.id, *IS_COUNTED)
    return session.scalar(statement) or 0


def stream_answers(session: Session, survey: Survey) -> Iterator[AnswerRow]:
    """Complete responses in the order they came in."""
    for found in session.execute(_counted(survey, Response.answers)):
        yield AnswerRow(*found)


def stream_documents(session: Session, survey: Survey, block: int) -> Iterator[DocumentRow]:
    """The same with the answers as text, past the ORM, which would take twice as long.

    Parameters
    ----------
    block
        How many response numbers make one block.
    """
    session.flush()
    statement = _counted(survey, cast(Response.answers, Text), Response.id, Response.id.op("/")(block))
    found: Any = session.connection().execute(statement)
    for rows in found.partitions():  # one at a time they would take half as long again
        yield from rows


def _counted(survey: Survey, *columns: Any) -> Select[Any]:
    return (
        select(Response.mode, Case.base_weight, Response.answered_on, *columns)
        .join(Case, Case.id == Response.case_id)
        .where(Response.survey_id == survey.id, *IS_COUNTED)
        .order_by(Response.id)
        .execution_options(yield_per=BATCH)
    )


def list_external_ids(session: Session, survey: Survey) -> set[str]:
    statement = select(Case.external_id).where(Case.survey_id == survey.id, Case.external_id.is_not(None))
    return {identifier for identifier in session.scalars(statement) if identifier is not None}
