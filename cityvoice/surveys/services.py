"""Use cases of surveys: publish a questionnaire, open and close, and answer page by page."""

import hashlib
import re
import secrets
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from cityvoice.core import clock
from cityvoice.questionnaire import routing, validation
from cityvoice.questionnaire.document import digest, dump_document
from cityvoice.questionnaire.model import Mode, Questionnaire, Section
from cityvoice.surveys import queries
from cityvoice.surveys.errors import InvalidSurvey, SurveyClosed
from cityvoice.surveys.models import Case, QuestionnaireVersion, Response, Survey
from cityvoice.surveys.published import published_version, questionnaire_of
from cityvoice.surveys.types import CaseOrigin, ResponseStatus, SurveyStatus

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
LONGEST_SLUG = 80
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
    """A survey with its first published questionnaire, not yet open.

    Raises
    ------
    InvalidSurvey
        when the slug is taken or has other characters than a-z, 0-9 and single hyphens.
    """
    if len(slug) > LONGEST_SLUG or not SLUG.fullmatch(slug):
        raise InvalidSurvey(
            f"slug: expected a-z, 0-9 and single hyphens, at most {LONGEST_SLUG}, got {slug!r}"
        )
    if queries.find_survey(session, slug) is not None:
        raise InvalidSurvey(f"slug: a survey called {slug!r} exists already")
    survey = Survey(
        slug=slug,
        title=dict(title or questionnaire.title.translations),
        method=dict(method or {}),
        fieldwork_starts_on=fieldwork[0],
        fieldwork_ends_on=fieldwork[1],
        is_fictional=is_fictional,
    )
    session.add(survey)
    session.flush()
    publish(session, survey=survey, questionnaire=questionnaire)
    return survey


def publish(session: Session, *, survey: Survey, questionnaire: Questionnaire) -> QuestionnaireVersion:
    """Make `questionnaire` what is asked from now on; responses under way keep the version they began."""
    version = QuestionnaireVersion(
        number=len(survey.versions) + 1,
        document=dump_document(questionnaire),
        sha256=digest(questionnaire),
    )
    survey.versions.append(version)
    session.flush()
    return version


def open_survey(session: Session, *, survey: Survey) -> None:
    survey.status = SurveyStatus.OPEN
    today = clock.today()
    survey.fieldwork_starts_on = survey.fieldwork_starts_on or today
    if survey.fieldwork_ends_on is not None and survey.fieldwork_ends_on <= today:
        survey.fieldwork_ends_on = None  # opened again after its declared end
    session.flush()


def close_survey(session: Session, *, survey: Survey) -> None:
    survey.status = SurveyStatus.CLOSED
    survey.fieldwork_ends_on = min(survey.fieldwork_ends_on or clock.today(), clock.today())
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


def start_response(session: Session, *, survey: Survey, language: str) -> Response:
    """A resident agreed to the notice and begins; the response's token is for this browser alone."""
    _require_open(survey)
    version = published_version(survey)
    case = Case(survey_id=survey.id, origin=CaseOrigin.OPEN_LINK)
    session.add(case)
    session.flush()
    response = Response(
        survey_id=survey.id,
        case_id=case.id,
        version_id=version.id,
        token=secrets.token_urlsafe(32),
        mode=Mode.CAWI,
        language=language,
        consent_sha256=_consent_digest(questionnaire_of(version)),
    )
    session.add(response)
    session.flush()
    return response


def record_page(
    session: Session,
    *,
    survey: Survey,
    response: Response,
    section: Section,
    form: Mapping[str, Sequence[str]],
) -> validation.PageResult:
    """Keep what is right on a page; the result says what is not.

    Answers of questions that are no longer asked are dropped, so that no stale answer is counted.
    """
    _require_open(survey)
    questionnaire = questionnaire_of(response.version)
    page = validation.read_page(questionnaire, section, form, response.answers)
    response.answers = dict(routing.prune(questionnaire, page.answers))
    response.reached = section.name
    session.flush()
    return page


def find_incomplete_section(response: Response) -> Section | None:
    """The first page on this resident's road that lacks a required answer."""
    questionnaire, answers = questionnaire_of(response.version), response.answers
    for section in routing.visible_sections(questionnaire, answers):
        questions = routing.visible_questions(questionnaire, section, answers)
        if any(q.required and field not in answers for q in questions for field in q.fields):
            return section
    return None


def complete_response(session: Session, *, survey: Survey, response: Response) -> None:
    """The resident has sent the last page. The token is dropped: nobody can come back to these answers."""
    _require_open(survey)
    response.status = ResponseStatus.COMPLETE
    response.answered_on = clock.today()
    response.token = None
    session.flush()


def _require_open(survey: Survey) -> None:
    if not survey.is_open:
        raise SurveyClosed(f"survey {survey.slug} takes no answers now")


def _consent_digest(questionnaire: Questionnaire) -> str | None:
    if questionnaire.consent is None:
        return None
    words = "\n".join(f"{language}:{text}" for language, text in questionnaire.consent.translations.items())
    return hashlib.sha256(words.encode()).hexdigest()
