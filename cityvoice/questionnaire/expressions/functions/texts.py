"""About words. Characters and words are counted from 1."""

from collections.abc import Callable, Mapping

from cityvoice.questionnaire.expressions.functions.signature import MAX_TEXT, Function
from cityvoice.questionnaire.expressions.patterns import PatternError, pattern
from cityvoice.questionnaire.expressions.types import ANY, NUMERIC, WORDS, ValueType
from cityvoice.questionnaire.expressions.values import Value, as_number, as_text


def _of(compute: Callable[..., Value]) -> Callable[..., Value]:
    """Of texts; unknown when one of them is, or when the result would be too long."""

    def of(*values: Value) -> Value:
        words = [text for text in map(as_text, values) if text is not None]
        return compute(*words) if len(words) == len(values) else None

    return of


def _bounded(text: str) -> str | None:
    return text if len(text) <= MAX_TEXT else None


def _text(value: Value) -> str:
    return as_text(value) or ""


def _concat(*values: Value) -> str | None:
    return _bounded("".join(map(_text, values)))


def _join(separator: Value, *values: Value) -> str | None:
    """The texts that are not empty, with the separator between them."""
    each = [part for value in values for part in (value if isinstance(value, tuple) else (_text(value),))]
    return _bounded(_text(separator).join(filter(None, each)))


def _substring(value: Value, first: Value, length: Value = MAX_TEXT) -> str | None:
    """From the character `first` on; a negative one counts from the end."""
    text, start, size = as_text(value), as_number(first), as_number(length)
    if text is None or start is None or size is None:
        return None
    place = max(int(start) - 1, 0) if start >= 0 else max(len(text) + int(start), 0)
    return text[place : place + max(int(size), 0)]


def _replace(text: str, old: str, new: str) -> str | None:
    if not old:
        return text
    grown = len(text) + text.count(old) * (len(new) - len(old))
    return text.replace(old, new) if grown <= MAX_TEXT else None


def _before(text: str, mark: str) -> str:
    head, found, _ = text.partition(mark) if mark else ("", "", "")
    return head if found else ""


def _after(text: str, mark: str) -> str:
    return text.partition(mark)[2] if mark else text


def _word(value: Value, place: Value) -> str | None:
    text, number = as_text(value), as_number(place)
    words = text.split() if text else []
    return words[int(number) - 1] if number is not None and 1 <= number <= len(words) else None


def _matches(text: str, expression: str) -> bool | None:
    try:
        return pattern(expression).search(text)
    except PatternError:
        return None


def _textual(result: ValueType, compute: Callable[..., Value], arguments: int = 1) -> Function:
    return Function((WORDS,) * arguments, result, _of(compute))


FUNCTIONS: Mapping[str, Function] = {
    "text": Function((ANY,), ValueType.TEXT, _text, certain=True),
    "concat": Function((ANY,), ValueType.TEXT, _concat, repeats=True, certain=True),
    "join": Function((WORDS, ANY), ValueType.TEXT, _join, repeats=True, certain=True),
    "length": _textual(ValueType.NUMBER, len),
    "lower": _textual(ValueType.TEXT, str.lower),
    "upper": _textual(ValueType.TEXT, str.upper),
    "trim": _textual(ValueType.TEXT, lambda text: " ".join(text.split())),
    "substring": Function((WORDS, NUMERIC, NUMERIC), ValueType.TEXT, _substring, optional=1),
    "before": _textual(ValueType.TEXT, _before, 2),
    "after": _textual(ValueType.TEXT, _after, 2),
    "replace": _textual(ValueType.TEXT, _replace, 3),
    "contains": _textual(ValueType.TRUTH, lambda text, part: part.casefold() in text.casefold(), 2),
    "starts_with": _textual(ValueType.TRUTH, str.startswith, 2),
    "ends_with": _textual(ValueType.TRUTH, str.endswith, 2),
    "find": _textual(ValueType.NUMBER, lambda text, part: text.find(part) + 1, 2),
    "matches": _textual(ValueType.TRUTH, _matches, 2),
    "word": Function((WORDS, NUMERIC), ValueType.TEXT, _word),
    "count_words": _textual(ValueType.NUMBER, lambda text: len(text.split())),
}
