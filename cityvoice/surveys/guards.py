"""What a page needs before it can say anything about a survey."""

from flask import abort

from cityvoice.surveys.models import Survey
from cityvoice.surveys.queries import find_survey
from cityvoice.web.extensions import db


def survey_or_404(slug: str) -> Survey:
    """The published survey of that name; the "no such page" page for any other."""
    survey = find_survey(db.session(), slug)
    if survey is None or survey.current_version is None:
        abort(404)
    return survey
