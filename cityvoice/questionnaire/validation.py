"""Reads one posted page: answers that may be stored, and errors as codes that ``web`` translates.

Whatever a client sends (forged codes, repeated fields, NUL characters, a megabyte of text) becomes a
`FieldError`, never an exception. Fields that are not on this page are not read.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from cityvoice.questionnaire.model import (
    DEFAULT_MAX_LENGTH,
    Answer,
    Answers,
    Question,
    QuestionKind,
    Questionnaire,
    Section,
)
from cityvoice.questionnaire.routing import holds, prune

Form = Mapping[str, Sequence[str]]  # what a browser posts: every value of every field name

_NUMBER = re.compile(r"[+-]?[0-9]{1,15}(?:[.,][0-9]{1,10})?")
_SPACES = re.compile(r"[\s\u00a0\u202f]")  # people group thousands with spaces
_LINE_END = re.compile(r"\r\n?")


class ErrorCode(StrEnum):
    REQUIRED = "required"
    NOT_AN_OPTION = "not_an_option"
    NOT_A_NUMBER = "not_a_number"
    TOO_SMALL = "too_small"  # params: low
    TOO_LARGE = "too_large"  # params: high
    NOT_A_STEP = "not_a_step"  # params: step
    TOO_LONG = "too_long"  # params: max_length, length
    NOT_TEXT = "not_text"  # control characters that no keyboard types
    EXCLUSIVE = "exclusive"  # params: code: an option that excludes all others came with others
    TOO_MANY = "too_many"  # params: max_answers
    REPEATED = "repeated"  # one option twice


@dataclass(frozen=True)
class FieldError:
    """What is wrong with one form field, and the numbers that its message needs."""

    field: str
    code: ErrorCode
    params: Mapping[str, str | float]


@dataclass(frozen=True)
class PageResult:
    """What one posted page gives.

    Attributes
    ----------
    answers
        The answers so far with this page's fields replaced by what was posted and is valid: they may be
        stored even when other fields have errors. Answers that no longer count are still in them;
        `routing.prune` drops those.
    errors
        In the order of the page.
    revealed
        Questions that these very answers call for and that the page did not yet show: store the answers
        and show the same section once more.
    """

    answers: dict[str, Answer]
    errors: tuple[FieldError, ...] = ()
    revealed: tuple[str, ...] = ()


class _Refusal(Exception):
    def __init__(self, code: ErrorCode, /, **params: str | float) -> None:
        self.code = code
        self.params = params


def read_page(questionnaire: Questionnaire, section: Section, form: Form, answers: Answers) -> PageResult:
    """Read the posted fields of `section`.

    Parameters
    ----------
    form
        Every value of every field name, as werkzeug's ``form.to_dict(flat=False)``. Field names are
        `Question.fields`: the question's name, or one per matrix item. A number's "don't know" comes under
        the number's own name.
    answers
        The answers stored so far.
    """
    names = {name for question in section.questions for name in question.fields}
    merged = {name: answer for name, answer in answers.items() if name not in names}
    counted = prune(questionnaire, merged)
    if not holds(section.when, questionnaire, counted):
        return PageResult(dict(answers))
    errors: list[FieldError] = []
    revealed = []
    before = prune(questionnaire, answers)
    for question in section.questions:
        if not holds(question.when, questionnaire, counted):
            continue
        if not _was_shown(question, questionnaire, form, before):
            revealed.append(question.name)
            continue
        page, refused = _read_question(question, form)
        merged.update(page)
        counted.update(page)
        errors.extend(refused)
    return PageResult(merged, tuple(errors), tuple(revealed))


def _was_shown(question: Question, questionnaire: Questionnaire, form: Form, before: Answers) -> bool:
    return holds(question.when, questionnaire, before) or any(name in form for name in question.fields)


def _read_question(question: Question, form: Form) -> tuple[dict[str, Answer], list[FieldError]]:
    page: dict[str, Answer] = {}
    errors = []
    for name in question.fields:
        try:
            answer = _READERS[question.kind](
                question, [value for value in form.get(name, ()) if value.strip()]
            )
        except _Refusal as refusal:
            errors.append(FieldError(name, refusal.code, refusal.params))
        else:
            if answer is not None:
                page[name] = answer
    return page, errors


def _only(question: Question, values: Sequence[str]) -> str | None:
    """The one value that a field may have; None for no answer."""
    if len(values) > 1:
        raise _Refusal(ErrorCode.TOO_MANY, max_answers=1)
    if not values and question.required:
        raise _Refusal(ErrorCode.REQUIRED)
    return values[0] if values else None


def _read_code(question: Question, values: Sequence[str]) -> str | None:
    value = _only(question, values)
    if value is not None and value not in question.codes:
        raise _Refusal(ErrorCode.NOT_AN_OPTION)
    return value


def _read_codes(question: Question, values: Sequence[str]) -> list[str]:
    """The chosen codes in the order of the options; an empty list says that the question was asked."""
    chosen = set(values)
    if not chosen <= set(question.codes):
        raise _Refusal(ErrorCode.NOT_AN_OPTION)
    if len(chosen) < len(values):
        raise _Refusal(ErrorCode.REPEATED)
    if question.required and not chosen:
        raise _Refusal(ErrorCode.REQUIRED)
    for option in question.options:
        if (option.exclusive or option.missing) and option.code in chosen and len(chosen) > 1:
            raise _Refusal(ErrorCode.EXCLUSIVE, code=option.code)
    if question.max_answers is not None and len(chosen) > question.max_answers:
        raise _Refusal(ErrorCode.TOO_MANY, max_answers=question.max_answers)
    return [code for code in question.codes if code in chosen]


def _read_number(question: Question, values: Sequence[str]) -> str | float | None:
    value = _only(question, values)
    if value is None or value in question.codes:
        return value
    written = _SPACES.sub("", value[:100])
    if not _NUMBER.fullmatch(written):
        raise _Refusal(ErrorCode.NOT_A_NUMBER)
    number = float(written.replace(",", "."))
    if question.low is not None and number < question.low:
        raise _Refusal(ErrorCode.TOO_SMALL, low=question.low)
    if question.high is not None and number > question.high:
        raise _Refusal(ErrorCode.TOO_LARGE, high=question.high)
    if question.step and not _is_step(number, question.low or 0, question.step):
        raise _Refusal(ErrorCode.NOT_A_STEP, step=question.step)
    return int(number) if number.is_integer() else number


def _is_step(number: float, low: float, step: float) -> bool:
    steps = (number - low) / step
    return abs(steps - round(steps)) < 1e-9 * max(1.0, abs(steps))


def _read_text(question: Question, values: Sequence[str]) -> str | None:
    value = _only(question, values)
    if value is None:
        return None
    most = question.max_length or DEFAULT_MAX_LENGTH
    if len(value) > 2 * most:  # a browser counts a line end once and sends it as two characters
        raise _Refusal(ErrorCode.TOO_LONG, max_length=most, length=len(value))
    text = unicodedata.normalize("NFC", _LINE_END.sub("\n", value)).strip()
    if len(text) > most:
        raise _Refusal(ErrorCode.TOO_LONG, max_length=most, length=len(text))
    if any(unicodedata.category(character) in {"Cc", "Cs"} and character not in "\n\t" for character in text):
        raise _Refusal(ErrorCode.NOT_TEXT)
    return text


_READERS: Mapping[QuestionKind, Callable[[Question, Sequence[str]], Answer | None]] = {
    QuestionKind.SINGLE: _read_code,
    QuestionKind.MATRIX: _read_code,
    QuestionKind.SCALE: _read_code,
    QuestionKind.MULTIPLE: _read_codes,
    QuestionKind.NUMBER: _read_number,
    QuestionKind.TEXT: _read_text,
}
