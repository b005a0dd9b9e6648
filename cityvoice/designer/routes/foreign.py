"""A questionnaire that was written in another program becomes the draft of a new survey."""

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from cityvoice.accounts.guards import ANALYSIS, allows
from cityvoice.accounts.services import record
from cityvoice.accounts.types import Action
from cityvoice.designer import services
from cityvoice.designer.messages import input_errors, said
from cityvoice.designer.routes import bp
from cityvoice.questionnaire.errors import DocumentError
from cityvoice.questionnaire.importers.formats import is_known, read_questionnaire
from cityvoice.questionnaire.naming import slug_of
from cityvoice.surveys.errors import InvalidSurvey
from cityvoice.surveys.queries import find_survey
from cityvoice.web.extensions import db
from cityvoice.web.transactions import writes

MOST_PROBLEMS = 20


@bp.route("/design/import", methods=["GET", "POST"])
@allows(*ANALYSIS)
@writes
def foreign() -> ResponseReturnValue:
    """Take a LimeSurvey, XLSForm or CityVoice file; say what of it could not be kept."""
    if request.method == "GET":
        return _ask({})
    file = request.files.get("file")
    if file is None or not file.filename or not is_known(file.filename):
        return _ask({"file": "not_a_questionnaire"}), 422
    try:
        imported = read_questionnaire(file.read(), file.filename)
    except DocumentError as error:
        return _ask({"file": "unreadable"}, error.problems[:MOST_PROBLEMS]), 422
    questionnaire = imported.questionnaire
    typed = request.form.get("slug", "").strip()
    slug = typed or imported.slug or slug_of(questionnaire.title.in_(questionnaire.language))
    try:
        survey = services.begin_survey(db.session(), slug=slug, questionnaire=questionnaire)
    except InvalidSurvey:
        taken = find_survey(db.session(), slug) is not None
        return _ask({"slug": "slug_taken" if taken else "not_a_slug"}, slug=slug), 422
    details = {"file": file.filename}
    record(db.session(), actor=current_user.email, action=Action.SURVEY_BEGUN, object=slug, details=details)
    return render_template("designer/imported.html", survey=survey, imported=imported, said=said)


def _ask(errors: dict[str, str], problems: object = (), slug: str = "") -> str:
    return render_template(
        "designer/import.html",
        errors=errors,
        problems=problems,
        slug=slug,
        messages=input_errors,
        said=said,
    )
