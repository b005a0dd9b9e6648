"""Personal links: the address that a resident was given, by e-mail, on paper or to go on later.

Programs that look through e-mail open the links in it. Opening changes nothing; only the button begins.
"""

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from cityvoice.accounts.guards import everyone
from cityvoice.surveys import services
from cityvoice.surveys.errors import LinkUsed, SurveyClosed
from cityvoice.surveys.routes import bp
from cityvoice.surveys.routes.respond import finish, item_to_answer, resume
from cityvoice.surveys.routes.sheets import language_for, render_survey_page
from cityvoice.surveys.routes.visits import device, remember, visit_to
from cityvoice.web.extensions import db
from cityvoice.web.locale import has_chosen_language
from cityvoice.web.security import holds_secret
from cityvoice.web.transactions import AfterCommit, writes


@bp.get("/t/<token>")
@everyone
def personal(token: str) -> ResponseReturnValue:
    token = token.lower()  # some type it from paper
    link = services.find_link(db.session(), token)
    if link is None:
        return render_template("surveys/unknown_link.html"), 404
    language = link.participant.language if link.participant is not None else None
    if language in link.questionnaire.languages and not has_chosen_language():
        return redirect(url_for(".personal", token=token, lang=language))
    return _show(link, token)


@bp.post("/t/<token>")
@holds_secret  # whoever sends the secret needs no other proof; an old page in a mail program works
@everyone
@writes
def begin_personal(token: str) -> ResponseReturnValue | AfterCommit:
    token = token.lower()  # some type it from paper
    link = services.find_link(db.session(), token)
    if link is None:
        return render_template("surveys/unknown_link.html"), 404
    survey = link.survey
    try:
        response = services.begin_by_link(
            db.session(),
            survey=survey,
            token=token,
            language=language_for(link.questionnaire),
            device=device(),
        )
    except (LinkUsed, SurveyClosed):
        return redirect(url_for(".personal", token=token), 303)
    visit = visit_to(response, token)
    remember(visit)
    if not visit.sections:
        return finish(visit)
    page = resume(visit).name
    return redirect(url_for(".page", slug=survey.slug, name=page, _anchor=item_to_answer(visit, page)), 303)


def _show(link: services.Link, token: str) -> ResponseReturnValue:
    survey, questionnaire = link.survey, link.questionnaire
    if link.is_used:
        return render_survey_page("surveys/thanks.html", questionnaire, survey=survey, by_link=True)
    if not link.is_open:
        return render_survey_page("surveys/closed.html", questionnaire, survey=survey)
    return render_survey_page(
        "surveys/start.html", questionnaire, survey=survey, visit=link.response, token=token
    )
