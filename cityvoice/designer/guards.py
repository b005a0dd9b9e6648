"""What every page of the designer needs: the survey and its draft."""

from dataclasses import dataclass

from flask import abort, request

from cityvoice.designer.checklist import Checklist, look_over
from cityvoice.designer.services import Draft, find_control_totals, open_draft
from cityvoice.questionnaire.model import Questionnaire
from cityvoice.surveys.models import Survey
from cityvoice.surveys.queries import find_survey
from cityvoice.web.extensions import db


@dataclass(frozen=True)
class Desk:
    """One survey's draft, as a page works on it."""

    survey: Survey
    draft: Draft

    @property
    def questionnaire(self) -> Questionnaire:
        return self.draft.questionnaire

    @property
    def language(self) -> str:
        """The first language, in which questions are written."""
        return self.questionnaire.language


def checklist_of(desk: Desk) -> Checklist:
    """What is to be mended, the control totals of the survey's own population in mind."""
    totals = find_control_totals(db.session(), survey=desk.survey)
    return look_over(desk.questionnaire, totals.margins() if totals else {})


def desk_or_404(slug: str) -> Desk:
    survey = find_survey(db.session(), slug)
    if survey is None:
        abort(404)
    return Desk(survey, open_draft(db.session(), survey=survey))


def seen_revision() -> int:
    """The revision that the page showed when the form was sent; none fits a form without it."""
    written = request.form.get("revision", "")
    return int(written) if written.isdecimal() and len(written) < 10 else -1
