"""Where a case stands: out of the queue, locked, at its appointment, in its rest, or ready to be called.

All of it follows from the case's ledger, its open appointment and the calling plan. Whatever happened last,
and whoever did it, the case is put in its place by one function, so that no two ways of touching a case
disagree about what comes next.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from cityvoice.cati import queries
from cityvoice.cati.models import LedgerEntry, PhoneCase
from cityvoice.cati.plans import Plan
from cityvoice.cati.services.ledger import standing_of
from cityvoice.cati.types import AppointmentState, CaseState, EntryKind
from cityvoice.fieldwork.outcomes import Outcome

NOBODY = {"held_by": None, "held_key": None, "held_since": None, "lease_until": None}
LOCKING = (Outcome.LOCKED, Outcome.UNLOCKED, Outcome.REOPENED)  # the last of them says whether it is locked


def settle(session: Session, *, case: PhoneCase, plan: Plan, now: datetime) -> None:
    """Take a case, whose row is locked, off every screen and put it where it belongs now."""
    entries = queries.list_entries(session, case.case_id)
    appointment = queries.find_open_appointment(session, case.case_id)
    waits = appointment is not None
    found = standing_of(session, case=case, plan=plan, waits=waits, entries=entries)
    case.code, case.is_final, case.due_at = found.code, found.is_final, None
    if found.is_final:
        case.state = CaseState.CLOSED
        if appointment is not None:
            appointment.state = AppointmentState.CANCELLED
    elif _is_locked(entries):  # what was agreed on stands, should the case be unlocked in time
        case.state = CaseState.LOCKED
    elif waits:
        case.state = CaseState.APPOINTED
    else:
        case.due_at = _due_at(case, entries, plan, now)
        case.state = CaseState.READY if case.due_at <= now else CaseState.RESTING
    for name, value in NOBODY.items():
        setattr(case, name, value)
    session.flush()


def leave(case: PhoneCase) -> None:
    """Remember from whose screen the case is taken: what came of their call may still be told."""
    case.left_by, case.left_key = case.held_by, case.held_key


def _is_locked(entries: Sequence[LedgerEntry]) -> bool:
    acts = [entry.outcome for entry in entries if entry.outcome in LOCKING]
    return bool(acts) and acts[-1] == Outcome.LOCKED


def _due_at(case: PhoneCase, entries: Sequence[LedgerEntry], plan: Plan, now: datetime) -> datetime:
    """The end of the rest after the last contact; a reopened case, and one never tried, rests no longer."""
    for entry in reversed(entries):
        if entry.outcome == Outcome.REOPENED:
            break
        if entry.kind in (EntryKind.CALL, EntryKind.WEB):
            return plan.due_at(Outcome(entry.outcome), entry.at, case.group.time_zone)
    return now
