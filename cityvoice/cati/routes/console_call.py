"""What an interviewer records of a call: notice, respondent, outcome, appointment, a web link, the end."""

from typing import Any

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from cityvoice.accounts.guards import allows
from cityvoice.cati import queries, services
from cityvoice.cati.errors import AppointmentRefused, CaseNotHeld, CatiError, FieldworkClosed, OutcomeRefused
from cityvoice.cati.guards import Desk, desk_or_shift, said_key
from cityvoice.cati.messages import describe
from cityvoice.cati.routes import bp
from cityvoice.cati.routes.console import CALLERS
from cityvoice.cati.routes.console_screen import day_of, render_case
from cityvoice.cati.routes.console_scripts import Scripts
from cityvoice.cati.services.appointments import read_moment, require_possible
from cityvoice.cati.services.calls import Time
from cityvoice.cati.services.respondents import read_household
from cityvoice.cati.services.web_switch import send_link
from cityvoice.cati.words.calls import outcomes
from cityvoice.core import clock
from cityvoice.fieldwork.outcomes import Outcome
from cityvoice.surveys.guards import survey_or_404
from cityvoice.web.extensions import db
from cityvoice.web.transactions import writes

CASE = "/<slug>/case/<int(max=2147483647):case_id>"
TIMED = ("appointment", "callback", "break_off")


@bp.post(f"{CASE}/talk")
@allows(*CALLERS)
@writes
def talk(slug: str, case_id: int) -> ResponseReturnValue:
    """Somebody is on the line: on to whatever comes before the first question, or to the next one."""
    desk = desk_or_shift(slug, case_id)
    if (refusal := _not_held(desk)) is not None:
        return refusal
    if desk.case.notice_sha256 is not None:
        return _begin(desk)
    return redirect(_talk(desk), 303)


@bp.post(f"{CASE}/notice")
@allows(*CALLERS)
@writes
def notice(slug: str, case_id: int) -> ResponseReturnValue:
    """The data protection notice was read, and the respondent agreed."""
    desk = desk_or_shift(slug, case_id)
    if (refusal := _not_held(desk)) is not None:
        return refusal
    services.read_notice(db.session(), case=desk.case, text=Scripts(desk).notice, account_id=current_user.id)
    return _begin(desk)


@bp.post(f"{CASE}/respondent")
@allows(*CALLERS)
@writes
def respondent(slug: str, case_id: int) -> ResponseReturnValue:
    """Who of the household is interviewed."""
    desk = desk_or_shift(slug, case_id)
    if (refusal := _not_held(desk)) is not None:
        return refusal
    try:
        chosen = read_household(
            request.form.get("n_eligible", ""), case=desk.case, method=desk.plan.selection
        )
    except OutcomeRefused as error:
        return render_case(desk, problems={error.field: describe(error)}), 422
    services.choose_respondent(db.session(), case=desk.case, selection=chosen)
    return redirect(_talk(desk), 303)


@bp.post(f"{CASE}/outcome")
@allows(*CALLERS)
@writes
def outcome(slug: str, case_id: int) -> ResponseReturnValue:
    """What the call came to; the case goes back to the queue, to its appointment or out of it."""
    survey = survey_or_404(slug)
    if (told := _told(slug, case_id)) is not None:
        return told
    plan = services.plan_of(db.session(), survey)
    said = request.form.get("outcome", "")
    try:
        if said not in set(Outcome):
            raise OutcomeRefused("outcome", "this is no outcome of a call")
        call = _call(Outcome(said), _time(slug, case_id) if said in TIMED else None)
        services.dispose(
            db.session(), survey=survey, case_id=case_id, account_id=current_user.id, held_key=said_key(),
            call=call, plan=plan,
        )  # fmt: skip
    except (OutcomeRefused, AppointmentRefused) as error:
        desk = desk_or_shift(slug, case_id)
        return render_case(desk, problems={error.field: describe(error)}, panel=said), 422
    except CatiError as error:
        flash(describe(error))
        return redirect(url_for(".shift", slug=slug, lost=case_id), 303)
    flash(_("Case %(number)s: %(outcome)s.", number=case_id, outcome=outcomes[said]))
    return redirect(url_for(".shift", slug=slug), 303)


@bp.post(f"{CASE}/complete")
@allows(*CALLERS)
@writes
def complete(slug: str, case_id: int) -> ResponseReturnValue:
    """The last question was asked."""
    if (told := _told(slug, case_id)) is not None:
        return told
    desk = desk_or_shift(slug, case_id)
    if desk.response is not None and not desk.response.is_over and desk.is_incomplete:
        flash(_("Some questions that must be answered have no answer yet."))
        return redirect(_talk(desk), 303)
    try:
        services.complete_interview(
            db.session(), survey=desk.survey, case_id=case_id, account_id=current_user.id,
            held_key=said_key(), call=_call(Outcome.COMPLETE, None), plan=desk.plan,
        )  # fmt: skip
    except CatiError as error:
        db.session.rollback()
        flash(describe(error))
        return redirect(url_for(".shift", slug=slug, lost=case_id), 303)
    flash(_("Case %(number)s: the interview is complete.", number=case_id))
    return redirect(url_for(".shift", slug=slug), 303)


@bp.post(f"{CASE}/link")
@allows(*CALLERS)
@writes
def web_link(slug: str, case_id: int) -> ResponseReturnValue:
    """The same case goes on by a web link, which is mailed or read out."""
    survey = survey_or_404(slug)
    try:
        sent = send_link(
            db.session(), survey=survey, case_id=case_id, account_id=current_user.id, held_key=said_key(),
            call=_call(Outcome.WEB_LINK_SENT, None), plan=services.plan_of(db.session(), survey),
            config=current_app.config["CITYVOICE"], email=request.form.get("email", ""),
        )  # fmt: skip
    except OutcomeRefused as error:
        desk = desk_or_shift(slug, case_id)
        return render_case(desk, problems={error.field: describe(error)}, panel="link"), 422
    except CatiError as error:
        flash(describe(error))
        return redirect(url_for(".shift", slug=slug, lost=case_id), 303)
    return render_template("cati/console/link.html", survey=survey, case_id=case_id, sent=sent)


@bp.get(f"{CASE}/calendar")
@allows(*CALLERS)
def calendar_day(slug: str, case_id: int) -> ResponseReturnValue:
    """A day's appointments, as a part of the panel where one is made."""
    desk = desk_or_shift(slug, case_id)
    return render_template("cati/console/calendar.html", day=day_of(desk), desk=desk)


def _told(slug: str, case_id: int) -> ResponseReturnValue | None:
    """The answer to a form that was sent twice: the call is in the ledger already."""
    entry = queries.find_entry(db.session(), f"call:{case_id}:{said_key()[:32]}")
    if entry is None or entry.account_id != current_user.id:
        return None
    flash(_("Case %(number)s: %(outcome)s.", number=case_id, outcome=outcomes[entry.outcome]))
    return redirect(url_for(".shift", slug=slug), 303)


def _begin(desk: Desk) -> ResponseReturnValue:
    try:
        services.begin_interview(
            db.session(), survey=desk.survey, case_id=desk.case.case_id, account_id=current_user.id,
            held_key=said_key(), language=desk.language, plan=desk.plan,
        )  # fmt: skip
    except FieldworkClosed as error:
        flash(describe(error))
        return redirect(url_for(".case", slug=desk.survey.slug, case_id=desk.case.case_id), 303)
    return redirect(_talk(desk), 303)


def _not_held(desk: Desk) -> ResponseReturnValue | None:
    """Back to the screen where another tab has taken the case over."""
    if said_key() == desk.key:
        return None
    flash(describe(CaseNotHeld(desk.case.case_id)))
    return redirect(url_for(".shift", slug=desk.survey.slug, lost=desk.case.case_id), 303)


def _talk(desk: Desk) -> str:
    language = request.values.get("in")
    return url_for(".case", slug=desk.survey.slug, case_id=desk.case.case_id, at="talk", **_if(language))


def _if(language: str | None) -> dict[str, Any]:
    return {"in": language} if language else {}


def _call(said: Outcome, time: Time | None) -> services.Call:
    """One call in a holding: its key is that of the holding, so that a form sent twice is one entry."""
    telephone = request.form.get("telephone", "")
    seconds = request.form.get("_seconds", "")
    return services.Call(
        said,
        said_key()[:32],
        telephone_id=int(telephone) if telephone.isdecimal() and len(telephone) < 10 else None,
        seconds=min(int(seconds), 86_400) if seconds.isdecimal() and len(seconds) < 8 else None,
        note=request.form.get("note", ""),
        time=time,
        language=request.form.get("language", "") if said is Outcome.LANGUAGE_INTERVIEWER else "",
    )


def _time(slug: str, case_id: int) -> Time | None:
    """The time that was agreed on; of a call "later" and of a break-off it may be left open."""
    day, hour = request.form.get("day", ""), request.form.get("hour", "")
    if not hour.strip() and request.form.get("outcome") != "appointment":
        return None
    desk = desk_or_shift(slug, case_id)
    starts_at = read_moment(day, hour, zone=desk.zone, now=clock.now())
    wanted = request.form.get("for", "")
    account_id = int(wanted) if wanted.isdecimal() and len(wanted) < 10 else None
    require_possible(
        db.session(), desk.survey, case_id=case_id, zone=desk.zone, starts_at=starts_at,
        for_account_id=account_id, plan=desk.plan,
    )  # fmt: skip
    return Time(starts_at, "hard" in request.form, account_id, note=request.form.get("note", ""))
