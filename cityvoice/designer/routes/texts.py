"""Texts beside the questions, the question bank, and translation side by side."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import count

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cityvoice.accounts.guards import ANALYSIS, allows
from cityvoice.core.config import LOCALES
from cityvoice.designer.forms.settings import reworded
from cityvoice.designer.guards import Desk, desk_or_404
from cityvoice.designer.messages import question_kinds
from cityvoice.designer.routes import bp
from cityvoice.designer.routes.outline import save
from cityvoice.questionnaire import editing
from cityvoice.questionnaire.bank.themes import THEMES, theme
from cityvoice.questionnaire.model import Quota
from cityvoice.questionnaire.phrases import phrases, translate, with_languages
from cityvoice.questionnaire.question import Text
from cityvoice.web.transactions import writes

MOST_QUOTAS = 40
SPARE_ROWS = 4
LONGEST_LIMIT = 9  # figures
WORDS = ("title", "consent", "thanks")
ROW = ("was", "label", "when", "limit")


@bp.route("/design/<slug>/about", methods=["GET", "POST"])
@allows(*ANALYSIS)
@writes
def about(slug: str) -> ResponseReturnValue:
    """Title, notice before the questions, thanks, languages, quotas."""
    desk = desk_or_404(slug)
    if request.method == "GET":
        return _about(desk)
    questionnaire, language = desk.questionnaire, desk.language
    words = {name: request.form.get(name, "").replace("\r\n", "\n").strip() for name in WORDS}
    chosen = [code for code in questionnaire.languages if code in request.form.getlist("languages")]
    added = [code for code in request.form.getlist("languages") if code in LOCALES and code not in chosen]
    languages = tuple(dict.fromkeys((language, *chosen, *added)))
    quotas, wrong = _typed_quotas(questionnaire.quotas, language)
    if wrong:
        return _about(desk, wrong), 422
    changed = replace(
        questionnaire,
        title=reworded(questionnaire.title, words["title"], language) or questionnaire.title,
        consent=reworded(questionnaire.consent, words["consent"], language),
        thanks=reworded(questionnaire.thanks, words["thanks"], language),
        quotas=quotas,
    )
    if languages != questionnaire.languages:
        changed = with_languages(changed, languages)
    if not save(desk, changed):
        return _about(desk), 409
    flash(_("Saved."))
    return redirect(url_for(".outline", slug=slug), 303)


def _about(desk: Desk, wrong: Sequence[int] = ()) -> str:
    """The form, with what was typed; `wrong` are the rows whose limit is no number."""
    questionnaire, language = desk.questionnaire, desk.language
    if request.method == "POST":
        words: Mapping[str, str] = request.form
        rows = [row for place in range(MOST_QUOTAS) if any((row := _typed_row(place)).values())]
        languages: Sequence[str] = [language, *request.form.getlist("languages")]
    else:
        texts = {name: getattr(questionnaire, name) for name in WORDS}
        words = {name: text.translations.get(language, "") if text else "" for name, text in texts.items()}
        rows = [
            {
                "was": quota.name,
                "label": quota.label.translations.get(language, ""),
                "when": quota.when,
                "limit": str(quota.limit),
            }
            for quota in questionnaire.quotas
        ]
        languages = questionnaire.languages
    return render_template(
        "designer/about.html",
        desk=desk,
        survey=desk.survey,
        locales=LOCALES,
        words=words,
        rows=[*rows, *[dict.fromkeys(ROW, "")] * SPARE_ROWS],
        chosen=languages,
        wrong=wrong,
    )


def _typed_row(place: int) -> dict[str, str]:
    return {name: request.form.get(f"quota.{place}.{name}", "").strip() for name in ROW}


def _typed_quotas(known: tuple[Quota, ...], language: str) -> tuple[tuple[Quota, ...], list[int]]:
    """The quotas of the rows that have a name; and the rows, counted from 0, whose limit is no number."""
    before = {quota.name: quota for quota in known}
    free = (name for place in count(1) if (name := f"quota_{place}") not in before)
    quotas, wrong = [], []
    rows = [row for place in range(MOST_QUOTAS) if any((row := _typed_row(place)).values())]
    for place, row in enumerate(rows):
        limit = "".join(row["limit"].split())
        if not row["label"]:
            continue
        if not limit.isdecimal() or len(limit) > LONGEST_LIMIT:
            wrong.append(place)
            continue
        was = before.get(row["was"])
        label = reworded(was.label if was else None, row["label"], language) or Text({})
        name = was.name if was else next(free)
        quotas.append(Quota(name, label, row["when"], int(limit), was.message if was else None))
    return tuple(quotas), wrong


@bp.route("/design/<slug>/translate/<language>", methods=["GET", "POST"])
@allows(*ANALYSIS)
@writes
def translation(slug: str, language: str) -> ResponseReturnValue:
    """Every text beside its translation."""
    desk = desk_or_404(slug)
    if language not in desk.questionnaire.languages[1:]:
        abort(404)
    if request.method == "GET":
        return render_template(
            "designer/translation.html",
            desk=desk,
            survey=desk.survey,
            language_code=language,
            phrases=phrases(desk.questionnaire),
            typed={},
        )
    typed = {
        name.removeprefix("t:"): words.replace("\r\n", "\n")
        for name, words in request.form.items()
        if name.startswith("t:")
    }
    if not save(desk, translate(desk.questionnaire, typed, language)):
        page = render_template(
            "designer/translation.html",
            desk=desk,
            survey=desk.survey,
            language_code=language,
            phrases=phrases(desk.questionnaire),
            typed=typed,
        )
        return page, 409
    flash(_("Saved."))
    return redirect(url_for(".outline", slug=slug), 303)


@bp.route("/design/<slug>/bank", methods=["GET", "POST"])
@allows(*ANALYSIS)
@writes
def bank(slug: str) -> ResponseReturnValue:
    """Copy tried questions into a section of the draft."""
    desk = desk_or_404(slug)
    if request.method == "GET":
        return render_template(
            "designer/bank.html",
            desk=desk,
            survey=desk.survey,
            themes=[(name, theme(name)) for name in THEMES],
            kinds=question_kinds,
        )
    into = request.form.get("into", "")
    if into not in {section.name for section in desk.questionnaire.sections}:
        flash(_("This section is no longer in the questionnaire."))
        return redirect(url_for(".bank", slug=slug), 303)
    changed, copied = desk.questionnaire, 0
    for name in THEMES:
        offered = with_languages(theme(name), desk.questionnaire.languages)
        for question in offered.questions:
            if f"{name}.{question.name}" in request.form.getlist("questions"):
                own = replace(question, name=editing.free_name(changed, question.name))
                changed = editing.add_element(changed, own, into=into)
                copied += 1
    if copied and not save(desk, changed):
        return redirect(url_for(".bank", slug=slug), 303)
    flash(_("Questions copied: %(n)s.", n=copied) if copied else _("No question was chosen."))
    return redirect(url_for(".outline", slug=slug, _anchor=into), 303)
