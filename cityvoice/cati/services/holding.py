"""A case on a screen: held under a secret key and a lease, which the screen's heartbeat renews.

A lease that is over frees the case for the next interviewer who asks for one; a closed laptop needs nobody's
attention. An interview under way has a longer lease, so that a line which is down for some minutes does not
give the person on the phone to a colleague. Whoever writes about a case shows the key of their holding.
"""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from cityvoice.cati import queries
from cityvoice.cati.errors import CaseNotHeld
from cityvoice.cati.models import PhoneCase
from cityvoice.cati.plans import Plan
from cityvoice.cati.services.places import leave, settle
from cityvoice.cati.services.planning import plan_of
from cityvoice.cati.types import CaseState, Claim, Reason
from cityvoice.core import clock
from cityvoice.surveys.models import Survey

GIVEN_BACK = timedelta(minutes=10)
IN_TALK = timedelta(minutes=15)  # at least so long after each answer an interview stays on its screen


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
    found = _lock(session, survey, case_id)
    if found is None or not _is_of(account_id, key, found.held_by, found.held_key):
        raise CaseNotHeld(case_id)
    return found


def get_called(
    session: Session, *, survey: Survey, case_id: int, account_id: int, key: str
) -> tuple[PhoneCase, bool]:
    """The case that this account called, its row locked, and whether it is still theirs.

    It may have been taken from under them: by the web, which finished it, or when their lease was over.

    Raises
    ------
    CaseNotHeld
        when the key is neither that of the present holding nor that of the last one that was lost.
    """
    found = _lock(session, survey, case_id)
    if found is not None and _is_of(account_id, key, found.held_by, found.held_key):
        return found, True
    if found is not None and _is_of(account_id, key, found.left_by, found.left_key):
        return found, False
    raise CaseNotHeld(case_id)


def keep_in_talk(held: PhoneCase, plan: Plan, now: datetime) -> None:
    """Somebody is being interviewed: the lease begins anew, and it is a long one."""
    held.lease_until = now + max(plan.lease, IN_TALK)


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
    """The screen is still there: its lease is not over before so long. Returns the moment of its end."""
    held = get_held(session, survey=survey, case_id=case_id, account_id=account_id, key=key)
    lease_until = (now or clock.now()) + plan.lease
    held.lease_until = max(held.lease_until or lease_until, lease_until)
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


def release(
    session: Session, *, survey: Survey, case_id: int, account_id: int, key: str, now: datetime | None = None
) -> None:
    """Give a case back that was not called. It rests a little, so that it does not come next again; one that
    has an appointment now comes to others.
    """
    now = now or clock.now()
    held = get_held(session, survey=survey, case_id=case_id, account_id=account_id, key=key)
    leave(held)
    settle(session, case=held, plan=plan_of(session, survey), now=now)
    if held.state in (CaseState.READY, CaseState.APPOINTED):
        held.due_at = now + GIVEN_BACK
    if held.state == CaseState.READY:
        held.state = CaseState.RESTING
    session.flush()


def _lock(session: Session, survey: Survey, case_id: int) -> PhoneCase | None:
    statement = select(PhoneCase).where(PhoneCase.case_id == case_id, PhoneCase.survey_id == survey.id)
    return session.scalars(
        statement.with_for_update(of=PhoneCase).execution_options(populate_existing=True)
    ).one_or_none()


def _is_of(account_id: int, key: str, whose: int | None, secret: str | None) -> bool:
    return whose == account_id and secret is not None and secrets.compare_digest(secret, key)
