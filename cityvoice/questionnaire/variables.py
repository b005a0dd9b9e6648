"""The columns of a questionnaire's data: one stable list of variables for analysis, export and import.

Layout: a matrix item is the column ``<question>_<item>`` (or the item's own full name), an option of a
multiple choice is the flag ``<question>_<code>``, every other question is one column of its own name.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property, lru_cache
from typing import NamedTuple

from cityvoice.questionnaire.model import (
    Answers,
    MissingKind,
    Question,
    QuestionKind,
    Questionnaire,
    ResponseOption,
    Text,
)


class VariableKind(StrEnum):
    NOMINAL = "nominal"
    ORDINAL = "ordinal"
    NUMERIC = "numeric"
    TEXT = "text"
    FLAG = "flag"  # one option of a multiple choice: chosen or not


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
    code: str | None = None  # a flag's option

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
    """
    answer = answers.get(variable.field)
    if answer is None:
        return NOT_ASKED
    if isinstance(answer, list):
        missing = next((kind for code, kind in variable.missing_codes.items() if code in answer), None)
        return Cell(None, missing) if missing else Cell(variable.code in answer)
    if isinstance(answer, str) and (kind := variable.missing_codes.get(answer)):
        return Cell(None, kind)
    return Cell(answer)


@lru_cache(maxsize=64)
def variables(questionnaire: Questionnaire) -> tuple[Variable, ...]:
    """Every column of the questionnaire's data, in the order of its questions."""
    return tuple(
        variable for question in questionnaire.questions for variable in _BUILDERS[question.kind](question)
    )


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


def _one(question: Question, kind: VariableKind, options: tuple[ResponseOption, ...]) -> Iterator[Variable]:
    yield Variable(
        name=question.name,
        kind=kind,
        label=question.label or question.text,
        question=question.name,
        wording=question.text,
        field=question.name,
        options=options,
        favourable=question.favourable,
    )


def _choice_kind(question: Question) -> VariableKind:
    return VariableKind.ORDINAL if question.ordered or question.favourable else VariableKind.NOMINAL


def _single(question: Question) -> Iterator[Variable]:
    return _one(question, _choice_kind(question), question.options)


def _scale(question: Question) -> Iterator[Variable]:
    return _one(question, VariableKind.ORDINAL, scale_options(question))


def _number(question: Question) -> Iterator[Variable]:
    return _one(question, VariableKind.NUMERIC, question.options)


def _text(question: Question) -> Iterator[Variable]:
    return _one(question, VariableKind.TEXT, question.options)


def _info(question: Question) -> Iterator[Variable]:
    return iter(())


def _matrix(question: Question) -> Iterator[Variable]:
    for item, name in zip(question.items, question.fields, strict=True):
        yield Variable(
            name=name,
            kind=_choice_kind(question),
            label=item.label,
            question=question.name,
            wording=question.text,
            field=name,
            options=question.options,
            favourable=question.favourable,
        )


def _multiple(question: Question) -> Iterator[Variable]:
    missing = tuple(option for option in question.options if option.missing)
    for option in question.options:
        if not option.missing:
            yield Variable(
                name=f"{question.name}_{option.code}",
                kind=VariableKind.FLAG,
                label=option.label,
                question=question.name,
                wording=question.text,
                field=question.name,
                options=missing,
                code=option.code,
            )


_BUILDERS: Mapping[QuestionKind, Callable[[Question], Iterator[Variable]]] = {
    QuestionKind.SINGLE: _single,
    QuestionKind.MULTIPLE: _multiple,
    QuestionKind.MATRIX: _matrix,
    QuestionKind.SCALE: _scale,
    QuestionKind.NUMBER: _number,
    QuestionKind.TEXT: _text,
    QuestionKind.INFO: _info,
}
