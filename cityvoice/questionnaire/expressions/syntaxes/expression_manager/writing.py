"""Writes trees as Expression Manager expressions."""

import re
from collections.abc import Callable, Mapping
from typing import Protocol

from cityvoice.questionnaire.expressions.ast import Binary, Call, Expression, Literal, Name, Operator
from cityvoice.questionnaire.expressions.syntaxes.blanks import whole
from cityvoice.questionnaire.expressions.syntaxes.certainty import Certainty
from cityvoice.questionnaire.expressions.syntaxes.refusal import Refusal
from cityvoice.questionnaire.expressions.syntaxes.writing import (
    EQUALITY,
    OR,
    PRIMARY,
    SIGNED,
    Writer,
    Written,
)
from cityvoice.questionnaire.message import Message


class Spelling(Protocol):
    """How a LimeSurvey survey names our answers."""

    def variable(self, name: str, /) -> str | None:
        """The variable of an answer, such as ``Q1_SQ001``; None: there is none."""

    def flag(self, name: str, code: str, /) -> str | None:
        """The variable of an option of a multiple choice, "Y" where it was chosen; None elsewhere."""

    def variables(self, name: str, /) -> tuple[str, ...]:
        """All the variables of an answer: those of the options of a multiple choice, else the one."""


def to_expression_manager(node: Expression, spelling: Spelling) -> str:
    """The expression as LimeSurvey writes it.

    Raises
    ------
    Refusal
        With the reason, when LimeSurvey cannot say it.
    """
    return _Writer(spelling).expression(node)


class _Writer(Writer):
    spelled: Mapping[Operator, str] = {
        **{each: each.value for each in Operator if each not in {Operator.NOT, Operator.REMAINDER}},
        Operator.EQUAL: "==",
    }

    def __init__(self, spelling: Spelling) -> None:
        super().__init__(Certainty(blank_is_a_number=True, is_multiple=self.is_multiple))
        self.spelling = spelling

    def is_multiple(self, name: str) -> bool:
        return len(self.spelling.variables(name)) > 1

    def truth(self, value: bool) -> str:
        return "1" if value else "0"

    def text(self, value: str) -> str:
        for quote in "\"'":
            if quote not in value and "\\" not in value:
                return f"{quote}{value}{quote}"
        escaped = re.sub(r'(["\\])', r"\\\1", value)
        return f'"{escaped}"'

    def name(self, name: str) -> Written:
        return f"{self.variable(name)}.NAOK", PRIMARY

    def variable(self, name: str) -> str:
        spelled = name if name == "this" else self.spelling.variable(name)
        if spelled is None:
            raise Refusal(Message("LimeSurvey has no variable for %(name)r", name=name))
        return spelled

    def negated(self, node: Expression) -> Written:
        if isinstance(node, Call) and node.function == "answered":
            return self.answered(node.arguments[0], empty=True)
        return f"!{self.at(node, PRIMARY)}", SIGNED

    def call(self, node: Call) -> Written:
        match node:
            case Call("selected", (Name() as name, *codes)):
                return self.selected(name, codes)
            case Call("answered" | "known", (value,)):
                return self.answered(value, empty=False)
            case Call("if", (_, _, _)):
                return self.chosen(node)
            case Call("text" | "number" | "holds", (value,)):
                return self.written(value)
            case Call("label" | "question" as function, (Name(name=name),)):
                return f"{self.variable(name)}.{'shown' if function == 'label' else 'question'}", PRIMARY
            case Call("count" | "count_if" | "sum" | "min" | "max" | "stddev" | "unique", arguments):
                return f"{_NAMES.get(node.function, node.function)}({self.spread(arguments)})", PRIMARY
        if build := _BUILT.get(node.function):
            return build(self, *node.arguments), PRIMARY
        if node.function not in _NAMES:
            raise Refusal(Message("%(function)s() has no counterpart in LimeSurvey", function=node.function))
        return f"{_NAMES[node.function]}({self.listed(*node.arguments)})", PRIMARY

    def selected(self, name: Name, codes: list[Expression]) -> Written:
        chosen = [self.is_chosen(name, code) for code in codes]
        return " or ".join(chosen), EQUALITY if len(chosen) == 1 else OR

    def is_chosen(self, name: Name, code: Expression) -> str:
        flag = self.spelling.flag(name.name, str(code.value)) if isinstance(code, Literal) else None
        if flag is None:
            return self.write(Binary(Operator.EQUAL, name, code))
        return f'{flag}.NAOK == "Y"'

    def answered(self, value: Expression, *, empty: bool) -> Written:
        variables = self.spelling.variables(value.name) if isinstance(value, Name) else ()
        if len(variables) > 1:
            given = ", ".join(f"{variable}.NAOK" for variable in variables)
            return f"count({given}) {'==' if empty else '>'} 0", EQUALITY
        return f"{'' if empty else '!'}is_empty({self.write(value)})", SIGNED

    def spread(self, arguments: tuple[Expression, ...]) -> str:
        """The arguments, an answer with several variables as all of these."""
        found: list[str] = []
        for argument in arguments:
            variables = self.spelling.variables(argument.name) if isinstance(argument, Name) else ()
            many = [f"{variable}.NAOK" for variable in variables] if len(variables) > 1 else None
            found += many or [self.expression(argument)]
        return ", ".join(found)

    def pattern(self, text: Expression, pattern: str) -> str:
        form, letters = (pattern[4:], "i") if pattern.startswith("(?i)") else (pattern, "")
        escaped = re.sub(r"(?<!\\)/", r"\/", form)
        return f"regexMatch({self.text(f'/{escaped}/{letters}')}, {self.write(text)})"


_NAMES: Mapping[str, str] = {
    **{name: name for name in ("abs", "ceil", "floor", "round", "pow", "sqrt", "exp", "log", "pi")},
    **{name: name for name in ("sin", "cos", "tan", "asin", "acos", "atan", "atan2", "trim")},
    "int": "intval",
    "is_number": "is_numeric",
    "fixed": "number_format",
    "length": "strlen",
    "lower": "strtolower",
    "upper": "strtoupper",
    "concat": "join",
    "join": "implode",
    "seconds": "strtotime",
    "count_if": "countif",
}


def _coalesced(writer: _Writer, *values: Expression) -> str:
    *before, last = map(writer.write, values)
    for value in reversed(before):
        last = f"if(is_empty({value}), {last}, {value})"
    return last


def _substring(writer: _Writer, text: Expression, first: Expression, *length: Expression) -> str:
    start = writer.write(Binary(Operator.SUBTRACT, first, Literal(1)))
    if isinstance(first, Literal):
        start = str(whole(first) - 1)
    return f"substr({', '.join([writer.write(text), start, *map(writer.write, length)])})"


def _format_date(writer: _Writer, moment: Expression, form: Expression) -> str:
    letters = {"%M": "i", "%S": "s", "%e": "j", "%h": "G", "%%": "%"}
    php = re.sub("%.", lambda mark: letters.get(mark[0], mark[0][1]), writer.literal_of(form))
    return _date(writer, php, moment)


def _date(writer: _Writer, php: str, *moment: Expression) -> str:
    match moment:
        case () | (Call("now" | "today", ()),):
            return f"date({writer.text(php)})"
        case _:
            return f"date({writer.text(php)}, strtotime({writer.write(moment[0])}))"


def _day(writer: _Writer, *parts: Expression) -> str:
    """The day of a moment, or the one that a year, a month and a day make."""
    if len(parts) == 1:
        return _date(writer, "Y-m-d", *parts)
    year, month, day = parts
    return f'date("Y-m-d", mktime(0, 0, 0, {writer.listed(month, day, year)}))'


def _part_of_date(php: str) -> Callable[..., str]:
    return lambda writer, moment: f"intval({_date(writer, php, moment)})"


def _years_since(writer: _Writer, first: Expression, *last: Expression) -> str:
    """Of 20080229 and 20260228 the difference in whole tens of thousands."""
    return f"floor(({_date(writer, 'Ymd', *last)} - {_date(writer, 'Ymd', first)}) / 10000)"


def _mean(writer: _Writer, *values: Expression) -> str:
    given = writer.spread(values)
    return f"(sum({given}) / count({given}))"


_BUILT: Mapping[str, Callable[..., str]] = {
    "coalesce": _coalesced,
    "mean": _mean,
    "count_true": lambda writer, *tests: (
        f"sum({', '.join(f'if({writer.expression(test)}, 1, 0)' for test in tests)})"
    ),
    "matches": lambda writer, text, form: writer.pattern(text, writer.literal_of(form)),
    "contains": lambda writer, text, part: writer.pattern(text, f"(?i){re.escape(writer.literal_of(part))}"),
    "starts_with": lambda writer, text, part: writer.pattern(text, f"^{re.escape(writer.literal_of(part))}"),
    "ends_with": lambda writer, text, part: writer.pattern(text, f"{re.escape(writer.literal_of(part))}$"),
    "replace": lambda writer, text, old, new: f"str_replace({writer.listed(old, new, text)})",
    "find": lambda writer, text, part: f"(strpos({writer.listed(text, part)}) + 1)",
    "substring": _substring,
    "today": lambda writer: _date(writer, "Y-m-d"),
    "now": lambda writer: _date(writer, "Y-m-d H:i:s"),
    "date": _day,
    "format_date": _format_date,
    "year": _part_of_date("Y"),
    "month": _part_of_date("n"),
    "day": _part_of_date("j"),
    "hour": _part_of_date("G"),
    "minute": _part_of_date("i"),
    "years_since": _years_since,
}
