"""Finds conditions that no answers can fulfil.

A condition is taken apart into cases, each a chain of ``and``; a case is impossible when it asks a question
to have two answers, or an answer that is not there, or a number outside its limits, and also when it needs
the answer of a question whose own conditions cannot hold at the same time. What the analysis does not
understand counts as possible: it never cries wolf.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice

from cityvoice.questionnaire.errors import ExpressionError
from cityvoice.questionnaire.expressions.ast import (
    Binary,
    Call,
    Expression,
    Literal,
    Logical,
    Membership,
    Name,
    Operator,
    Unary,
)
from cityvoice.questionnaire.expressions.parser import parse
from cityvoice.questionnaire.expressions.types import ValueType
from cityvoice.questionnaire.expressions.values import as_number, number_text
from cityvoice.questionnaire.kinds import QuestionKind
from cityvoice.questionnaire.model import Questionnaire
from cityvoice.questionnaire.names import AnswerField, fields_of
from cityvoice.questionnaire.question import Question

_MOST_CASES = 200  # of one condition; beyond that it counts as possible

_OPPOSITE = {
    Operator.EQUAL: Operator.NOT_EQUAL,
    Operator.NOT_EQUAL: Operator.EQUAL,
    Operator.LESS: Operator.GREATER_OR_EQUAL,
    Operator.GREATER_OR_EQUAL: Operator.LESS,
    Operator.GREATER: Operator.LESS_OR_EQUAL,
    Operator.LESS_OR_EQUAL: Operator.GREATER,
}
_MIRRORED = {
    Operator.LESS: Operator.GREATER,
    Operator.GREATER: Operator.LESS,
    Operator.LESS_OR_EQUAL: Operator.GREATER_OR_EQUAL,
    Operator.GREATER_OR_EQUAL: Operator.LESS_OR_EQUAL,
}


@dataclass(frozen=True)
class _Fact:
    """What a case says of one answer; `operator` None: a multiple choice has the code or has it not."""

    name: str
    operator: Operator | None
    value: str
    holds: bool = True


_Case = tuple[_Fact, ...]


@dataclass(frozen=True)
class _Possible:
    """What an answer can still be in one case: one of these codes, within these limits."""

    codes: frozenset[str] | None  # None: not a choice
    low: float = float("-inf")
    high: float = float("inf")
    with_low: bool = True
    with_high: bool = True
    held: frozenset[str] = frozenset()  # of a multiple choice
    not_held: frozenset[str] = frozenset()

    @property
    def is_possible(self) -> bool:
        if self.codes is not None and not self.codes:
            return False
        if self.low > self.high or (self.low == self.high and not (self.with_low and self.with_high)):
            return False
        return self.held.isdisjoint(self.not_held)


class Reach:
    """Which questions of a flat questionnaire some answers lead to."""

    def __init__(self, questionnaire: Questionnaire) -> None:
        self.fields = fields_of(questionnaire)
        self.cases: dict[str, tuple[_Case, ...]] = {}  # in which each question is asked
        self.unreachable: list[str] = []  # names of questions
        for section in questionnaire.sections:
            for question in section.questions:
                self._visit(question, (section.when, question.when))

    def _visit(self, question: Question, conditions: Iterable[str | None]) -> None:
        cases: tuple[_Case, ...] = ((),)
        for condition in conditions:
            if condition is not None:
                cases = tuple(islice(_products(cases, self._cases_of(condition)), _MOST_CASES))
        possible = tuple(case for case in cases if self._is_possible(case))
        self.cases[question.name] = possible if possible else ()
        if not possible:
            self.unreachable.append(question.name)

    def _cases_of(self, condition: str) -> tuple[_Case, ...]:
        try:
            tree = parse(condition)
        except ExpressionError:
            return ((),)
        found = tuple(islice(self._taken_apart(tree, True), _MOST_CASES + 1))
        return found if len(found) <= _MOST_CASES else ((),)

    def _taken_apart(self, node: Expression, wanted: bool) -> Iterator[_Case]:
        """The cases in which `node` is true, or is false."""
        match node:
            case Literal(value=bool() as value):
                yield from ((),) if value is wanted else ()
            case Unary(operator=Operator.NOT):
                yield from self._taken_apart(node.operand, not wanted)
            case Logical():
                yield from self._chain(node, wanted)
            case Membership():
                equalities = (Binary(Operator.EQUAL, node.operand, each) for each in node.values)
                yield from self._chain(Logical(Operator.OR, tuple(equalities)), wanted)
            case Binary():
                fact = self._comparison(node, wanted)
                yield () if fact is None else (fact,)
            case Call(function="selected", arguments=(Name() as name, *codes)):
                yield from self._selected(name, codes, wanted)
            case _:
                yield ()

    def _chain(self, node: Logical, wanted: bool) -> Iterator[_Case]:
        if (node.operator is Operator.OR) is wanted:
            for operand in node.operands:
                yield from self._taken_apart(operand, wanted)
            return
        cases: tuple[_Case, ...] = ((),)
        for operand in node.operands:
            inner = tuple(islice(self._taken_apart(operand, wanted), _MOST_CASES))
            cases = tuple(islice(_products(cases, inner), _MOST_CASES + 1))
        yield from cases if len(cases) <= _MOST_CASES else ((),)

    def _comparison(self, node: Binary, wanted: bool) -> _Fact | None:
        operator, left, right = node.operator, node.left, node.right
        if isinstance(right, Name) and isinstance(left, Literal):
            left, right, operator = right, left, _MIRRORED.get(operator, operator)
        if not isinstance(left, Name) or not isinstance(right, Literal) or operator not in _OPPOSITE:
            return None
        if isinstance(right.value, bool) or left.name not in self.fields:
            return None
        value = right.value if isinstance(right.value, str) else number_text(right.value)
        return _Fact(left.name, operator if wanted else _OPPOSITE[operator], value)

    def _selected(self, name: Name, codes: Iterable[Expression], wanted: bool) -> Iterator[_Case]:
        values = [str(code.value) for code in codes if isinstance(code, Literal)]
        field = self.fields.get(name.name)
        if field is None or not values:
            yield ()
        elif field.type is ValueType.CODES and wanted:
            yield from ((_Fact(name.name, None, value),) for value in values)
        elif field.type is ValueType.CODES:
            yield tuple(_Fact(name.name, None, value, holds=False) for value in values)
        elif wanted:
            yield from ((_Fact(name.name, Operator.EQUAL, value),) for value in values)
        else:
            yield tuple(_Fact(name.name, Operator.NOT_EQUAL, value) for value in values)

    def _is_possible(self, case: _Case) -> bool:
        """Whether a case contradicts neither itself nor what its questions need to be asked."""
        if not _agree(case, self.fields):
            return False
        for name in {fact.name for fact in case}:
            needed = self.cases.get(self.fields[name].question.name)
            if needed is not None and not any(_agree((*case, *each), self.fields) for each in needed):
                return False
        return True


def _products(first: Iterable[_Case], second: Iterable[_Case]) -> Iterator[_Case]:
    others = tuple(second)
    return ((*one, *other) for one in first for other in others)


def _agree(case: _Case, fields: Mapping[str, AnswerField]) -> bool:
    """Whether all facts of a case can be true together."""
    possible: dict[str, _Possible] = {}
    for fact in case:
        field = fields[fact.name]
        before = possible.get(fact.name) or _beginning(field)
        if fact.operator and before.codes is None and fact.value in field.codes:
            continue  # the code of a missing answer beside numbers
        after = _narrowed(before, fact)
        if not after.is_possible:
            return False
        possible[fact.name] = after
    return True


def _beginning(field: AnswerField) -> _Possible:
    question = field.question
    limits = field.column or question
    if field.type is ValueType.NUMBER and question.kind is not QuestionKind.RANKING:
        low = float("-inf") if limits.low is None else limits.low
        high = float("inf") if limits.high is None else limits.high
        return _Possible(None, low, high)
    if field.type is ValueType.CODE and field.codes:
        return _Possible(frozenset(field.codes))
    return _Possible(None)


def _narrowed(possible: _Possible, fact: _Fact) -> _Possible:
    if fact.operator is None:
        if fact.holds:
            return replace(possible, held=possible.held | {fact.value})
        return replace(possible, not_held=possible.not_held | {fact.value})
    if possible.codes is not None:
        kept = frozenset(code for code in possible.codes if _compares(code, fact.operator, fact.value))
        return replace(possible, codes=kept)
    return _within(possible, fact)


def _compares(code: str, operator: Operator, value: str) -> bool:
    if operator is Operator.EQUAL:
        return code == value
    if operator is Operator.NOT_EQUAL:
        return code != value
    left, right = as_number(code), as_number(value)
    if left is None or right is None:
        return False
    return {
        Operator.LESS: left < right,
        Operator.LESS_OR_EQUAL: left <= right,
        Operator.GREATER: left > right,
        Operator.GREATER_OR_EQUAL: left >= right,
    }[operator]


def _within(possible: _Possible, fact: _Fact) -> _Possible:
    """The limits of a number narrowed; what is no number stays as it is."""
    value = as_number(fact.value)
    if value is None or fact.operator is Operator.NOT_EQUAL:
        return possible
    closed = fact.operator not in {Operator.LESS, Operator.GREATER}
    above = fact.operator in {Operator.EQUAL, Operator.GREATER, Operator.GREATER_OR_EQUAL}
    below = fact.operator in {Operator.EQUAL, Operator.LESS, Operator.LESS_OR_EQUAL}
    if above and (value > possible.low or (value == possible.low and not closed)):
        possible = replace(possible, low=value, with_low=closed)
    if below and (value < possible.high or (value == possible.high and not closed)):
        possible = replace(possible, high=value, with_high=closed)
    return possible
