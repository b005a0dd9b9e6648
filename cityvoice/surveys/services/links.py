"""Begin by a personal link, or go on with it: on any device, in any number of tabs, it is one response."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from cityvoice.core.tokens import token_digest
from cityvoice.questionnaire import validation
from cityvoice.questionnaire.model import Questionnaire
from cityvoice.questionnaire.question import Answer
from cityvoice.surveys import queries
from cityvoice.surveys.errors import LinkUsed
from cityvoice.surveys.events import response_begun
from cityvoice.surveys.models import Case, Participant, Response, Survey
from cityvoice.surveys.published import current_questionnaire, questionnaire_of
from cityvoice.surveys.services.answering import note_return, start_response
from cityvoice.surveys.services.participation import find_participant
from cityvoice.surveys.types import ANSWERS, Device


@dataclass(frozen=True)
class Link:
    """What a secret leads to."""

    survey: Survey
    participant: Participant | None  # None: the address that a visitor of the open link kept to go on later
    response: Response | None  # under way

    @property
    def is_used(self) -> bool:
        return self.participant is not None and self.participant.has_taken_part

    @property
    def is_open(self) -> bool:
        """Answers are taken now; of a trial always."""
        return self.survey.is_open or (self.response is not None and self.response.is_test)

    @property
    def questionnaire(self) -> Questionnaire:
        """The one that was begun, which may be a trial's; else what is asked now."""
        if self.response is None:
            return current_questionnaire(self.survey)
        return questionnaire_of(self.response.version)


def find_link(session: Session, token: str) -> Link | None:
    """What a secret leads to; None where it was never given, or its answers are sent."""
    participant = find_participant(session, token)
    if participant is not None:
        survey = session.get_one(Survey, participant.survey_id)
        return Link(survey, participant, find_begun(session, survey=survey, token=token))
    response = queries.find_response_of_any_survey(session, token)
    return None if response is None else Link(session.get_one(Survey, response.survey_id), None, response)


def begin_by_link(
    session: Session, *, survey: Survey, token: str, language: str, device: Device | None = None
) -> Response:
    """The response of whoever holds this secret: the one under way, or a new one.

    Raises
    ------
    LinkUsed
        when they have taken part already, or nobody was given this secret.
    SurveyClosed
        when no answers are taken now.
    """
    response = find_begun(session, survey=survey, token=token, lock=True)
    if response is not None:
        note_return(response)
        session.flush()
    else:
        response = _begin(session, survey, token, language, device)
    if not survey.is_anonymous:
        response_begun.send(session, survey=survey, response=response)
    return response


def _begin(session: Session, survey: Survey, token: str, language: str, device: Device | None) -> Response:
    participant = find_participant(session, token, lock=True)  # of two tabs the second waits here
    if participant is None or participant.survey_id != survey.id or participant.has_taken_part:
        raise LinkUsed
    if participant.case_id is not None:
        queries.lock_case(session, participant.case_id)  # somebody may be beginning by phone
    begun = find_begun(session, survey=survey, token=token, lock=True)
    if begun is not None:
        return begun
    return start_response(
        session,
        survey=survey,
        language=language,
        token=token,
        case=session.get_one(Case, participant.case_id) if participant.case_id else None,
        device=device,
        handed_over=handed_over(survey=survey, participant=participant),
    )


def find_begun(session: Session, *, survey: Survey, token: str, lock: bool = False) -> Response | None:
    """The unfinished response of this secret: by its hash or, in a confidential survey, by its case."""
    response = queries.find_response(session, survey, token, lock=lock)
    if response is not None or survey.is_anonymous:
        return response
    participant = find_participant(session, token)
    if participant is None or participant.case_id is None or participant.survey_id != survey.id:
        return None
    response = queries.find_begun_of_case(session, participant.case_id, lock=lock)
    if response is not None and lock:
        response.token_sha256 = token_digest(ANSWERS, token)  # begun by phone, say
    return response


def handed_over(*, survey: Survey, participant: Participant) -> Mapping[str, Answer]:
    """What is known of a participant and asked by hidden questions.

    In an anonymous survey nothing: while few of those who share a value have taken part, it would lead from
    the list, which says who has, to their answers.
    """
    if survey.is_anonymous:
        return {}
    said = {name: str(value) for name, value in participant.attributes.items() if value}
    return validation.handed_over(current_questionnaire(survey), said)
