"""Reads what was posted for one answer key, by the kind of its question; `Refusal` where it is no answer."""

import re
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from cityvoice.questionnaire.answering.errors import ErrorCode, Refusal
from cityvoice.questionnaire.answering.geometry import read_place
from cityvoice.questionnaire.answering.typed_text import formatted, match, read_text
from cityvoice.questionnaire.expressions.evaluate import Compiled
from cityvoice.questionnaire.expressions.values import Lookup
from cityvoice.questionnaire.kinds import ColumnKind, QuestionKind
from cityvoice.questionnaire.moments import read_day, read_time
from cityvoice.questionnaire.names import AnswerField
from cityvoice.questionnaire.question import DEFAULT_MAX_LENGTH, Answer, Column, Question
from cityvoice.questionnaire.steps import Step

MOST_WORDS = 500  # characters of "other, namely" and of a place in words

_NUMBER = re.compile(r"[+-]?[0-9]{1,15}(?:[.,][0-9]{1,10})?")
_SPACES = re.compile(r"[\s\u00a0\u202f]")  # people group thousands with spaces
_RANK = re.compile(r"\s*[0-9]{1,4}\s*", re.ASCII)
_UPLOAD = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True)
class Posted:
    """What came for one answer key: the values that are not blank, and what they may be."""

    step: Step
    part: AnswerField
    values: Sequence[str]
    offered: Container[str]  # codes
    look: Lookup

    @property
    def question(self) -> Question:
        return self.step.question

    @property
    def only(self) -> str | None:
        """The one value that a field may have; None for no answer."""
        if len(self.values) > 1:
            raise Refusal(ErrorCode.TOO_MANY, max_answers=1)
        return self.values[0] if self.values else None


def read(posted: Posted) -> Answer | None:
    """The answer; None where there is none.

    Raises
    ------
    Refusal
        With its reason.
    """
    part = posted.part
    if part.is_words:
        return _words(posted)
    if part.column is not None:
        return _CELLS[part.column.kind](posted)
    return _READERS[posted.question.kind](posted)


def _words(posted: Posted) -> str | None:
    """Words beside an answer; a remark may be long."""
    value = posted.only
    is_remark = posted.part.option is None and posted.question.kind is not QuestionKind.PLACE
    return None if value is None else read_text(value, DEFAULT_MAX_LENGTH if is_remark else MOST_WORDS)


def _code(posted: Posted) -> str | None:
    value = posted.only
    if value is not None and value not in posted.offered:
        raise Refusal(ErrorCode.NOT_AN_OPTION)
    return value


def _codes(posted: Posted) -> list[str]:
    """The chosen codes in the order of the options; an empty list says that the question was asked."""
    question, chosen = posted.question, set(posted.values)
    if not all(code in posted.offered for code in chosen):
        raise Refusal(ErrorCode.NOT_AN_OPTION)
    if len(chosen) < len(posted.values):
        raise Refusal(ErrorCode.REPEATED)
    alone = [option.code for option in question.options if option.exclusive or option.missing]
    excluding = [code for code in alone if code in chosen]
    if excluding and len(chosen) > 1:
        raise Refusal(ErrorCode.EXCLUSIVE, code=excluding[0])
    if question.max_answers is not None and len(chosen) > question.max_answers:
        raise Refusal(ErrorCode.TOO_MANY, max_answers=question.max_answers)
    there = sum(option.code in posted.offered for option in question.options if option.code not in alone)
    least = min(question.min_answers or 0, there)
    if chosen and not excluding and len(chosen) < least:
        raise Refusal(ErrorCode.TOO_FEW, min_answers=least)
    return [code for code in question.codes if code in chosen]


def _number(posted: Posted, limits: Question | Column | None = None) -> str | float | None:
    limits = limits or posted.question
    value = posted.only
    if value is None or value in posted.offered:
        return value
    written = _SPACES.sub("", value[:100])
    if not _NUMBER.fullmatch(written):
        raise Refusal(ErrorCode.NOT_A_NUMBER)
    number = float(written.replace(",", "."))
    if limits.low is not None and number < limits.low:
        raise Refusal(ErrorCode.TOO_SMALL, low=limits.low)
    if limits.high is not None and number > limits.high:
        raise Refusal(ErrorCode.TOO_LARGE, high=limits.high)
    if limits.step and not _is_step(number, limits.low or 0, limits.step):
        raise Refusal(ErrorCode.NOT_A_STEP, step=limits.step)
    return int(number) if number.is_integer() else number


def _is_step(number: float, low: float, step: float) -> bool:
    steps = (number - low) / step
    return abs(steps - round(steps)) < 1e-9 * max(1.0, abs(steps))


def _rank(posted: Posted) -> int | None:
    value, lowest = posted.only, len(posted.question.main_fields)
    if value is None:
        return None
    if not _RANK.fullmatch(value) or not 1 <= int(value) <= lowest:
        raise Refusal(ErrorCode.NOT_A_RANK, high=lowest)
    return int(value)


def _text(posted: Posted) -> str | None:
    value, question = posted.only, posted.question
    if value is None:
        return None
    text = formatted(read_text(value, question.max_length or DEFAULT_MAX_LENGTH), question.format)
    match(text, question.pattern)
    return text


def _cell_text(posted: Posted) -> str | None:
    return None if posted.only is None else read_text(posted.only, MOST_WORDS)


def _moment(
    read_moment: Callable[[str], str | None], refused: ErrorCode, places: slice, posted: Posted
) -> str | None:
    """A day or a time of day within the question's limits. `places`: where it stands in a whole moment."""
    value = posted.only
    if value is None or value in posted.offered:
        return value
    moment = read_moment(value.strip()[:40])
    if moment is None:
        raise Refusal(refused)
    earliest = _limit(posted.step.earliest, posted.look, places)
    latest = _limit(posted.step.latest, posted.look, places)
    if earliest is not None and moment < earliest:
        raise Refusal(ErrorCode.TOO_EARLY, earliest=earliest)
    if latest is not None and moment > latest:
        raise Refusal(ErrorCode.TOO_LATE, latest=latest)
    return moment


def _limit(limit: Compiled | None, look: Lookup, places: slice) -> str | None:
    """The limit as a day or a time; none where it is unknown or of another kind."""
    value = None if limit is None else limit(look)
    if not isinstance(value, str):
        return None
    value = value[places] if "T" in value else value
    return read_day(value) or read_time(value)


def _upload(posted: Posted) -> str | None:
    value = posted.only
    if value is not None and not _UPLOAD.fullmatch(value):
        raise Refusal(ErrorCode.NOT_A_FILE)
    return value


def _place(posted: Posted) -> str | None:
    return None if posted.only is None else read_place(posted.only, posted.question.geometry)


def _cell_number(posted: Posted) -> str | float | None:
    return _number(posted, posted.part.column)


_CELLS: Mapping[ColumnKind, Callable[[Posted], Answer | None]] = {
    ColumnKind.SINGLE: _code,
    ColumnKind.NUMBER: _cell_number,
    ColumnKind.TEXT: _cell_text,
    ColumnKind.FLAG: _code,
}
_READERS: Mapping[QuestionKind, Callable[[Posted], Answer | None]] = {
    QuestionKind.SINGLE: _code,
    QuestionKind.MULTIPLE: _codes,
    QuestionKind.MATRIX: _code,
    QuestionKind.SCALE: _code,
    QuestionKind.RANKING: _rank,
    QuestionKind.BEST_WORST: _code,
    QuestionKind.NUMBER: _number,
    QuestionKind.NUMBERS: _number,
    QuestionKind.TEXT: _text,
    QuestionKind.TEXTS: _text,
    QuestionKind.DATE: partial(_moment, read_day, ErrorCode.NOT_A_DATE, slice(0, 10)),
    QuestionKind.TIME: partial(_moment, read_time, ErrorCode.NOT_A_TIME, slice(11, 16)),
    QuestionKind.FILE: _upload,
    QuestionKind.PLACE: _place,
    QuestionKind.CONSENT: _code,
}
