"""A case that answers on the web is not phoned."""

from sqlalchemy.orm import Session

from cityvoice.cati.services.calls import close_by_web
from cityvoice.cati.services.queue import plan_of
from cityvoice.fieldwork.outcomes import Outcome
from cityvoice.questionnaire.model import Mode
from cityvoice.surveys.models import Response, Survey


def follow_web(session: Session, *, survey: Survey, response: Response, mode: Mode) -> None:
    """What `surveys.events.response_over` tells; an interview by phone is recorded with its call."""
    if mode == Mode.CATI:
        return
    outcome = Outcome.WEB_COMPLETE if response.is_complete else Outcome.QUOTA_FULL
    plan = plan_of(session, survey)
    close_by_web(session, survey=survey, case_id=response.case_id, outcome=outcome, plan=plan)
