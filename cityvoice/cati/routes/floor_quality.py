"""How interviewers compare, and back-checks of their interviews."""

import math
import secrets

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from cityvoice.accounts.guards import allows
from cityvoice.accounts.services import record
from cityvoice.accounts.types import Action, Role
from cityvoice.cati.errors import DecisionRefused
from cityvoice.cati.messages import describe
from cityvoice.cati.models import BackCheck
from cityvoice.cati.routes import bp
from cityvoice.cati.services import backchecks, finding
from cityvoice.cati.services.quality import FEWEST_INTERVIEWS, survey_quality
from cityvoice.cati.types import BackCheckOutcome
from cityvoice.cati.words.floor import back_check_outcomes, marks
from cityvoice.fieldwork.phones import spaced
from cityvoice.questionnaire.variables import variables
from cityvoice.surveys.guards import survey_or_404
from cityvoice.surveys.models import Survey
from cityvoice.surveys.published import data_questionnaire
from cityvoice.web.extensions import db
from cityvoice.web.locale import current_language
from cityvoice.web.transactions import writes

SEEDS = 1_000_000


@bp.get("/<slug>/floor/quality")
@allows(Role.SUPERVISOR)
def quality(slug: str) -> str:
    survey = survey_or_404(slug)
    language = current_language()
    labels = {each.name: each.label.in_(language) for each in variables(data_questionnaire(survey))}
    return render_template(
        "cati/floor/quality.html",
        survey=survey,
        quality=survey_quality(db.session(), survey=survey),
        labels=labels,
        marks=marks,
        fewest=FEWEST_INTERVIEWS,
    )


@bp.get("/<slug>/floor/back-checks")
@allows(Role.SUPERVISOR)
def back_checks(slug: str) -> str:
    return _page(survey_or_404(slug))


@bp.post("/<slug>/floor/back-checks")
@allows(Role.SUPERVISOR)
@writes
def draw_checks(slug: str) -> ResponseReturnValue:
    survey = survey_or_404(slug)
    share, seed = _number("share"), _number("seed")
    try:
        if share is None:
            raise DecisionRefused("share", "expected a share above 0 and up to 100 per cent")
        if seed is None or seed != int(seed):
            raise DecisionRefused("seed", "expected a whole number")
        drawn = backchecks.draw_back_checks(db.session(), survey=survey, share=share / 100, seed=int(seed))
    except DecisionRefused as error:
        return _page(survey, error), 422
    record(db.session(), actor=current_user.email, action=Action.BACK_CHECKS_DRAWN, object=slug)
    flash(_("Interviews drawn to be checked: %(n)s.", n=len(drawn)))
    return redirect(url_for(".back_checks", slug=slug), 303)


@bp.post("/<slug>/floor/back-checks/<int(max=2147483647):check_id>")
@allows(Role.SUPERVISOR)
@writes
def record_check(slug: str, check_id: int) -> ResponseReturnValue:
    survey = survey_or_404(slug)
    check = db.session().get(BackCheck, check_id)
    outcome = request.form.get("outcome", "")
    if check is None or check.survey_id != survey.id:
        abort(404)
    try:
        if outcome not in set(BackCheckOutcome):
            raise DecisionRefused("outcome", "choose what the respondent said")
        backchecks.record_back_check(
            db.session(),
            check=check,
            outcome=BackCheckOutcome(outcome),
            account_id=current_user.id,
            note=request.form.get("note", ""),
        )
    except DecisionRefused as error:
        return _page(survey, error, check_id), 422
    flash(_("The back-check is saved."))
    return redirect(url_for(".back_checks", slug=slug), 303)


def _page(survey: Survey, error: DecisionRefused | None = None, wrong: int | None = None) -> str:
    checks = backchecks.list_back_checks(db.session(), survey)
    return render_template(
        "cati/floor/back_checks.html",
        survey=survey,
        checks=checks,
        numbers=backchecks.find_numbers(db.session(), checks),
        spaced=spaced,
        names=finding.list_names(db.session()),
        outcomes=back_check_outcomes,
        seed=request.form.get("seed") or secrets.randbelow(SEEDS),
        share=request.form.get("share") or "10",
        typed=request.form,
        problem=describe(error) if error else "",
        field=error.field if error else "",
        wrong=wrong,
    )


def _number(name: str) -> float | None:
    try:
        number = float(request.form.get(name, "").replace(",", "."))
    except ValueError:
        return None
    return number if math.isfinite(number) else None
