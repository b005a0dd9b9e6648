"""Staff take a survey's answers out, in the format of their statistics program."""

import tempfile
from pathlib import Path

from flask import Response, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_decimal
from flask_babel import gettext as _
from flask_login import current_user
from itsdangerous import BadData, URLSafeTimedSerializer

from cityvoice.accounts.guards import ANALYSIS, allows
from cityvoice.accounts.services import record
from cityvoice.accounts.types import Action
from cityvoice.questionnaire.variables import variables
from cityvoice.surveys import queries
from cityvoice.surveys.errors import TooLargeForFormat
from cityvoice.surveys.exports.files import AnswersFormat, write_answers
from cityvoice.surveys.exports.rows import stream_rows
from cityvoice.surveys.guards import survey_or_404
from cityvoice.surveys.published import data_questionnaire
from cityvoice.surveys.routes import bp
from cityvoice.surveys.words import answers_formats
from cityvoice.web.downloads import file_response
from cityvoice.web.extensions import db
from cityvoice.web.locale import current_language
from cityvoice.web.transactions import writes

TICKET_SECONDS = 600


@bp.get("/surveys/<slug>/data")
@allows(*ANALYSIS)
def data(slug: str) -> str:
    survey = survey_or_404(slug)
    return render_template(
        "surveys/data.html",
        survey=survey,
        progress=queries.fieldwork_progress(db.session(), survey),
        n_columns=len(variables(data_questionnaire(survey))),
        formats=answers_formats,
    )


@bp.post("/surveys/<slug>/data")
@allows(*ANALYSIS)
@writes
def take_data(slug: str) -> ResponseReturnValue:
    """Write down who takes answers out, and lead to the file, whose making then holds up nobody."""
    survey_or_404(slug)
    written = request.form.get("format", AnswersFormat.CSV)
    if written not in set(AnswersFormat):
        abort(400)
    details = {"format": written, "partial": "partial" in request.form}
    record(
        db.session(), actor=current_user.email, action=Action.ANSWERS_EXPORTED, object=slug, details=details
    )
    ticket = _tickets().dumps([slug, written, details["partial"], current_user.email])
    return redirect(url_for(".answers_file", slug=slug, ticket=ticket), 303)


@bp.get("/surveys/<slug>/data/<ticket>")
@allows(*ANALYSIS)
def answers_file(slug: str, ticket: str) -> ResponseReturnValue:
    """The file, for whoever has just asked for it."""
    survey = survey_or_404(slug)
    try:
        asked, written, with_partial, email = _tickets().loads(ticket, max_age=TICKET_SECONDS)
    except BadData:
        return redirect(url_for(".data", slug=slug), 303)
    if (asked, email) != (slug, current_user.email):
        abort(403)
    rows = stream_rows(db.session(), survey, with_partial=with_partial)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "answers"
        try:
            write_answers(path, AnswersFormat(written), data_questionnaire(survey), rows, current_language())
        except TooLargeForFormat as error:
            flash(_too_large(error))
            return redirect(url_for(".data", slug=slug), 303)
        content: Response = file_response(path.read_bytes(), f"{slug}.{written}")
    return content


def _too_large(error: TooLargeForFormat) -> str:
    words: str = _(
        "A sheet of Excel holds at most %(rows)s rows and %(columns)s columns, and there are more. "
        "Choose CSV or another format.",
        rows=format_decimal(error.most_rows),
        columns=format_decimal(error.most_columns),
    )
    return words


def _tickets() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="answers file")
