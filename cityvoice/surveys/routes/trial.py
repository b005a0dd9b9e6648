"""A trial of a questionnaire that is not published: whoever has its address may answer, nothing counts."""

from flask import abort, redirect, request, url_for
from flask.typing import ResponseReturnValue

from cityvoice.accounts.guards import everyone
from cityvoice.core.tokens import new_token
from cityvoice.surveys import services
from cityvoice.surveys.guards import survey_or_404
from cityvoice.surveys.models import QuestionnaireVersion, Survey
from cityvoice.surveys.published import questionnaire_of
from cityvoice.surveys.routes import bp
from cityvoice.surveys.routes.respond import finish, resume
from cityvoice.surveys.routes.sheets import language_for, render_survey_page
from cityvoice.surveys.routes.visits import device, remember, visit_to
from cityvoice.web.extensions import db
from cityvoice.web.transactions import AfterCommit, writes


@bp.get("/s/<slug>/trial/<key>")
@everyone
def trial(slug: str, key: str) -> ResponseReturnValue:
    survey = survey_or_404(slug, or_trial=True)
    questionnaire = questionnaire_of(_version_or_404(survey, key))
    is_sent = "sent" in request.args
    return render_survey_page("surveys/trial.html", questionnaire, survey=survey, key=key, is_sent=is_sent)


@bp.post("/s/<slug>/trial/<key>")
@everyone
@writes
def begin_trial(slug: str, key: str) -> ResponseReturnValue | AfterCommit:
    survey = survey_or_404(slug, or_trial=True)
    version = _version_or_404(survey, key)
    questionnaire, token = questionnaire_of(version), new_token()
    response = services.start_response(
        db.session(),
        survey=survey,
        language=language_for(questionnaire),
        token=token,
        device=device(),
        trial=version,
    )
    visit = visit_to(response, token)
    remember(visit)
    if not visit.sections:
        return finish(visit)
    return redirect(url_for(".page", slug=slug, name=resume(visit).name), 303)


def _version_or_404(survey: Survey, key: str) -> QuestionnaireVersion:
    for version in survey.versions:
        if version.is_trial and version.trial_key == key:
            return version
    abort(404)
