"""What a resident sees: the open surveys, the consent notice, the questions page by page, the thanks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import abort, redirect, render_template, request, url_for
from flask import session as browser
from flask.typing import ResponseReturnValue

from cityvoice.accounts.guards import everyone
from cityvoice.questionnaire import routing
from cityvoice.questionnaire.model import Questionnaire, Section
from cityvoice.questionnaire.validation import FieldError
from cityvoice.questionnaire.variables import variables
from cityvoice.surveys import queries, services
from cityvoice.surveys.guards import survey_or_404
from cityvoice.surveys.messages import describe
from cityvoice.surveys.models import Response, Survey
from cityvoice.surveys.published import current_questionnaire, questionnaire_of
from cityvoice.surveys.routes import bp
from cityvoice.web.extensions import db
from cityvoice.web.locale import current_language
from cityvoice.web.transactions import writes

DIRECTION = "_go"  # the button pressed; no question can have a name with an underscore in front
ANSWERED = "done"  # what the browser remembers of a finished survey: that, and nothing else


@dataclass(frozen=True)
class Visit:
    """One browser in one survey."""

    survey: Survey
    response: Response
    questionnaire: Questionnaire

    @property
    def sections(self) -> tuple[Section, ...]:
        return routing.visible_sections(self.questionnaire, self.response.answers)


@bp.get("/")
@everyone
def home() -> str:
    return render_template("surveys/home.html", surveys=queries.list_open_surveys(db.session()))


@bp.get("/s/<slug>")
@everyone
def start(slug: str) -> ResponseReturnValue:
    survey = survey_or_404(slug)
    if browser.get(_key(survey)) == ANSWERED:
        return redirect(url_for(".thanks", slug=slug))
    if not survey.is_open:
        return render_template("surveys/closed.html", survey=survey), 200
    visit = _find_visit(survey)
    questionnaire = current_questionnaire(survey)
    return render_template("surveys/start.html", survey=survey, questionnaire=questionnaire, visit=visit)


@bp.post("/s/<slug>")
@everyone
@writes
def begin(slug: str) -> ResponseReturnValue:
    survey = survey_or_404(slug)
    if request.form.get(DIRECTION) == "anew":  # another person at the same device
        browser.pop(_key(survey), None)
    visit = _find_visit(survey) if survey.is_open else None
    if not survey.is_open or browser.get(_key(survey)) == ANSWERED:
        return redirect(url_for(".start", slug=slug), 303)
    if visit is None:
        response = services.start_response(db.session(), survey=survey, language=current_language())
        browser[_key(survey)] = response.token
        visit = Visit(survey, response, questionnaire_of(response.version))
    return redirect(url_for(".page", slug=slug, name=_resume(visit).name), 303)


@bp.get("/s/<slug>/p/<name>")
@everyone
def page(slug: str, name: str) -> ResponseReturnValue:
    visit = _find_visit(survey_or_404(slug))
    if visit is None or not visit.survey.is_open:
        return redirect(url_for(".start", slug=slug))
    return _render_page(visit, _section(visit, name))


@bp.post("/s/<slug>/p/<name>")
@everyone
@writes(even_if_refused=True)  # what is right on a page is kept while the rest is put right
def answer(slug: str, name: str) -> ResponseReturnValue:
    survey = survey_or_404(slug)
    visit = _find_visit(survey, lock=True)
    if visit is None or not survey.is_open:
        return redirect(url_for(".start", slug=slug), 303)
    section = _section(visit, name)
    form = request.form.to_dict(flat=False)
    result = services.record_page(
        db.session(), survey=survey, response=visit.response, section=section, form=form
    )
    if request.form.get(DIRECTION) == "back":
        return _go_back(visit, section)
    if result.errors:
        return _render_page(visit, section, result.errors, form), 422
    if result.revealed:
        return redirect(url_for(".page", slug=slug, name=name, _anchor=result.revealed[0]), 303)
    return _go_on(visit, section)


@bp.get("/s/<slug>/thanks")
@everyone
def thanks(slug: str) -> ResponseReturnValue:
    survey = survey_or_404(slug)
    if browser.get(_key(survey)) != ANSWERED:
        return redirect(url_for(".start", slug=slug))
    return render_template("surveys/thanks.html", survey=survey, questionnaire=current_questionnaire(survey))


@bp.get("/s/<slug>/privacy")
@everyone
def privacy(slug: str) -> str:
    survey = survey_or_404(slug)
    return render_template("surveys/privacy.html", survey=survey, questionnaire=current_questionnaire(survey))


def _key(survey: Survey) -> str:
    return f"survey:{survey.id}"


def _find_visit(survey: Survey, *, lock: bool = False) -> Visit | None:
    token = browser.get(_key(survey), ANSWERED)
    response = None if token == ANSWERED else queries.find_response(db.session(), survey, token, lock=lock)
    return None if response is None else Visit(survey, response, questionnaire_of(response.version))


def _section(visit: Visit, name: str) -> Section:
    """The page of that name, if this resident's road leads over it; else the one to go on with."""
    for section in visit.sections:
        if section.name == name:
            return section
    abort(redirect(url_for(".page", slug=visit.survey.slug, name=_resume(visit).name), 303))


def _resume(visit: Visit) -> Section:
    """Where to go on: after the last page sent."""
    following = routing.next_section(visit.questionnaire, visit.response.answers, visit.response.reached)
    return following or visit.sections[-1]


def _render_page(
    visit: Visit,
    section: Section,
    errors: Sequence[FieldError] = (),
    form: Mapping[str, Sequence[str]] | None = None,
) -> str:
    answers = visit.response.answers
    return render_template(
        "surveys/page.html",
        survey=visit.survey,
        questionnaire=visit.questionnaire,
        section=section,
        questions=routing.visible_questions(visit.questionnaire, section, answers),
        progress=routing.progress(visit.questionnaire, answers, section.name),
        answers=answers,
        typed=form or {},
        errors={error.field: describe(error) for error in errors},
        names=_names_of_fields(visit.questionnaire),
        is_first=section == visit.sections[0],
        is_last=section == visit.sections[-1],
    )


def _names_of_fields(questionnaire: Questionnaire) -> dict[str, str]:
    """What the list of errors calls a field: the item of a matrix, else the question."""
    language = current_language()
    labels = {column.field: column.label.in_(language) for column in variables(questionnaire)}
    wordings = {column.question: column.wording.in_(language) for column in variables(questionnaire)}
    return labels | wordings


def _go_back(visit: Visit, section: Section) -> ResponseReturnValue:
    earlier = routing.previous_section(visit.questionnaire, visit.response.answers, section.name)
    target = earlier or section
    return redirect(url_for(".page", slug=visit.survey.slug, name=target.name), 303)


def _go_on(visit: Visit, section: Section) -> ResponseReturnValue:
    following = routing.next_section(visit.questionnaire, visit.response.answers, section.name)
    following = following or services.find_incomplete_section(visit.response)
    if following is not None:
        return redirect(url_for(".page", slug=visit.survey.slug, name=following.name), 303)
    services.complete_response(db.session(), survey=visit.survey, response=visit.response)
    browser[_key(visit.survey)] = ANSWERED
    return redirect(url_for(".thanks", slug=visit.survey.slug), 303)
