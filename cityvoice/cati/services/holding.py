"""A case on a screen: held under a secret key and a lease, which the screen's heartbeat renews.

A lease that is over frees the case for the next interviewer who asks for one; a closed laptop needs nobody's
attention. Whoever writes about a case shows the key of their holding.
"""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import Update, case, exists, select, update
from sqlalchemy.orm import Session

from cityvoice.cati import queries
from cityvoice.cati.errors import CaseNotHeld
from cityvoice.cati.models import Appointment, PhoneCase
from cityvoice.cati.plans import Plan
from cityvoice.cati.types import AppointmentState, CaseState, Claim, Reason
from cityvoice.core import clock
from cityvoice.surveys.models import Survey

GIVEN_BACK = timedelta(minutes=10)
NOBODY = {"held_by": None, "held_key": None, "held_since": None, "lease_until": None}


def hold(found: PhoneCase, *, account_id: int, plan: Plan, now: datetime, reason: Reason) -> Claim:
    """Put a case, whose row is locked, on an interviewer's screen."""
    found.state = CaseState.HELD
    found.held_by, found.held_since, found.n_sent = account_id, now, 0
    found.held_key = secrets.token_hex(16)
    found.lease_until = now + plan.lease
    return claim_of(found, reason)


def claim_of(held: PhoneCase, reason: Reason) -> Claim:
    if held.held_key is None or held.lease_until is None:
        raise CaseNotHeld(held.case_id)
    return Claim(held.case_id, held.held_key, held.lease_until, reason)


def get_held(session: Session, *, survey: Survey, case_id: int, account_id: int, key: str) -> PhoneCase:
    """The case of this holding, its row locked.

    A lease that ran out costs nothing as long as nobody else has taken the case.

    Raises
    ------
    CaseNotHeld
        when the key is not that of the present holding.
    """
    statement = select(PhoneCase).where(PhoneCase.case_id == case_id, PhoneCase.survey_id == survey.id)
    found = session.scalars(
        statement.with_for_update(of=PhoneCase).execution_options(populate_existing=True)
    ).one_or_none()
    is_mine = found is not None and found.held_by == account_id and found.held_key is not None
    if not is_mine or found is None or not secrets.compare_digest(str(found.held_key), key):
        raise CaseNotHeld(case_id)
    return found


def heartbeat(
    session: Session,
    *,
    survey: Survey,
    case_id: int,
    account_id: int,
    key: str,
    plan: Plan,
    now: datetime | None = None,
) -> datetime:
    """The screen is still there: its lease begins anew. Returns the moment at which it will be over."""
    held = get_held(session, survey=survey, case_id=case_id, account_id=account_id, key=key)
    held.lease_until = (now or clock.now()) + plan.lease
    session.flush()
    return held.lease_until


def move_here(session: Session, *, survey: Survey, account_id: int, plan: Plan) -> Claim | None:
    """Take one's own case over into this tab: the other tab's key is worth nothing any more."""
    held = queries.find_held_case(session, account_id, lock=True)
    if held is None or held.survey_id != survey.id:
        return None
    claim = hold(held, account_id=account_id, plan=plan, now=clock.now(), reason=Reason.HELD)
    session.flush()
    return claim


def release(session: Session, *, survey: Survey, case_id: int, account_id: int, key: str) -> None:
    """Give a case back that was not called. It rests a little, so that it does not come next again."""
    held = get_held(session, survey=survey, case_id=case_id, account_id=account_id, key=key)
    session.execute(freeing().where(PhoneCase.case_id == held.case_id))
    session.refresh(held)
    if held.state == CaseState.READY:
        held.state, held.due_at = CaseState.RESTING, clock.now() + GIVEN_BACK
    session.flush()


def freeing() -> Update:
    """To their appointment if they have one, else to those that may be called now."""
    waits = exists().where(
        Appointment.case_id == PhoneCase.case_id, Appointment.state == AppointmentState.OPEN
    )
    state = case((waits, CaseState.APPOINTED.value), else_=CaseState.READY.value)
    return update(PhoneCase).values(state=state, **NOBODY)
