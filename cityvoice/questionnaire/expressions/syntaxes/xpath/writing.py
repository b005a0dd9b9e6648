"""Writes trees as XLSForm expressions."""

from collections.abc import Callable, Mapping
from typing import Protocol

from cityvoice.questionnaire.expressions.ast import Binary, Call, Expression, Literal, Name, Operator
from cityvoice.questionnaire.expressions.syntaxes.blanks import whole
from cityvoice.questionnaire.expressions.syntaxes.certainty import Certainty
from cityvoice.questionnaire.expressions.syntaxes.refusal import Refusal
from cityvoice.questionnaire.expressions.syntaxes.writing import EQUALITY, OR, PRIMARY, SUM, Writer, Written
from cityvoice.questionnaire.message import Message


class Spelling(Protocol):
    """How an XLSForm names our answers."""

    def reference(self, name: str, /) -> str | None:
        """The name of an answer's question, as between ``${`` and ``}``; None: there is none."""

    def repeat_of(self, name: str, /) -> str | None:
        """The name of the repeat that the question stands in; None: in none."""

    def is_multiple(self, name: str, /) -> bool:
        """Whether it is a select_multiple."""


def to_xpath(node: Expression, spelling: Spelling, attributes: frozenset[str] = frozenset()) -> str:
    """The expression as XLSForm writes it.

    Parameters
    ----------
    attributes
        In a choice filter: the names that are columns of the choices.

    Raises
    ------
    Refusal
        With the reason, when XLSForm cannot say it.
    """
    return _Writer(spelling, attributes).expression(node)


class _Writer(Writer):
    spelled: Mapping[Operator, str] = {
        **{each: each.value for each in Operator if each is not Operator.NOT},
        Operator.DIVIDE: "div",
        Operator.REMAINDER: "mod",
    }

    def __init__(self, spelling: Spelling, attributes: frozenset[str]) -> None:
        super().__init__(Certainty(blank_is_a_number=False, is_multiple=spelling.is_multiple))
        self.spelling = spelling
        self.attributes = attributes

    def truth(self, value: bool) -> str:
        return "true()" if value else "false()"

    def text(self, value: str) -> str:
        if "'" not in value:
            return f"'{value}'"
        if '"' not in value:
            return f'"{value}"'
        parts = (f'"{part}"' if part == "'" else f"'{part}'" for part in _apostrophes_apart(value))
        return f"concat({', '.join(parts)})"

    def name(self, name: str) -> Written:
        if name == "this":
            return ".", PRIMARY
        if name in self.attributes:
            return name, PRIMARY
        spelled = self.spelling.reference(name)
        if spelled is None:
            raise Refusal(Message("the form has no question for %(name)r", name=name))
        return f"${{{spelled}}}", PRIMARY

    def negated(self, node: Expression) -> Written:
        if isinstance(node, Call) and node.function in {"answered", "known"}:
            return f"{self.at(node.arguments[0], SUM)} = ''", EQUALITY
        return f"not({self.expression(node)})", PRIMARY

    def call(self, node: Call) -> Written:
        match node:
            case Call("selected", (answer, *codes)):
                chosen = [f"selected({self.listed(answer, code)})" for code in codes]
                return " or ".join(chosen), PRIMARY if len(chosen) == 1 else OR
            case Call("answered" | "known", (value,)):
                return f"{self.at(value, SUM)} != ''", EQUALITY
            case Call("if", (_, _, _)):
                return self.chosen(node)
            case Call("holds", (value,)):
                return self.written(value)
        if build := _BUILT.get(node.function):
            return build(self, *node.arguments), PRIMARY
        if node.function not in _NAMES:
            raise Refusal(Message("%(function)s() has no counterpart in XLSForm", function=node.function))
        return f"{_NAMES[node.function]}({self.listed(*node.arguments)})", PRIMARY


_NAMES: Mapping[str, str] = {
    **{name: name for name in ("abs", "round", "floor", "int", "pow", "sqrt", "exp", "pi", "number")},
    **{name: name for name in ("sin", "cos", "tan", "asin", "acos", "atan", "atan2", "coalesce")},
    **{name: name for name in ("concat", "join", "contains", "today", "now", "min", "max")},
    "ceil": "ceiling",
    "text": "string",
    "length": "string-length",
    "trim": "normalize-space",
    "starts_with": "starts-with",
    "ends_with": "ends-with",
    "before": "substring-before",
    "after": "substring-after",
    "format_date": "format-date",
}


def _apostrophes_apart(value: str) -> list[str]:
    parts: list[str] = []
    for place, part in enumerate(value.split("'")):
        parts += ["'"] if place else []
        parts += [part] if part else []
    return parts


def _label(writer: _Writer, name: Expression, *code: Expression) -> str:
    asked = writer.write(name)
    return f"jr:choice-name({writer.write(code[0]) if code else asked}, '{asked}')"


def _sum(writer: _Writer, *answers: Expression) -> str:
    """There a sum is of one repeated answer; of several the ones that are there are added."""
    if len(answers) == 1:
        return f"sum({writer.write(answers[0])})"
    return "(" + " + ".join(f"coalesce({writer.write(each)}, 0)" for each in answers) + ")"


def _count(writer: _Writer, *answers: Expression) -> str:
    """Of one answer the options chosen, or the repeats; of several the ones that are there."""
    if len(answers) == 1 and isinstance(answers[0], Name):
        repeated = writer.spelling.repeat_of(answers[0].name) is not None
        return f"{'count-non-empty' if repeated else 'count-selected'}({writer.write(answers[0])})"
    given = [f"if({writer.expression(Call('answered', (answer,)))}, 1, 0)" for answer in answers]
    return f"({' + '.join(given)})"


def _count_true(writer: _Writer, *conditions: Expression) -> str:
    return f"({' + '.join(f'if({writer.expression(each)}, 1, 0)' for each in conditions)})"


def _count_if(writer: _Writer, code: Expression, *answers: Expression) -> str:
    return _count_true(writer, *(Binary(Operator.EQUAL, answer, code) for answer in answers))


def _at(writer: _Writer, place: Expression, *answers: Expression) -> str:
    if len(answers) != 1 or not isinstance(answers[0], Name):
        raise Refusal(Message("at() of several answers has no counterpart in XLSForm"))
    if repeat := writer.spelling.repeat_of(answers[0].name):
        return f"indexed-repeat({writer.write(answers[0])}, ${{{repeat}}}, {writer.write(place)})"
    before = Binary(Operator.SUBTRACT, place, Literal(1))
    return f"selected-at({writer.listed(answers[0], before)})"


def _matches(writer: _Writer, text: Expression, form: Expression) -> str:
    """XLSForm asks for the whole text: what may stand before and behind is added."""
    found = writer.literal_of(form).removeprefix("(?i)")
    if found != writer.literal_of(form):
        raise Refusal(Message("a pattern for either case has no counterpart in XLSForm"))
    whole = found.startswith("^") and found.endswith("$")
    return f"regex({writer.write(text)}, {writer.text(found if whole else f'.*({found}).*')})"


def _substring(writer: _Writer, text: Expression, first: Expression, *length: Expression) -> str:
    start = Binary(Operator.SUBTRACT, first, Literal(1))
    places: list[Expression] = [start]
    if isinstance(first, Literal):
        places = [Literal(whole(first) - 1)]
    places += [Binary(Operator.ADD, places[0], each) for each in length]
    return f"substr({writer.listed(text, *places)})"


def _date(writer: _Writer, value: Expression, *parts: Expression) -> str:
    if parts:
        raise Refusal(Message("a date made of its parts has no counterpart in XLSForm"))
    return f"date({writer.write(value)})"


def _seconds(writer: _Writer, moment: Expression) -> str:
    return f"(decimal-date-time({writer.write(moment)}) * 86400)"


def _years_since(writer: _Writer, first: Expression, *last: Expression) -> str:
    """Of 20080229 and 20260228 the difference in whole tens of thousands."""
    end = writer.write(last[0]) if last else "today()"
    start = writer.write(first)
    return f"int((format-date({end}, '%Y%m%d') - format-date({start}, '%Y%m%d')) div 10000)"


def _part_of_date(mark: str) -> Callable[..., str]:
    return lambda writer, moment: f"number(format-date({writer.write(moment)}, '{mark}'))"


_BUILT: Mapping[str, Callable[..., str]] = {
    "date": _date,
    "label": _label,
    "sum": _sum,
    "count": _count,
    "count_true": _count_true,
    "count_if": _count_if,
    "at": _at,
    "position": lambda writer: "position(..)",
    "matches": _matches,
    "substring": _substring,
    "log": lambda writer, number, *base: (
        f"log({writer.write(number)})" + (f" div log({writer.write(base[0])})" if base else "")
    ),
    "mean": lambda writer, *answers: f"({_sum(writer, *answers)} div {_count(writer, *answers)})",
    "is_number": lambda writer, value: f"(string(number({writer.write(value)})) != 'NaN')",
    "seconds": _seconds,
    "years_since": _years_since,
    "year": _part_of_date("%Y"),
    "month": _part_of_date("%n"),
    "day": _part_of_date("%e"),
    "hour": _part_of_date("%h"),
    "minute": _part_of_date("%M"),
    "fixed": lambda writer, number, digits: f"string(round({writer.listed(number, digits)}))",
}
