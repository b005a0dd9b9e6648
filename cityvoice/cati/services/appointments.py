"""When to call again: what an interviewer types, the calendar of a day, and what stands in its way.

`calls.dispose` makes an appointment with its call, and keeps the one that was due; one with somebody by name
is theirs alone, whatever skill its case needs and whomever it was given to. The queue misses those whose
time has passed (`catching_up`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from cityvoice.cati import queries
from cityvoice.cati.errors import AppointmentRefused
from cityvoice.cati.models import Appointment, PhoneCase, Shift
from cityvoice.cati.plans import Plan
from cityvoice.cati.types import AppointmentState
from cityvoice.questionnaire.message import Message
from cityvoice.surveys.models import Survey

FARTHEST = timedelta(days=120)


@dataclass(frozen=True)
class Day:
    """A day of the calendar on a respondent's clock."""

    day: date
    opens: time | None  # None: nobody is called on this day
    closes: time | None
    appointments: tuple[tuple[time, Appointment], ...]


def read_moment(day: str, hour: str, *, zone: str, now: datetime) -> datetime:
    """The moment that an interviewer typed on the respondent's clock: ``2026-11-23`` and ``18:05``.

    Raises
    ------
    AppointmentRefused
        naming the field.
    """
    try:
        on = date.fromisoformat(day.strip())
    except ValueError:
        raise AppointmentRefused("day", "expected a day such as 2026-11-23") from None
    try:
        at = time.fromisoformat(hour.strip()).replace(tzinfo=None)
    except ValueError:
        raise AppointmentRefused("hour", "expected a time such as 18:05") from None
    if on < now.date() - FARTHEST:
        raise AppointmentRefused("day", "this time is over")
    if on > now.date() + FARTHEST:
        raise AppointmentRefused("day", "this day is too far away")
    local = datetime.combine(on, at, ZoneInfo(zone))
    moment = local.astimezone(UTC)
    if moment.astimezone(ZoneInfo(zone)).time() != at:
        raise AppointmentRefused("hour", "there is no such time on that day: the clocks change")
    return moment


def list_appointments(
    session: Session, survey: Survey, *, starts: datetime, ends: datetime, for_account_id: int | None = None
) -> Sequence[Appointment]:
    """Open appointments that begin in a span of time; of one interviewer, those named and those of nobody."""
    statement = select(Appointment).where(
        Appointment.survey_id == survey.id,
        Appointment.state == AppointmentState.OPEN,
        Appointment.starts_at >= starts,
        Appointment.starts_at < ends,
    )
    if for_account_id is not None:
        whose = (Appointment.for_account_id.is_(None), Appointment.for_account_id == for_account_id)
        statement = statement.where(or_(*whose))
    return session.scalars(statement.order_by(Appointment.starts_at, Appointment.id)).all()


def calendar(session: Session, survey: Survey, *, day: date, zone: str, plan: Plan) -> Day:
    """The appointments of a day, and when calling is allowed on it."""
    there = ZoneInfo(zone)
    starts = datetime.combine(day, time(0), there)
    found = list_appointments(session, survey, starts=starts, ends=starts + timedelta(days=1))
    hours = plan.hours.on(day)
    opens, closes = hours or (None, None)
    return Day(day, opens, closes, tuple((each.starts_at.astimezone(there).time(), each) for each in found))


def require_possible(
    session: Session,
    survey: Survey,
    *,
    case_id: int,
    zone: str,
    starts_at: datetime,
    for_account_id: int | None,
    plan: Plan,
) -> None:
    """Refuse a time at which nobody will call, or at which the one asked for cannot.

    Raises
    ------
    AppointmentRefused
        naming the field.
    """
    last = survey.fieldwork_ends_on
    if last is not None and starts_at.astimezone(ZoneInfo(zone)).date() > last:
        raise AppointmentRefused(
            "day", Message("the survey ends on %(day)s: nobody calls after it", day=last.isoformat())
        )
    if for_account_id is None:
        return
    if for_account_id not in queries.list_interviewers(session, survey):
        raise AppointmentRefused("for", "this account does not interview in this survey")
    if not _is_on_shift(session, survey, for_account_id, starts_at):
        raise AppointmentRefused("for", "this interviewer has no shift at that time")
    if _conflicts(session, survey, case_id, starts_at, for_account_id, plan):
        raise AppointmentRefused("hour", "this interviewer has another appointment then")


def keep_appointment(session: Session, case: PhoneCase, plan: Plan, now: datetime) -> None:
    """Whoever calls the case keeps its appointment, or has called before its time."""
    appointment = queries.find_open_appointment(session, case.case_id)
    if appointment is not None:
        is_early = now < appointment.starts_at - plan.early
        appointment.state = AppointmentState.CANCELLED if is_early else AppointmentState.KEPT
        session.flush()


def _is_on_shift(session: Session, survey: Survey, account_id: int, at: datetime) -> bool:
    """Whoever has no shift at all may call in all hours."""
    is_then = (Shift.starts_at <= at) & (Shift.ends_at > at)
    mine = (Shift.survey_id == survey.id, Shift.account_id == account_id)
    n, n_then = session.execute(select(func.count(), func.count().filter(is_then)).where(*mine)).one()
    return n == 0 or n_then > 0


def _conflicts(
    session: Session, survey: Survey, case_id: int, starts_at: datetime, account_id: int, plan: Plan
) -> bool:
    """Whether they have another case's appointment whose time would overlap."""
    length = timedelta(minutes=plan.appointment_minutes)
    near = list_appointments(
        session, survey, starts=starts_at - length + timedelta(seconds=1), ends=starts_at + length
    )
    return any(each.for_account_id == account_id and each.case_id != case_id for each in near)
