"""The columns of a questionnaire's data: one stable list of variables for analysis, export and import.

The columns follow from the flat questionnaire alone, never from the answers: one for every answer key
(`Question.fields`), apart from a multiple choice, whose options are the flags ``<question>_<code>``. In full,
for those who work with the data: docs/reference/data-layout.md.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property, lru_cache
from typing import NamedTuple

from cityvoice.questionnaire.expressions.types import ValueType
from cityvoice.questionnaire.kinds import ColumnKind, MissingKind, QuestionKind
from cityvoice.questionnaire.model import Questionnaire
from cityvoice.questionnaire.names import TICKED, AnswerField, fields_of
from cityvoice.questionnaire.own_words import own_words
from cityvoice.questionnaire.question import Answers, Question, ResponseOption, Text


class VariableKind(StrEnum):
    NOMINAL = "nominal"
    ORDINAL = "ordinal"
    NUMERIC = "numeric"
    TEXT = "text"
    FLAG = "flag"  # one option of a multiple choice, or one box: ticked or not


@dataclass(frozen=True)
class Variable:
    name: str
    kind: VariableKind
    label: Text  # what tells this column from its neighbours: item, option, or the question's short name
    question: str
    wording: Text  # the question, verbatim
    field: str  # the key of the answers that this column reads
    options: tuple[ResponseOption, ...] = ()
    favourable: tuple[str, ...] | None = None
    code: str | None = None  # what the answer holds when a flag is set

    @cached_property
    def missing_codes(self) -> Mapping[str, MissingKind]:
        return {option.code: option.missing for option in self.options if option.missing}


class Cell(NamedTuple):
    """One variable of one response: a value, a kind of missing, or neither when it was not asked."""

    value: str | float | bool | None
    missing: MissingKind | None = None


NOT_ASKED = Cell(None)


def column_value(variable: Variable, answers: Answers) -> Cell:
    """The value of one variable in one response.

    Returns
    -------
    Cell
        A code, number, text or flag; or the kind of missing that was stored; or `NOT_ASKED` when the
        answers hold nothing for it. An empty list of a multiple choice was asked: all its flags are false.
        A box that was left empty holds nothing.
    """
    answer = answers.get(variable.field)
    if answer is None:
        return NOT_ASKED
    if isinstance(answer, list):
        missing = next((kind for code, kind in variable.missing_codes.items() if code in answer), None)
        return Cell(None, missing) if missing else Cell(variable.code in answer)
    if isinstance(answer, str) and (kind := variable.missing_codes.get(answer)):
        return Cell(None, kind)
    return Cell(answer == variable.code) if variable.kind is VariableKind.FLAG else Cell(answer)


@lru_cache(maxsize=64)
def variables(questionnaire: Questionnaire) -> tuple[Variable, ...]:
    """Every column of the data of a flat questionnaire, in the order of its questions.

    Of merged versions (`versions.merge`): the columns of all of them, each with the options of all of them.
    """
    found: dict[str, Variable] = {}
    for version in (questionnaire, *questionnaire.earlier):
        for variable in _variables(version):
            known = found.get(variable.name)
            found[variable.name] = _with_options_of(known, variable) if known else variable
    return tuple(found.values())


def _variables(questionnaire: Questionnaire) -> Iterator[Variable]:
    fields = fields_of(questionnaire)
    for question in questionnaire.questions:
        for name in question.fields:
            yield from _columns(fields[name], questionnaire.languages)


def _with_options_of(variable: Variable, other: Variable) -> Variable:
    codes = {option.code for option in variable.options}
    added = tuple(option for option in other.options if option.code not in codes)
    return replace(variable, options=(*variable.options, *added)) if added else variable


def scale_options(question: Question) -> tuple[ResponseOption, ...]:
    """A scale's points as options, the two ends with their labels, then its missing options."""
    languages = tuple(question.text.translations)
    ends = {question.points[0]: question.low_label, question.points[-1]: question.high_label}
    points = (
        ResponseOption(point, _point_label(point, ends.get(point), languages)) for point in question.points
    )
    return (*points, *question.options)


def _point_label(point: str, end: Text | None, languages: tuple[str, ...]) -> Text:
    if end is None:
        return Text(dict.fromkeys(languages, point))
    return Text({language: f"{point} – {words}" for language, words in end.translations.items()})


def _columns(field: AnswerField, languages: tuple[str, ...]) -> Iterator[Variable]:
    question = field.question
    if question.kind is QuestionKind.MULTIPLE and not field.is_words:
        yield from _flags(question)
        return
    options, favourable = _options(field)
    yield Variable(
        name=field.name,
        kind=_kind(field),
        label=_label(field, languages),
        question=question.name,
        wording=question.text,
        field=field.name,
        options=options,
        favourable=favourable,
        code=TICKED if _is_box(field) else None,
    )


def _flags(question: Question) -> Iterator[Variable]:
    missing = tuple(option for option in question.options if option.missing)
    for option in question.options:
        if not option.missing:
            yield Variable(
                name=question.key(option.code),
                kind=VariableKind.FLAG,
                label=option.label,
                question=question.name,
                wording=question.text,
                field=question.name,
                options=missing,
                code=option.code,
            )


_KINDS: Mapping[ValueType, VariableKind] = {
    ValueType.NUMBER: VariableKind.NUMERIC,
    ValueType.TEXT: VariableKind.TEXT,
    ValueType.DATE: VariableKind.TEXT,
    ValueType.TIME: VariableKind.TEXT,
}


def _kind(field: AnswerField) -> VariableKind:
    if _is_box(field):
        return VariableKind.FLAG
    if field.question.kind is QuestionKind.SCALE and not field.is_words:
        return VariableKind.ORDINAL
    if field.type in _KINDS:
        return _KINDS[field.type]
    if not field.codes:  # handed over with the link, whatever it may be
        return VariableKind.TEXT
    asked = field.column or field.question
    return VariableKind.ORDINAL if asked.ordered or asked.favourable else VariableKind.NOMINAL


def _is_box(field: AnswerField) -> bool:
    if field.column is not None:
        return field.column.kind is ColumnKind.FLAG
    return field.question.kind is QuestionKind.CONSENT and not field.is_words


def _options(field: AnswerField) -> tuple[tuple[ResponseOption, ...], tuple[str, ...] | None]:
    """The options of a column, and which of them are favourable."""
    if _is_box(field) or field.is_words:
        return (), None
    if field.question.kind is QuestionKind.SCALE:
        return scale_options(field.question), field.question.favourable
    return field.options, (field.column or field.question).favourable


def _label(field: AnswerField, languages: tuple[str, ...]) -> Text:
    """What tells a column from its neighbours."""
    question = field.question
    if field.is_words:
        return _words_label(field, languages)
    if field.column is not None and field.item is not None:
        return _joined(field.item.label, field.column.label)
    if field.item is not None:
        return field.item.label
    if field.option is not None:
        return field.option.label
    if question.kind is QuestionKind.BEST_WORST:
        return own_words("best" if field.name == question.main_fields[0] else "worst", languages)
    return question.label or question.text


def _words_label(field: AnswerField, languages: tuple[str, ...]) -> Text:
    if field.option is not None:
        return field.option.label
    return field.question.comment or own_words("place_in_words", languages)


def _joined(first: Text, second: Text) -> Text:
    return Text({each: f"{words} – {second.in_(each)}" for each, words in first.translations.items()})
