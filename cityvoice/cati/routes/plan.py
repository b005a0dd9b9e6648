"""The calling plan: rules, scripts, who calls and when."""

from collections.abc import Mapping
from datetime import timedelta

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_login import current_user

from cityvoice.accounts.guards import allows
from cityvoice.accounts.queries import find_account
from cityvoice.accounts.services import record
from cityvoice.accounts.types import Action, Role
from cityvoice.cati import queries, services
from cityvoice.cati.errors import PlanRefused
from cityvoice.cati.forms.plan import RESTING, read_moment, read_plan, typed_of
from cityvoice.cati.plans import SCRIPTS
from cityvoice.cati.routes import bp
from cityvoice.cati.services.planning import SKILLS
from cityvoice.cati.words.calls import outcomes
from cityvoice.cati.words.plans import numbers, selections
from cityvoice.cati.words.scripts import default_scripts, scripts
from cityvoice.core import clock
from cityvoice.fieldwork.hours import DAYS, HOLIDAY
from cityvoice.fieldwork.outcomes import OUTCOMES
from cityvoice.stats.dispositions import Edition
from cityvoice.surveys.guards import survey_or_404
from cityvoice.surveys.models import Survey
from cityvoice.surveys.published import current_questionnaire
from cityvoice.web.extensions import db
from cityvoice.web.locale import LANGUAGE_NAMES
from cityvoice.web.sentences import said
from cityvoice.web.transactions import writes

OFTEN = ("max_calls", "max_calls_by_slot", "max_refusals", "max_machine_messages")  # numbers shown first
FARTHEST_SHIFT = timedelta(days=36_525)  # beyond it somebody mistyped a year


@bp.route("/<slug>/plan", methods=["GET", "POST"])
@allows(Role.SUPERVISOR)
@writes
def plan(slug: str) -> ResponseReturnValue:
    survey = survey_or_404(slug)
    if request.method == "GET":
        return _page(survey)
    typed = request.form.to_dict()
    made, errors = read_plan(typed, languages=current_questionnaire(survey).languages)
    if not errors:
        try:
            services.change_plan(db.session(), survey=survey, plan=made)
        except PlanRefused as error:
            errors = {error.field: said(error.args[0])}
    if errors:
        return _page(survey, typed=typed, errors=errors), 422
    record(db.session(), actor=current_user.email, action=Action.CALLING_PLAN_CHANGED, object=slug)
    flash(_("The calling plan is saved. It holds from the next call on."))
    return redirect(url_for(".plan", slug=slug), 303)


@bp.post("/<slug>/plan/interviewers")
@allows(Role.SUPERVISOR)
@writes
def set_interviewer(slug: str) -> ResponseReturnValue:
    survey = survey_or_404(slug)
    account = find_account(db.session(), _number("account"))
    if account is None:
        return _page(survey, crew_errors={"account": _("Choose somebody.")}), 422
    skills, languages = request.form.getlist("skills"), request.form.getlist("languages")
    try:
        services.set_interviewer(
            db.session(), survey=survey, account=account, skills=skills, languages=languages
        )
    except PlanRefused as error:
        return _page(survey, crew_errors={error.field: said(error.args[0])}), 422
    return _done(slug, _("Saved."), account=account.email)


@bp.post("/<slug>/plan/interviewers/<int(max=2147483647):account_id>/remove")
@allows(Role.SUPERVISOR)
@writes
def remove_interviewer(slug: str, account_id: int) -> ResponseReturnValue:
    survey = survey_or_404(slug)
    try:
        services.remove_interviewer(db.session(), survey=survey, account_id=account_id)
    except PlanRefused as error:
        return _page(survey, crew_errors={"account": said(error.args[0])}), 422
    return _done(slug, _("They call no more for this survey."), removed=account_id)


@bp.post("/<slug>/plan/shifts")
@allows(Role.SUPERVISOR)
@writes
def add_shift(slug: str) -> ResponseReturnValue:
    survey = survey_or_404(slug)
    typed = request.form.to_dict()
    starts_at = read_moment(typed.get("day", ""), typed.get("from", ""))
    ends_at = read_moment(typed.get("day", ""), typed.get("to", ""))
    if starts_at is None or ends_at is None or abs(starts_at - clock.now()) > FARTHEST_SHIFT:
        problem = {"day": _("Enter a day and two times, for example 2026-11-23, 16:00 and 20:00.")}
        return _page(survey, shift=typed, shift_errors=problem), 422
    if ends_at <= starts_at:
        ends_at += timedelta(days=1)  # over midnight
    account_id = _number("interviewer")
    try:
        services.add_shift(
            db.session(), survey=survey, account_id=account_id, starts_at=starts_at, ends_at=ends_at
        )
    except PlanRefused as error:
        field = {"account": "interviewer", "starts_at": "from", "ends_at": "to"}[error.field]
        return _page(survey, shift=typed, shift_errors={field: said(error.args[0])}), 422
    return _done(slug, _("The shift is planned."), shift=account_id)


@bp.post("/<slug>/plan/shifts/<int(max=2147483647):shift_id>/remove")
@allows(Role.SUPERVISOR)
@writes
def remove_shift(slug: str, shift_id: int) -> ResponseReturnValue:
    services.remove_shift(db.session(), survey=survey_or_404(slug), shift_id=shift_id)
    return _done(slug, _("The shift is taken out."), shift=shift_id)


def _number(field: str) -> int:
    """An account's number as the form sent it; 0 where that is none."""
    sent = request.form.get(field, "")
    return int(sent) if sent.isdecimal() and len(sent) < 10 else 0


def _done(slug: str, message: str, **details: str | int) -> ResponseReturnValue:
    action = Action.INTERVIEWERS_CHANGED
    record(db.session(), actor=current_user.email, action=action, object=slug, details=details)
    flash(message)
    return redirect(url_for(".plan", slug=slug, _anchor="crew"), 303)


def _page(
    survey: Survey,
    *,
    typed: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
    crew_errors: Mapping[str, str] | None = None,
    shift: Mapping[str, str] | None = None,
    shift_errors: Mapping[str, str] | None = None,
) -> str:
    session = db.session()
    crew = queries.list_crew(session, survey)
    languages = current_questionnaire(survey).languages
    return render_template(
        "cati/plan/plan.html",
        survey=survey,
        typed=typed_of(services.plan_of(session, survey)) if typed is None else typed,
        errors=errors or {},
        numbers=numbers,
        often=OFTEN,
        screens=[name for name in numbers if name not in OFTEN],
        days=_days(),
        resting={each: (outcomes[each], _minutes(OUTCOMES[each].delay)) for each in RESTING},
        selections=selections,
        editions=list(Edition),
        scripts={name: (scripts[name], default_scripts.get(name, "")) for name in SCRIPTS},
        spoken={code: LANGUAGE_NAMES.get(code, code) for code in languages},
        crew=crew,
        names={account.id: account.name for _, account in crew},
        free=queries.list_free_accounts(session, survey),
        skills=SKILLS,
        crew_errors=crew_errors or {},
        shifts=queries.list_shifts(session, survey, since=clock.now()),
        shift=shift or {},
        shift_errors=shift_errors or {},
    )


def _days() -> dict[str, str]:
    """Names of the days by their codes."""
    names = get_locale().days["stand-alone"]["wide"]
    return {code: names[place] for place, code in enumerate(DAYS)} | {HOLIDAY: _("public holidays")}


def _minutes(delay: timedelta) -> int:
    return int(delay.total_seconds() // 60)
