"""Who was invited, and whether they have taken part.

Of a personal link's secret the participant keeps one hash and the response another. In an anonymous survey
nothing else leads from the one to the other, and when the response is over its hash is dropped.
"""

from sqlalchemy import bindparam, or_, update
from sqlalchemy.orm import Session

from cityvoice.core.tokens import token_digest
from cityvoice.surveys import queries
from cityvoice.surveys.models import Participant, Response, Survey
from cityvoice.surveys.types import WHO

# Run at the end of every interview, so composed only once
_MARK = (
    update(Participant)
    .where(
        Participant.survey_id == bindparam("survey"),
        or_(Participant.case_id == bindparam("case"), Participant.token_sha256 == bindparam("digest")),
    )
    .values(has_taken_part=True)
)


def find_participant(session: Session, token: str, *, lock: bool = False) -> Participant | None:
    """Who was given the personal link with this secret."""
    return queries.find_participant_by_digest(session, token_digest(WHO, token), lock=lock)


def mark_taken_part(
    session: Session, *, survey: Survey, response: Response, token: str | None = None
) -> None:
    """Whoever was invited by this secret, or for this case, has taken part: no reminder, no second time."""
    digest = None if token is None else token_digest(WHO, token)
    who = {"survey": survey.id, "case": response.case_id, "digest": digest}
    session.connection().execute(_MARK, who)  # nothing is equal to no digest


def unmark_taken_part(session: Session, *, survey: Survey, response: Response) -> None:
    """Whoever is known for this case has not taken part after all."""
    mine = (Participant.survey_id == survey.id, Participant.case_id == response.case_id)
    session.execute(update(Participant).where(*mine).values(has_taken_part=False))
