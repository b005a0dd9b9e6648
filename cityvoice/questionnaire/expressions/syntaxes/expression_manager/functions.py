"""What the functions of the Expression Manager become."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from cityvoice.questionnaire.expressions.ast import Binary, Expression, Literal, Name, Operator
from cityvoice.questionnaire.expressions.rewrite import any_of
from cityvoice.questionnaire.expressions.syntaxes import blanks
from cityvoice.questionnaire.expressions.syntaxes.blanks import call
from cityvoice.questionnaire.expressions.syntaxes.expression_manager import dates, texts
from cityvoice.questionnaire.expressions.syntaxes.refusal import Refusal
from cityvoice.questionnaire.message import Message

_ZERO, _ONE, _EMPTY = Literal(0), Literal(1), Literal("")


@dataclass(frozen=True)
class Site:
    """One call: its arguments, and what is known about where it stands."""

    arguments: list[Expression]
    is_tolerant: Callable[[Expression], bool]  # whether all that is named in a tree may be blank
    draws_of: str  # under this name random numbers are drawn
    question: Name | None  # that the first argument belongs to, where that is a variable


Build = Callable[..., Expression]


def called(function: str, site: Site) -> Expression:
    """The tree of a call; `Refusal` of what there is not or cannot be said."""
    name = function.lower()
    if reason := REFUSED.get(name):
        raise Refusal(Message("%(function)s() %(reason)s", function=function, reason=reason))
    if build := _AT_SITE.get(name):
        return build(site)
    if name not in _FUNCTIONS:
        raise Refusal(Message("unknown function %(function)r", function=function))
    least, most, build_ = _FUNCTIONS[name]
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


def _numeric(node: Expression) -> Expression:
    """PHP's conversion: what is no number is 0, a condition 1 or 0."""
    ticked = blanks.flagged(node)
    if ticked is not None or blanks.is_condition(node):
        return call("if", blanks.holding(node), _ONE, _ZERO)
    return call("coalesce", call("number", node), _ZERO)


def _if(site: Site) -> Expression:
    if len(site.arguments) != 3:
        raise Refusal(Message("if() takes 3, not %(n)s arguments", n=len(site.arguments)))
    test, then, otherwise = site.arguments
    found = blanks.condition(test)
    return call("if", blanks.holding(found) if site.is_tolerant(test) else found, then, otherwise)


def _rand(site: Site) -> Expression:
    """A whole number between two bounds; LimeSurvey's own bounds where none are given."""
    if len(site.arguments) not in {0, 2}:
        raise Refusal(Message("rand() takes 0 or 2, not %(n)s arguments", n=len(site.arguments)))
    low, high = site.arguments or (_ZERO, Literal(2147483647))
    span: Expression = Binary(Operator.ADD, Binary(Operator.SUBTRACT, high, low), _ONE)
    if isinstance(low, Literal) and isinstance(high, Literal):
        span = Literal(blanks.whole(high) - blanks.whole(low) + 1)
    drawn = call("floor", Binary(Operator.MULTIPLY, call("random", Literal(site.draws_of)), span))
    return drawn if low == _ZERO else Binary(Operator.ADD, drawn, low)


def _is_empty(*values: Expression) -> Expression:
    return blanks.negation(any_of(map(blanks.answered, values)) or Literal(False))


def _option_text(site: Site) -> Expression:
    match site.arguments:
        case [_, code] if site.question is not None:
            return call("label", site.question, code)
        case _:
            raise Refusal(Message("needs a question of this survey, such as Q1.qid"))


def _operation(operator: Expression, value: Expression) -> Callable[[Expression], Expression]:
    """Of ``countifop`` and ``sumifop``: the condition that each answer is put to."""
    spelled = blanks.said(operator).lower()
    if spelled == "rx":
        return lambda answer: texts.matching(value, answer)
    if spelled in {"==", "eq"}:
        return lambda answer: blanks.equal(answer, value)
    if spelled in {"!=", "ne"}:
        return lambda answer: blanks.negation(blanks.equal(answer, value))
    if spelled not in _OPERATIONS:
        raise Refusal(Message("unknown operator %(spelled)r", spelled=spelled))
    return lambda answer: Binary(_OPERATIONS[spelled], answer, value, answer.position)


def _count_if_operation(operator: Expression, value: Expression, *answers: Expression) -> Expression:
    holds = _operation(operator, value)
    return call("count_true", *map(holds, answers))


def _sum_if_operation(operator: Expression, value: Expression, *answers: Expression) -> Expression:
    holds = _operation(operator, value)
    return call("sum", _ZERO, *(call("if", holds(answer), answer, _ZERO) for answer in answers))


def _number_format(number: Expression, *rest: Expression) -> Expression:
    return call("fixed", number, rest[0] if rest else _ZERO)


def _itself(node: Expression, *_: Expression) -> Expression:
    return node


def _is_int(node: Expression) -> Expression:
    whole = blanks.equal(node, call("int", node))
    return call("holds", whole)


_OPERATIONS: Mapping[str, Operator] = {
    **dict.fromkeys(("<", "lt"), Operator.LESS),
    **dict.fromkeys(("<=", "le"), Operator.LESS_OR_EQUAL),
    **dict.fromkeys((">", "gt"), Operator.GREATER),
    **dict.fromkeys((">=", "ge"), Operator.GREATER_OR_EQUAL),
}
_AT_SITE: Mapping[str, Callable[[Site], Expression]] = {
    "if": _if,
    "rand": _rand,
    "getansweroptiontext": _option_text,
}
# Of each function: the fewest and the most arguments (None: any number), and what it becomes.
_FUNCTIONS: Mapping[str, tuple[int, int | None, Build]] = {
    "is_empty": (1, None, _is_empty),
    "is_null": (1, None, _is_empty),
    "is_numeric": (1, 1, _same("is_number")),
    "is_nan": (1, 1, lambda node: blanks.negation(call("is_number", node))),
    "is_float": (1, 1, lambda node: blanks.negation(_is_int(node))),
    "is_int": (1, 1, _is_int),
    "is_string": (1, 1, lambda node: blanks.negation(call("is_number", node))),
    "count": (0, None, _same("count")),
    "countif": (1, None, _same("count_if")),
    "countifop": (2, None, _count_if_operation),
    "sum": (0, None, lambda *answers: call("sum", _ZERO, *answers)),
    "sumifop": (2, None, _sum_if_operation),
    "min": (1, None, _same("min")),
    "max": (1, None, _same("max")),
    "stddev": (1, None, _same("stddev")),
    "unique": (1, None, _same("unique")),
    "abs": (1, 1, _same("abs")),
    "ceil": (1, 1, _same("ceil")),
    "floor": (1, 1, _same("floor")),
    "round": (1, 2, _same("round")),
    "intval": (1, 2, lambda node, *_: call("int", _numeric(node))),
    "floatval": (1, 1, _numeric),
    "fixnum": (1, 1, _itself),
    "number_format": (1, 4, _number_format),
    "pow": (2, 2, _same("pow")),
    "sqrt": (1, 1, _same("sqrt")),
    "exp": (1, 1, _same("exp")),
    "log": (1, 2, _same("log")),
    "pi": (0, 0, _same("pi")),
    "sin": (1, 1, _same("sin")),
    "cos": (1, 1, _same("cos")),
    "tan": (1, 1, _same("tan")),
    "asin": (1, 1, _same("asin")),
    "acos": (1, 1, _same("acos")),
    "atan": (1, 1, _same("atan")),
    "atan2": (2, 2, _same("atan2")),
    "implode": (1, None, _same("join")),
    "join": (1, None, _same("concat")),
    "list": (1, None, lambda *texts: call("join", Literal(", "), *texts)),
    "strlen": (1, 1, _on_text("length")),
    "strtolower": (1, 1, _on_text("lower")),
    "strtoupper": (1, 1, _on_text("upper")),
    "trim": (1, 2, lambda text, *_: call("trim", blanks.as_text(text))),
    "ltrim": (1, 2, lambda text, *_: call("trim", blanks.as_text(text))),
    "rtrim": (1, 2, lambda text, *_: call("trim", blanks.as_text(text))),
    "substr": (2, 3, texts.part_of),
    "str_replace": (3, 3, lambda old, new, text: call("replace", blanks.as_text(text), old, new)),
    "strpos": (2, 2, texts.found(lambda node: node)),
    "stripos": (2, 2, texts.found(texts.lower)),
    "strstr": (2, 2, texts.from_first),
    "stristr": (2, 2, texts.from_first),
    "strcmp": (2, 2, texts.compared(lambda node: node)),
    "strcasecmp": (2, 2, texts.compared(texts.lower)),
    "regexmatch": (2, 2, texts.matching),
    "sprintf": (1, None, lambda form, *values: texts.printed(blanks.said(form), values)),
    "date": (1, 2, dates.formatted),
    "gmdate": (1, 2, dates.formatted),
    "time": (0, 0, lambda: call("seconds", call("now"))),
    "strtotime": (1, 1, dates.seconds_of),
    "mktime": (6, 6, dates.seconds_of_parts),
    "checkdate": (3, 3, lambda month, day, year: call("known", call("date", year, month, day))),
    **dict.fromkeys(
        (
            *("html_entity_decode", "htmlentities", "htmlspecialchars", "htmlspecialchars_decode"),
            *("nl2br", "strip_tags"),  # our texts are plain, and shown as such
        ),
        (1, 3, _itself),
    ),
}
_OTHERS = Message("counts other people's answers; a quota can")
_MARKS = Message("changes marks that only a program needs")
REFUSED: Mapping[str, str] = {
    "statcount": _OTHERS,
    "statcountif": _OTHERS,
    **dict.fromkeys(("addslashes", "stripslashes", "quotemeta"), _MARKS),
    **dict.fromkeys(("quoted_printable_encode", "quoted_printable_decode"), _MARKS),
    **dict.fromkeys(
        ("str_pad", "str_repeat", "strrev", "ucwords", "idate", "convert_value", "listifop"),
        Message("has no counterpart here"),
    ),
}
