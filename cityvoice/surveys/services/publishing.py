"""Make a survey, publish its questionnaire, open and close it, say how it was done."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from cityvoice.core import clock
from cityvoice.questionnaire.diff import Fate, variable_map
from cityvoice.questionnaire.document import digest, dump_document
from cityvoice.questionnaire.flat import flatten
from cityvoice.questionnaire.model import Questionnaire
from cityvoice.questionnaire.naming import LONGEST_SLUG, slug_of
from cityvoice.surveys import queries
from cityvoice.surveys.errors import InvalidSurvey, MeaningChanged
from cityvoice.surveys.events import published
from cityvoice.surveys.models import QuestionnaireVersion, Response, Survey, Wave
from cityvoice.surveys.published import data_questionnaire
from cityvoice.surveys.services.quotas import release_all_places, sync_quota_cells
from cityvoice.surveys.types import Anonymity, SurveyStatus

METHOD_ITEMS = ("sponsor", "conductor", "population", "recruitment", "quality", "limitations")


def create_survey(
    session: Session,
    *,
    slug: str,
    questionnaire: Questionnaire,
    title: Mapping[str, str] | None = None,
    method: Mapping[str, Any] | None = None,
    fieldwork: tuple[date | None, date | None] = (None, None),
    is_fictional: bool = False,
) -> Survey:
    """A survey with its first published questionnaire, not yet open; raises as `draft_survey`."""
    survey = draft_survey(session, slug=slug, title=title or questionnaire.title.translations)
    survey.method = dict(method or {})
    survey.fieldwork_starts_on, survey.fieldwork_ends_on = fieldwork
    survey.is_fictional = is_fictional
    publish(session, survey=survey, questionnaire=questionnaire)
    return survey


def draft_survey(session: Session, *, slug: str, title: Mapping[str, str]) -> Survey:
    """A survey that asks nothing yet.

    Raises
    ------
    InvalidSurvey
        when the slug is taken or has other characters than a-z, 0-9 and single hyphens.
    """
    if not slug or slug != slug_of(slug):
        raise InvalidSurvey(
            f"slug: expected a-z, 0-9 and single hyphens, at most {LONGEST_SLUG}, got {slug!r}"
        )
    if queries.find_survey(session, slug) is not None:
        raise InvalidSurvey(f"slug: a survey called {slug!r} exists already")
    survey = Survey(slug=slug, title=dict(title), waves=[Wave(number=1)])
    session.add(survey)
    session.flush()
    return survey


def publish(session: Session, *, survey: Survey, questionnaire: Questionnaire) -> QuestionnaireVersion:
    """Make `questionnaire` what is asked from now on; responses under way keep the version they began.

    Raises
    ------
    MeaningChanged
        when a variable that has answers would mean something else.
    """
    if survey.published_versions and queries.has_answers(session, survey):
        changes = variable_map(data_questionnaire(survey), flatten(questionnaire))
        if changed := [change.name for change in changes if change.fate is Fate.CHANGED]:
            raise MeaningChanged(changed)
    number = max((0, *(version.number for version in survey.versions))) + 1
    version = _add_version(session, survey, questionnaire, number)
    queries.wait_for_answers(session, survey)
    sync_quota_cells(session, survey=survey)
    published.send(session, survey=survey)
    return version


def publish_trial(session: Session, *, survey: Survey, questionnaire: Questionnaire) -> QuestionnaireVersion:
    """A version for test answers alone. Trials count down from -1, so that versions keep their numbers."""
    same = digest(questionnaire)
    for version in survey.versions:
        if version.is_trial and version.sha256 == same:
            return version
    number = min((0, *(version.number for version in survey.versions))) - 1
    return _add_version(session, survey, questionnaire, number)


def _add_version(
    session: Session, survey: Survey, questionnaire: Questionnaire, number: int
) -> QuestionnaireVersion:
    document, sha256 = dump_document(questionnaire), digest(questionnaire)
    version = QuestionnaireVersion(survey_id=survey.id, number=number, document=document, sha256=sha256)
    session.add(version)
    session.flush()
    session.expire(survey, ["versions"])
    return version


def open_survey(session: Session, *, survey: Survey) -> None:
    today, ends_on = clock.today(), survey.fieldwork_ends_on
    is_reopened = survey.status == SurveyStatus.CLOSED
    if ends_on is not None and (ends_on < today or (is_reopened and ends_on == today)):
        survey.fieldwork_ends_on = None  # opened again after its declared end
    survey.n_openings += survey.status != SurveyStatus.OPEN
    survey.status = SurveyStatus.OPEN
    survey.fieldwork_starts_on = survey.fieldwork_starts_on or today
    session.flush()


def close_survey(session: Session, *, survey: Survey) -> None:
    """Take no more answers. Nobody can go on, so that no secret needs to lead to answers any longer."""
    survey.status = SurveyStatus.CLOSED
    survey.fieldwork_ends_on = min(survey.fieldwork_ends_on or clock.today(), clock.today())
    real = (Response.survey_id == survey.id, ~Response.is_test)
    session.execute(update(Response).where(*real).values(token_sha256=None))
    release_all_places(session, survey=survey)
    session.flush()


def close_ended(session: Session) -> list[Survey]:
    """Close the surveys whose last day is over: nothing leads back to unfinished answers any longer."""
    is_over = (Survey.status == SurveyStatus.OPEN, Survey.fieldwork_ends_on < clock.today())
    ended = session.scalars(select(Survey).where(*is_over)).unique().all()
    for survey in ended:
        close_survey(session, survey=survey)
    return list(ended)


def set_access(
    session: Session, *, survey: Survey, has_open_link: bool, anonymity: Anonymity, ends_on: date | None
) -> None:
    """Who may answer, until when, and what is promised to them.

    Raises
    ------
    InvalidSurvey
        when the promise would change after somebody was invited or has answered.
    """
    if anonymity != survey.anonymity and queries.has_fieldwork_begun(session, survey):
        raise InvalidSurvey("anonymity: people were invited or have answered under the present promise")
    survey.has_open_link, survey.anonymity, survey.fieldwork_ends_on = has_open_link, anonymity, ends_on
    session.flush()


def close_imported(session: Session, *, survey: Survey) -> None:
    """The fieldwork of imported answers ended elsewhere, on days that the data may not tell."""
    survey.status = SurveyStatus.CLOSED
    session.flush()


def describe_method(session: Session, *, survey: Survey, language: str, items: Mapping[str, str]) -> None:
    """Say how the survey was done, in the words of AAPOR's disclosure items."""
    described = {name: dict(texts) for name, texts in survey.method.items()}
    for name in METHOD_ITEMS:
        described.setdefault(name, {})[language] = items.get(name, "").strip()
    survey.method = described
    session.flush()
