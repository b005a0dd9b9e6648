"""Files that residents sent with their answers, for those who read the answers."""

from flask import Response, abort, current_app, render_template, send_file

from cityvoice.accounts.guards import ANALYSIS, allows
from cityvoice.surveys import uploads
from cityvoice.surveys.guards import survey_or_404
from cityvoice.surveys.published import data_questionnaire
from cityvoice.surveys.routes import bp
from cityvoice.web.extensions import db


@bp.get("/surveys/<slug>/files")
@allows(*ANALYSIS)
def files(slug: str) -> str:
    survey = survey_or_404(slug)
    questions = {question.name: question.text for question in data_questionnaire(survey).questions}
    found = uploads.list_uploads(db.session(), survey)
    return render_template("surveys/files.html", survey=survey, files=found, questions=questions)


@bp.get("/surveys/<slug>/files/<int(max=2147483647):upload_id>")
@allows(*ANALYSIS)
def upload(slug: str, upload_id: int) -> Response:
    """Always to be saved, never shown: what a stranger sent is not opened in our name."""
    found = uploads.find_upload_of_survey(db.session(), survey_or_404(slug), upload_id)
    if found is None:
        abort(404)
    path = uploads.path_of(current_app.config["CITYVOICE"].storage, found.sha256)
    if not path.is_file():
        abort(404)
    return send_file(path, mimetype=found.media_type, as_attachment=True, download_name=found.name)
