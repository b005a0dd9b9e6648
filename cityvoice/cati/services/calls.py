"""What came of a call: an entry in the ledger, and where the case goes from here."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from cityvoice.cati import queries
from cityvoice.cati.errors import AppointmentRefused, OutcomeRefused
from cityvoice.cati.models import Appointment, LedgerEntry, PhoneCase, Telephone
from cityvoice.cati.plans import Plan
from cityvoice.cati.services.holding import NOBODY, get_held
from cityvoice.cati.types import AppointmentState, CaseState, EntryKind
from cityvoice.core import clock
from cityvoice.fieldwork.outcomes import OUTCOMES, SUPERVISORS, Outcome, suggested_code
from cityvoice.fieldwork.precedence import Entry, Kind, Standing, standing
from cityvoice.fieldwork.slots import Slot
from cityvoice.surveys.models import Survey
from cityvoice.surveys.queries import find_response_of_case

LONGEST_NOTE = 2000
MESSAGES = frozenset({Outcome.MACHINE_MESSAGE, Outcome.MACHINE_HOUSEHOLD_MESSAGE})
AGREED = frozenset({Outcome.APPOINTMENT, Outcome.CALLBACK, Outcome.BREAK_OFF})  # may come with a time
BY_WEB = (Outcome.WEB_LINK_SENT, Outcome.WEB_STARTED, Outcome.WEB_PARTIAL, Outcome.WEB_COMPLETE)


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
    """

    outcome: Outcome
    key: str
    telephone_id: int | None = None
    seconds: int | None = None
    note: str = ""
    time: Time | None = None


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

    Raises
    ------
    CaseNotHeld
        when the case is not on this screen any more; a call that is recorded already is returned still.
    OutcomeRefused, AppointmentRefused
        naming the field; nothing is recorded.
    """
    told = queries.find_entry(session, f"call:{case_id}:{call.key}")
    if told is not None:
        return told
    now = now or clock.now()
    case = get_held(session, survey=survey, case_id=case_id, account_id=account_id, key=held_key)
    _check(session, survey, case, call, plan)
    zone = case.group.time_zone
    entry = append(
        session,
        case=case,
        kind=EntryKind.CALL,
        outcome=call.outcome,
        key=f"call:{case_id}:{call.key}",
        account_id=account_id,
        telephone_id=call.telephone_id,
        slot=plan.slot(now, zone) if call.outcome is not Outcome.NOT_CALLED else None,
        seconds=call.seconds,
        note=call.note.strip(),
        now=now,
    )
    if call.outcome is not Outcome.NOT_CALLED:
        count_call(session, case, call, plan.slot(now, zone), now)
    settle_appointment(session, case, now)
    send_on(session, case=case, plan=plan, now=now, outcome=call.outcome, time=call.time, made_by=account_id)
    return entry


def append(
    session: Session,
    *,
    case: PhoneCase,
    kind: EntryKind,
    outcome: Outcome,
    key: str,
    code: str = "",
    account_id: int | None = None,
    telephone_id: int | None = None,
    slot: Slot | None = None,
    seconds: int | None = None,
    note: str = "",
    now: datetime | None = None,
) -> LedgerEntry:
    """Write what happened to a case into its ledger, and derive its disposition anew."""
    meaning = OUTCOMES[outcome]
    entry = LedgerEntry(
        survey_id=case.survey_id,
        case_id=case.case_id,
        at=now or clock.now(),
        kind=kind,
        outcome=outcome,
        code=code or suggested_code(outcome, is_selected=case.is_selected),
        is_interim=meaning.is_interim,
        is_selected=case.is_selected,
        account_id=account_id,
        telephone_id=telephone_id,
        slot=slot,
        seconds=seconds,
        note=note,
        key=key,
    )
    session.add(entry)
    session.flush()
    return entry


def standing_of(
    session: Session, *, case: PhoneCase, plan: Plan, closed: bool = False, waits: bool | None = None
) -> Standing:
    """The case's disposition by its whole ledger.

    Parameters
    ----------
    waits
        Whether it has an appointment, where that is known already.
    """
    if waits is None:
        waits = queries.find_open_appointment(session, case.case_id) is not None
    return standing(
        [as_entry(entry) for entry in queries.list_entries(session, case.case_id)],
        closed=closed,
        limits=plan.limits,
        waits=waits,
        numbers=[str(phone.id) for phone in queries.list_telephones(session, case.case_id)],
    )


def as_entry(entry: LedgerEntry) -> Entry:
    """A row of the ledger as the rules of precedence read it."""
    return Entry(
        at=entry.at,
        outcome=Outcome(entry.outcome),
        code=entry.code,
        kind=Kind(entry.kind),
        is_selected=entry.is_selected,
        number=None if entry.telephone_id is None else str(entry.telephone_id),
    )


def send_on(
    session: Session,
    *,
    case: PhoneCase,
    plan: Plan,
    now: datetime,
    outcome: Outcome,
    time: Time | None = None,
    made_by: int | None = None,
) -> None:
    """Where a case goes after an entry: out of the queue, to its appointment, or to its rest."""
    found = standing_of(session, case=case, plan=plan, waits=time is not None)
    case.code, case.is_final = found.code, found.is_final
    for name, value in NOBODY.items():
        setattr(case, name, value)
    case.skill = OUTCOMES[outcome].skill or case.skill
    if found.is_final:
        case.state, case.due_at = CaseState.CLOSED, None
    elif time is not None:
        case.state, case.due_at = CaseState.APPOINTED, None
        session.add(_appointment(case, time, plan, made_by))
    else:
        case.due_at = plan.due_at(outcome, now, case.group.time_zone)
        is_due = case.due_at is not None and case.due_at <= now
        case.state = CaseState.READY if is_due else CaseState.RESTING
    session.flush()


def close_by_web(session: Session, *, survey: Survey, case_id: int, outcome: Outcome, plan: Plan) -> None:
    """The same case was answered on the web: nobody calls it any more."""
    case = session.get(PhoneCase, case_id, with_for_update=True)
    if case is None or queries.find_entry(session, f"web:{case_id}:{outcome}") is not None:
        return
    now = clock.now()
    append(session, case=case, kind=EntryKind.WEB, outcome=outcome, key=f"web:{case_id}:{outcome}", now=now)
    settle_appointment(session, case, now, state=AppointmentState.CANCELLED)
    send_on(session, case=case, plan=plan, now=now, outcome=outcome)


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


def _check(session: Session, survey: Survey, case: PhoneCase, call: Call, plan: Plan) -> None:
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
    response = find_response_of_case(session, case.case_id)
    is_complete = response is not None and response.is_complete
    if (call.outcome is Outcome.COMPLETE) is not is_complete:
        raise OutcomeRefused(
            "outcome", "the interview is complete" if is_complete else "the interview is not complete"
        )
    if call.outcome is Outcome.PARTIAL and response is None:
        raise OutcomeRefused("outcome", "no interview was begun")
    _check_time(call, plan, case.group.time_zone)


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


def count_call(session: Session, case: PhoneCase, call: Call, slot: Slot, now: datetime) -> None:
    case.n_calls += 1
    case.last_called_at = now
    setattr(case, f"n_{slot}", getattr(case, f"n_{slot}") + 1)
    case.n_machine_messages += call.outcome in MESSAGES
    if OUTCOMES[call.outcome].number_is_dead and call.telephone_id is not None:
        session.get_one(Telephone, call.telephone_id).is_dead = True


def settle_appointment(
    session: Session, case: PhoneCase, now: datetime, state: AppointmentState | None = None
) -> None:
    """Whoever calls the case keeps its appointment, or has called before its time."""
    appointment = queries.find_open_appointment(session, case.case_id)
    if appointment is not None:
        is_early = now < appointment.starts_at - timedelta(minutes=30)
        appointment.state = state or (AppointmentState.CANCELLED if is_early else AppointmentState.KEPT)
        session.flush()
