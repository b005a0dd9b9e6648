"""Audit reports of a survey: ask for one, watch it being built, open it."""

from flask import Blueprint, Response, abort, current_app, redirect, render_template, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from cityvoice.accounts.guards import ANALYSIS, allows
from cityvoice.accounts.services import record
from cityvoice.accounts.types import Action
from cityvoice.analysis.errors import NoAnswers
from cityvoice.reports import queries, services
from cityvoice.reports.models import ReportEdition
from cityvoice.surveys.guards import survey_or_404
from cityvoice.surveys.models import Survey
from cityvoice.surveys.queries import fieldwork_progress
from cityvoice.web.extensions import db
from cityvoice.web.locale import current_language
from cityvoice.web.transactions import writes

bp = Blueprint("reports", __name__, template_folder="templates")


@bp.get("/surveys/<slug>/reports")
@allows(*ANALYSIS)
def editions(slug: str) -> str:
    survey = survey_or_404(slug)
    return render_template(
        "reports/editions.html",
        survey=survey,
        editions=queries.list_editions(db.session(), survey),
        n_complete=fieldwork_progress(db.session(), survey).n_complete,
    )


@bp.post("/surveys/<slug>/reports")
@allows(*ANALYSIS)
@writes
def build(slug: str) -> ResponseReturnValue:
    survey = survey_or_404(slug)
    try:
        edition = services.request_report(
            db.session(),
            survey=survey,
            storage=current_app.config["CITYVOICE"].storage,
            language=_report_language(),
            actor=current_user.email,
        )
    except NoAnswers:
        return redirect(url_for(".editions", slug=slug))
    details = {"edition": edition.id}
    record(
        db.session(), actor=current_user.email, action=Action.REPORT_REQUESTED, object=slug, details=details
    )
    return redirect(url_for(".edition", slug=slug, edition_id=edition.id))


@bp.get("/surveys/<slug>/reports/<int(max=2147483647):edition_id>")
@allows(*ANALYSIS)
def edition(slug: str, edition_id: int) -> str:
    survey = survey_or_404(slug)
    return render_template(
        "reports/edition.html", survey=survey, edition=_edition(survey, edition_id), steps=services.STEPS
    )


@bp.get("/surveys/<slug>/reports/<int(max=2147483647):edition_id>/progress")
@allows(*ANALYSIS)
def progress(slug: str, edition_id: int) -> str:
    """The part of the edition's page that changes while the report is built."""
    survey = survey_or_404(slug)
    return render_template(
        "reports/progress.html", survey=survey, edition=_edition(survey, edition_id), steps=services.STEPS
    )


@bp.get("/surveys/<slug>/reports/<int(max=2147483647):edition_id>/report.pdf")
@allows(*ANALYSIS)
def pdf(slug: str, edition_id: int) -> Response:
    finished = _edition(survey_or_404(slug), edition_id)
    if finished.pdf_sha256 is None:
        abort(404)
    path = services.pdf_path(current_app.config["CITYVOICE"].storage, finished.pdf_sha256)
    name = f"{slug}-{finished.snapshot.sha256[:8]}-{finished.language}.pdf"
    return send_file(path, mimetype="application/pdf", download_name=name)


def _report_language() -> str:
    """Reports are written in the languages of staff; a remembered resident's language is not one."""
    asked = current_language()
    return asked if asked in services.LANGUAGES else services.LANGUAGES[0]


def _edition(survey: Survey, edition_id: int) -> ReportEdition:
    return queries.find_edition(db.session(), survey, edition_id) or abort(404)
