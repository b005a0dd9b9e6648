"""Forms of one question, and of one section or group."""

from collections.abc import Iterator
from dataclasses import replace

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cityvoice.accounts.guards import ANALYSIS, allows
from cityvoice.designer.forms.question import (
    QuestionForm,
    form_of,
    read_question,
    simple_condition,
    typed_form,
)
from cityvoice.designer.forms.rows import Part
from cityvoice.designer.forms.settings import choices_of, reworded, settings_of
from cityvoice.designer.guards import Desk, desk_or_404
from cityvoice.designer.messages import (
    choice_labels,
    column_kinds,
    input_errors,
    part_labels,
    question_kinds,
    selection_methods,
    setting_labels,
)
from cityvoice.designer.routes import bp
from cityvoice.designer.routes.outline import save
from cityvoice.questionnaire import editing
from cityvoice.questionnaire.editing import free_name
from cityvoice.questionnaire.kinds import QuestionKind, SelectionMethod
from cityvoice.questionnaire.model import Group, Repeat, Section, Selection
from cityvoice.questionnaire.question import Question
from cityvoice.web.transactions import writes

MORE_ROWS = 8
MOST_REPEATS = 50


@bp.route("/design/<slug>/questions/<name>", methods=["GET", "POST"])
@allows(*ANALYSIS)
@writes
def question(slug: str, name: str) -> ResponseReturnValue:
    desk = desk_or_404(slug)
    found = _find(desk, name)
    if not isinstance(found, Question):
        abort(404)
    if request.method == "GET":
        return _render(desk, form_of(found, desk.language))
    form = typed_form(found, desk.language, request.form.to_dict(flat=False))
    if request.form.get("condition"):
        form.settings["when"] = request.form["condition"]
    if "more" in request.form:
        form.n_spare = MORE_ROWS
        return _render(desk, form)
    taken = [each for each in editing.names(desk.questionnaire) if each != name]
    changed = read_question(form, taken)
    if changed is None:
        return _render(desk, form), 422
    renamed = editing.rename(desk.questionnaire, name, changed.name)
    if not save(desk, editing.replace_element(renamed, changed.name, changed)):
        return _render(desk, form), 409
    flash(_("Saved."))
    return redirect(url_for(".outline", slug=slug, _anchor=changed.name), 303)


def _render(desk: Desk, form: QuestionForm) -> str:
    return render_template(
        "designer/question.html",
        desk=desk,
        survey=desk.survey,
        form=form,
        settings=settings_of(form.question.kind),
        choices={each.name: choices_of(each, form.question.kind) for each in settings_of(form.question.kind)},
        conditions=list(_conditions(desk, form.question.name)),
        kinds=question_kinds,
        setting_labels=setting_labels,
        choice_labels=choice_labels,
        column_kinds=column_kinds,
        parts=list(Part),
        part_labels=part_labels,
        messages=input_errors,
    )


def _conditions(desk: Desk, name: str) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """Conditions to choose from: every option of the choices before this question."""
    for each in desk.questionnaire.questions:
        if each.name == name:
            return
        if each.kind in {QuestionKind.SINGLE, QuestionKind.MULTIPLE} and each.options:
            words = [
                (simple_condition(each.name, option.code), option.label.in_(desk.language))
                for option in each.options
            ]
            yield each.text.in_(desk.language) or each.name, words


@bp.route("/design/<slug>/sections/<name>", methods=["GET", "POST"])
@allows(*ANALYSIS)
@writes
def holder(slug: str, name: str) -> ResponseReturnValue:
    """A section or a group: its title, who sees it, whether it is repeated."""
    desk = desk_or_404(slug)
    found = next((each for each in desk.questionnaire.sections if each.name == name), None) or _find(
        desk, name
    )
    if isinstance(found, Question):
        abort(404)
    if request.method == "GET":
        return _render_holder(desk, found)
    changed = _typed_holder(desk, found)
    if isinstance(changed, Section):
        questionnaire = editing.replace_section(desk.questionnaire, name, changed)
    else:
        questionnaire = editing.replace_element(desk.questionnaire, name, changed)
    if not save(desk, questionnaire):
        return _render_holder(desk, changed), 409
    flash(_("Saved."))
    return redirect(url_for(".outline", slug=slug, _anchor=name), 303)


def _find(desk: Desk, name: str) -> Question | Group:
    try:
        return editing.find_element(desk.questionnaire, name)
    except KeyError:
        abort(404)


def _render_holder(desk: Desk, found: Section | Group) -> str:
    return render_template(
        "designer/holder.html",
        desk=desk,
        survey=desk.survey,
        found=found,
        is_group=isinstance(found, Group),
        methods=selection_methods,
    )


def _typed_holder(desk: Desk, found: Section | Group) -> Section | Group:
    title = reworded(found.title, request.form.get("title", "").strip(), desk.language)
    when = request.form.get("when", "").strip() or None
    shuffle = "shuffle" in request.form
    if isinstance(found, Section):
        return replace(found, title=title, when=when, shuffle=shuffle)
    return replace(found, title=title, when=when, shuffle=shuffle, repeat=_typed_repeat(desk, found))


def _typed_repeat(desk: Desk, found: Group) -> Repeat | None:
    if "repeated" not in request.form:
        return None
    written = request.form.get("maximum", "")
    maximum = int(written) if written.isdecimal() and len(written) < 4 else 10
    count = request.form.get("count", "").strip() or None
    more = reworded(
        found.repeat.more if found.repeat else None, request.form.get("more", "").strip(), desk.language
    )
    return Repeat(max(1, min(maximum, MOST_REPEATS)), count, more, _typed_selection(desk, found.repeat))


def _typed_selection(desk: Desk, repeat: Repeat | None) -> Selection | None:
    """Who is asked further; the checklist tells what is missing."""
    method = request.form.get("select", "")
    if method not in set(SelectionMethod):
        return None
    typed = {name: request.form.get(f"select_{name}", "").strip() for name in ("name", "when", "by", "text")}
    known = repeat.select if repeat else None
    return Selection(
        typed["name"] or free_name(desk.questionnaire, "selected_person"),
        SelectionMethod(method),
        typed["when"] or None,
        typed["by"] or None,
        reworded(known.text if known else None, typed["text"], desk.language),
    )
