"""What came of a call: an entry in the ledger, and where the case goes from here."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from cityvoice.cati import queries
from cityvoice.cati.errors import AppointmentRefused, OutcomeRefused
from cityvoice.cati.models import Appointment, LedgerEntry, PhoneCase, Telephone
from cityvoice.cati.plans import Plan
from cityvoice.cati.services.appointments import keep_appointment
from cityvoice.cati.services.holding import get_called
from cityvoice.cati.services.ledger import write_entry
from cityvoice.cati.services.places import settle
from cityvoice.cati.types import LONGEST_NOTE, CaseState, EntryKind
from cityvoice.core import clock
from cityvoice.fieldwork.outcomes import OUTCOMES, SUPERVISORS, Outcome
from cityvoice.surveys.models import Response, Survey
from cityvoice.surveys.published import current_questionnaire
from cityvoice.surveys.queries import find_response_of_case

MESSAGES = frozenset({Outcome.MACHINE_MESSAGE, Outcome.MACHINE_HOUSEHOLD_MESSAGE})
AGREED = frozenset({Outcome.APPOINTMENT, Outcome.CALLBACK, Outcome.BREAK_OFF})  # may come with a time
BY_WEB = (Outcome.WEB_LINK_SENT, Outcome.WEB_STARTED, Outcome.WEB_COMPLETE)


@dataclass(frozen=True)
class Time:
    """When to call again."""

    starts_at: datetime
    is_hard: bool = False  # agreed with the respondent
    for_account_id: int | None = None
    telephone_id: int | None = None
    note: str = ""


@dataclass(frozen=True)
class Call:
    """What an interviewer says of a call.

    Parameters
    ----------
    key
        The same for the same call: told twice, it is recorded once.
    language
        Of the questionnaire's, that they speak and the interviewer does not.
    """

    outcome: Outcome
    key: str
    telephone_id: int | None = None
    seconds: int | None = None
    note: str = ""
    time: Time | None = None
    language: str = ""


def dispose(
    session: Session,
    *,
    survey: Survey,
    case_id: int,
    account_id: int,
    held_key: str,
    call: Call,
    plan: Plan,
    now: datetime | None = None,
) -> LedgerEntry:
    """Record a call and give the case back: to its rest, its appointment, or out of the queue.

    A call was made whatever became of the case meanwhile: where the web finished it, or somebody else took
    it when the lease was over, the call is kept all the same; whoever has the case now keeps it, and what a
    colleague agreed on stands.

    Raises
    ------
    CaseNotHeld
        when the case was never on this screen; a call that is recorded already is returned still.
    OutcomeRefused, AppointmentRefused
        naming the field; nothing is recorded.
    """
    told = queries.find_entry(session, f"call:{case_id}:{call.key}")
    if told is not None:
        return told
    now = now or clock.now()
    case, is_theirs = get_called(session, survey=survey, case_id=case_id, account_id=account_id, key=held_key)
    _check(session, survey, case, call, plan, is_theirs=is_theirs)
    entry = record_call(session, case=case, call=call, plan=plan, account_id=account_id, now=now)
    if is_theirs or case.state != CaseState.HELD:
        if is_theirs and call.outcome is not Outcome.NOT_CALLED:
            keep_appointment(session, case, plan, now)
        if call.time is not None and queries.find_open_appointment(session, case_id) is None:
            session.add(_appointment(case, call.time, plan, account_id))
            session.flush()
        settle(session, case=case, plan=plan, now=now)
    return entry


def record_call(
    session: Session, *, case: PhoneCase, call: Call, plan: Plan, account_id: int, now: datetime
) -> LedgerEntry:
    """The call's entry, and what the case itself remembers of it."""
    meaning, is_call = OUTCOMES[call.outcome], call.outcome is not Outcome.NOT_CALLED
    slot = plan.slot(now, case.group.time_zone) if is_call else None
    entry = write_entry(
        session,
        case=case,
        kind=EntryKind.CALL,
        outcome=call.outcome,
        key=f"call:{case.case_id}:{call.key}",
        account_id=account_id,
        telephone_id=call.telephone_id,
        slot=slot,
        seconds=call.seconds,
        note=call.note.strip(),
        now=now,
    )
    case.skill = meaning.skill or case.skill
    case.language = call.language or case.language
    if slot is not None:
        case.n_calls += 1
        case.last_called_at = now
        setattr(case, f"n_{slot}", getattr(case, f"n_{slot}") + 1)
        case.n_machine_messages += call.outcome in MESSAGES
    if meaning.number_is_dead and call.telephone_id is not None:
        session.get_one(Telephone, call.telephone_id).is_dead = True
    return entry


def _appointment(case: PhoneCase, time: Time, plan: Plan, made_by: int | None) -> Appointment:
    return Appointment(
        survey_id=case.survey_id,
        case_id=case.case_id,
        telephone_id=time.telephone_id,
        starts_at=time.starts_at,
        ends_at=time.starts_at + timedelta(minutes=plan.appointment_minutes),
        is_hard=time.is_hard,
        for_account_id=time.for_account_id,
        made_by=made_by,
        note=time.note.strip(),
    )


def _check(
    session: Session, survey: Survey, case: PhoneCase, call: Call, plan: Plan, *, is_theirs: bool
) -> None:
    meaning = OUTCOMES[call.outcome]
    if call.outcome in BY_WEB or call.outcome in SUPERVISORS:
        raise OutcomeRefused("outcome", "this is no outcome of a call")
    if meaning.needs_note and not call.note.strip():
        raise OutcomeRefused("note", "this outcome needs a note: what was said, or how it is known")
    if len(call.note) > LONGEST_NOTE:
        raise OutcomeRefused("note", f"a note has at most {LONGEST_NOTE} characters")
    if call.telephone_id is not None and call.telephone_id not in {each.id for each in case.telephones}:
        raise OutcomeRefused("telephone", "this number is not one of this case")
    if meaning.number_is_dead and call.telephone_id is None:
        raise OutcomeRefused("telephone", "say which number this is about")
    if call.outcome in MESSAGES and case.n_machine_messages >= plan.max_machine_messages:
        raise OutcomeRefused("outcome", "as many messages were left as may be")
    if call.outcome is Outcome.LANGUAGE_INTERVIEWER and not call.language:
        raise OutcomeRefused("language", "say which language they speak")
    if call.language and call.language not in current_questionnaire(survey).languages:
        raise OutcomeRefused("language", "the questionnaire is not in this language")
    _check_interview(find_response_of_case(session, case.case_id), call, is_theirs=is_theirs)
    _check_time(call, plan, case.group.time_zone)


def _check_interview(response: Response | None, call: Call, *, is_theirs: bool) -> None:
    is_complete = response is not None and response.is_complete
    if call.outcome is Outcome.COMPLETE and not is_complete:
        raise OutcomeRefused("outcome", "the interview is not complete")
    if is_complete and call.outcome is not Outcome.COMPLETE and is_theirs:  # else it was finished elsewhere
        raise OutcomeRefused("outcome", "the interview is complete")
    if call.outcome is Outcome.PARTIAL and response is None:
        raise OutcomeRefused("outcome", "no interview was begun")


def _check_time(call: Call, plan: Plan, zone: str) -> None:
    if call.outcome is Outcome.APPOINTMENT and call.time is None:
        raise AppointmentRefused("starts_at", "say when to call again")
    if call.time is None:
        return
    if call.outcome not in AGREED:
        raise AppointmentRefused("outcome", "no appointment can come with this outcome")
    if call.time.starts_at <= clock.now():
        raise AppointmentRefused("starts_at", "this time is over")
    if not call.time.is_hard and not plan.hours.is_open(call.time.starts_at, zone):
        raise AppointmentRefused(
            "starts_at", "nobody calls at that time; only a hard appointment can be then"
        )
