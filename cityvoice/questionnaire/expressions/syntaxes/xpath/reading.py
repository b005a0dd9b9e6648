"""Reads XLSForm expressions."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Protocol, TypeVar

from cityvoice.questionnaire.expressions.ast import Binary, Call, Expression, Literal, Name, Operator, Unary
from cityvoice.questionnaire.expressions.syntaxes import blanks
from cityvoice.questionnaire.expressions.syntaxes.climbing import Climber, Level, Word, readable
from cityvoice.questionnaire.expressions.syntaxes.refusal import Refusal
from cityvoice.questionnaire.expressions.syntaxes.xpath.functions import Site, called, is_function
from cityvoice.questionnaire.expressions.syntaxes.xpath.words import words
from cityvoice.questionnaire.message import Message

_CALL = re.compile(r"([A-Za-z][\w:-]*)\s*\(")
_Found = TypeVar("_Found")


class Nodes(Protocol):
    """What the names of an XLSForm stand for. Each may raise `Refusal` with a reason."""

    def node(self, name: str, /) -> Expression | None:
        """The tree of a question: of ``${name}``, ``../name`` or ``/form/group/name``; None: unknown."""

    def attribute(self, name: str, /) -> Expression | None:
        """The tree of a bare name: in a choice filter a column of the choices; None: unknown."""

    def repetitions(self, name: str, /) -> Expression | None:
        """How often a repeated group is asked; None: there is no such repeated group."""


def parse_condition(expression: str, nodes: Nodes, place: str = "") -> Expression:
    """The tree of a relevant, constraint, required, choice filter; numbers and texts become conditions.

    Parameters
    ----------
    place
        Where the expression stands, such as the question's name: random numbers are drawn for each place.

    Raises
    ------
    ExpressionError
        When it cannot be read, names what is unknown, or says what our language cannot.
    """
    return blanks.condition(parse_value(expression, nodes, place))


def parse_value(expression: str, nodes: Nodes, place: str = "") -> Expression:
    """The tree of a calculation, a repeat count or a name in a text."""
    return _Reader(expression, nodes, place).read()


def parse_default(text: str, nodes: Nodes, place: str = "") -> Expression:
    """The tree of a default: an expression where it names something or calls a function, else plain words."""
    return parse_value(text, nodes, place) if is_expression(text) else Literal(text)


def is_expression(text: str) -> bool:
    """Whether a default is computed: it names a question or calls a function."""
    return "${" in text or any(map(is_function, _CALL.findall(text)))


class _Reader(Climber):
    def __init__(self, expression: str, nodes: Nodes, place: str) -> None:
        super().__init__(expression, list(words(readable(expression))))
        self.nodes = nodes
        self.draws_of = place
        self.levels = _LEVELS

    def operand(self) -> Expression:
        if word := self.accept("-"):
            return Unary(Operator.SUBTRACT, self.deeper(self.operand), word.position)
        node = self._primary()
        if word := self.accept("|", "["):
            raise self.refusal(
                Message("%(text)r selects nodes of a document; here are only answers", text=word.text), word
            )
        return node

    def _primary(self) -> Expression:
        word = self.current
        if word.kind == "number":
            return Literal(
                float(word.text) if "." in word.text else int(word.text[:30]), self.take().position
            )
        if word.kind == "text":
            return Literal(word.text[1:-1], self.take().position)
        if word.kind == "reference":
            return self._found(self.take(), word.text[2:-1].strip())
        if self.accept("("):
            node = self.inside()
            self.expect(")")
            return node
        if word.kind == "name" and self.words[self.place + 1].text == "(":
            return self._call(self.take())
        return self._path()

    def _found(self, word: Word, name: str) -> Expression:
        if name.startswith("last-saved#"):
            raise self.refusal(Message("the answer of the interview before is another person's"), word)
        tree = self._ask(word, lambda: self.nodes.node(name) or self.nodes.repetitions(name))
        return self._placed(word, name, tree)

    def _placed(self, word: Word, name: str, tree: Expression | None) -> Expression:
        if tree is None:
            raise self.refusal(Message("unknown question %(name)r", name=name), word)
        return blanks.placed(tree, word.position)

    def _path(self) -> Expression:
        """``.``, ``../name``, ``/form/group/name``, ``name``: the last step says which question it is."""
        first = self.current
        steps: list[Word] = []
        while self.current.kind == "name" or self.current.text in {"/", "//", ".", ".."}:
            steps.append(self.take())
            if steps[-1].text not in {"/", "//"} and self.current.text not in {"/", "//"}:
                break
        if not steps:
            raise self.error("a question, a number, a text or '('")
        last = steps[-1]
        if last.text == ".":
            return Name("this", first.position)
        if last.text == "null" and len(steps) == 1:  # a question that is not there
            return Literal("", first.position)
        if last.kind != "name":
            raise self.refusal(Message("a group is no answer"), first)
        look = self.nodes.attribute if len(steps) == 1 else self.nodes.node
        return self._placed(first, last.text, self._ask(first, lambda: look(last.text)))

    def _call(self, word: Word) -> Expression:
        if word.text in {"current", "instance"}:
            return self._document(word)
        if word.text == "position":
            return self._position(word)
        if word.text == "count" and (group := self._group()) is not None:
            return group
        site = Site(self.arguments(), self.nodes.node, f"{self.draws_of}:{word.position}")
        node = self._ask(word, lambda: called(word.text, site))
        return node if isinstance(node, Name) else replace(node, position=word.position)

    def _ask(self, word: Word, question: Callable[[], _Found]) -> _Found:
        try:
            return question()
        except Refusal as reason:
            raise self.refusal(reason.message, word) from reason

    def _group(self) -> Expression | None:
        """Of ``count(${group})`` how often the group is asked; None where it counts something else."""
        opening, name, *closing = self.words[self.place : self.place + 3]
        if name.kind != "reference" or [word.text for word in closing] != [")"]:
            return None
        found = self.nodes.repetitions(name.text[2:-1].strip())
        if found is None:
            return None
        self.place += 3
        return blanks.placed(found, opening.position)

    def _position(self, word: Word) -> Expression:
        """The number of the repeat that this question stands in."""
        self.expect("(")
        while self.accept("..", "/", "."):
            pass
        self.expect(")")
        return Call("position", (), word.position)

    def _document(self, word: Word) -> Expression:
        """``current()/../name``, and the label of an option: ``instance('l')/root/item[name=${q}]/label``."""
        self.arguments()
        if word.text == "current":
            self.expect("/")
            return self._path()
        if "".join(each.text for each in self.words[self.place : self.place + 7]) != "/root/item[name=":
            raise self.refusal(Message("looks something up in a table that comes with the form"), word)
        self.place += 7
        code = self.inside()
        self.expect("]")
        self.expect("/")
        if self.take().text != "label" or not isinstance(code, Name):
            raise self.refusal(Message("looks something up in a table that comes with the form"), word)
        return Call("label", (code,), word.position)


def _equal(left: Expression, right: Expression) -> Expression:
    """A number that cannot be computed is written 'NaN'."""
    for node, other in ((left, right), (right, left)):
        if isinstance(other, Literal) and other.value == "NaN":
            return blanks.negation(Call("known", (node,), node.position))
    return blanks.equal(left, right)


def _unequal(left: Expression, right: Expression) -> Expression:
    same = _equal(left, right)
    if isinstance(same, Binary) and blanks.is_of_this(same):
        return replace(same, operator=Operator.NOT_EQUAL)
    return blanks.negation(same)


_LEVELS = (
    Level({"or": blanks.either}, endless=True),
    Level({"and": blanks.both}, endless=True),
    Level({"=": _equal, "!=": _unequal}),
    Level(
        {
            "<": blanks.binary(Operator.LESS),
            "<=": blanks.binary(Operator.LESS_OR_EQUAL),
            ">": blanks.binary(Operator.GREATER),
            ">=": blanks.binary(Operator.GREATER_OR_EQUAL),
        }
    ),
    Level({"+": blanks.binary(Operator.ADD), "-": blanks.binary(Operator.SUBTRACT)}),
    Level(
        {
            "*": blanks.binary(Operator.MULTIPLY),
            "div": blanks.binary(Operator.DIVIDE),
            "mod": blanks.binary(Operator.REMAINDER),
        }
    ),
)
