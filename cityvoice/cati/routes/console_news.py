"""What happens beside a call and matters to whoever makes it: said on the screen, the focus untouched."""

from collections.abc import Iterator
from datetime import timedelta

from flask_babel import gettext as _
from flask_login import current_user

from cityvoice.cati.guards import Desk
from cityvoice.cati.services.appointments import list_appointments
from cityvoice.core import clock
from cityvoice.web.extensions import db


def news_of(desk: Desk) -> list[str]:
    """Sentences for the interviewer at this case, most lasting first."""
    return [*_closing(desk), *_end_of_shift(desk), *_due(desk)]


def _closing(desk: Desk) -> Iterator[str]:
    if desk.survey.is_open:
        return
    if desk.response is None:
        yield _("Fieldwork was closed. No interview can be begun any more; record how this call ended.")
    else:
        yield _("Fieldwork was closed. You may finish this interview; there are no new cases.")


def _end_of_shift(desk: Desk) -> Iterator[str]:
    """A shift that ended since the case came to the screen, and no other has begun."""
    now, shifts = clock.now(), desk.shifts
    ended = [each for each in shifts if each.ends_at <= now]
    if not ended or any(each.starts_at <= now < each.ends_at for each in shifts):
        return
    time = f"{ended[0].ends_at.astimezone(clock.CITY_TIME):%H:%M}"
    yield _("Your shift ended at %(time)s. You may finish this case; there are no new ones.", time=time)


def _due(desk: Desk) -> Iterator[str]:
    """Appointments made with this interviewer by name that can be called now, of other cases."""
    now = clock.now()
    found = list_appointments(
        db.session(), desk.survey, starts=now - timedelta(minutes=desk.plan.appointment_minutes),
        ends=now + desk.plan.early, for_account_id=current_user.id,
    )  # fmt: skip
    for each in found:
        if each.for_account_id == current_user.id and each.case_id != desk.case.case_id:
            yield _(
                "You have an appointment at %(time)s: case %(number)s. It comes next.",
                time=f"{each.starts_at.astimezone(clock.CITY_TIME):%H:%M}",
                number=each.case_id,
            )
