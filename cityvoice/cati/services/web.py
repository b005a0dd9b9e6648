"""A case that answers on the web is not phoned."""

from sqlalchemy.orm import Session

from cityvoice.cati import queries
from cityvoice.cati.models import PhoneCase
from cityvoice.cati.services.ledger import write_entry
from cityvoice.cati.services.places import leave, settle
from cityvoice.cati.services.planning import plan_of
from cityvoice.cati.types import CaseState, EntryKind
from cityvoice.core import clock
from cityvoice.fieldwork.outcomes import Outcome
from cityvoice.questionnaire.kinds import Mode
from cityvoice.surveys.models import Response, Survey


def follow_begin(session: Session, *, survey: Survey, response: Response) -> None:
    """What `surveys.events.response_begun` tells: nobody phones the case today.

    Whoever has it on the screen keeps it; they are about to talk to the same person.
    """
    case = _enter(session, response.case_id, Outcome.WEB_STARTED)
    if case is not None and case.state != CaseState.HELD:
        settle(session, case=case, plan=plan_of(session, survey), now=clock.now())


def follow_web(session: Session, *, survey: Survey, response: Response, mode: Mode) -> None:
    """What `surveys.events.response_over` tells; an interview by phone is recorded with its call."""
    if mode == Mode.CATI:
        return
    outcome = Outcome.WEB_COMPLETE if response.is_complete else Outcome.QUOTA_FULL
    case = _enter(session, response.case_id, outcome)
    if case is not None:
        leave(case)
        settle(session, case=case, plan=plan_of(session, survey), now=clock.now())


def _enter(session: Session, case_id: int, outcome: Outcome) -> PhoneCase | None:
    """Write it into the ledger of the phone case, if there is one, once until it is reopened."""
    case = session.get(PhoneCase, case_id, with_for_update=True, populate_existing=True)
    if case is None:
        return None
    n_reopened = sum(entry.outcome == Outcome.REOPENED for entry in queries.list_entries(session, case_id))
    key = f"web:{case_id}:{outcome}:{n_reopened}"
    if queries.find_entry(session, key) is not None:
        return None
    write_entry(session, case=case, kind=EntryKind.WEB, outcome=outcome, key=key)
    return case
