"""Conditions in the words of a paper form: "Only if you answered “yes” in question 4."."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

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
from cityvoice.questionnaire.expressions.values import number_text
from cityvoice.questionnaire.names import AnswerField

Gettext = Callable[[str], str]
_OPPOSITES = {
    Operator.LESS: Operator.GREATER_OR_EQUAL,
    Operator.LESS_OR_EQUAL: Operator.GREATER,
    Operator.GREATER: Operator.LESS_OR_EQUAL,
    Operator.GREATER_OR_EQUAL: Operator.LESS,
    Operator.EQUAL: Operator.NOT_EQUAL,
    Operator.NOT_EQUAL: Operator.EQUAL,
}


class Unsayable(Exception):
    """A condition that takes more than a sentence."""


@dataclass(frozen=True)
class Teller:
    """Tells conditions; `numbers` are those of the questions on paper, by answer key."""

    fields: Mapping[str, AnswerField]
    numbers: Mapping[str, int]
    language: str
    gettext: Gettext

    def only_if(self, source: str | None) -> str:
        """Whom a question is for; empty: for everybody."""
        if source is None:
            return ""
        try:
            said = self._said(parse(source))
        except (ExpressionError, Unsayable):
            return self.gettext("Ask the interviewer whether this is for you.")
        return self.gettext("Only if %(condition)s.") % {"condition": said}

    def _said(self, node: Expression) -> str:
        match node:
            case Logical(operator, operands):
                return self._chain(operator, operands)
            case Membership(Name(name), values):
                return self._answered(name, [self._literal(value) for value in values])
            case Call("selected", (Name(name), *codes)):
                return self._answered(name, [self._literal(code) for code in codes])
            case Call("answered" | "known", (Name(name),)):
                return self.gettext("you answered question %(number)s") % self._number(name)
            case Call("holds", (inner,)):
                return self._said(inner)
            case Unary(Operator.NOT, operand):
                return self._denied(operand)
            case Binary(operator, Name(name), value):
                return self._compared(operator, name, self._literal(value))
            case Binary(operator, value, Name(name)) if operator in {Operator.EQUAL, Operator.NOT_EQUAL}:
                return self._compared(operator, name, self._literal(value))
        raise Unsayable

    def _denied(self, node: Expression) -> str:
        match node:
            case Binary(operator, left, right) if operator in _OPPOSITES:
                return self._said(Binary(_OPPOSITES[operator], left, right))
            case Call("selected", (Name(name), *codes)):
                return self._answered(name, [self._literal(code) for code in codes], is_denied=True)
            case Membership(Name(name), values):
                return self._answered(name, [self._literal(value) for value in values], is_denied=True)
            case Call("answered" | "known", (Name(name),)):
                return self.gettext("you did not answer question %(number)s") % self._number(name)
            case Call("holds", (inner,)):
                return self._denied(inner)
        raise Unsayable

    def _chain(self, operator: Operator, operands: tuple[Expression, ...]) -> str:
        if operator is Operator.OR and (same := _of_one_question(operands)):
            return self._answered(same[0], same[1])
        if any(isinstance(each, Logical) and each.operator is not operator for each in operands):
            raise Unsayable  # "and" and "or" in one sentence are read in two ways
        parts = [self._said(each) for each in dict.fromkeys(operands)]
        word = self.gettext("and") if operator is Operator.AND else self.gettext("or")
        return f" {word} ".join(dict.fromkeys(parts))

    def _compared(self, operator: Operator, name: str, value: str) -> str:
        if operator is Operator.EQUAL:
            return self._answered(name, [value])
        if operator is Operator.NOT_EQUAL:
            return self._answered(name, [value], is_denied=True)
        sentences = {
            Operator.GREATER_OR_EQUAL: self.gettext("you answered %(value)s or more in question %(number)s"),
            Operator.GREATER: self.gettext("you answered more than %(value)s in question %(number)s"),
            Operator.LESS_OR_EQUAL: self.gettext("you answered %(value)s or less in question %(number)s"),
            Operator.LESS: self.gettext("you answered less than %(value)s in question %(number)s"),
        }
        if operator not in sentences:
            raise Unsayable
        return sentences[operator] % {"value": self._label(name, value), **self._number(name)}

    def _answered(self, name: str, codes: list[str], *, is_denied: bool = False) -> str:
        quoted = [self.gettext("“%(answer)s”") % {"answer": self._label(name, code)} for code in codes]
        answers = f" {self.gettext('or')} ".join(quoted)
        if is_denied:
            sentence = self.gettext("you did not answer %(answers)s in question %(number)s")
        else:
            sentence = self.gettext("you answered %(answers)s in question %(number)s")
        return sentence % {"answers": answers, **self._number(name)}

    def _number(self, name: str) -> dict[str, int]:
        if name not in self.numbers:
            raise Unsayable
        return {"number": self.numbers[name]}

    def _label(self, name: str, code: str) -> str:
        known = self.fields.get(name)
        labels = {option.code: option.label for option in known.options} if known else {}
        return labels[code].in_(self.language) if code in labels else code

    def _literal(self, node: Expression) -> str:
        if not isinstance(node, Literal) or isinstance(node.value, bool):
            raise Unsayable
        return node.value if isinstance(node.value, str) else number_text(node.value)


def _of_one_question(operands: tuple[Expression, ...]) -> tuple[str, list[str]] | None:
    """The name and the codes of ``a = "1" or a = "2"``."""
    names: set[str] = set()
    codes: list[str] = []
    for each in operands:
        match each:
            case Binary(Operator.EQUAL, Name(name), Literal(str() as code)) | Call(
                "selected", (Name(name), Literal(str() as code))
            ):
                names.add(name)
                codes.append(code)
            case _:
                return None
    return (names.pop(), codes) if len(names) == 1 else None
