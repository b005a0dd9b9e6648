"""Answers in texts: ``{expression}`` in a text of the questionnaire stands for its value.

What has no value gives nothing. The result is plain text: whoever makes HTML of it escapes it as any other.
"""

import re
from dataclasses import dataclass

from cityvoice.questionnaire.errors import ExpressionError
from cityvoice.questionnaire.expressions.ast import Call, Expression, Name
from cityvoice.questionnaire.expressions.evaluate import compiled
from cityvoice.questionnaire.expressions.parser import parse
from cityvoice.questionnaire.expressions.values import Lookup, Value, number_text
from cityvoice.questionnaire.model import Questionnaire
from cityvoice.questionnaire.names import labels_of_field
from cityvoice.questionnaire.pipes import parts
from cityvoice.questionnaire.question import Answers, Text
from cityvoice.questionnaire.routing import lookup_in

_POINT = frozenset({"en", "he", "ja", "ko", "th", "zh"})  # languages that write 1.5; others write 1,5
_DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)")
_CHOOSING = frozenset(
    {"if", "coalesce", "at", "first", "last"}
)  # functions that hand on one of their arguments


def fill(text: Text, questionnaire: Questionnaire, answers: Answers, language: str) -> str:
    """The words of a text in `language`, with the answers that it names.

    Parameters
    ----------
    questionnaire
        In its flat form.
    answers
        The answers that count (`routing.prune`).

    Returns
    -------
    str
        Plain text. A code becomes its option's label, several codes their labels joined by commas, a number
        and a date as `language` writes them; what is unknown becomes nothing.
    """
    words = text.in_(language)
    if "{" not in words:
        return words
    return "".join(
        part if isinstance(part, str) else _value(part.expression, questionnaire, answers, language)
        for part in parts(words)
    )


@dataclass(frozen=True)
class _Words:
    """The answers and the words of a questionnaire, for functions such as ``label``."""

    questionnaire: Questionnaire
    look: Lookup
    language: str

    def __call__(self, name: str, /) -> Value:
        return self.look(name)

    def label(self, name: str, code: str, /) -> str | None:
        label = labels_of_field(self.questionnaire).get(name, {}).get(code)
        return None if label is None else label.in_(self.language)

    def question(self, name: str, /) -> str | None:
        asked = self.questionnaire.question_of_field.get(name)
        return None if asked is None else asked.text.in_(self.language)


def _value(source: str, questionnaire: Questionnaire, answers: Answers, language: str) -> str:
    try:
        expression = parse(source)
    except ExpressionError:
        return ""
    value = compiled(source)(_Words(questionnaire, lookup_in(questionnaire, answers), language))
    labels = _labels(expression, questionnaire)
    if isinstance(value, tuple):
        return ", ".join(_shown(each, labels, language) for each in value)
    return _shown(value, labels, language)


def _labels(expression: Expression, questionnaire: Questionnaire) -> dict[str, Text]:
    """The labels of the codes that an expression may give: those of the questions that it hands on."""
    if isinstance(expression, Name):
        return dict(labels_of_field(questionnaire).get(expression.name, {}))
    labels: dict[str, Text] = {}
    if isinstance(expression, Call) and expression.function in _CHOOSING:
        for argument in reversed(expression.arguments):
            labels |= _labels(argument, questionnaire)
    return labels


def _shown(value: Value, labels: dict[str, Text], language: str) -> str:
    if value is None or isinstance(value, bool):
        return ""
    if isinstance(value, int | float):
        digits = number_text(value)
        return digits if language.split("-")[0] in _POINT else digits.replace(".", ",")
    if isinstance(value, str):
        if label := labels.get(str(value)):
            return label.in_(language)
        day = _DAY.fullmatch(value)
        return (
            ".".join(reversed(day.groups())) if day and language.split("-")[0] not in _POINT else str(value)
        )
    return ""
