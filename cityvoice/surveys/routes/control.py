"""Who may answer, until when, and how many of each kind: what staff set while a survey is in the field."""

from collections.abc import Sequence

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from cityvoice.accounts.guards import allows
from cityvoice.accounts.services import record
from cityvoice.accounts.types import Action, Role
from cityvoice.surveys import queries, services
from cityvoice.surveys.errors import InvalidSurvey
from cityvoice.surveys.forms import AccessForm
from cityvoice.surveys.guards import survey_or_404
from cityvoice.surveys.models import QuotaCell, Survey
from cityvoice.surveys.routes import bp
from cityvoice.surveys.types import Anonymity
from cityvoice.web.extensions import db
from cityvoice.web.transactions import writes

MOST_WANTED = 1_000_000


@bp.route("/surveys/<slug>/access", methods=["GET", "POST"])
@allows(Role.OFFICIAL)
@writes
def access(slug: str) -> ResponseReturnValue:
    survey = survey_or_404(slug)
    form = AccessForm(
        has_open_link=survey.has_open_link, anonymity=survey.anonymity, ends_on=survey.fieldwork_ends_on
    )
    if not form.validate_on_submit():
        return _access_page(survey, form), 422 if form.errors else 200
    try:
        services.set_access(
            db.session(),
            survey=survey,
            has_open_link=form.has_open_link.data,
            anonymity=Anonymity(form.anonymity.data),
            ends_on=form.ends_on.data,
        )
    except InvalidSurvey:
        form.anonymity.errors = [
            _("People were invited or have answered under the present promise. It cannot be changed now.")
        ]
        return _access_page(survey, form), 422
    record(db.session(), actor=current_user.email, action=Action.ACCESS_CHANGED, object=slug)
    flash(_("Saved."))
    return redirect(url_for(".fieldwork", slug=slug), 303)


@bp.route("/surveys/<slug>/quotas", methods=["GET", "POST"])
@allows(Role.OFFICIAL, Role.SUPERVISOR)
@writes
def quotas(slug: str) -> ResponseReturnValue:
    survey = survey_or_404(slug)
    cells = queries.list_quota_cells(db.session(), survey)
    if request.method == "GET":
        return render_template("surveys/quotas.html", survey=survey, cells=cells, typed={}, errors={})
    typed = {cell.name: request.form.get(f"target:{cell.name}", "").strip() for cell in cells}
    errors = {
        name: _("Enter a whole number of 0 or more.") for name, text in typed.items() if not _is_target(text)
    }
    if errors:
        return render_template(
            "surveys/quotas.html", survey=survey, cells=cells, typed=typed, errors=errors
        ), 422
    changed = _set_targets(cells, typed)
    if changed:
        record(
            db.session(), actor=current_user.email, action=Action.QUOTAS_CHANGED, object=slug, details=changed
        )
    flash(_("The quotas are saved. They hold from now on."))
    return redirect(url_for(".quotas", slug=slug), 303)


def _is_target(text: str) -> bool:
    return text.isdecimal() and len(text) < 10 and int(text) <= MOST_WANTED


def _set_targets(cells: Sequence[QuotaCell], typed: dict[str, str]) -> dict[str, int]:
    changed = {cell.name: int(typed[cell.name]) for cell in cells if cell.target != int(typed[cell.name])}
    for cell in cells:
        if cell.name in changed:
            services.set_quota_target(db.session(), cell=cell, target=changed[cell.name])
    return changed


def _access_page(survey: Survey, form: AccessForm) -> str:
    return render_template("surveys/access.html", survey=survey, form=form)
