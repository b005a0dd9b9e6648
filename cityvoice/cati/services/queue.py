"""The next case. Each rule gives the first case that it has; the first rule that has one decides:

1. the case that the interviewer holds already;
2. live appointments, first the one that ends first; those made with somebody by name only for them;
3. cases that a supervisor gave to this interviewer;
4. the queue, by: need of the quota cells that a case can fill, replicate, the respondent's local time (later
   zones first), calls so far in the present slot of the week (fewest first), oldest call, the draw's order.

PostgreSQL skips rows that somebody is just taking; SQLite has one writer at a time. What time did to the
queue since somebody last asked (leases, rests, appointments that are over) is caught up with first, so that
no clock has to run beside it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, text
from sqlalchemy.orm import InstrumentedAttribute, Session

from cityvoice.accounts.models import Account
from cityvoice.cati import queries
from cityvoice.cati.errors import FieldworkClosed, NotAnInterviewer, OutsideShift
from cityvoice.cati.models import Appointment, CaseGroup, Interviewer, PhoneCase, Shift
from cityvoice.cati.plans import Plan
from cityvoice.cati.services.catching_up import IS_OPEN, catch_up
from cityvoice.cati.services.holding import claim_of, hold
from cityvoice.cati.services.never_call import close_forbidden
from cityvoice.cati.services.planning import plan_of
from cityvoice.cati.types import CaseState, Claim, Reason
from cityvoice.core import clock
from cityvoice.fieldwork.outcomes import LANGUAGE
from cityvoice.fieldwork.slots import Slot
from cityvoice.surveys.models import QuotaCell, Survey
from cityvoice.surveys.queries import list_quota_cells

# Written out, see `catching_up`
IS_READY = text("phone_case.state = 'ready'")
N_IN_SLOT: dict[Slot, InstrumentedAttribute[int]] = {
    Slot.WEEKDAY: PhoneCase.n_weekday,
    Slot.WEEKNIGHT: PhoneCase.n_weeknight,
    Slot.WEEKEND: PhoneCase.n_weekend,
}


@dataclass(frozen=True)
class GroupNeed:
    """Groups of cases that can fill the same quota cells, and how much these are wanted."""

    need: float  # 1: nobody yet; 0: all there; of a survey without quotas 0
    n_wanted: int
    groups: tuple[CaseGroup, ...]  # one for each time zone


def next_case(
    session: Session, *, survey: Survey, account_id: int, now: datetime | None = None
) -> Claim | None:
    """Give an interviewer the case to call next, held for them; None when there is none to call now.

    Raises
    ------
    NotAnInterviewer, FieldworkClosed, OutsideShift
    """
    now = now or clock.now()
    session.execute(select(Account.id).where(Account.id == account_id).with_for_update(key_share=True))
    interviewer = queries.find_interviewer(session, survey, account_id)  # two tabs took turns before
    if interviewer is None:
        raise NotAnInterviewer("this account does not interview in this survey")
    plan = plan_of(session, survey)
    held = queries.find_held_case(session, account_id, lock=True)
    if held is not None:
        held.lease_until = now + plan.lease
        session.flush()
        return claim_of(held, Reason.HELD)
    _require_open(session, survey, interviewer, now)
    catch_up(session, survey=survey, now=now)
    found = next(_candidates(session, survey, interviewer, plan, now), None)
    while found is not None and close_forbidden(session, found[1]):
        found = next(_candidates(session, survey, interviewer, plan, now), None)
    if found is None:
        return None
    claim = hold(found[1], account_id=account_id, plan=plan, now=now, reason=found[0])
    session.flush()
    return claim


def order_groups(session: Session, survey: Survey, plan: Plan) -> list[GroupNeed]:
    """Groups of cases by the need of their quota cells, greatest first; without those that are full."""
    cells = {cell.id: cell for cell in list_quota_cells(session, survey)}
    groups = session.scalars(
        select(CaseGroup).where(CaseGroup.survey_id == survey.id).order_by(CaseGroup.key, CaseGroup.id)
    )
    needs = []
    for _, alike in groupby(groups, key=lambda group: group.key):
        zones = tuple(alike)
        sure = [cells[number] for number in zones[0].sure if number in cells]
        possible = [cells[number] for number in zones[0].possible if number in cells]
        if any(cell.is_full for cell in sure):
            continue
        wanted = [*sure, *possible]
        if wanted and all(cell.is_full for cell in wanted):  # no cell is left that they could fill
            continue
        need = max((need_of(cell, plan) for cell in wanted), default=0.0)
        needs.append(GroupNeed(need, sum(cell.target - cell.n_complete for cell in wanted), zones))
    return sorted(needs, key=lambda group: (-group.need, -group.n_wanted, group.groups[0].id))


def need_of(cell: QuotaCell, plan: Plan) -> float:
    """Share of a cell's target that is missing; places that are held count as taken."""
    if cell.target <= 0:
        return 0.0
    done = cell.n_effective if plan.by_effective_size else cell.n_complete
    return 1 - (done + cell.n_held) / cell.target


def _require_open(session: Session, survey: Survey, interviewer: Interviewer, now: datetime) -> None:
    if not survey.is_open:
        raise FieldworkClosed(f"survey {survey.slug} takes no answers now")
    mine = (Shift.account_id == interviewer.account_id, Shift.survey_id == survey.id)
    is_on = and_(Shift.starts_at <= now, Shift.ends_at > now)
    known = session.execute(select(func.count(), func.count().filter(is_on)).where(*mine)).one()
    if known[0] and not known[1]:
        raise OutsideShift("your shift has ended, or has not begun yet: there are no new cases now")


def _candidates(
    session: Session, survey: Survey, interviewer: Interviewer, plan: Plan, now: datetime
) -> Iterator[tuple[Reason, PhoneCase]]:
    """The first case of each rule; a later rule is asked only where an earlier one had none."""
    fits = _fits(interviewer)
    found = _first(session, _live_appointments(survey, interviewer, plan, now))
    if found is not None:
        yield Reason.APPOINTMENT, found
    found = _given(session, survey, interviewer, plan, now)
    if found is not None:
        yield Reason.ASSIGNED, found
    for need in order_groups(session, survey, plan):
        found = _of_groups(session, need.groups, fits, plan, now)
        if found is not None:
            yield Reason.QUEUE, found


def _live_appointments(
    survey: Survey, interviewer: Interviewer, plan: Plan, now: datetime
) -> Select[PhoneCase]:
    by_name = Appointment.for_account_id == interviewer.account_id  # whatever its case needs besides
    of_nobody = and_(Appointment.for_account_id.is_(None), _fits(interviewer))
    given_back = and_(PhoneCase.left_by == interviewer.account_id, PhoneCase.due_at > now)
    return (
        select(PhoneCase)
        .join(Appointment, Appointment.case_id == PhoneCase.case_id)
        .where(
            Appointment.survey_id == survey.id,
            IS_OPEN,
            Appointment.starts_at <= now + plan.early,
            Appointment.ends_at >= now,
            PhoneCase.state == CaseState.APPOINTED,
            or_(by_name, of_nobody),
            given_back.is_not(True),
        )
        .order_by(Appointment.ends_at, Appointment.id)
    )


def _of_groups(
    session: Session, groups: Sequence[CaseGroup], fits: ColumnElement[bool], plan: Plan, now: datetime
) -> PhoneCase | None:
    """The first of groups that are wanted alike; where their zones differ, each zone's first are compared."""
    found: list[tuple[tuple[object, ...], PhoneCase]] = []
    for group in groups:
        if not plan.hours.is_open(now, group.time_zone):
            continue
        slot = N_IN_SLOT[plan.slot(now, group.time_zone)]
        statement = select(PhoneCase).where(IS_READY, PhoneCase.group_id == group.id, fits)
        if plan.max_calls_by_slot is not None:
            statement = statement.where(slot < plan.max_calls_by_slot)
        if plan.limits.calls is not None:  # the plan may have been tightened since
            statement = statement.where(PhoneCase.n_calls < plan.limits.calls)
        order = (PhoneCase.replicate, slot, PhoneCase.last_called_at, PhoneCase.order_key)
        first = _first(session, statement.order_by(*order))
        if first is not None:
            found.append(
                (place_in_queue(first, group.time_zone, plan.slot(now, group.time_zone), now), first)
            )
    return min(found, key=itemgetter(0))[1] if found else None


def place_in_queue(case: PhoneCase, zone: str, slot: Slot, now: datetime) -> tuple[object, ...]:
    """What decides between the first cases of groups that are wanted alike; the least comes first."""
    hour = now.astimezone(ZoneInfo(zone)).hour
    return (case.replicate, -hour, getattr(case, N_IN_SLOT[slot].key), case.last_called_at, case.order_key)


def _first(session: Session, statement: Select[PhoneCase]) -> PhoneCase | None:
    """The first row that nobody else is just taking, locked."""
    return session.scalars(
        statement.limit(1)
        .with_for_update(of=PhoneCase, skip_locked=True)
        .execution_options(populate_existing=True)
    ).one_or_none()


def _fits(interviewer: Interviewer) -> ColumnElement[bool]:
    """Cases that this interviewer can call: skill, language, and nobody else's."""
    mine = or_(PhoneCase.for_account_id.is_(None), PhoneCase.for_account_id == interviewer.account_id)
    speaks = PhoneCase.language.in_(interviewer.languages)
    able = PhoneCase.skill.in_(["", *interviewer.skills])
    if not interviewer.languages:  # any, as far as nobody has met with another
        return and_(mine, able)
    spoken = and_(able, or_(PhoneCase.language.is_(None), speaks))
    return and_(mine, or_(spoken, and_(PhoneCase.skill == LANGUAGE, speaks)))


def can_call(interviewer: Interviewer, skill: str, language: str | None) -> bool:
    """The rule of `_fits` for one kind of case."""
    if skill == LANGUAGE:
        return language in interviewer.languages
    speaks = not interviewer.languages or language is None or language in interviewer.languages
    return speaks and skill in ("", *interviewer.skills)


def _given(
    session: Session, survey: Survey, interviewer: Interviewer, plan: Plan, now: datetime
) -> PhoneCase | None:
    """The first case that a supervisor gave to them and that may be called now."""
    mine = (IS_READY, PhoneCase.for_account_id == interviewer.account_id, PhoneCase.survey_id == survey.id)
    given = session.scalars(select(PhoneCase).where(*mine).order_by(PhoneCase.last_called_at)).all()
    for each in given:
        if _may_be_called(each, plan, now):
            found = _first(session, select(PhoneCase).where(*mine, PhoneCase.case_id == each.case_id))
            if found is not None:
                return found
    return None


def _may_be_called(given: PhoneCase, plan: Plan, now: datetime) -> bool:
    zone = given.group.time_zone
    n_in_slot, most = getattr(given, N_IN_SLOT[plan.slot(now, zone)].key), plan.max_calls_by_slot
    is_left = plan.limits.calls is None or given.n_calls < plan.limits.calls
    return is_left and plan.hours.is_open(now, zone) and (most is None or n_in_slot < most)
