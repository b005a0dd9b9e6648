"""What each answer key holds: the one description that routing, validation, piping and expressions share."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

from cityvoice.questionnaire.errors import ExpressionError
from cityvoice.questionnaire.expressions.check import type_of
from cityvoice.questionnaire.expressions.parser import parse
from cityvoice.questionnaire.expressions.types import NameType, ValueType
from cityvoice.questionnaire.kinds import ColumnKind, QuestionKind
from cityvoice.questionnaire.model import Questionnaire
from cityvoice.questionnaire.own_words import own_words
from cityvoice.questionnaire.question import Column, Item, Question, ResponseOption, Text

TICKED = "1"  # what a box that is ticked stores
NOT_TICKED = "0"  # of a computed truth alone: an empty box stores nothing


@dataclass(frozen=True)
class AnswerField:
    """One answer key, which is also a form field's name."""

    name: str
    question: Question
    type: ValueType
    options: tuple[ResponseOption, ...] = ()  # whose codes it may hold
    codes: tuple[str, ...] = ()  # every code it may hold, the missing ones too; empty: no codes at all
    item: Item | None = None
    column: Column | None = None
    option: ResponseOption | None = None  # of a rank, and of "other, namely"
    is_words: bool = False  # "other, namely" or a remark

    @cached_property
    def missing_codes(self) -> frozenset[str]:
        return frozenset(option.code for option in self.options if option.missing)

    @cached_property
    def name_type(self) -> NameType:
        return NameType(self.type, frozenset(self.codes) - self.missing_codes, self.missing_codes)


@lru_cache(maxsize=256)
def fields_of(questionnaire: Questionnaire) -> Mapping[str, AnswerField]:
    """Every answer key of a questionnaire, in the order of its questions."""
    found: dict[str, AnswerField] = {}
    for question in questionnaire.questions:
        found.update((field.name, field) for field in question_fields(question, questionnaire.languages))
    for name, field in found.items():
        if field.question.kind is QuestionKind.HIDDEN and field.question.value and not field.options:
            found[name] = _computed(field, found, questionnaire.languages)
    return found


@lru_cache(maxsize=256)
def labels_of_field(questionnaire: Questionnaire) -> Mapping[str, Mapping[str, Text]]:
    """The label of each code, by answer key."""
    return {
        name: {option.code: option.label for option in field.options}
        for name, field in fields_of(questionnaire).items()
        if field.options
    }


def question_fields(question: Question, languages: tuple[str, ...]) -> Iterator[AnswerField]:
    """The answer keys of one question: its answer, then "other, namely", then the remark."""
    yield from _main(question, languages)
    for name, option in question.word_fields.items():
        yield AnswerField(name, question, ValueType.TEXT, option=option, is_words=True)
    if question.remark_field:
        yield AnswerField(question.remark_field, question, ValueType.TEXT, is_words=True)


_TYPES: Mapping[QuestionKind, ValueType] = {
    QuestionKind.MULTIPLE: ValueType.CODES,
    QuestionKind.RANKING: ValueType.NUMBER,
    QuestionKind.NUMBER: ValueType.NUMBER,
    QuestionKind.NUMBERS: ValueType.NUMBER,
    QuestionKind.TEXT: ValueType.TEXT,
    QuestionKind.TEXTS: ValueType.TEXT,
    QuestionKind.FILE: ValueType.TEXT,
    QuestionKind.PLACE: ValueType.TEXT,
    QuestionKind.DATE: ValueType.DATE,
    QuestionKind.TIME: ValueType.TIME,
}
_COLUMN_TYPES: Mapping[ColumnKind, ValueType] = {
    ColumnKind.SINGLE: ValueType.CODE,
    ColumnKind.NUMBER: ValueType.NUMBER,
    ColumnKind.TEXT: ValueType.TEXT,
    ColumnKind.FLAG: ValueType.CODE,
}


def _main(question: Question, languages: tuple[str, ...]) -> Iterator[AnswerField]:
    type_ = _TYPES.get(question.kind, ValueType.CODE)
    if question.kind is QuestionKind.TABLE:
        for item in question.items:
            yield from (_cell(question, item, column, languages) for column in question.columns)
    elif question.kind is QuestionKind.RANKING:
        for option in question.options:
            if not option.missing:
                yield AnswerField(question.key(option.code), question, type_, option=option)
    elif question.kind is QuestionKind.CONSENT:
        yield AnswerField(question.name, question, type_, _ticked(languages), (TICKED,))
    else:
        items = {question.item_key(item): item for item in question.items}
        for name in question.main_fields:
            yield AnswerField(name, question, type_, question.options, question.codes, item=items.get(name))


def _cell(question: Question, item: Item, column: Column, languages: tuple[str, ...]) -> AnswerField:
    options = _ticked(languages) if column.kind is ColumnKind.FLAG else column.options
    return AnswerField(
        name=question.cell_key(item, column),
        question=question,
        type=_COLUMN_TYPES[column.kind],
        options=options,
        codes=tuple(option.code for option in options),
        item=item,
        column=column,
    )


def _ticked(languages: tuple[str, ...]) -> tuple[ResponseOption, ...]:
    return (ResponseOption(TICKED, own_words("yes", languages)),)


def _computed(
    field: AnswerField, fields: Mapping[str, AnswerField], languages: tuple[str, ...]
) -> AnswerField:
    """A computed field: a truth is stored as the code 1 or 0, everything else as what it is."""
    question = field.question
    try:
        found = type_of(parse(question.value or ""), {name: each.name_type for name, each in fields.items()})
    except ExpressionError:
        return field
    if found is ValueType.TRUTH:
        options = (*_ticked(languages), ResponseOption(NOT_TICKED, own_words("no", languages)))
        return AnswerField(field.name, question, ValueType.CODE, options, (TICKED, NOT_TICKED))
    return AnswerField(field.name, question, found or ValueType.CODE)
