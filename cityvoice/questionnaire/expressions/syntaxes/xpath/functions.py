"""What the functions of XLSForm become."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from cityvoice.questionnaire.expressions.ast import (
    Binary,
    Expression,
    Literal,
    Membership,
    Name,
    Operator,
    Unary,
)
from cityvoice.questionnaire.expressions.patterns import PatternError, pattern
from cityvoice.questionnaire.expressions.rewrite import all_of
from cityvoice.questionnaire.expressions.syntaxes import blanks
from cityvoice.questionnaire.expressions.syntaxes.blanks import call
from cityvoice.questionnaire.expressions.syntaxes.refusal import Refusal
from cityvoice.questionnaire.message import Message

MAX_TRANSLATED = 12  # characters that translate() changes: each is a function inside of another
_ONE = Literal(1)
_DAY = Literal(86400)
_DATE_MARKS = re.compile(r"%(?![YymndeHhMS%])")
_IN_QUOTES = re.compile(r"\$\{\s*([^}]+?)\s*\}|(?:.*/)?([^/\s]+)")


@dataclass(frozen=True)
class Site:
    """One call: its arguments, and what is known about where it stands."""

    arguments: list[Expression]
    node: Callable[[str], Expression | None]
    draws_of: str  # under this name random numbers are drawn


Build = Callable[..., Expression]


def is_function(name: str) -> bool:
    return name in _FUNCTIONS or name in _AT_SITE or name in REFUSED


def called(function: str, site: Site) -> Expression:
    """The tree of a call; `Refusal` of what there is not or cannot be said."""
    if reason := REFUSED.get(function):
        raise Refusal(Message("%(function)s() %(reason)s", function=function, reason=reason))
    if build := _AT_SITE.get(function):
        return build(site)
    if function not in _FUNCTIONS:
        raise Refusal(Message("unknown function %(function)r", function=function))
    least, most, build_ = _FUNCTIONS[function]
    given = len(site.arguments)
    if given < least or (most is not None and given > most):
        raise Refusal(
            Message("%(function)s() takes other than %(given)s arguments", function=function, given=given)
        )
    return build_(*site.arguments)


def _same(function: str) -> Build:
    return lambda *arguments: call(function, *arguments)


def _on_text(function: str) -> Build:
    """A function of one text, which is empty where there is no answer."""
    return lambda text, *rest: call(function, blanks.as_text(text), *rest)


def _not(node: Expression) -> Expression:
    found = blanks.condition(node)
    if blanks.is_of_this(found) and not blanks.is_certain(found):
        return Unary(Operator.NOT, found, node.position)
    return blanks.negation(found)


def _if(test: Expression, then: Expression, otherwise: Expression) -> Expression:
    return call("if", blanks.holding(test), then, otherwise)


def _plus(node: Expression, number: int) -> Expression:
    if isinstance(node, Literal) and isinstance(node.value, int):
        return Literal(node.value + number)
    return Binary(Operator.ADD, node, Literal(number))


def _selected_at(answer: Expression, place: Expression) -> Expression:
    return call("at", _plus(place, 1), answer)


def _substr(text: Expression, start: Expression, *end: Expression) -> Expression:
    """From one place to another, counted from 0; the last one is not taken."""
    length: list[Expression] = []
    if end and isinstance(start, Literal) and isinstance(end[0], Literal):
        length = [Literal(blanks.whole(end[0]) - blanks.whole(start))]
    elif end:
        length = [Binary(Operator.SUBTRACT, end[0], start)]
    return call("substring", blanks.as_text(text), _plus(start, 1), *length)


def _regex(text: Expression, form: Expression) -> Expression:
    """The whole text matches."""
    inside = blanks.said(form)
    bound = inside.startswith("^") and inside.endswith("$") and "|" not in inside
    found = inside if bound else f"^(?:{inside})$"
    try:
        pattern(found)
    except PatternError as error:
        raise Refusal(error.message) from error
    return call("matches", text if blanks.is_of_this(text) else blanks.as_text(text), Literal(found))


def _translate(text: Expression, old: Expression, new: Expression) -> Expression:
    before, after = blanks.said(old), blanks.said(new)
    if len(before) > MAX_TRANSLATED:
        raise Refusal(
            Message(
                "translate() of more than %(most)s characters has no counterpart here",
                most=MAX_TRANSLATED,
            )
        )
    found = blanks.as_text(text)
    for place, character in enumerate(before):
        found = call("replace", found, Literal(character), Literal(after[place : place + 1]))
    return found


def _format_date(moment: Expression, form: Expression) -> Expression:
    if mark := _DATE_MARKS.search(blanks.said(form)):
        raise Refusal(
            Message(
                "the date format %(said)r has no counterpart here", said=blanks.said(form)[mark.start() :][:2]
            )
        )
    return call("format_date", moment, form)


def _days(moment: Expression) -> Expression:
    return Binary(Operator.DIVIDE, call("seconds", moment), _DAY)


def _checklist(least: Expression, most: Expression, *answers: Expression) -> Expression:
    """Between `least` and `most` of the answers are yes; -1: no bound."""
    held = call("count_true", *map(blanks.condition, answers))
    bounds = ((Operator.GREATER_OR_EQUAL, least), (Operator.LESS_OR_EQUAL, most))
    limits = [Binary(kind, held, bound) for kind, bound in bounds if not isinstance(bound, Unary)]
    return all_of(limits) or Literal(True)


def _indexed(answer: Expression, *places: Expression) -> Expression:
    if len(places) != 2:
        raise Refusal(Message("indexed-repeat() of a repeat inside of another has no counterpart here"))
    return call("at", places[1], answer)


def _once(value: Expression) -> Expression:
    return call("coalesce", Name("this"), value)


def _choice_name(site: Site) -> Expression:
    """The label of a code; the question is named in quotes."""
    if len(site.arguments) != 2:
        raise Refusal(Message("jr:choice-name() takes 2, not %(n)s arguments", n=len(site.arguments)))
    code, quoted = site.arguments
    named = quoted
    if isinstance(quoted, Literal):
        match = _IN_QUOTES.fullmatch(str(quoted.value).strip())
        named = (site.node(match[1] or match[2]) if match else None) or quoted
    if not isinstance(named, Name):
        raise Refusal(Message("jr:choice-name() needs the name of a question"))
    if isinstance(code, Name) and code.name == named.name:
        return call("label", named)
    return call("label", named, code)


_AT_SITE: Mapping[str, Callable[[Site], Expression]] = {
    "jr:choice-name": _choice_name,
    "random": lambda site: call("random", Literal(site.draws_of)),
}
# Of each function: the fewest and the most arguments (None: any number), and what it becomes.
_FUNCTIONS: Mapping[str, tuple[int, int | None, Build]] = {
    "true": (0, 0, lambda: Literal(True)),
    "false": (0, 0, lambda: Literal(False)),
    "not": (1, 1, _not),
    "boolean": (1, 1, blanks.holding),
    "boolean-from-string": (1, 1, lambda node: Membership(node, (_ONE, Literal("true")))),
    "if": (3, 3, _if),
    "coalesce": (1, None, _same("coalesce")),
    "once": (1, 1, _once),
    "selected": (2, 2, _same("selected")),
    "selected-at": (2, 2, _selected_at),
    "count-selected": (1, 1, _same("count")),
    "checklist": (2, None, _checklist),
    "indexed-repeat": (3, None, _indexed),
    "count": (1, 1, _same("count")),
    "count-non-empty": (1, 1, _same("count")),
    "sum": (1, None, _same("sum")),
    "min": (1, None, _same("min")),
    "max": (1, None, _same("max")),
    "number": (1, 1, _same("number")),
    "int": (1, 1, _same("int")),
    "round": (1, 2, _same("round")),
    "floor": (1, 1, _same("floor")),
    "ceiling": (1, 1, _same("ceil")),
    "abs": (1, 1, _same("abs")),
    "pow": (2, 2, _same("pow")),
    "sqrt": (1, 1, _same("sqrt")),
    "exp": (1, 1, _same("exp")),
    "exp10": (1, 1, lambda node: call("pow", Literal(10), node)),
    "log": (1, 1, _same("log")),
    "log10": (1, 1, lambda node: call("log", node, Literal(10))),
    "pi": (0, 0, _same("pi")),
    **{name: (1, 1, _same(name)) for name in ("sin", "cos", "tan", "asin", "acos", "atan")},
    "atan2": (2, 2, _same("atan2")),
    "string": (1, 1, blanks.as_text),
    "concat": (0, None, _same("concat")),
    "join": (1, None, _same("join")),
    "string-length": (1, 1, _on_text("length")),
    "normalize-space": (1, 1, _on_text("trim")),
    "lower-case": (1, 1, _on_text("lower")),
    "upper-case": (1, 1, _on_text("upper")),
    "contains": (2, 2, _on_text("contains")),
    "starts-with": (2, 2, _on_text("starts_with")),
    "ends-with": (2, 2, _on_text("ends_with")),
    "substring-before": (2, 2, _on_text("before")),
    "substring-after": (2, 2, _on_text("after")),
    "substr": (2, 3, _substr),
    "substring": (2, 3, _on_text("substring")),
    "translate": (3, 3, _translate),
    "regex": (2, 2, _regex),
    "today": (0, 0, _same("today")),
    "now": (0, 0, _same("now")),
    "date": (1, 1, _same("date")),
    "date-time": (1, 1, lambda node: node),
    "format-date": (2, 2, _format_date),
    "format-date-time": (2, 2, _format_date),
    "decimal-date-time": (1, 1, _days),
    "decimal-time": (1, 1, _days),
}
_TABLE = Message("looks something up in a table that comes with the form")
_SHAPE = Message("measures a shape, which is not done while answering")
_IDENTITY = Message("makes an identifier; every response here has its own")
_CODED = Message("decodes what only a program reads")
_DEVICE = Message("is about the device or the form file")
_NOTHING = Message("has no counterpart here")
REFUSED: Mapping[str, str] = {
    **dict.fromkeys(("pulldata", "instance-lookup", "lookup"), _TABLE),
    **dict.fromkeys(("area", "distance", "geofence", "intersects", "enclosed-area", "polygon-point"), _SHAPE),
    **dict.fromkeys(("uuid", "digest", "hash"), _IDENTITY),
    **dict.fromkeys(("base64-decode", "base64-encode", "extract-signed"), _CODED),
    **dict.fromkeys(("property", "version", "jr:itext", "here", "device-id"), _DEVICE),
    "randomize": Message("changes an order; a question's options are shuffled with a setting of their own"),
    "weighted-checklist": _NOTHING,
    "depend": _NOTHING,
}
