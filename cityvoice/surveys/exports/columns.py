"""The columns of every answers file: first about the response, then one for each variable."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from cityvoice.questionnaire.model import Questionnaire
from cityvoice.questionnaire.variables import Variable, VariableKind, variables

CHOSEN, NOT_CHOSEN = "1", "0"
FLAG_LABELS = {  # a box of a multiple choice is labelled in the language of the file
    "pl": ("nie wybrano", "wybrano"),
    "en": ("not chosen", "chosen"),
    "uk": ("не обрано", "обрано"),
}


@dataclass(frozen=True, slots=True)
class ResponseRow:
    """One response. `number` counts the rows of a file and means nothing outside it."""

    number: int
    wave: int
    mode: str | None
    language: str | None
    status: str
    answered_on: date | None
    base_weight: float
    answers: Mapping[str, Any]


@dataclass(frozen=True)
class Column:
    """One column.

    Attributes
    ----------
    read
        The value in one response: a code, text or number; None when it was not asked.
    labels
        What each code means.
    missing_codes
        Codes that say why there is no value.
    """

    name: str
    label: str
    kind: VariableKind
    read: Callable[[ResponseRow], str | float | None]
    labels: Mapping[str, str]
    missing_codes: tuple[str, ...] = ()


def columns_of(questionnaire: Questionnaire, language: str) -> tuple[Column, ...]:
    """Every column of the flat `questionnaire`, labelled in `language`."""
    asked = (_column(variable, language) for variable in variables(questionnaire))
    return (*_about_the_response(), *asked)


def _about_the_response() -> Iterator[Column]:
    """Their names begin with an underscore, as no question's does."""
    yield Column("_response", "number of the row", VariableKind.NUMERIC, lambda row: row.number, {})
    yield Column("_wave", "wave of the survey", VariableKind.NUMERIC, lambda row: row.wave, {})
    yield Column("_mode", "how it was collected", VariableKind.TEXT, lambda row: row.mode, {})
    yield Column("_language", "language of the interview", VariableKind.TEXT, lambda row: row.language, {})
    yield Column("_status", "complete or partial", VariableKind.TEXT, lambda row: row.status, {})
    yield Column("_answered_on", "day of completion", VariableKind.TEXT, _day, {})
    yield Column("_base_weight", "weight before adjustment", VariableKind.NUMERIC, _weight, {})


def _day(row: ResponseRow) -> str | None:
    return row.answered_on.isoformat() if row.answered_on else None


def _weight(row: ResponseRow) -> float:
    return row.base_weight


def _column(variable: Variable, language: str) -> Column:
    missing = {option.code: option.label.in_(language) for option in variable.options if option.missing}
    label = variable.label.in_(language)
    wording = variable.wording.in_(language)
    if label != wording:
        label = f"{wording} – {label}"
    if variable.kind is VariableKind.FLAG:
        no, yes = FLAG_LABELS.get(language, FLAG_LABELS["en"])
        labels = {NOT_CHOSEN: no, CHOSEN: yes} | missing
        return Column(variable.name, label, variable.kind, _flag(variable), labels, tuple(missing))
    labels = {option.code: option.label.in_(language) for option in variable.options}
    return Column(variable.name, label, variable.kind, _plain(variable.field), labels, tuple(missing))


def _plain(field: str) -> Callable[[ResponseRow], str | float | None]:
    return lambda row: row.answers.get(field)


def _flag(variable: Variable) -> Callable[[ResponseRow], str | None]:
    field, code, missing = variable.field, variable.code, set(variable.missing_codes)

    def flag(row: ResponseRow) -> str | None:
        chosen = row.answers.get(field)
        if chosen is None:
            return None
        why = next((each for each in chosen if each in missing), None)
        return why or (CHOSEN if code in chosen else NOT_CHOSEN)

    return flag


FIRST_COLUMN = 1 + len(tuple(_about_the_response()))  # where the answers begin
