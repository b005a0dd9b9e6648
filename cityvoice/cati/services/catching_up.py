"""What time has done to the queue since somebody last asked for a case: no clock has to run beside it.

Leases that ran out free their cases, rests end, appointments that nobody kept are missed. Mostly nothing of
it has happened, so that is asked first, in one statement.
"""

from datetime import datetime

from sqlalchemy import Select, select, text, update
from sqlalchemy.orm import Session

from cityvoice.cati.models import Appointment, PhoneCase
from cityvoice.cati.services.places import leave, settle
from cityvoice.cati.services.planning import plan_of
from cityvoice.cati.types import AppointmentState, CaseState
from cityvoice.surveys.models import Survey

BATCH = 200  # rows that one interviewer's request puts back into the queue at most
MOST_LAPSED = 20  # each has its whole ledger read
# Written out, as the database chooses a partial index only where it sees the index's own condition
IS_HELD, IS_RESTING = text("phone_case.state = 'held'"), text("phone_case.state = 'resting'")
IS_OPEN = text("appointment.state = 'open'")


def catch_up(session: Session, *, survey: Survey, now: datetime) -> None:
    """Bring a survey's cases up to this moment, those that somebody else is just taking apart."""
    lapsed, rested, missed = _lapsed(survey, now), _rested(survey, now), _missed(survey, now)
    looks = select(lapsed.exists(), rested.exists(), missed.exists())
    is_lapsed, is_rested, is_missed = session.execute(looks).one()
    if is_lapsed:
        _free(session, survey, lapsed, now)
    if is_rested:
        _wake(session, rested)
    if is_missed:
        _miss(session, survey, missed, now)


def _lapsed(survey: Survey, now: datetime) -> Select[PhoneCase]:
    """Cases whose screens have not been heard of."""
    mine = select(PhoneCase).where(PhoneCase.survey_id == survey.id)
    return mine.where(IS_HELD, PhoneCase.lease_until < now)


def _rested(survey: Survey, now: datetime) -> Select[int]:
    mine = select(PhoneCase.case_id).where(PhoneCase.survey_id == survey.id)
    return mine.where(IS_RESTING, PhoneCase.due_at <= now)


def _missed(survey: Survey, now: datetime) -> Select[Appointment]:
    mine = select(Appointment).join(PhoneCase, PhoneCase.case_id == Appointment.case_id)
    is_over = (Appointment.ends_at < now, PhoneCase.state == CaseState.APPOINTED)
    return mine.where(Appointment.survey_id == survey.id, IS_OPEN, *is_over)


def _free(session: Session, survey: Survey, lapsed: Select[PhoneCase], now: datetime) -> None:
    plan = plan_of(session, survey)
    found = lapsed.limit(MOST_LAPSED).with_for_update(of=PhoneCase, skip_locked=True)
    for case in session.scalars(found).all():
        leave(case)
        settle(session, case=case, plan=plan, now=now)


def _wake(session: Session, rested: Select[int]) -> None:
    found = rested.limit(BATCH).with_for_update(skip_locked=True)
    woken = update(PhoneCase).where(PhoneCase.case_id.in_(found)).values(state=CaseState.READY)
    session.execute(woken.execution_options(synchronize_session=False))


def _miss(session: Session, survey: Survey, missed: Select[Appointment], now: datetime) -> None:
    """A case whose appointment nobody kept may be called at once, unless it was called as often as may be."""
    plan = plan_of(session, survey)
    found = missed.limit(MOST_LAPSED).with_for_update(of=(Appointment, PhoneCase), skip_locked=True)
    for appointment in session.scalars(found).all():
        appointment.state = AppointmentState.MISSED
        case = session.get_one(PhoneCase, appointment.case_id)
        session.refresh(case)
        settle(session, case=case, plan=plan, now=now)
