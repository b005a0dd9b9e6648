"""When to call again: what an interviewer types, the calendar of a day, and what stands in its way.

`calls.dispose` makes an appointment with its call, and keeps the one that was due; the queue misses those
whose time has passed (`catching_up`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from cityvoice.cati.errors import AppointmentRefused
from cityvoice.cati.models import Appointment
from cityvoice.cati.plans import Plan
from cityvoice.cati.types import AppointmentState
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


def conflicts(
    session: Session,
    survey: Survey,
    *,
    case_id: int,
    starts_at: datetime,
    for_account_id: int | None,
    plan: Plan,
) -> Sequence[Appointment]:
    """Open appointments of the same interviewer, with other cases, whose time would overlap."""
    length = timedelta(minutes=plan.appointment_minutes)
    near = list_appointments(
        session, survey, starts=starts_at - length + timedelta(seconds=1), ends=starts_at + length
    )
    mine = [each for each in near if for_account_id is not None and each.for_account_id == for_account_id]
    return [each for each in mine if each.case_id != case_id]
