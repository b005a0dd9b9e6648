"""What a page of the console needs before it can say anything about a case."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import abort, redirect, request, url_for
from flask_login import current_user
from werkzeug.utils import cached_property

from cityvoice.cati import queries, services
from cityvoice.cati.models import PhoneCase, Shift
from cityvoice.cati.plans import Plan
from cityvoice.cati.services.resuming import NOT_BY_PHONE
from cityvoice.core import clock
from cityvoice.questionnaire import routing
from cityvoice.questionnaire.model import Questionnaire
from cityvoice.questionnaire.routing import Route
from cityvoice.surveys.guards import survey_or_404
from cityvoice.surveys.models import Response, Survey
from cityvoice.surveys.published import arranged_questionnaire, current_questionnaire, questionnaire_of
from cityvoice.surveys.queries import find_response_of_case
from cityvoice.web.extensions import db

KEY = "_key"  # the form field with the secret of this holding; no question's name begins with an underscore


@dataclass
class Desk:
    """The case on an interviewer's screen, with all that is asked about it."""

    survey: Survey
    case: PhoneCase
    plan: Plan

    @property
    def key(self) -> str:
        return self.case.held_key or ""

    @cached_property
    def response(self) -> Response | None:
        return find_response_of_case(db.session(), self.case.case_id)

    @cached_property
    def questionnaire(self) -> Questionnaire:
        """In the order of this response; the document's where none was begun."""
        if self.response is None:
            return current_questionnaire(self.survey)
        return arranged_questionnaire(self.response.version, self.response.seed)

    @cached_property
    def flat(self) -> Questionnaire:
        """In the order of the document."""
        if self.response is None:
            return current_questionnaire(self.survey)
        return questionnaire_of(self.response.version)

    @cached_property
    def route(self) -> Route:
        return routing.route(self.questionnaire, self.response.engine_answers if self.response else {})

    @property
    def is_incomplete(self) -> bool:
        """Whether an answer is missing that is required and that can be given by phone."""
        return self.route.incomplete(passing=NOT_BY_PHONE) is not None

    @cached_property
    def language(self) -> str:
        """Of the conversation: as asked for, else as begun, else as the frame says, else the first."""
        known = self.questionnaire.languages
        begun = self.response.language if self.response else None
        wanted = (request.values.get("in"), begun, self.case.language)
        return next((each for each in wanted if each in known), self.questionnaire.language)

    @property
    def zone(self) -> str:
        return self.case.group.time_zone

    @cached_property
    def shifts(self) -> Sequence[Shift]:
        """The interviewer's that were not over when the case came to the screen, soonest first."""
        since = self.case.held_since or clock.now()
        return queries.list_shifts_of(db.session(), self.survey, current_user.id, since=since)

    @property
    def seconds(self) -> int:
        """How long the case has been on the screen."""
        since: datetime | None = self.case.held_since
        return 0 if since is None else max(0, int((clock.now() - since).total_seconds()))


def desk_or_shift(slug: str, case_id: int) -> Desk:
    """The case that this account holds; else back to the page of the shift, which says what to do now."""
    survey = survey_or_404(slug)
    held = queries.find_held_case(db.session(), current_user.id)
    if held is None or held.case_id != case_id or held.survey_id != survey.id:
        abort(redirect(url_for("cati.shift", slug=slug, lost=case_id), 303))
    return Desk(survey, held, services.plan_of(db.session(), survey))


def said_key() -> str:
    """The key of the holding that a form was made for."""
    said = request.form.get(KEY, "")
    return said if said.isascii() else ""
