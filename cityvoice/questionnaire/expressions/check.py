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
from cityvoice.questionnaire.expressions.comparing import (
    is_written_as,
    literal_type,
    may_be_equal,
    of_dates,
)
from cityvoice.questionnaire.expressions.functions import FUNCTIONS
from cityvoice.questionnaire.expressions.functions.signature import Function
from cityvoice.questionnaire.expressions.patterns import PatternError, pattern
from cityvoice.questionnaire.expressions.types import ANY, NUMERIC, TEMPORAL, TRUTH, NameType, ValueType
from cityvoice.questionnaire.expressions.values import as_number, number_text
from cityvoice.questionnaire.message import Message

_EQUALITIES = frozenset({Operator.EQUAL, Operator.NOT_EQUAL})
_ORDERS = frozenset({Operator.LESS, Operator.LESS_OR_EQUAL, Operator.GREATER, Operator.GREATER_OR_EQUAL})


@dataclass(frozen=True)
class ExpressionProblem:
    position: int  # the character, from 1
    message: Message


def check_condition(expression: Expression, names: Mapping[str, NameType]) -> tuple[ExpressionProblem, ...]:
    """Everything wrong with a condition, from left to right; empty when it may be published.

    Parameters
    ----------
    names
        What the condition may name.
    """
    return check_value(expression, names, TRUTH)


def check_value(
    expression: Expression, names: Mapping[str, NameType], allowed: frozenset[ValueType] = ANY
) -> tuple[ExpressionProblem, ...]:
    """Everything wrong with an expression that is to give a value of one of the `allowed` types."""
    checker = _Checker(names)
    checker.expect(expression, allowed)
    return tuple(sorted(checker.problems, key=lambda problem: problem.position))


def type_of(expression: Expression, names: Mapping[str, NameType]) -> ValueType | None:
    """The type of an expression; None where it cannot be told."""
    return _Checker(names).type_of(expression)


class _Checker:
    def __init__(self, names: Mapping[str, NameType]) -> None:
        self.names = names
        self.problems: list[ExpressionProblem] = []

    def type_of(self, node: Expression) -> ValueType | None:
        """The type of `node`; None after a problem, so that one mistake is told once."""
        match node:
            case Literal():
                return literal_type(node)
            case Name():
                return self._name(node)
            case Unary():
                return self._unary(node)
            case Binary():
                return self._binary(node)
            case Logical():
                for operand in node.operands:
                    self.expect(operand, TRUTH)
                return ValueType.TRUTH
            case Membership():
                for value in node.values:
                    self._equality(node.operand, value, check_left=value is node.values[0])
                return ValueType.TRUTH
            case Call():
                return self._call(node)

    def expect(self, node: Expression, allowed: frozenset[ValueType]) -> ValueType | None:
        return self._allow(node, self.type_of(node), allowed)

    def _allow(
        self, node: Expression, found: ValueType | None, allowed: frozenset[ValueType]
    ) -> ValueType | None:
        if found is not None and found not in allowed:
            self._problem(
                node,
                Message(
                    "%(part)s is %(found)s, but %(wanted)s is needed here",
                    part=_shown(node),
                    found=found,
                    wanted=tuple(sorted(allowed)),
                ),
            )
            return None
        return found

    def _problem(self, node: Expression, message: Message) -> None:
        self.problems.append(ExpressionProblem(node.position, message))

    def _name(self, node: Name) -> ValueType | None:
        if known := self.names.get(node.name):
            return known.type
        if close := _similar(node.name, self.names):
            message = Message("unknown name %(name)r; did you mean %(close)r?", name=node.name, close=close)
        else:
            message = Message("unknown name %(name)r", name=node.name)
        self._problem(node, message)
        return None

    def _unary(self, node: Unary) -> ValueType:
        if node.operator is Operator.NOT:
            self.expect(node.operand, TRUTH)
            return ValueType.TRUTH
        self._number(node.operand, self.type_of(node.operand))
        return ValueType.NUMBER

    def _binary(self, node: Binary) -> ValueType | None:
        if node.operator in _EQUALITIES:
            self._equality(node.left, node.right)
            return ValueType.TRUTH
        if node.operator in _ORDERS:
            self._order(node.left, node.right)
            return ValueType.TRUTH
        left, right = self.type_of(node.left), self.type_of(node.right)
        if left and right and (found := of_dates(node.operator, left, right)):
            return found
        self._number(node.left, left)
        self._number(node.right, right)
        return ValueType.NUMBER

    def _order(self, left: Expression, right: Expression) -> None:
        found, other = self.type_of(left), self.type_of(right)
        if found is None or other is None or is_written_as(left, other) or is_written_as(right, found):
            return
        if not {found, other} & TEMPORAL:
            self._number(left, found)
            self._number(right, other)
        elif found is not other:
            self._problem(left, Message("%(left)s is compared with %(right)s", left=found, right=other))

    def _number(self, node: Expression, found: ValueType | None) -> None:
        """A number is needed, and `found` is what there is."""
        if self._allow(node, found, NUMERIC) is ValueType.CODE and isinstance(node, Name):
            words = sorted(code for code in self.names[node.name].codes if as_number(code) is None)
            if words:
                self._problem(
                    node,
                    Message(
                        "%(name)r has options that are no numbers, such as %(code)r",
                        name=node.name,
                        code=words[0],
                    ),
                )

    def _equality(self, left: Expression, right: Expression, *, check_left: bool = True) -> None:
        found = self.type_of(left) if check_left else _Checker(self.names).type_of(left)
        other = self.type_of(right)
        for node, literal in ((left, right), (right, left)):
            if isinstance(node, Name) and isinstance(literal, Literal):
                self._known_code(node, literal)
        if ValueType.CODES in {found, other}:
            self._problem(
                left,
                Message(
                    "%(part)s may hold several options: use selected(%(part)s, ...)",
                    part=_shown(left),
                ),
            )
        elif (
            found
            and other
            and not (
                may_be_equal(found, other)
                or is_written_as(left, other)
                or is_written_as(right, found)
                or self._is_missing_code(left, right)
                or self._is_missing_code(right, left)
            )
        ):
            self._problem(left, Message("%(left)s is compared with %(right)s", left=found, right=other))

    def _known_code(self, node: Name, literal: Literal) -> None:
        """A comparison with a code that the question does not have would never hold."""
        known = self.names.get(node.name)
        if known is None or not known.codes or isinstance(literal.value, bool):
            return
        value = literal.value
        code = value if isinstance(value, str) else number_text(value)
        if known.type is not ValueType.NUMBER and code not in known.codes | known.missing_codes:
            self._problem(literal, Message("%(name)r has no option %(code)r", name=node.name, code=code))

    def _is_missing_code(self, node: Expression, literal: Expression) -> bool:
        """A number may be compared with the code of its "don't know"."""
        known = self.names.get(node.name) if isinstance(node, Name) else None
        return known is not None and isinstance(literal, Literal) and literal.value in known.missing_codes

    def _call(self, node: Call) -> ValueType | None:
        function = FUNCTIONS.get(node.function)
        if function is None:
            self._unknown_function(node)
            return None
        if wrong := _wrong_number(function, node):
            self._problem(node, wrong)
            return None
        found = [
            self.expect(argument, function.parameters[min(place, len(function.parameters) - 1)])
            for place, argument in enumerate(node.arguments)
        ]
        self._literals(node)
        return function.result or _common(function, found)

    def _unknown_function(self, node: Call) -> None:
        if close := _similar(node.function, FUNCTIONS):
            message = Message(
                "unknown function %(name)r; did you mean %(close)r?", name=node.function, close=close
            )
        else:
            message = Message("unknown function %(name)r", name=node.function)
        self._problem(node, message)

    def _literals(self, node: Call) -> None:
        """What can be said about arguments in quotes: codes that there are, patterns that can be read."""
        if node.function in {"label", "question"} and not isinstance(node.arguments[0], Name):
            self._problem(node, Message("%(name)s() needs the name of a question", name=node.function))
        for argument in node.arguments[1:]:
            if not isinstance(argument, Literal):
                continue
            if node.function in {"selected", "label"}:
                self._known_code_of(node.arguments[0], argument)
            elif node.function == "matches":
                self._pattern(argument)

    def _pattern(self, node: Literal) -> None:
        try:
            pattern(str(node.value))
        except PatternError as error:
            self._problem(node, error.message)

    def _known_code_of(self, question: Expression, literal: Literal) -> None:
        if isinstance(question, Name):
            self._known_code(question, literal)


def _common(function: Function, found: list[ValueType | None]) -> ValueType | None:
    """The type that the arguments of any type share; None where they differ."""
    last = len(function.parameters) - 1
    types = {each for place, each in enumerate(found) if function.parameters[min(place, last)] == ANY}
    if ValueType.CODES in types and function.repeats:  # at(1, several): one of its codes
        types = types - {ValueType.CODES} | {ValueType.CODE}
    if types == NUMERIC:
        return ValueType.CODE
    return types.pop() if len(types) == 1 else None


def _wrong_number(function: Function, node: Call) -> Message | None:
    """How many arguments there should be; None where there are as many."""
    given = len(node.arguments)
    if function.takes(given):
        return None
    least, most = function.least, function.most
    wanted: Message | int
    if most is None:
        wanted = Message("at least %(n)s", n=least)
    else:
        wanted = most if least == most else Message("%(least)s to %(most)s", least=least, most=most)
    return Message(
        "%(name)s() takes %(wanted)s, not %(given)s arguments",
        name=node.function,
        wanted=wanted,
        given=given,
    )


def _shown(node: Expression) -> str:
    match node:
        case Name():
            return node.name
        case Literal():
            return repr(node.value)
        case Call():
            return f"{node.function}(...)"
        case _:
            return Message("this part")


def _similar(name: str, known: Mapping[str, object]) -> str | None:
    return next(iter(get_close_matches(name, known, n=1)), None)
