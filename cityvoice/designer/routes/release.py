"""See the draft as others will, try it, publish it."""

from flask import abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from markupsafe import Markup

from cityvoice.accounts.guards import ANALYSIS, allows
from cityvoice.accounts.services import record
from cityvoice.accounts.types import Action, Role
from cityvoice.designer import services
from cityvoice.designer.errors import DraftChanged, NotPublishable
from cityvoice.designer.guards import checklist_of, desk_or_404, seen_revision
from cityvoice.designer.messages import change_kinds, fates
from cityvoice.designer.routes import bp
from cityvoice.questionnaire.checking.checks import check
from cityvoice.questionnaire.flat import flatten
from cityvoice.questionnaire.kinds import QuestionKind
from cityvoice.questionnaire.model import Section
from cityvoice.questionnaire.question import Question
from cityvoice.surveys.books import Book, Respondent
from cityvoice.surveys.drawing.pen import Pen
from cityvoice.web.extensions import db
from cityvoice.web.transactions import writes


@bp.get("/design/<slug>/preview")
@allows(*ANALYSIS)
def preview(slug: str) -> str:
    """Every page of the draft below the other, on a phone's width or as the interviewer reads it."""
    desk = desk_or_404(slug)
    language = request.args.get("in", desk.language)
    if language not in desk.questionnaire.languages:
        abort(404)
    flat = flatten(desk.questionnaire)
    book = Book(flat, language, _draw)
    respondent = Respondent(flat, {}, parts=_Nothing())
    pages = []
    if not check(desk.questionnaire):
        pages = [
            (section, Markup(book.page(section, _drawn(section), respondent)))  # noqa: S704 - drawn by templates
            for section in flat.sections
        ]
    template = (
        "designer/interviewer.html" if request.args.get("as") == "interviewer" else "designer/preview.html"
    )
    return render_template(
        template,
        desk=desk,
        survey=desk.survey,
        flat=flat,
        pages=pages,
        language_shown=language,
        checklist=checklist_of(desk),
    )


def _drawn(section: Section) -> list[Question]:
    return [question for question in section.questions if question.kind is not QuestionKind.HIDDEN]


class _Nothing(dict[str, str]):
    """Parts of a page that only a respondent has: files received, answers so far."""

    def __missing__(self, key: str) -> str:
        return ""


def _draw(question: Question, pen: Pen) -> str:
    macros = current_app.jinja_env.get_template("surveys/questions/question.html").module
    return str(macros.question(question, pen, 10))  # type: ignore[attr-defined]


@bp.post("/design/<slug>/trial")
@allows(*ANALYSIS)
@writes
def trial(slug: str) -> ResponseReturnValue:
    """Make the draft answerable for whoever has the trial's address; their answers count nowhere."""
    desk = desk_or_404(slug)
    try:
        version = services.try_draft(db.session(), survey=desk.survey)
    except NotPublishable:
        flash(_("The questionnaire has problems; mend them first."))
        return redirect(url_for(".outline", slug=slug, _anchor="checklist"), 303)
    return redirect(url_for("surveys.trial", slug=slug, key=version.trial_key), 303)


@bp.get("/design/<slug>/publish")
@allows(*ANALYSIS)
def release(slug: str) -> str:
    desk = desk_or_404(slug)
    checklist = checklist_of(desk)
    effect = (
        services.preview(db.session(), survey=desk.survey, questionnaire=desk.questionnaire)
        if checklist.is_clear
        else None
    )
    return render_template(
        "designer/release.html",
        desk=desk,
        survey=desk.survey,
        checklist=checklist,
        effect=effect,
        change_kinds=change_kinds,
        fates=fates,
    )


@bp.post("/design/<slug>/publish")
@allows(Role.OFFICIAL)
@writes
def publish(slug: str) -> ResponseReturnValue:
    desk = desk_or_404(slug)
    try:
        version = services.publish_draft(db.session(), survey=desk.survey, revision=seen_revision())
    except DraftChanged:
        flash(_("The questionnaire has changed since you looked. Please look at the changes again."))
        return redirect(url_for(".release", slug=slug), 303)
    except NotPublishable as error:
        if error.redefined:
            names = ", ".join(error.redefined)
            flash(_("These variables have answers and cannot change their kind: %(names)s.", names=names))
        return redirect(url_for(".release", slug=slug), 303)
    details = {"version": version.number}
    record(
        db.session(),
        actor=current_user.email,
        action=Action.QUESTIONNAIRE_PUBLISHED,
        object=slug,
        details=details,
    )
    flash(
        _(
            "Version %(number)s is published. People who have begun go on with the version they began.",
            number=version.number,
        )
    )
    return redirect(url_for("surveys.fieldwork", slug=slug), 303)


@bp.post("/design/<slug>/discard")
@allows(*ANALYSIS)
@writes
def discard(slug: str) -> ResponseReturnValue:
    desk = desk_or_404(slug)
    try:
        services.discard_draft(db.session(), survey=desk.survey, revision=seen_revision())
    except DraftChanged:
        flash(_("There is nothing to discard, or somebody has changed the questionnaire meanwhile."))
    else:
        flash(_("The changes are discarded. The published questionnaire is as it was."))
    return redirect(url_for(".outline", slug=slug), 303)
