"""Participation indicators of a survey."""

from flask import Blueprint, Response, abort, current_app, render_template

from cityvoice.accounts.guards import ANALYSIS, allows
from cityvoice.analysis.errors import NoAnswers
from cityvoice.analysis.queries import find_population_reference
from cityvoice.analysis.services import open_data
from cityvoice.indicators import exports
from cityvoice.indicators.services import participation_profile
from cityvoice.indicators.types import ParticipationProfile
from cityvoice.surveys.guards import survey_or_404
from cityvoice.surveys.models import Survey
from cityvoice.web.downloads import csv_response
from cityvoice.web.extensions import db
from cityvoice.web.locale import current_language

bp = Blueprint("indicators", __name__, template_folder="templates")


@bp.get("/surveys/<slug>/participation")
@allows(*ANALYSIS)
def participation(slug: str) -> str:
    survey = survey_or_404(slug)
    return render_template("indicators/participation.html", survey=survey, profile=_profile(survey))


@bp.get("/surveys/<slug>/participation.csv")
@allows(*ANALYSIS)
def participation_file(slug: str) -> Response:
    profile = _profile(survey_or_404(slug)) or abort(404)
    return csv_response(exports.participation_csv(profile), f"{slug}-participation.csv")


def _profile(survey: Survey) -> ParticipationProfile | None:
    storage = current_app.config["CITYVOICE"].storage
    reference = find_population_reference(db.session(), survey)
    if reference is None:
        return None
    try:
        data = open_data(db.session(), survey=survey, storage=storage)
    except NoAnswers:
        return None
    return participation_profile(data, reference, current_language())
