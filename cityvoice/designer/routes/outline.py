"""The draft as a whole: its sections and questions, what to do with them, what stands before publication."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from cityvoice.accounts.guards import ANALYSIS, allows
from cityvoice.accounts.services import record
from cityvoice.accounts.types import Action
from cityvoice.core.config import LOCALES
from cityvoice.designer import services
from cityvoice.designer.errors import DraftChanged
from cityvoice.designer.guards import Desk, checklist_of, desk_or_404, seen_revision
from cityvoice.designer.messages import input_errors, place_words, question_kinds, said
from cityvoice.designer.routes import bp
from cityvoice.questionnaire import editing
from cityvoice.questionnaire.kinds import QuestionKind
from cityvoice.questionnaire.model import Group, Questionnaire
from cityvoice.questionnaire.naming import slug_of
from cityvoice.questionnaire.question import Question, Text
from cityvoice.surveys.errors import InvalidSurvey
from cityvoice.surveys.queries import find_survey
from cityvoice.web.extensions import db
from cityvoice.web.locale import current_language
from cityvoice.web.transactions import writes

OVER = "_over"  # the tick that says: mine, whatever somebody else has changed


@bp.route("/design/new", methods=["GET", "POST"])
@allows(*ANALYSIS)
@writes
def new() -> ResponseReturnValue:
    typed = {name: request.form.get(name, "").strip() for name in ("title", "slug")}
    typed["slug"] = typed["slug"] or slug_of(typed["title"])
    languages = [code for code in LOCALES if code in request.form.getlist("languages")] or [
        current_language()
    ]
    errors: dict[str, str] = {}
    if request.method == "POST":
        if not typed["title"]:
            errors["title"] = "missing"
        else:
            try:
                empty = services.empty_questionnaire(typed["title"], languages)
                survey = services.begin_survey(db.session(), slug=typed["slug"], questionnaire=empty)
            except InvalidSurvey:
                taken = find_survey(db.session(), typed["slug"]) is not None
                errors["slug"] = "slug_taken" if taken else "not_a_slug"
            else:
                record(db.session(), actor=current_user.email, action=Action.SURVEY_BEGUN, object=survey.slug)
                return redirect(url_for(".outline", slug=survey.slug), 303)
    page = render_template(
        "designer/new.html",
        typed=typed,
        chosen=languages,
        errors=errors,
        messages=input_errors,
        locales=LOCALES,
    )
    return page, 422 if errors else 200


@bp.get("/design/<slug>")
@allows(*ANALYSIS)
def outline(slug: str) -> str:
    desk = desk_or_404(slug)
    return render_template(
        "designer/outline.html",
        desk=desk,
        survey=desk.survey,
        questionnaire=desk.questionnaire,
        checklist=checklist_of(desk),
        kinds=question_kinds,
        said=said,
        place_words=place_words,
    )


@bp.post("/design/<slug>")
@allows(*ANALYSIS)
@writes
def change(slug: str) -> ResponseReturnValue:
    """One step on the outline: the button's name says which, its value what to."""
    desk = desk_or_404(slug)
    step = next((name for name in STEPS if name in request.form), None)
    if step is None:  # sent by hand: every button of the page names a step
        return redirect(url_for(".outline", slug=slug), 303)
    try:
        questionnaire, place = STEPS[step](desk, request.form[step])
    except KeyError:  # another tab has removed it
        flash(_("This is no longer in the questionnaire."))
        return redirect(url_for(".outline", slug=slug), 303)
    if not save(desk, questionnaire):
        return redirect(url_for(".outline", slug=slug), 303)
    if step in {"add_question", "add_section"}:
        endpoint = ".question" if step == "add_question" else ".holder"
        return redirect(url_for(endpoint, slug=slug, name=place), 303)
    return redirect(url_for(".outline", slug=slug, _anchor=place), 303)


def save(desk: Desk, questionnaire: Questionnaire) -> bool:
    """Keep the change; False, with a word to the reader, when the draft has changed meanwhile.

    The page that is shown then keeps the revision that was looked at: to save over somebody else's change
    takes a tick.
    """
    seen = desk.draft.revision if OVER in request.form else seen_revision()
    try:
        services.save_draft(db.session(), survey=desk.survey, questionnaire=questionnaire, revision=seen)
    except DraftChanged:
        g.draft_conflict = True
        flash(
            _("Somebody has changed this questionnaire since you opened the page. Please look and try again.")
        )
        return False
    return True


def _add_question(desk: Desk, into: str) -> tuple[Questionnaire, str]:
    written = request.form.get("kind", "")
    kind = QuestionKind(written) if written in set(QuestionKind) else QuestionKind.SINGLE
    name = editing.free_name(desk.questionnaire, f"q{sum(1 for _each in desk.questionnaire.questions) + 1}")
    question = Question(name, kind, Text({desk.language: ""}))
    if kind is QuestionKind.SCALE:
        question = replace(question, low=0, high=10)
    return editing.add_element(desk.questionnaire, question, into=into), name


def _add_section(desk: Desk, after: str) -> tuple[Questionnaire, str]:
    grown = editing.add_section(desk.questionnaire, Text({desk.language: ""}), after=after or None)
    before = {section.name for section in desk.questionnaire.sections}
    return grown, next(section.name for section in grown.sections if section.name not in before)


def _add_group(desk: Desk, into: str) -> tuple[Questionnaire, str]:
    name = editing.free_name(desk.questionnaire, "group")
    return editing.add_element(desk.questionnaire, Group(name, None, ()), into=into), name


def _moved(by: int) -> Callable[[Desk, str], tuple[Questionnaire, str]]:
    def moved(desk: Desk, name: str) -> tuple[Questionnaire, str]:
        is_section = any(section.name == name for section in desk.questionnaire.sections)
        move = editing.move_section if is_section else editing.move_element
        return move(desk.questionnaire, name, by), name

    return moved


def _duplicate(desk: Desk, name: str) -> tuple[Questionnaire, str]:
    return editing.duplicate_question(desk.questionnaire, name), name


def _remove(desk: Desk, name: str) -> tuple[Questionnaire, str]:
    if any(section.name == name for section in desk.questionnaire.sections):
        return editing.remove_section(desk.questionnaire, name), ""
    holder = editing.section_of(desk.questionnaire, name)
    return editing.remove_element(desk.questionnaire, name), holder.name


STEPS: Mapping[str, Callable[[Desk, str], tuple[Questionnaire, str]]] = {
    "add_question": _add_question,
    "add_group": _add_group,
    "add_section": _add_section,
    "up": _moved(-1),
    "down": _moved(1),
    "duplicate": _duplicate,
    "remove": _remove,
}
