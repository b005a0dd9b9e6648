"""What the questionnaire engine's error codes mean, in the resident's language."""

from collections.abc import Callable

from flask_babel import format_decimal
from flask_babel import gettext as _

from cityvoice.questionnaire.validation import ErrorCode, FieldError


def describe(error: FieldError) -> str:
    return _DESCRIPTIONS[error.code](error)


def _number(error: FieldError, name: str) -> str:
    return str(format_decimal(error.params[name]))


_DESCRIPTIONS: dict[ErrorCode, Callable[[FieldError], str]] = {
    ErrorCode.REQUIRED: lambda _error: _("Please answer this question."),
    ErrorCode.NOT_AN_OPTION: lambda _error: _("Please choose one of the answers shown."),
    ErrorCode.NOT_A_NUMBER: lambda _error: _("Please enter a number, for example 12."),
    ErrorCode.TOO_SMALL: lambda error: _("Please enter at least %(low)s.", low=_number(error, "low")),
    ErrorCode.TOO_LARGE: lambda error: _("Please enter at most %(high)s.", high=_number(error, "high")),
    ErrorCode.NOT_A_STEP: lambda error: _(
        "Please enter a number in steps of %(step)s.", step=_number(error, "step")
    ),
    ErrorCode.TOO_LONG: lambda error: _(
        "Please shorten your answer to %(most)s characters; it has %(length)s.",
        most=_number(error, "max_length"),
        length=_number(error, "length"),
    ),
    ErrorCode.NOT_TEXT: lambda _error: _("Your answer has characters that cannot be stored. Please type it."),
    ErrorCode.EXCLUSIVE: lambda _error: _(
        "You chose an answer that excludes the others. Please choose again."
    ),
    ErrorCode.TOO_MANY: lambda error: _(
        "Please choose at most %(most)s.", most=_number(error, "max_answers")
    ),
    ErrorCode.REPEATED: lambda _error: _("One answer came twice. Please choose again."),
}
