"""LimeSurvey's validation patterns (PHP's regular expressions with their delimiters) as ours."""

import re

from cityvoice.questionnaire.expressions.patterns import PatternError, pattern
from cityvoice.questionnaire.message import Message

_BRACKETS = {"(": ")", "[": "]", "{": "}", "<": ">"}
_KNOWN_FLAGS = frozenset("imsxuADU")


class PatternRefused(ValueError):
    """A pattern that cannot be taken over; says why."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


def python_pattern(written: str) -> tuple[str, str]:
    """A pattern to search for, and the same for a match of the whole text.

    ``/^[0-9]{5}$/`` gives ``^[0-9]{5}$`` and ``[0-9]{5}``; ``/a/i`` gives ``(?i:a)`` and ``.*(?i:a).*``.
    """
    body, flags = _undelimited(written)
    body = body.replace("\\/", "/").replace("\\A", "^").replace("\\z", "$").replace("\\Z", "$")
    body = re.sub(r"\(\?<(?![=!])", "(?P<", body)
    try:
        pattern(body)
    except PatternError as error:
        raise PatternRefused(error.message) from error
    search = f"(?i:{body})" if "i" in flags else body
    if body.startswith("^") and _ends(body) and "|" not in body:
        inner = body[1:-1]
        return search, f"(?i:{inner})" if "i" in flags else inner
    return search, rf"[\s\S]*(?:{search})[\s\S]*"


def _ends(body: str) -> bool:
    """Whether the last character is an unescaped dollar sign."""
    return body.endswith("$") and (len(body) - len(body[:-1].rstrip("\\"))) % 2 == 1


def _undelimited(written: str) -> tuple[str, str]:
    written = written.strip()
    first = written[:1]
    if not first or first.isalnum() or first == "\\":
        raise PatternRefused(Message("expected a pattern between delimiters, such as /^[0-9]+$/"))
    closing = _BRACKETS.get(first, first)
    end = written.rfind(closing)
    if end < 1:
        raise PatternRefused(Message("expected a closing %(bracket)r", bracket=closing))
    flags = written[end + 1 :].strip()
    if not set(flags) <= _KNOWN_FLAGS:
        raise PatternRefused(Message("unknown flags %(flags)r", flags=flags))
    return written[1:end], flags
