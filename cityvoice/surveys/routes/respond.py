"""What a resident sees: the open surveys, the consent notice, the questions page by page, the thanks.

A page that was sent is answered with the next page itself, not with a redirect to it: half as many requests.
Script gives that page its own address, so that going back and reloading send nothing again.
"""

from flask import abort, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import IntegrityError

from cityvoice.accounts.guards import everyone
from cityvoice.core.tokens import new_token
from cityvoice.questionnaire.model import Section
from cityvoice.surveys import queries, services
from cityvoice.surveys.errors import TooManyStarts
from cityvoice.surveys.guards import survey_or_404
from cityvoice.surveys.models import Survey
from cityvoice.surveys.published import current_questionnaire, published_version
from cityvoice.surveys.routes import bp
from cityvoice.surveys.routes.forms_sent import Form, read_form, sweep_files, takes_files
from cityvoice.surveys.routes.sheets import (
    draw_page,
    draw_still_page,
    draw_thanks,
    language_for,
    render_survey_page,
)
from cityvoice.surveys.routes.visits import (
    NO_PLACE,
    TOKEN,
    Visit,
    device,
    find_sent_visit,
    find_visit,
    forget,
    forget_trial,
    has_sent_all,
    remember,
    remember_end,
    remembered,
    seconds_on_page,
    token_of_first_start,
    visit_to,
)
from cityvoice.web.extensions import db
from cityvoice.web.security import holds_secret
from cityvoice.web.transactions import AfterCommit, writes

DIRECTION = "_go"  # the button pressed; no question can have a name with an underscore in front
BACK, STAY = "back", "stay"  # to the page before; on this one, in the language of the address


@bp.get("/")
@everyone
def home() -> str:
    return render_template("surveys/home.html", surveys=queries.list_open_surveys(db.session()))


@bp.get("/s/<slug>")
@everyone
def start(slug: str) -> ResponseReturnValue:
    survey = survey_or_404(slug)
    visit = find_visit(slug)
    if has_sent_all(survey, visit):
        return redirect(url_for(".thanks", slug=slug))
    if remembered(slug).startswith(NO_PLACE):
        return redirect(url_for(".full", slug=slug))
    if not survey.is_open or (visit is None and not survey.has_open_link):
        return render_survey_page("surveys/closed.html", current_questionnaire(survey), survey=survey)
    return draw_still_page("surveys/start.html", published_version(survey), survey, visit=visit is not None)


@bp.post("/s/<slug>")
@everyone
@writes
def begin(slug: str) -> ResponseReturnValue | AfterCommit:
    survey = survey_or_404(slug)
    is_anew = request.form.get(DIRECTION) == "anew"  # another person at the same device
    if is_anew:
        forget(slug)
    visit = find_visit(slug) if survey.is_open else None
    is_over = has_sent_all(survey, visit) or remembered(slug).startswith(NO_PLACE)
    if not survey.is_open or is_over or (visit is None and not survey.has_open_link):
        return redirect(url_for(".start", slug=slug), 303)
    begun = visit or _begin(survey, is_anew=is_anew)
    remember(begun)
    forget_trial(slug)
    if not begun.sections:
        return finish(begun)
    return AfterCommit(lambda: draw_page(begun, resume(begun)))


def _begin(survey: Survey, *, is_anew: bool) -> Visit:
    """A response of a browser that has none; a button pressed twice begins one."""
    slug, token = survey.slug, new_token() if is_anew else token_of_first_start(survey)
    try:
        return _start(survey, token)
    except IntegrityError:  # the first press has begun it already
        db.session.rollback()
        db.session.expunge_all()
    begun = queries.find_visited_response(db.session(), slug, token)
    return visit_to(begun, token) if begun is not None else _start(survey_or_404(slug), new_token())


def _start(survey: Survey, token: str) -> Visit:
    most = current_app.config["CITYVOICE"].starts_per_hour
    try:
        services.count_start(db.session(), survey=survey, address=request.remote_addr or "", most=most)
    except TooManyStarts:
        abort(429)
    response = services.start_response(
        db.session(),
        survey=survey,
        language=language_for(current_questionnaire(survey)),
        token=token,
        device=device(),
    )
    return visit_to(response, token)


@bp.get("/s/<slug>/p/<name>")
@everyone
def page(slug: str, name: str) -> ResponseReturnValue:
    visit = find_visit(slug, or_trial=True)
    if visit is None or not visit.is_open:
        survey_or_404(slug, or_trial=True)
        return redirect(url_for(".start", slug=slug))
    return draw_page(visit, _section(visit, name))


@bp.post("/s/<slug>/p/<name>")
@holds_secret  # the form holds the secret of these answers, see `find_sent_visit`
@everyone
@takes_files
@writes(even_if_refused=True)  # what is right on a page is kept while the rest is put right
def answer(slug: str, name: str) -> ResponseReturnValue | AfterCommit:
    visit = find_sent_visit(slug)
    if visit is None or not visit.is_open:
        return redirect(_way_back(survey_or_404(slug, or_trial=True)), 303)
    section = _section(visit, name)
    form, refused = read_form(visit, section)
    direction = request.form.get(DIRECTION)
    before = visit.response.answers
    result = services.record_page(
        db.session(),
        survey=visit.survey,
        response=visit.response,
        section=section,
        form=form,
        token=visit.token,
        seconds=seconds_on_page(visit.token),
        language=language_for(visit.questionnaire),
        check_quotas=direction not in {BACK, STAY},
    )
    sweep_files(visit, before)
    if visit.response.is_over:
        remember_end(slug, visit.response)
        return redirect(url_for(".full", slug=slug), 303)
    remember(visit)
    if direction == BACK:
        return _go_back(visit, section)
    if direction == STAY:
        return _stay(visit, section, form if result.errors or refused else None)
    if result.errors or refused:
        return AfterCommit(lambda: (draw_page(visit, section, (*result.errors, *refused), form), 422))
    if result.revealed:
        return redirect(url_for(".page", slug=slug, name=name, _anchor=result.revealed[0]), 303)
    return _go_on(visit, section)


@bp.get("/s/<slug>/later")
@everyone
def later(slug: str) -> ResponseReturnValue:
    """The address under which these answers can be gone on with, on any device."""
    visit = find_visit(slug, or_trial=True)
    if visit is None:
        survey_or_404(slug)
        return redirect(url_for(".start", slug=slug))
    return render_survey_page(
        "surveys/later.html",
        visit.questionnaire,
        survey=visit.survey,
        token=visit.token,
        is_trial=visit.response.is_test,
    )


@bp.get("/s/<slug>/thanks")
@everyone
def thanks(slug: str) -> ResponseReturnValue:
    survey = survey_or_404(slug)
    if not has_sent_all(survey, find_visit(slug)):
        return redirect(url_for(".start", slug=slug))
    return draw_thanks(published_version(survey), survey)


@bp.get("/s/<slug>/full")
@everyone
def full(slug: str) -> ResponseReturnValue:
    """Of people like this one enough have answered."""
    survey = survey_or_404(slug)
    if not remembered(slug).startswith(NO_PLACE):
        return redirect(url_for(".start", slug=slug))
    cell = queries.find_quota_cell(db.session(), survey, remembered(slug).removeprefix(NO_PLACE))
    return render_survey_page("surveys/full.html", current_questionnaire(survey), survey=survey, cell=cell)


@bp.get("/s/<slug>/privacy")
@everyone
def privacy(slug: str) -> str:
    survey = survey_or_404(slug)
    return render_survey_page("surveys/privacy.html", current_questionnaire(survey), survey=survey)


def _way_back(survey: Survey) -> str:
    """Where somebody learns why their page was not taken: their personal link, or the survey's first page."""
    token = request.form.get(TOKEN, "")
    if token and services.find_participant(db.session(), token) is not None:
        return url_for(".personal", token=token)
    return url_for(".start", slug=survey.slug)


def _section(visit: Visit, name: str) -> Section:
    """The page of that name, if this resident's road leads over it; else the one to go on with."""
    needed = visit.route.awaiting_consent()
    for section in visit.sections:
        if section.name == name:
            return section
        if section is needed:
            break
    abort(redirect(url_for(".page", slug=visit.survey.slug, name=resume(visit).name), 303))


def resume(visit: Visit) -> Section:
    """Where to go on: after the last page sent, and nowhere before a consent that is required."""
    return _not_beyond_consent(visit, visit.route.after(visit.response.reached) or visit.sections[-1])


def _not_beyond_consent(visit: Visit, section: Section) -> Section:
    needed = visit.route.awaiting_consent() or section
    return min(needed, section, key=visit.sections.index)


def item_to_answer(visit: Visit, page: str) -> str | None:
    """The question at which an interview by phone stopped within a page; else the page's beginning."""
    asked = [each for each in visit.route.questions.get(page, ()) if each.fields]
    is_answered = [any(name in visit.response.answers for name in each.fields) for each in asked]
    done = max((place for place, answered in enumerate(is_answered, start=1) if answered), default=0)
    return asked[done].name if 0 < done < len(asked) else None


def _go_back(visit: Visit, section: Section) -> ResponseReturnValue:
    target = visit.route.before(section.name) or section
    return redirect(url_for(".page", slug=visit.survey.slug, name=target.name), 303)


def _stay(visit: Visit, section: Section, unfinished: Form | None) -> ResponseReturnValue | AfterCommit:
    """The same page in another language, with all that was typed so far; nothing is called wrong yet."""
    if unfinished is not None:
        return AfterCommit(lambda: draw_page(visit, section, (), unfinished))
    return redirect(url_for(".page", slug=visit.survey.slug, name=section.name), 303)


def _go_on(visit: Visit, section: Section) -> ResponseReturnValue | AfterCommit:
    following = visit.route.after(section.name) or visit.route.incomplete()
    if following is not None:
        shown = _not_beyond_consent(visit, following)
        return AfterCommit(lambda: draw_page(visit, shown))
    return finish(visit)


def finish(visit: Visit) -> ResponseReturnValue | AfterCommit:
    """Every page was sent, or there is none that this resident is asked."""
    services.complete_response(db.session(), survey=visit.survey, response=visit.response, token=visit.token)
    if visit.response.is_test:
        forget_trial(visit.survey.slug)
        return redirect(
            url_for(".trial", slug=visit.survey.slug, key=visit.response.version.trial_key, sent=1), 303
        )
    remember_end(visit.survey.slug, visit.response)
    return AfterCommit(lambda: draw_thanks(visit.response.version, visit.survey))
