"""An interviewer's shift: surveys, the next case, appointments, today's numbers; the case's own screen."""

from datetime import datetime, time, timedelta

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from cityvoice.accounts.guards import allows
from cityvoice.accounts.types import Role
from cityvoice.cati import queries, services
from cityvoice.cati.errors import CatiError
from cityvoice.cati.guards import desk_or_shift, said_key
from cityvoice.cati.messages import describe
from cityvoice.cati.routes import bp
from cityvoice.cati.routes.console_numbers import MOST_SHOWN, today
from cityvoice.cati.routes.console_screen import render_case
from cityvoice.cati.services.appointments import list_appointments
from cityvoice.core import clock
from cityvoice.surveys.guards import survey_or_404
from cityvoice.surveys.models import Survey
from cityvoice.web.extensions import db
from cityvoice.web.transactions import writes

CALLERS = (Role.INTERVIEWER, Role.SUPERVISOR)


@bp.get("/")
@allows(*CALLERS)
def surveys() -> ResponseReturnValue:
    found = queries.list_called_surveys(db.session(), current_user.id)
    return render_template("cati/console/surveys.html", surveys=found)


@bp.get("/<slug>/")
@allows(*CALLERS)
def shift(slug: str) -> ResponseReturnValue:
    survey = survey_or_404(slug)
    return _render_shift(survey)


@bp.post("/<slug>/case")
@allows(*CALLERS)
@writes
def claim(slug: str) -> ResponseReturnValue:
    """The next case, on this screen from now on."""
    survey = survey_or_404(slug)
    try:
        found = services.next_case(db.session(), survey=survey, account_id=current_user.id)
    except CatiError as error:
        return _render_shift(survey, describe(error)), 409
    if found is None:
        return redirect(url_for(".shift", slug=slug, nothing=1), 303)
    return redirect(url_for(".case", slug=slug, case_id=found.case_id, why=found.reason), 303)


@bp.get("/<slug>/case/<int(max=2147483647):case_id>")
@allows(*CALLERS)
def case(slug: str, case_id: int) -> ResponseReturnValue:
    return render_case(desk_or_shift(slug, case_id))


@bp.post("/<slug>/case/<int(max=2147483647):case_id>/move")
@allows(*CALLERS)
@writes
def move(slug: str, case_id: int) -> ResponseReturnValue:
    """Take one's own case over into this tab."""
    survey = survey_or_404(slug)
    plan = services.plan_of(db.session(), survey)
    found = services.move_here(db.session(), survey=survey, account_id=current_user.id, plan=plan)
    if found is None or found.case_id != case_id:
        return redirect(url_for(".shift", slug=slug, lost=case_id), 303)
    return redirect(url_for(".case", slug=slug, case_id=case_id, at=request.form.get("at") or None), 303)


@bp.post("/<slug>/case/<int(max=2147483647):case_id>/release")
@allows(*CALLERS)
@writes
def release(slug: str, case_id: int) -> ResponseReturnValue:
    """Give a case back that was not called."""
    survey = survey_or_404(slug)
    try:
        services.release(
            db.session(), survey=survey, case_id=case_id, account_id=current_user.id, key=said_key()
        )
    except CatiError as error:
        flash(describe(error))
    else:
        flash(_("Case %(number)s was given back; it was not called.", number=case_id))
    return redirect(url_for(".shift", slug=slug), 303)


def _render_shift(survey: Survey, problem: str = "") -> str:
    session, now = db.session(), clock.now()
    is_mine = queries.find_interviewer(session, survey, current_user.id) is not None
    local = now.astimezone(clock.CITY_TIME)
    midnight = datetime.combine(local.date(), time(0), clock.CITY_TIME)
    held = queries.find_held_case(session, current_user.id)
    appointments = list_appointments(
        session, survey, starts=now - timedelta(hours=1), ends=midnight + timedelta(days=7),
        for_account_id=current_user.id,
    )  # fmt: skip
    lost = request.args.get("lost", type=int)
    is_calling_time, opens_at = _calling(survey, now)
    return render_template(
        "cati/console/shift.html",
        survey=survey,
        problem=problem,
        is_mine=is_mine,
        held=held if held is not None and held.survey_id == survey.id else None,
        held_elsewhere=held is not None and held.survey_id != survey.id,
        lost=lost if lost is not None and (held is None or held.case_id != lost) else None,
        nothing="nothing" in request.args,
        is_calling_time=is_calling_time,
        opens_at=opens_at,
        appointments=[
            (each, each.starts_at.astimezone(clock.CITY_TIME)) for each in appointments[:MOST_SHOWN]
        ],
        today=local.date(),
        n_shifts=queries.count_shifts(session, survey, current_user.id),
        **today(survey, queries.list_shifts_of(session, survey, current_user.id, since=now)),
    )


def _calling(survey: Survey, now: datetime) -> tuple[bool, datetime | None]:
    """Whether anybody may be called now, else when calling begins again; None for not within a year."""
    hours = services.plan_of(db.session(), survey).hours
    zones = queries.list_zones(db.session(), survey) or [clock.CITY_TIME.key]
    openings = [opening for zone in zones if (opening := hours.next_open(now, zone)) is not None]
    soonest = min(openings, default=None)
    return soonest is not None and soonest <= now, soonest
