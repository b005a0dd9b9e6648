"""The form of one question."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from cityvoice.designer.forms import rows
from cityvoice.designer.forms.rows import ColumnRow, Fields, ItemRow, OptionRow
from cityvoice.designer.forms.settings import (
    WITH_ITEMS,
    WITH_OPTIONS,
    Refused,
    read_setting,
    reworded,
    settings_of,
)
from cityvoice.questionnaire.checking.options import NAME
from cityvoice.questionnaire.kinds import QuestionKind
from cityvoice.questionnaire.question import Question, Text

TEXTS = ("text", "hint", "label", "instruction")
LONGEST = 10_000


@dataclass
class QuestionForm:
    """What stands in the form: as the question has it, or as it was typed."""

    question: Question
    language: str
    name: str
    texts: dict[str, str]
    settings: dict[str, str]
    options: list[OptionRow]
    items: list[ItemRow]
    columns: list[ColumnRow]
    errors: dict[str, str] = field(default_factory=dict)  # codes by field
    n_spare: int = rows.SPARE_ROWS

    @property
    def has_options(self) -> bool:
        return self.question.kind in WITH_OPTIONS

    @property
    def has_items(self) -> bool:
        return self.question.kind in WITH_ITEMS

    @property
    def has_columns(self) -> bool:
        return self.question.kind is QuestionKind.TABLE

    @property
    def has_favourable(self) -> bool:
        return self.question.kind in {QuestionKind.SINGLE, QuestionKind.MATRIX}


def form_of(question: Question, language: str) -> QuestionForm:
    texts = {name: getattr(question, name) for name in TEXTS}
    return QuestionForm(
        question,
        language,
        question.name,
        {name: text.translations.get(language, "") if text else "" for name, text in texts.items()},
        {each.name: each.written(question, language) for each in settings_of(question.kind)},
        rows.option_rows(question.options, question.favourable, language),
        rows.item_rows(question.items, language),
        rows.column_rows(question.columns, language),
    )


def typed_form(question: Question, language: str, fields: Fields) -> QuestionForm:
    def one(name: str) -> str:
        return next(iter(fields.get(name, ())), "").replace("\r\n", "\n").strip()[:LONGEST]

    return QuestionForm(
        question,
        language,
        one("name"),
        {name: one(name) for name in TEXTS},
        {each.name: one(each.name) for each in settings_of(question.kind)},
        rows.typed_option_rows(fields),
        rows.typed_item_rows(fields),
        rows.typed_column_rows(fields),
    )


def read_question(form: QuestionForm, taken: Sequence[str]) -> Question | None:
    """The question as typed; None when something cannot be kept, which `form.errors` then says.

    Parameters
    ----------
    taken
        Names of other questions, groups and sections.
    """
    if not NAME.fullmatch(form.name):
        form.errors["name"] = "not_a_name"
    elif form.name in taken:
        form.errors["name"] = "taken"
    if not form.texts["text"]:
        form.errors["text"] = "missing"
    values = _settings(form)
    if form.errors:
        return None
    question, language = form.question, form.language
    texts = {name: reworded(getattr(question, name), form.texts[name], language) for name in TEXTS}
    changed: Mapping[str, Any] = {**texts, **values, "name": form.name, "text": texts["text"] or Text({})}
    return replace(question, **changed, **_rows(form))


def _settings(form: QuestionForm) -> dict[str, Any]:
    values = {}
    for setting in settings_of(form.question.kind):
        try:
            values[setting.name] = read_setting(
                setting, form.settings[setting.name], form.question, form.language
            )
        except Refused as refusal:
            form.errors[setting.name] = str(refusal)
    return values


def _rows(form: QuestionForm) -> dict[str, Any]:
    question, language = form.question, form.language
    read: dict[str, Any] = {}
    if form.has_options:
        read["options"] = rows.read_options(form.options, question.options, language)
        if form.has_favourable:
            chosen = [row.words for row in form.options if row.is_favourable]
            codes = [option.code for option in read["options"] if option.label.in_(language) in chosen]
            read["favourable"] = tuple(codes) or None
    if form.has_items:
        read["items"] = rows.read_items(form.items, question.items, language)
    if form.has_columns:
        read["columns"] = rows.read_columns(form.columns, question.columns, language)
    return read


def simple_condition(question: str, code: str) -> str:
    """The expression that somebody answered `code` to a choice named `question`."""
    escaped = re.sub(r'(["\\])', r"\\\1", code)
    return f'selected({question}, "{escaped}")'
