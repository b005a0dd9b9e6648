"""Checks the conditions of sections and questions: they can be read, and what they name is asked before."""

from collections.abc import Iterator, Mapping

from cityvoice.questionnaire.errors import ExpressionError, Problem
from cityvoice.questionnaire.expressions.ast import names
from cityvoice.questionnaire.expressions.check import NameType, check_condition
from cityvoice.questionnaire.expressions.functions import ValueType
from cityvoice.questionnaire.expressions.parser import parse
from cityvoice.questionnaire.model import Question, QuestionKind, Questionnaire


def check_conditions(questionnaire: Questionnaire) -> Iterator[Problem]:
    """Conditions look back only: a section at earlier sections, a question also at its neighbours."""
    everything = {name: _type(question) for name, question in questionnaire.question_of_field.items()}
    earlier: set[str] = set()
    for number, section in enumerate(questionnaire.sections):
        path = f"sections[{number}]"
        yield from _condition(section.when, f"{path}.when", everything, earlier)
        for place, question in enumerate(section.questions):
            yield from _condition(question.when, f"{path}.questions[{place}].when", everything, earlier)
            earlier.update(question.fields)


def _condition(
    when: str | None, path: str, everything: Mapping[str, NameType], earlier: set[str]
) -> Iterator[Problem]:
    if when is None:
        return
    try:
        expression = parse(when)
    except ExpressionError as error:
        yield Problem(path, str(error))
        return
    for problem in check_condition(expression, everything):
        yield Problem(path, f"{problem.message} (at character {problem.position} of {when!r})")
    for name in names(expression):
        if name.name in everything and name.name not in earlier:
            yield Problem(path, f"{name.name!r} is not asked before this condition needs it")


_TYPES: Mapping[QuestionKind, ValueType] = {
    QuestionKind.MULTIPLE: ValueType.CODES,
    QuestionKind.NUMBER: ValueType.NUMBER,
    QuestionKind.TEXT: ValueType.TEXT,
}


def _type(question: Question) -> NameType:
    missing = frozenset(question.missing_codes)
    type_ = _TYPES.get(question.kind, ValueType.CODE)
    return NameType(type_, frozenset(question.codes) - missing, missing)
