"""Finds unknown names and type errors in an expression before any respondent meets it."""

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches

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
from cityvoice.questionnaire.expressions.functions import FUNCTIONS, Function, ValueType
from cityvoice.questionnaire.expressions.values import as_number, number_text

_TRUTH = frozenset({ValueType.TRUTH})
_EQUALITIES = frozenset({Operator.EQUAL, Operator.NOT_EQUAL})
_ORDERS = frozenset({Operator.LESS, Operator.LESS_OR_EQUAL, Operator.GREATER, Operator.GREATER_OR_EQUAL})


@dataclass(frozen=True)
class NameType:
    """What a name stands for: its type and, for response options, the codes."""

    type: ValueType
    codes: frozenset[str] = frozenset()
    missing_codes: frozenset[str] = frozenset()


@dataclass(frozen=True)
class ExpressionProblem:
    position: int  # the character, from 1
    message: str


def check_condition(expression: Expression, names: Mapping[str, NameType]) -> tuple[ExpressionProblem, ...]:
    """Everything wrong with a condition, from left to right; empty when it may be published.

    Parameters
    ----------
    names
        What the condition may name.
    """
    checker = _Checker(names)
    checker.expect(expression, _TRUTH)
    return tuple(sorted(checker.problems, key=lambda problem: problem.position))


class _Checker:
    def __init__(self, names: Mapping[str, NameType]) -> None:
        self.names = names
        self.problems: list[ExpressionProblem] = []

    def type_of(self, node: Expression) -> ValueType | None:
        """The type of `node`; None after a problem, so that one mistake is told once."""
        match node:
            case Literal():
                return _literal_type(node)
            case Name():
                return self._name(node)
            case Unary():
                return self._unary(node)
            case Binary():
                return self._binary(node)
            case Logical():
                for operand in node.operands:
                    self.expect(operand, _TRUTH)
                return ValueType.TRUTH
            case Membership():
                for value in node.values:
                    self._equality(node.operand, value, check_left=value is node.values[0])
                return ValueType.TRUTH
            case Call():
                return self._call(node)

    def expect(self, node: Expression, allowed: frozenset[ValueType]) -> ValueType | None:
        found = self.type_of(node)
        if found is not None and found not in allowed:
            wanted = " or ".join(sorted(allowed))
            self._problem(node, f"{_shown(node)} is {found}, but {wanted} is needed here")
            return None
        return found

    def _problem(self, node: Expression, message: str) -> None:
        self.problems.append(ExpressionProblem(node.position, message))

    def _name(self, node: Name) -> ValueType | None:
        if known := self.names.get(node.name):
            return known.type
        self._problem(node, f"unknown name {node.name!r}{_suggestion(node.name, self.names)}")
        return None

    def _unary(self, node: Unary) -> ValueType:
        if node.operator is Operator.NOT:
            self.expect(node.operand, _TRUTH)
            return ValueType.TRUTH
        self._number(node.operand)
        return ValueType.NUMBER

    def _binary(self, node: Binary) -> ValueType:
        if node.operator in _EQUALITIES:
            self._equality(node.left, node.right)
            return ValueType.TRUTH
        self._number(node.left)
        self._number(node.right)
        return ValueType.TRUTH if node.operator in _ORDERS else ValueType.NUMBER

    def _number(self, node: Expression) -> None:
        found = self.expect(node, frozenset({ValueType.NUMBER, ValueType.CODE}))
        if found is ValueType.CODE and isinstance(node, Name):
            words = sorted(code for code in self.names[node.name].codes if as_number(code) is None)
            if words:
                self._problem(node, f"{node.name!r} has options that are no numbers, such as {words[0]!r}")

    def _equality(self, left: Expression, right: Expression, *, check_left: bool = True) -> None:
        found = self.type_of(left) if check_left else _Checker(self.names).type_of(left)
        other = self.type_of(right)
        for node, literal in ((left, right), (right, left)):
            if isinstance(node, Name) and isinstance(literal, Literal):
                self._known_code(node, literal)
        if ValueType.CODES in {found, other}:
            self._problem(left, f"{_shown(left)} may hold several options: use selected({_shown(left)}, ...)")
        elif self._is_missing_code(left, right) or self._is_missing_code(right, left):
            return
        elif found is not None and other is not None and not _comparable(found, other):
            self._problem(left, f"{found} is compared with {other}")

    def _known_code(self, node: Name, literal: Literal) -> None:
        """A comparison with a code that the question does not have would never hold."""
        known = self.names.get(node.name)
        if known is None or not known.codes or isinstance(literal.value, bool):
            return
        value = literal.value
        code = value if isinstance(value, str) else number_text(value)
        if known.type is not ValueType.NUMBER and code not in known.codes | known.missing_codes:
            self._problem(literal, f"{node.name!r} has no option {code!r}")

    def _is_missing_code(self, node: Expression, literal: Expression) -> bool:
        """A number may be compared with the code of its "don't know"."""
        known = self.names.get(node.name) if isinstance(node, Name) else None
        return known is not None and isinstance(literal, Literal) and literal.value in known.missing_codes

    def _call(self, node: Call) -> ValueType | None:
        function = FUNCTIONS.get(node.function)
        if function is None:
            self._problem(node, f"unknown function {node.function!r}{_suggestion(node.function, FUNCTIONS)}")
            return None
        if wrong := _wrong_number(function, len(node.arguments)):
            self._problem(node, f"{node.function}() takes {wrong}, not {len(node.arguments)} arguments")
            return None
        last = None
        for place, argument in enumerate(node.arguments):
            allowed = function.parameters[min(place, len(function.parameters) - 1)]
            last = self.expect(argument, allowed)
            if node.function == "selected" and place and isinstance(argument, Literal):
                self._known_code_of(node.arguments[0], argument)
        return function.result or last

    def _known_code_of(self, question: Expression, literal: Literal) -> None:
        if isinstance(question, Name):
            self._known_code(question, literal)


def _literal_type(node: Literal) -> ValueType:
    if isinstance(node.value, bool):
        return ValueType.TRUTH
    return ValueType.TEXT if isinstance(node.value, str) else ValueType.NUMBER


def _comparable(left: ValueType, right: ValueType) -> bool:
    return left is right or (ValueType.CODE in {left, right} and ValueType.TRUTH not in {left, right})


def _wrong_number(function: Function, given: int) -> str | None:
    most = len(function.parameters)
    least = most - function.optional
    if function.repeats:
        return None if given >= least else f"at least {least}"
    return None if least <= given <= most else (str(most) if least == most else f"{least} to {most}")


def _shown(node: Expression) -> str:
    match node:
        case Name():
            return node.name
        case Literal():
            return repr(node.value)
        case Call():
            return f"{node.function}(...)"
        case _:
            return "this part"


def _suggestion(name: str, known: Mapping[str, object]) -> str:
    close = get_close_matches(name, known, n=1)
    return f"; did you mean {close[0]!r}?" if close else ""
