"""What is wrong with an answer or a file, in the resident's language: what to do now."""

from collections.abc import Callable, Mapping
from datetime import date

from flask_babel import format_date, format_decimal
from flask_babel import gettext as _

from cityvoice.questionnaire.question import Text
from cityvoice.questionnaire.validation import ErrorCode, FieldError
from cityvoice.surveys.uploads import FileCode, FileError

AnyError = FieldError | FileError


def describe(error: AnyError, words: Callable[[Text], str]) -> str:
    """The sentence that belongs to an error.

    Parameters
    ----------
    words
        Gives a text of the questionnaire to this reader: a rule may have a sentence of its own.
    """
    if isinstance(error, FieldError) and error.message is not None:
        return words(error.message)
    return _DESCRIPTIONS[error.code](error)


def _number(error: AnyError, name: str) -> str:
    value = error.params[name]
    return str(format_decimal(value)) if isinstance(value, int | float) else value


def _moment(error: AnyError, name: str) -> str:
    """A day in words, an hour as it is."""
    value = str(error.params[name])
    return str(format_date(date.fromisoformat(value), "d MMMM yyyy")) if "-" in value else value


_DESCRIPTIONS: Mapping[str, Callable[[AnyError], str]] = {
    ErrorCode.REQUIRED: lambda _error: _("Please answer this question."),
    ErrorCode.NOT_AN_OPTION: lambda _error: _("Please choose one of the answers shown."),
    ErrorCode.NOT_A_NUMBER: lambda _error: _("Please enter a number, for example 12."),
    ErrorCode.TOO_SMALL: lambda error: _("Please enter at least %(low)s.", low=_number(error, "low")),
    ErrorCode.TOO_LARGE: lambda error: _("Please enter at most %(high)s.", high=_number(error, "high")),
    ErrorCode.NOT_A_STEP: lambda error: _(
        "Please enter a number in steps of %(step)s.", step=_number(error, "step")
    ),
    ErrorCode.TOTAL: lambda error: _(
        "Together these must be %(total)s; now they are %(sum)s.",
        total=_number(error, "total"),
        sum=_number(error, "sum"),
    ),
    ErrorCode.TOO_LONG: lambda error: _(
        "Please shorten your answer to %(most)s characters; it has %(length)s.",
        most=_number(error, "max_length"),
        length=_number(error, "length"),
    ),
    ErrorCode.NOT_TEXT: lambda _error: _("Your answer has characters that cannot be stored. Please type it."),
    ErrorCode.NOT_EMAIL: lambda _error: _("Please enter an e-mail address, for example name@example.org."),
    ErrorCode.NOT_PHONE: lambda _error: _("Please enter a phone number, for example +48 600 100 200."),
    ErrorCode.NOT_WEB: lambda _error: _("Please enter the address of a web page, for example example.org."),
    ErrorCode.PATTERN: lambda _error: _("Please write the answer in the form that the question asks for."),
    ErrorCode.NOT_A_DATE: lambda _error: _("Please enter a day, for example 23.11.2026."),
    ErrorCode.NOT_A_TIME: lambda _error: _("Please enter a time, for example 18:05."),
    ErrorCode.TOO_EARLY: lambda error: _(
        "Please enter %(earliest)s or later.", earliest=_moment(error, "earliest")
    ),
    ErrorCode.TOO_LATE: lambda error: _(
        "Please enter %(latest)s or earlier.", latest=_moment(error, "latest")
    ),
    ErrorCode.NOT_A_FILE: lambda _error: _("Please choose the file again."),
    ErrorCode.NOT_A_PLACE: lambda _error: _("Please mark the place again, or describe it in words."),
    ErrorCode.TOO_MANY_POINTS: lambda error: _(
        "Please mark at most %(most)s points.", most=_number(error, "most")
    ),
    ErrorCode.EXCLUSIVE: lambda _error: _(
        "You chose an answer that excludes the others. Please choose again."
    ),
    ErrorCode.TOO_FEW: lambda error: _(
        "Please choose at least %(least)s.", least=_number(error, "min_answers")
    ),
    ErrorCode.TOO_MANY: lambda error: _(
        "Please choose at most %(most)s.", most=_number(error, "max_answers")
    ),
    ErrorCode.REPEATED: lambda _error: _("One answer came twice. Please choose again."),
    ErrorCode.NOT_A_RANK: lambda error: _(
        "Please give a place from 1 to %(high)s.", high=_number(error, "high")
    ),
    ErrorCode.RANK_GAP: lambda error: _(
        "Please give the places in a row: place %(rank)s is missing.", rank=_number(error, "rank")
    ),
    ErrorCode.SAME: lambda _error: _("The best and the worst cannot be the same. Please choose again."),
    ErrorCode.RULE: lambda _error: _("Please check this answer: it does not agree with the others."),
    FileCode.EMPTY_FILE: lambda _error: _("This file is empty. Please choose another."),
    FileCode.FILE_TOO_LARGE: lambda error: _(
        "This file is too large. Please choose one of at most %(most)s MB.", most=_number(error, "most")
    ),
    FileCode.WRONG_FILE: lambda _error: _("We cannot take a file of this kind here. Please choose another."),
    FileCode.BROKEN_PICTURE: lambda _error: _("We cannot read this picture. Please send it as JPEG or PNG."),
}
