"""PHP's dates, which are numbers of seconds since 1970."""

import re
from collections.abc import Mapping

from cityvoice.questionnaire.expressions.ast import Binary, Call, Expression, Literal, Operator
from cityvoice.questionnaire.expressions.syntaxes import blanks
from cityvoice.questionnaire.expressions.syntaxes.blanks import call
from cityvoice.questionnaire.expressions.syntaxes.refusal import Refusal
from cityvoice.questionnaire.message import Message

_DATE_LETTERS: Mapping[str, str] = {
    "Y": "%Y",
    "y": "%y",
    "m": "%m",
    "n": "%n",
    "d": "%d",
    "j": "%e",
    "H": "%H",
    "G": "%h",
    "i": "%M",
    "s": "%S",
    "%": "%%",
}


def _format(form: Expression) -> Literal:
    """``Y-m-d H:i`` as ``%Y-%m-%d %H:%M``."""
    found = ""
    for escaped, letter in re.findall(r"\\(.)|(.)", blanks.said(form), flags=re.DOTALL):
        if letter.isalpha() and letter not in _DATE_LETTERS:
            raise Refusal(Message("the date format %(letter)r has no counterpart here", letter=letter))
        found += escaped or _DATE_LETTERS.get(letter, letter)
    return Literal(found)


def _moment(node: Expression) -> Expression:
    """The moment of a number of seconds since 1970."""
    match node:
        case Call("seconds", (moment,)):
            return moment
        case _:
            days = Binary(Operator.DIVIDE, node, Literal(86400))
            return Binary(Operator.ADD, Literal("1970-01-01T00:00:00"), days)


def formatted(form: Expression, *moment: Expression) -> Expression:
    return call("format_date", _moment(moment[0]) if moment else call("now"), _format(form))


def seconds_of(text: Expression) -> Expression:
    said = text.value if isinstance(text, Literal) else None
    match said:
        case "now":
            return call("seconds", call("now"))
        case "today" | "midnight":
            return call("seconds", call("today"))
        case _:
            return call("seconds", call("date", text))


def seconds_of_parts(*parts: Expression) -> Expression:
    """Hour, minute, second, month, day, year."""
    hour, minute, second, month, day, year = parts
    units = ((hour, 3600), (minute, 60), (second, 1))
    clock = [Binary(Operator.MULTIPLY, part, Literal(unit)) for part, unit in units]
    return call("sum", call("seconds", call("date", year, month, day)), *clock)
