"""Answer page by page: begin, record, complete."""

import hashlib
import json
import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import CursorResult, Update, bindparam, exists, insert, select, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from cityvoice.core import clock
from cityvoice.core.tokens import token_digest
from cityvoice.questionnaire import routing, validation
from cityvoice.questionnaire.kinds import Mode
from cityvoice.questionnaire.model import SEED, Questionnaire, Section
from cityvoice.questionnaire.question import Answer
from cityvoice.surveys import queries
from cityvoice.surveys.errors import SurveyClosed
from cityvoice.surveys.events import response_over
from cityvoice.surveys.models import (
    Case,
    Participant,
    QuestionnaireVersion,
    QuotaCell,
    Response,
    Survey,
    Wave,
)
from cityvoice.surveys.published import published_version, questionnaire_of
from cityvoice.surveys.services.modes import modes_after
from cityvoice.surveys.services.participation import mark_taken_part, unmark_taken_part
from cityvoice.surveys.services.quotas import recount_places, reserve_places, settle_places
from cityvoice.surveys.types import ANSWERS, CaseOrigin, Device, ResponseStatus

LARGEST_SEED = 2**31
FEWEST_FOR_DIGEST = 8  # answers; fewer are equal by chance
BREAK = 30 * 60  # seconds away from a page: no longer the time that it took
SECONDS_PER_QUESTION = 0.5  # faster than that nobody reads and answers
# Composed once, run for every response and every page
_LAST_WAVE = select(Wave.id).where(Wave.survey_id == bindparam("of_survey")).order_by(Wave.number.desc())
_NEW_CASE = insert(Case).values(wave_id=_LAST_WAVE.limit(1).scalar_subquery()).returning(Case.id)
_BEGIN = insert(Response).returning(Response)
_STORE = update(Response).where(Response.id == bindparam("stored"))
# With what is true of the survey by now: the page may have waited for a version to be published
_COMPLETE = _STORE.returning(
    *(
        exists().where(kind.survey_id == bindparam("of_survey")).label(name)
        for name, kind in (("has_quotas", QuotaCell), ("has_participants", Participant))
    )
)


def start_response(
    session: Session,
    *,
    survey: Survey,
    language: str,
    token: str | None = None,
    case: Case | None = None,
    mode: Mode = Mode.CAWI,
    device: Device | None = None,
    handed_over: Mapping[str, Answer] | None = None,
    trial: QuestionnaireVersion | None = None,
) -> Response:
    """A resident agreed to the notice and begins.

    Parameters
    ----------
    token
        The secret that leads back to these answers; only its hash is kept.
    case
        Whose answers these will be; by default nobody's known before.
    handed_over
        What a personal link brings along for hidden questions.
    trial
        The version that is tried: its answers are taken at any time and counted nowhere.

    Raises
    ------
    SurveyClosed
        when no answers are taken now.
    """
    if trial is None:
        _require_open(survey)
    version = trial or published_version(survey)
    origin = CaseOrigin.OPEN_LINK if handed_over is None else CaseOrigin.PERSONAL_LINK
    values = {
        "survey_id": survey.id,
        "case_id": _new_case(session, survey, origin) if case is None else case.id,
        "version_id": version.id,
        "token_sha256": None if token is None else token_digest(ANSWERS, token),
        "mode": mode,
        "language": language,
        "consent_sha256": _consent_digest(questionnaire_of(version)),
        "seed": secrets.randbelow(LARGEST_SEED),
        "device": device,
        "answers": dict(handed_over or {}),
        "is_test": trial is not None,
    }
    return session.scalars(_BEGIN, [values]).one()


def _new_case(session: Session, survey: Survey, origin: CaseOrigin) -> int:
    """A case of the survey's last wave."""
    values = {"survey_id": survey.id, "of_survey": survey.id, "origin": origin}
    return session.connection().execute(_NEW_CASE, values).scalar_one()


def record_page(
    session: Session,
    *,
    survey: Survey,
    response: Response,
    section: Section,
    form: Mapping[str, Sequence[str]],
    token: str | None = None,
    seconds: float | None = None,
    check_quotas: bool = True,
    mode: Mode = Mode.CAWI,
    language: str | None = None,
) -> validation.PageResult:
    """Keep what is right on a page; the result says what is not.

    Answers of questions that are no longer asked are dropped, so that no stale answer is counted. Where the
    answers reach a quota whose places are all taken, the response is screened out: see `Response.is_over`.

    Parameters
    ----------
    token
        The secret of their link, as in `complete_response`.
    seconds
        How long the page was looked at.
    check_quotas
        False while somebody goes back to correct what they said.
    mode
        In which the page was answered; kept per answer where it is not the response's own.
    language
        In which the page was read; that of the last one is the response's.
    """
    if not response.is_test:
        _require_open(survey)
    questionnaire = questionnaire_of(response.version)
    page = validation.read_page(questionnaire, section, form, response.engine_answers)
    route = routing.route(questionnaire, page.answers)
    answers = without_seed(route.answers)
    changes: dict[str, Any] = {"answers": answers, "reached": section.name}
    if response.mode != mode or response.modes:
        changes["modes"] = modes_after(response, answers, mode)
    if language is not None and language != response.language:
        changes["language"] = language
    if seconds is not None:
        changes["paradata"] = _with_page(response.paradata, section, route, seconds)
    _store(session, response, **changes)
    if check_quotas and survey.has_quotas and not response.is_test:
        hold_places(session, survey=survey, response=response, mode=mode, token=token)
    return page


def hold_places(
    session: Session, *, survey: Survey, response: Response, mode: Mode, token: str | None = None
) -> None:
    """Hold the places that these answers take; where a quota has none left, the response is over."""
    full = reserve_places(session, survey=survey, response=response)
    if full is not None:
        paradata = response.paradata | {"quota": full.name}
        _store(session, response, paradata=paradata, **_ending(ResponseStatus.SCREENED_OUT))
        mark_taken_part(session, survey=survey, response=response, token=token)
        _tell(session, survey, response, mode)


def complete_response(
    session: Session,
    *,
    survey: Survey,
    response: Response,
    token: str | None = None,
    mode: Mode = Mode.CAWI,
) -> None:
    """The resident has sent the last page. The token is dropped: nobody can come back to these answers.

    Parameters
    ----------
    token
        The secret of their link, so that whoever was invited by it is known to have taken part.
    mode
        An interview by phone that is under way may be finished although the survey was closed meanwhile. One
        whose place somebody else has taken meanwhile is screened out: see `Response.is_over`.
    """
    if response.is_test:
        _store(session, response, **_ending(ResponseStatus.COMPLETE))
    else:
        if mode != Mode.CATI:
            _require_open(survey)
        if mode == Mode.CATI and survey.is_open and queries.got_quotas(session, survey):
            # The last answer may be long ago
            hold_places(session, survey=survey, response=response, mode=mode)
            if response.is_over:
                return
        digest = _answers_digest(response.answers)
        ending = _ending(ResponseStatus.COMPLETE) | {"answers_digest": digest}
        known = _store(session, response, _COMPLETE, **ending).one()
        if survey.has_quotas and survey.is_open:
            settle_places(session, response=response)
        elif known.has_quotas:  # closed, or given quotas, meanwhile: no places are held
            recount_places(session, survey=survey)
        if known.has_participants:
            mark_taken_part(session, survey=survey, response=response, token=token)
        _tell(session, survey, response, mode)


def resume_screened_out(session: Session, *, survey: Survey, response: Response) -> None:
    """Let somebody who was screened out go on: an answer was a slip, or there is room again.

    Places are tried anew with the next answer; their link is good again.
    """
    paradata = {name: value for name, value in response.paradata.items() if name != "quota"}
    _store(session, response, status=ResponseStatus.PARTIAL, answered_on=None, paradata=paradata)
    unmark_taken_part(session, survey=survey, response=response)


def note_return(response: Response) -> None:
    """Somebody came back later, perhaps on another device."""
    response.paradata = response.paradata | {"breaks": response.paradata.get("breaks", 0) + 1}


def _store(
    session: Session, response: Response, statement: Update = _STORE, **changes: Any
) -> CursorResult[Any]:
    """Write columns of a response at once. A flush, which goes through all objects, takes three times
    as long.
    """
    named = {"stored": response.id, "of_survey": response.survey_id}
    result = session.connection().execute(statement, named | changes)
    for name, value in changes.items():
        set_committed_value(response, name, value)
    return result


def _ending(status: ResponseStatus) -> dict[str, Any]:
    return {"status": status, "answered_on": clock.today(), "token_sha256": None}


def _tell(session: Session, survey: Survey, response: Response, mode: Mode) -> None:
    """Whoever else follows the case of a confidential survey: somebody may be about to phone."""
    if not survey.is_anonymous:
        response_over.send(session, survey=survey, response=response, mode=mode)


def _require_open(survey: Survey) -> None:
    if not survey.is_open:
        raise SurveyClosed(f"survey {survey.slug} takes no answers now")


def without_seed(answers: Mapping[str, Any]) -> dict[str, Any]:
    return {name: answer for name, answer in answers.items() if name != SEED}


def _with_page(
    paradata: Mapping[str, Any], section: Section, route: routing.Route, seconds: float
) -> dict[str, Any]:
    """The seconds of a page added up over all visits to it; durations tell no time of day."""
    known = dict(paradata)
    if seconds > BREAK:
        return known | {"breaks": known.get("breaks", 0) + 1}
    pages = dict(known.get("pages", {}))
    pages[section.name] = round(pages.get(section.name, 0) + seconds, 1)
    asked = route.questions.get(section.name, ())
    if seconds < SECONDS_PER_QUESTION * sum(bool(question.fields) for question in asked):
        known["hasty"] = known.get("hasty", 0) + 1
    return known | {"pages": pages}


def _answers_digest(answers: Mapping[str, Any]) -> str | None:
    if len(answers) < FEWEST_FOR_DIGEST:
        return None
    return hashlib.sha256(json.dumps(answers, sort_keys=True).encode()).hexdigest()[:16]


def _consent_digest(questionnaire: Questionnaire) -> str | None:
    if questionnaire.consent is None:
        return None
    words = "\n".join(f"{language}:{text}" for language, text in questionnaire.consent.translations.items())
    return hashlib.sha256(words.encode()).hexdigest()
