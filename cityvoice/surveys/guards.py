"""What a page needs before it can say anything about a survey."""

from flask import abort

from cityvoice.surveys.models import Survey
from cityvoice.surveys.queries import find_survey
from cityvoice.web.extensions import db


def survey_or_404(slug: str, *, or_trial: bool = False) -> Survey:
    """The published survey of that name; the "no such page" page for any other.

    Parameters
    ----------
    or_trial
        A survey that can only be tried so far will do.
    """
    survey = find_survey(db.session(), slug)
    if survey is None or not (survey.versions if or_trial else survey.published_versions):
        abort(404)
    return survey
