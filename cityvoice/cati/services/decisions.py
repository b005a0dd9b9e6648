"""What a supervisor does to a case. Each act is an entry of the ledger, with who did it and why."""

import secrets
from datetime import datetime

from sqlalchemy.orm import Session

from cityvoice.accounts.models import Account
from cityvoice.cati import queries
from cityvoice.cati.errors import DecisionRefused, UnknownCase
from cityvoice.cati.models import LedgerEntry, PhoneCase
from cityvoice.cati.services.ledger import write_entry
from cityvoice.cati.services.places import leave, settle
from cityvoice.cati.services.planning import plan_of
from cityvoice.cati.types import LONGEST_NOTE, CaseState, EntryKind
from cityvoice.core import clock
from cityvoice.fieldwork.outcomes import OUTCOMES, Outcome
from cityvoice.stats.dispositions import disposition_of
from cityvoice.stats.errors import StatsError
from cityvoice.surveys.models import Survey
from cityvoice.surveys.queries import find_response_of_case
from cityvoice.surveys.services import resume_screened_out


def assign(
    session: Session, *, survey: Survey, case_id: int, account_id: int, to: int | None, note: str = ""
) -> LedgerEntry:
    """Give a case to one interviewer, or with None back to all. It is called when its time has come."""
    case = _free_case(session, survey, case_id)
    if case.is_final:
        raise DecisionRefused("action", "this case is over: reopen it first")
    if to is not None and queries.find_interviewer(session, survey, to) is None:
        raise DecisionRefused("to", "this account does not interview in this survey")
    case.for_account_id = to
    whom = "" if to is None else session.get_one(Account, to).name
    return _enter(session, case, Outcome.ASSIGNED, account_id, f"{whom} {note}")


def reopen(session: Session, *, survey: Survey, case_id: int, account_id: int, note: str) -> LedgerEntry:
    """Let a case that is over be called again, at once.

    Raises
    ------
    DecisionRefused
        Also where the interview is complete: there is nothing left to ask, and a code can be decided.
    """
    case = _free_case(session, survey, case_id)
    if not case.is_final:
        raise DecisionRefused("action", "this case is not over")
    response = find_response_of_case(session, case_id)
    if response is not None and response.is_complete:
        raise DecisionRefused("action", "the interview is complete: decide a code instead")
    if queries.find_forbidden(session, [each.e164 for each in case.telephones]):
        raise DecisionRefused("action", "a number of this case is on the never-call list")
    entry = _enter(session, case, Outcome.REOPENED, account_id, note)
    if response is not None and response.is_over:
        resume_screened_out(session, survey=survey, response=response)
    case.n_calls = case.n_weekday = case.n_weeknight = case.n_weekend = 0  # limits count from now on
    case.n_machine_messages = 0
    _settle(session, survey, case, entry.at)
    return entry


def lock(session: Session, *, survey: Survey, case_id: int, account_id: int, note: str) -> LedgerEntry:
    """Take a case out of the queue until it is put back."""
    case = _free_case(session, survey, case_id)
    if case.is_final or case.state == CaseState.LOCKED:
        raise DecisionRefused("action", "this case is not in the queue")
    if case.state == CaseState.UNRELEASED:
        raise DecisionRefused("action", "this case was never released")
    entry = _enter(session, case, Outcome.LOCKED, account_id, note)
    _settle(session, survey, case, entry.at)
    return entry


def unlock(session: Session, *, survey: Survey, case_id: int, account_id: int, note: str = "") -> LedgerEntry:
    """Put a case back into the queue, or into what is left of its rest."""
    case = _free_case(session, survey, case_id)
    if case.state != CaseState.LOCKED:
        raise DecisionRefused("action", "this case is not locked")
    entry = _enter(session, case, Outcome.UNLOCKED, account_id, note)
    _settle(session, survey, case, entry.at)
    return entry


def decide(
    session: Session, *, survey: Survey, case_id: int, account_id: int, code: str, note: str
) -> LedgerEntry:
    """State the final code of a case. It holds until the case is reopened, or another one is decided."""
    case = _free_case(session, survey, case_id)
    if case.state == CaseState.UNRELEASED:
        raise DecisionRefused("action", "this case was never released")
    try:
        disposition_of(code)
    except StatsError:
        raise DecisionRefused("code", "expected a final code of AAPOR, for example 2.36") from None
    if code.startswith("1.") and find_response_of_case(session, case_id) is None:
        raise DecisionRefused("code", "no interview was begun")
    if len(code) > LedgerEntry.code.type.length:
        raise DecisionRefused("code", "expected a final code of AAPOR, for example 2.36")
    entry = _enter(session, case, Outcome.DECIDED, account_id, note, code=code)
    _settle(session, survey, case, entry.at)
    return entry


def _free_case(session: Session, survey: Survey, case_id: int) -> PhoneCase:
    """The case, its row locked, unless somebody is on it: nothing is taken from under an interviewer."""
    case = session.get(PhoneCase, case_id, with_for_update={"of": PhoneCase}, populate_existing=True)
    if case is None or case.survey_id != survey.id:
        raise UnknownCase(case_id)
    if case.state == CaseState.HELD and case.lease_until is not None and case.lease_until >= clock.now():
        raise DecisionRefused("action", "an interviewer has this case on the screen")
    if case.state == CaseState.HELD:
        leave(case)  # it has not been heard of for a lease
        _settle(session, survey, case, clock.now())
    return case


def _enter(
    session: Session, case: PhoneCase, outcome: Outcome, account_id: int, note: str, *, code: str = ""
) -> LedgerEntry:
    written = note.strip()
    if OUTCOMES[outcome].needs_note and not written:
        raise DecisionRefused("note", "say why: the note stays in the ledger")
    if len(written) > LONGEST_NOTE:
        raise DecisionRefused("note", "a note has at most 2000 characters")
    return write_entry(
        session,
        case=case,
        kind=EntryKind.SUPERVISOR,
        outcome=outcome,
        key=f"supervisor:{case.case_id}:{secrets.token_hex(8)}",
        code=code,
        account_id=account_id,
        note=written,
    )


def _settle(session: Session, survey: Survey, case: PhoneCase, now: datetime) -> None:
    settle(session, case=case, plan=plan_of(session, survey), now=now)
