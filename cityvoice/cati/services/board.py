"""What a supervisor sees of a running shift. Reads only: it misses no appointment and frees no case."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from itertools import pairwise

from sqlalchemy import ColumnElement, func, select, text
from sqlalchemy.orm import Session

from cityvoice.accounts.models import Account
from cityvoice.cati.models import Appointment, CaseGroup, LedgerEntry, PhoneCase
from cityvoice.cati.plans import Plan
from cityvoice.cati.services.queue import need_of
from cityvoice.cati.types import OPEN, AppointmentState, CaseState, EntryKind
from cityvoice.core import clock
from cityvoice.fieldwork.outcomes import OUTCOMES, Outcome, Reached
from cityvoice.fieldwork.slots import Slot
from cityvoice.surveys.models import QuotaCell, Survey
from cityvoice.surveys.queries import list_quota_cells

LONGEST_PAUSE = timedelta(minutes=30)  # between two calls; a longer one is no time at work
LONGEST_CALL = 2 * 60 * 60  # seconds; a longer one is a screen that was left open
AHEAD = timedelta(hours=4)  # appointments that are shown before their time
IN_A_SLOT = text("ledger_entry.slot IS NOT NULL")  # a call; written out, so that its index is chosen
CONTACTS = (Reached.HOUSEHOLD, Reached.RESPONDENT)


@dataclass(frozen=True, slots=True)
class OnCase:
    """Who has which case on the screen."""

    name: str
    case_id: int
    seconds: int
    is_lapsed: bool  # its screen has not been heard of for a lease


@dataclass(slots=True)
class Pace:
    """Calls of somebody, or of a part of the week."""

    name: str = ""
    n_calls: int = 0
    n_contacts: int = 0
    n_complete: int = 0
    n_refusals: int = 0
    hours: float = 0.0

    def count(self, outcome: Outcome, n: int = 1) -> None:
        meaning = OUTCOMES[outcome]
        self.n_calls += n
        self.n_contacts += n * (meaning.reached in CONTACTS)
        self.n_complete += n * (outcome is Outcome.COMPLETE)
        self.n_refusals += n * meaning.code.startswith("2.11")

    def add(self, other: "Pace") -> None:
        self.n_calls += other.n_calls
        self.n_contacts += other.n_contacts
        self.n_complete += other.n_complete
        self.n_refusals += other.n_refusals
        self.hours += other.hours

    @property
    def completes_per_hour(self) -> float:
        return _share(self.n_complete, self.hours)

    @property
    def contact_rate(self) -> float:
        """Contacts per call."""
        return _share(self.n_contacts, self.n_calls)

    @property
    def refusal_rate(self) -> float:
        """Refusals per contact."""
        return _share(self.n_refusals, self.n_contacts)


@dataclass(frozen=True, slots=True)
class CellStanding:
    """A quota cell, and whether the sample can still fill it.

    Parameters
    ----------
    n_cases : int
        Released cases that are not over and can fill the cell.
    n_kept_back : int
        The same in replicates that are not released.
    """

    cell: QuotaCell
    need: float
    n_cases: int
    n_kept_back: int

    @property
    def cannot_be_filled(self) -> bool:
        return not self.cell.is_full and self.n_cases == 0


@dataclass(frozen=True)
class Board:
    made_at: datetime
    on_cases: list[OnCase]
    today: Pace
    interviewers: list[Pace]
    slots: dict[Slot, Pace]  # since fieldwork began
    states: dict[CaseState, int]
    cells: list[CellStanding]
    live: list[Appointment] = field(default_factory=list)
    soon: list[Appointment] = field(default_factory=list)
    missed: list[Appointment] = field(default_factory=list)


def floor_board(session: Session, *, survey: Survey, plan: Plan, now: datetime | None = None) -> Board:
    """The floor at this moment."""
    now = now or clock.now()
    since = _midnight(now)
    interviewers = _paces(session, survey, since)
    today = Pace()
    for pace in interviewers:
        today.add(pace)
    return Board(
        made_at=now,
        on_cases=_on_cases(session, survey, now),
        today=today,
        interviewers=interviewers,
        slots=_slots(session, survey),
        states=_states(session, survey),
        cells=quota_standing(session, survey, plan),
        live=_appointments(session, survey, now - timedelta(days=1), now + plan.early, ends_after=now),
        soon=_appointments(session, survey, now + plan.early, now + AHEAD, ends_after=now),
        missed=_missed(session, survey, since, now),
    )


def quota_standing(session: Session, survey: Survey, plan: Plan) -> list[CellStanding]:
    """Every quota cell with the cases that can fill it; those that a full cell shuts out do not count."""
    cells = {cell.id: cell for cell in list_quota_cells(session, survey)}
    states = (*OPEN, CaseState.UNRELEASED)
    counted = (
        select(CaseGroup, PhoneCase.state, func.count())
        .join(PhoneCase, PhoneCase.group_id == CaseGroup.id)
        .where(CaseGroup.survey_id == survey.id, PhoneCase.state.in_(states))
        .group_by(CaseGroup.id, PhoneCase.state)
    )
    at_work: Counter[int] = Counter()
    kept_back: Counter[int] = Counter()
    for group, state, n in session.execute(counted) if cells else ():
        if any(cells[number].is_full for number in group.sure if number in cells):
            continue
        counter = kept_back if state == CaseState.UNRELEASED else at_work
        counter.update(dict.fromkeys((*group.sure, *group.possible), n))
    return [
        CellStanding(cell, need_of(cell, plan), at_work[cell.id], kept_back[cell.id])
        for cell in cells.values()
    ]


def _share(part: float, whole: float) -> float:
    return part / whole if whole else float("nan")


def _midnight(now: datetime) -> datetime:
    local = now.astimezone(clock.CITY_TIME)
    return datetime.combine(local.date(), time(0), clock.CITY_TIME)


def _on_cases(session: Session, survey: Survey, now: datetime) -> list[OnCase]:
    held = (
        select(Account.name, PhoneCase)
        .join(Account, Account.id == PhoneCase.held_by)
        .where(PhoneCase.survey_id == survey.id, PhoneCase.state == CaseState.HELD)
        .order_by(PhoneCase.held_since, PhoneCase.case_id)
    )
    return [
        OnCase(
            name,
            found.case_id,
            max(0, int((now - (found.held_since or now)).total_seconds())),
            found.lease_until is not None and found.lease_until < now,
        )
        for name, found in session.execute(held)
    ]


def _paces(session: Session, survey: Survey, since: datetime) -> list[Pace]:
    calls = (
        select(Account.name, Account.id, LedgerEntry.at, LedgerEntry.seconds, LedgerEntry.outcome)
        .join(Account, Account.id == LedgerEntry.account_id)
        .where(*_calls(survey), LedgerEntry.at >= since)
        .order_by(Account.name, Account.id, LedgerEntry.at)
    )
    paces: dict[int, Pace] = {}
    moments: dict[int, list[tuple[datetime, int]]] = defaultdict(list)
    for name, account, at, seconds, outcome in session.execute(calls):
        paces.setdefault(account, Pace(name)).count(Outcome(outcome))
        moments[account].append((at, min(seconds or 0, LONGEST_CALL)))
    for account, pace in paces.items():
        pace.hours = _hours(moments[account])
    return list(paces.values())


def _hours(calls: Sequence[tuple[datetime, int]]) -> float:
    """From the beginning of the first call to the end of the last, without long pauses."""
    at_work = timedelta(seconds=calls[0][1])
    for (before, _), (at, seconds) in pairwise(calls):
        begun = max(before, at - timedelta(seconds=seconds))
        pause = begun - before
        at_work += at - begun + (pause if pause <= LONGEST_PAUSE else timedelta(0))
    return at_work.total_seconds() / 3600


def _slots(session: Session, survey: Survey) -> dict[Slot, Pace]:
    counted = (
        select(LedgerEntry.slot, LedgerEntry.outcome, func.count())
        .where(LedgerEntry.survey_id == survey.id, IN_A_SLOT)
        .group_by(LedgerEntry.slot, LedgerEntry.outcome)
    )
    paces = {slot: Pace() for slot in Slot}
    for slot, outcome, n in session.execute(counted):
        paces[Slot(str(slot))].count(Outcome(outcome), n)
    return paces


def _calls(survey: Survey) -> tuple[ColumnElement[bool], ...]:
    is_call = (LedgerEntry.kind == EntryKind.CALL, LedgerEntry.outcome != Outcome.NOT_CALLED)
    return (LedgerEntry.survey_id == survey.id, *is_call)


def _states(session: Session, survey: Survey) -> dict[CaseState, int]:
    counted = select(PhoneCase.state, func.count()).where(PhoneCase.survey_id == survey.id)
    found = {CaseState(state): n for state, n in session.execute(counted.group_by(PhoneCase.state))}
    return {state: found.get(state, 0) for state in CaseState}


def _appointments(
    session: Session, survey: Survey, starts: datetime, ends: datetime, *, ends_after: datetime
) -> list[Appointment]:
    statement = select(Appointment).where(
        Appointment.survey_id == survey.id,
        Appointment.state == AppointmentState.OPEN,
        Appointment.starts_at > starts,
        Appointment.starts_at <= ends,
        Appointment.ends_at >= ends_after,
    )
    return list(session.scalars(statement.order_by(Appointment.starts_at, Appointment.id)))


def _missed(session: Session, survey: Survey, since: datetime, now: datetime) -> list[Appointment]:
    """Of today: those that were missed, and those whose time has passed while nobody asked for a case."""
    states = (AppointmentState.MISSED, AppointmentState.OPEN)
    statement = (
        select(Appointment)
        .join(PhoneCase, PhoneCase.case_id == Appointment.case_id)
        .where(
            Appointment.survey_id == survey.id,
            Appointment.state.in_(states),
            Appointment.ends_at >= since,
            Appointment.ends_at < now,
            PhoneCase.state != CaseState.HELD,  # it is being kept just now
        )
    )
    return list(session.scalars(statement.order_by(Appointment.ends_at.desc(), Appointment.id)))
