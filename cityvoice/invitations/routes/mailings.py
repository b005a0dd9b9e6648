"""Write to the people on the list: texts, preview, confirmation, and what became of each message."""

from collections.abc import Mapping, Sequence

from flask import abort, current_app, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from cityvoice.accounts.guards import allows
from cityvoice.accounts.services import record
from cityvoice.accounts.types import Action
from cityvoice.core import clock
from cityvoice.core.config import Config
from cityvoice.invitations import queries, services
from cityvoice.invitations.compose import PLACEHOLDERS, Draft, Facts, check_draft, default_draft, fill_in
from cityvoice.invitations.errors import InvitationError
from cityvoice.invitations.messages import describe
from cityvoice.invitations.models import Mailing
from cityvoice.invitations.routes import bp
from cityvoice.invitations.routes.people import FIELDWORK
from cityvoice.invitations.types import DeliveryStatus, MailingKind
from cityvoice.invitations.words import delivery_statuses, mailing_kinds
from cityvoice.surveys.guards import survey_or_404
from cityvoice.surveys.models import Survey
from cityvoice.surveys.published import current_questionnaire
from cityvoice.web.extensions import db
from cityvoice.web.transactions import writes

MOST_PROBLEMS = 100
SAMPLE = "abcdefghijklmnopqrstuvwxyz"  # stands in a preview where a real link has its secret


@bp.get("/surveys/<slug>/mailings/new/<kind>")
@allows(*FIELDWORK)
def write(slug: str, kind: str) -> str:
    survey = survey_or_404(slug)
    draft = default_draft(_kind(kind), current_questionnaire(survey).languages)
    return _write_page(survey, draft)


@bp.post("/surveys/<slug>/mailings/new/<kind>")
@allows(*FIELDWORK)
@writes
def send(slug: str, kind: str) -> ResponseReturnValue:
    """Shows how the mail will look; sends it when that was confirmed."""
    survey = survey_or_404(slug)
    languages = current_questionnaire(survey).languages
    draft = Draft(
        _kind(kind),
        {code: request.form.get(f"subject-{code}", "").strip() for code in languages},
        {code: request.form.get(f"body-{code}", "").replace("\r\n", "\n").strip() for code in languages},
    )
    problems = [(f"{each.field}-{each.language}", describe(each)) for each in check_draft(draft)]
    if problems:
        return _write_page(survey, draft, problems), 422
    if request.form.get("_go") != "send":
        return _write_page(survey, draft, previews=_previews(survey, draft))
    try:
        mailing = services.request_mailing(
            db.session(), survey=survey, draft=draft, actor=current_user.email, config=_config()
        )
    except InvitationError as error:
        return _write_page(survey, draft, [(f"body-{languages[0]}", describe(error))]), 422
    details = {"mailing": mailing.id, "kind": mailing.kind}
    record(
        db.session(), actor=current_user.email, action=Action.MAILING_REQUESTED, object=slug, details=details
    )
    return redirect(url_for(".mailing", slug=slug, mailing_id=mailing.id), 303)


@bp.get("/surveys/<slug>/mailings/<int(max=2147483647):mailing_id>")
@allows(*FIELDWORK)
def mailing(slug: str, mailing_id: int) -> str:
    survey = survey_or_404(slug)
    found = _mailing(survey, mailing_id)
    problems = queries.list_problems(db.session(), found, most=MOST_PROBLEMS)
    return _mailing_page("invitations/mailing.html", survey, found, problems=problems)


@bp.get("/surveys/<slug>/mailings/<int(max=2147483647):mailing_id>/progress")
@allows(*FIELDWORK)
def progress(slug: str, mailing_id: int) -> str:
    """The part of the mailing's page that changes while it is sent."""
    survey = survey_or_404(slug)
    return _mailing_page("invitations/mailing_progress.html", survey, _mailing(survey, mailing_id))


@bp.post("/surveys/<slug>/mailings/<int(max=2147483647):mailing_id>/retry")
@allows(*FIELDWORK)
@writes
def retry(slug: str, mailing_id: int) -> ResponseReturnValue:
    survey = survey_or_404(slug)
    found = _mailing(survey, mailing_id)
    if found.job.is_over:
        services.retry_mailing(db.session(), mailing=found)
        details = {"mailing": mailing_id}
        record(
            db.session(),
            actor=current_user.email,
            action=Action.MAILING_RETRIED,
            object=slug,
            details=details,
        )
    return redirect(url_for(".mailing", slug=slug, mailing_id=mailing_id), 303)


@bp.get("/surveys/<slug>/mailings/<int(max=2147483647):mailing_id>/letters.pdf")
@allows(*FIELDWORK)
def letters(slug: str, mailing_id: int) -> ResponseReturnValue:
    found = _mailing(survey_or_404(slug), mailing_id)
    if found.pdf_sha256 is None:
        return redirect(url_for(".mailing", slug=slug, mailing_id=mailing_id))
    path = services.letters_path(_config().storage, found.pdf_sha256)
    if not path.exists():
        flash(_("The file of these letters is gone. Ask for them again."))
        return redirect(url_for(".mailing", slug=slug, mailing_id=mailing_id))
    return send_file(path, mimetype="application/pdf", download_name=f"{slug}-letters-{mailing_id}.pdf")


def _kind(kind: str) -> MailingKind:
    if kind not in set(MailingKind):
        abort(404)
    return MailingKind(kind)


def _config() -> Config:
    config: Config = current_app.config["CITYVOICE"]
    return config


def _mailing(survey: Survey, mailing_id: int) -> Mailing:
    return queries.find_mailing(db.session(), survey, mailing_id) or abort(404)


def _previews(survey: Survey, draft: Draft) -> dict[str, tuple[str, str]]:
    """Subject and body by language, as somebody will read them."""
    config = _config()
    previews = {}
    for language in draft.body:
        facts = Facts(
            name=_("Anna Kowalska"),
            link=f"{config.base_url or request.host_url.rstrip('/')}/t/{SAMPLE}",
            opt_out_link=f"{config.base_url or request.host_url.rstrip('/')}/t/{SAMPLE}/stop",
            survey=survey.title.get(language) or next(iter(survey.title.values())),
            closing_day=survey.fieldwork_ends_on,
        )
        subject, body = draft.subject[language], draft.body[language]
        previews[language] = (fill_in(subject, facts, language), fill_in(body, facts, language))
    return previews


def _write_page(
    survey: Survey,
    draft: Draft,
    errors: Sequence[tuple[str, str]] = (),
    previews: Mapping[str, tuple[str, str]] | None = None,
) -> str:
    recipients = queries.list_recipients(db.session(), survey, draft.kind, clock.today())
    return render_template(
        "invitations/write.html",
        survey=survey,
        draft=draft,
        errors=errors,
        previews=previews,
        n_recipients=len(recipients),
        kinds=mailing_kinds,
        placeholders=PLACEHOLDERS,
    )


def _mailing_page(template: str, survey: Survey, found: Mailing, **more: object) -> str:
    counts = queries.count_deliveries(db.session(), found)
    return render_template(
        template,
        survey=survey,
        mailing=found,
        counts=counts,
        can_retry=found.job.is_over and bool(counts[DeliveryStatus.FAILED] or counts[DeliveryStatus.QUEUED]),
        statuses=delivery_statuses,
        kinds=mailing_kinds,
        **more,
    )
