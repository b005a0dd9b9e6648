"""What staff see of a survey: the list, the questionnaire, the fieldwork, the description of the method."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from cityvoice.accounts.guards import STAFF, allows
from cityvoice.accounts.services import record
from cityvoice.accounts.types import Action, Role
from cityvoice.questionnaire.variables import variables
from cityvoice.surveys import queries, services
from cityvoice.surveys.forms import MethodForm
from cityvoice.surveys.guards import survey_or_404
from cityvoice.surveys.published import current_questionnaire
from cityvoice.surveys.routes import bp
from cityvoice.web.extensions import db
from cityvoice.web.locale import current_language
from cityvoice.web.transactions import writes


@bp.get("/surveys")
@allows(*STAFF)
def manage() -> str:
    counts = queries.count_complete(db.session())
    return render_template("surveys/list.html", surveys=queries.list_surveys(db.session()), counts=counts)


@bp.get("/surveys/<slug>/fieldwork")
@allows(*STAFF)
def fieldwork(slug: str) -> str:
    survey = survey_or_404(slug)
    progress = queries.fieldwork_progress(db.session(), survey)
    return render_template("surveys/fieldwork.html", survey=survey, progress=progress)


@bp.get("/surveys/<slug>/questionnaire")
@allows(*STAFF)
def questionnaire(slug: str) -> str:
    survey = survey_or_404(slug)
    published = current_questionnaire(survey)
    columns = variables(published)
    return render_template(
        "surveys/questionnaire.html", survey=survey, questionnaire=published, n_columns=len(columns)
    )


@bp.post("/surveys/<slug>/open")
@allows(Role.OFFICIAL)
@writes
def open_(slug: str) -> ResponseReturnValue:
    survey = survey_or_404(slug)
    services.open_survey(db.session(), survey=survey)
    record(db.session(), actor=current_user.email, action=Action.SURVEY_OPENED, object=slug)
    flash(_("The survey is open. Share its address."))
    return redirect(url_for(".fieldwork", slug=slug))


@bp.post("/surveys/<slug>/close")
@allows(Role.OFFICIAL)
@writes
def close(slug: str) -> ResponseReturnValue:
    survey = survey_or_404(slug)
    services.close_survey(db.session(), survey=survey)
    record(db.session(), actor=current_user.email, action=Action.SURVEY_CLOSED, object=slug)
    flash(_("The survey is closed. All answers are kept."))
    return redirect(url_for(".fieldwork", slug=slug))


@bp.route("/surveys/<slug>/method", methods=["GET", "POST"])
@allows(Role.OFFICIAL, Role.ANALYST)
@writes
def method(slug: str) -> ResponseReturnValue:
    survey, language = survey_or_404(slug), current_language()
    described = {name: texts.get(language, "") for name, texts in survey.method.items()}
    form = MethodForm(data=described)
    if not form.validate_on_submit():
        return render_template("surveys/method.html", survey=survey, form=form), 422 if form.errors else 200
    items = {name: form[name].data or "" for name in services.METHOD_ITEMS}
    services.describe_method(db.session(), survey=survey, language=language, items=items)
    record(db.session(), actor=current_user.email, action=Action.METHOD_DESCRIBED, object=slug)
    flash(_("The description is saved. It stands in the report's method note."))
    return redirect(url_for(".method", slug=slug))
