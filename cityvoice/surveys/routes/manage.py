"""What staff see of a survey: the list, the questionnaire, the fieldwork, the description of the method."""

from collections.abc import Callable

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from cityvoice.accounts.guards import ANALYSIS, STAFF, allows
from cityvoice.accounts.services import record
from cityvoice.accounts.types import Action, Role
from cityvoice.questionnaire.model import Questionnaire
from cityvoice.questionnaire.pipes import Pipe, parts
from cityvoice.questionnaire.question import Text
from cityvoice.questionnaire.variables import variables
from cityvoice.surveys import queries, services
from cityvoice.surveys.documents import FILE_FORMATS, printable_languages, write_questionnaire
from cityvoice.surveys.forms import MethodForm
from cityvoice.surveys.guards import survey_or_404
from cityvoice.surveys.published import (
    authored_questionnaire,
    current_questionnaire,
    published_version,
    questionnaire_of,
)
from cityvoice.surveys.routes import bp
from cityvoice.surveys.words import devices, questionnaire_formats
from cityvoice.web.downloads import file_response
from cityvoice.web.extensions import db
from cityvoice.web.locale import LANGUAGE_NAMES, current_language
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
    return render_template(
        "surveys/fieldwork.html",
        survey=survey,
        progress=progress,
        cells=queries.list_quota_cells(db.session(), survey),
        alike=queries.list_alike(db.session(), survey),
        devices=devices,
    )


@bp.get("/surveys/<slug>/questionnaire")
@allows(*STAFF)
def questionnaire(slug: str) -> str:
    survey = survey_or_404(slug)
    version = published_version(survey)
    published = authored_questionnaire(version)
    return render_template(
        "surveys/questionnaire.html",
        survey=survey,
        questionnaire=published,
        read=_reader(published),
        n_columns=len(variables(questionnaire_of(version))),
        formats=questionnaire_formats,
        printed_in=printable_languages(published),
        language_names=LANGUAGE_NAMES,
    )


def _reader(questionnaire: Questionnaire) -> Callable[[Text | None], str]:
    """How a text reads before anybody answers: in place of an answer stands, in brackets, which one."""
    language = current_language()
    named = {
        field: (question.label.in_(language) if question.label else "") or field
        for question in questionnaire.questions
        for field in question.fields
    } | {"position()": "1, 2, …"}

    def read(text: Text | None) -> str:
        found = parts(text.in_(language)) if text else ()
        return "".join(
            f"[{named.get(each.expression.strip(), each.expression)}]" if isinstance(each, Pipe) else each
            for each in found
        )

    return read


@bp.get("/surveys/<slug>/questionnaire.<extension>")
@allows(*ANALYSIS)
def questionnaire_file(slug: str, extension: str) -> Response:
    """The questionnaire as a file; on paper (pdf) in the language that is asked for."""
    survey = survey_or_404(slug)
    format_ = next((name for name, known in FILE_FORMATS.items() if known == f".{extension}"), None)
    language = request.args.get("language")
    if format_ is None or language not in {None, *printable_languages(current_questionnaire(survey))}:
        abort(404)
    exported = write_questionnaire(
        db.session(),
        survey,
        format_,
        language=language,
        for_interviewers=request.args.get("for") == "interviewers",
    )
    return file_response(exported.content, f"{slug}.{extension}")


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
@allows(Role.OFFICIAL, Role.SUPERVISOR)
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
