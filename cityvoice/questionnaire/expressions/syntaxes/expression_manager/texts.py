"""PHP's texts: places counted from 0, patterns between slashes, formats with percent signs."""

import re
from collections.abc import Callable

from cityvoice.questionnaire.expressions.ast import Binary, Call, Expression, Literal, Operator, Unary
from cityvoice.questionnaire.expressions.patterns import PatternError, pattern
from cityvoice.questionnaire.expressions.syntaxes import blanks
from cityvoice.questionnaire.expressions.syntaxes.blanks import call
from cityvoice.questionnaire.expressions.syntaxes.refusal import Refusal
from cityvoice.questionnaire.message import Message

Build = Callable[..., Expression]

_ZERO, _ONE, _EMPTY = Literal(0), Literal(1), Literal("")
_DELIMITERS = {"(": ")", "[": "]", "{": "}", "<": ">"}
_PLACEHOLDER = re.compile(r"%(?:%|(?:\.(\d))?([sdfu]))")


def part_of(text: Expression, start: Expression, *length: Expression) -> Expression:
    """Counted from 0, from the end where negative."""
    first = start
    if isinstance(start, Literal):
        first = Literal(blanks.whole(start) + 1)
    elif not isinstance(start, Unary):
        first = Binary(Operator.ADD, start, _ONE)
    return call("substring", blanks.as_text(text), first, *length)


def from_first(text: Expression, mark: Expression) -> Expression:
    found = blanks.as_text(text)
    return call("if", call("contains", found, mark), call("concat", mark, call("after", found, mark)), _EMPTY)


def compared(change: Callable[[Expression], Expression]) -> Build:
    """-1, 0 or 1, as one text stands before, with or behind the other."""

    def compared(left: Expression, right: Expression) -> Expression:
        first, second = change(blanks.as_text(left)), change(blanks.as_text(right))
        before = Binary(Operator.LESS, first, second)
        return call("if", blanks.equal(first, second), _ZERO, call("if", before, Literal(-1), _ONE))

    return compared


def lower(node: Expression) -> Expression:
    return call("lower", node)


def found(change: Callable[[Expression], Expression]) -> Build:
    def find(text: Expression, part: Expression) -> Expression:
        place = call("find", change(blanks.as_text(text)), change(part))
        return Binary(Operator.SUBTRACT, place, _ONE)

    return find


def matching(form: Expression, text: Expression) -> Expression:
    return call("matches", blanks.as_text(text), _delimited_pattern(form))


def _delimited_pattern(node: Expression) -> Literal:
    """The pattern of ``/^[a-z]+$/i``, with its letters behind the slash in front."""
    text = node.value if isinstance(node, Literal) else None
    if not isinstance(text, str) or len(text) < 2:
        raise Refusal(Message("needs a pattern in quotes, such as '/^[0-9]+$/'"))
    end = text.rfind(_DELIMITERS.get(text[0], text[0]))
    inside, letters = text[1:end], text[end + 1 :]
    if end < 1 or text[0].isalnum() or set(letters) - set("iuD"):
        raise Refusal(Message("the pattern %(text)r cannot be read", text=text))
    found = f"(?i){inside}" if "i" in letters else inside
    try:
        pattern(found)
    except PatternError as error:
        raise Refusal(error.message) from error
    return Literal(found)


def printed(form: str, values: tuple[Expression, ...]) -> Expression:
    """``sprintf`` with ``%s``, ``%d`` and ``%.2f``."""
    parts: list[Expression] = []
    waiting = list(values)
    place = 0
    for match in _PLACEHOLDER.finditer(form):
        before = form[place : match.start()]
        place = match.end()
        if match[0] == "%%":
            before += "%"
        parts += [Literal(before)] if before else []
        if match[2]:
            if not waiting:
                raise Refusal(Message("has too few values for its format"))
            parts.append(_placed(match, waiting.pop(0)))
    rest = form[place:]
    if "%" in rest or "%" in _PLACEHOLDER.sub("", form):
        raise Refusal(Message("the format %(form)r has no counterpart here", form=form))
    return call("concat", *parts, *([Literal(rest)] if rest else []))


def _placed(match: re.Match[str], value: Expression) -> Expression:
    if match[2] in "du":
        return Call("int", (value,))
    return Call("fixed", (value, Literal(int(match[1] or 6)))) if match[2] == "f" else value
