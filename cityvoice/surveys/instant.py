"""Routing on the page: the conditions that depend on answers of their own page, as data for a small script.

A condition becomes nested lists, ``["=", ["$", "transport"], "bus"]``, that `static/respond.js` evaluates as
`questionnaire.expressions.evaluate` does. Whatever does not depend on the page is computed here and sent as
its value, so that no answer of another page is in the HTML. A condition that uses a function which the script
does not know is left out: its question appears when the server has read the page.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from cityvoice.questionnaire.errors import ExpressionError
from cityvoice.questionnaire.expressions.ast import (
    Binary,
    Call,
    Expression,
    Literal,
    Logical,
    Membership,
    Name,
    Unary,
    names,
)
from cityvoice.questionnaire.expressions.evaluate import Compiled, compile_tree
from cityvoice.questionnaire.expressions.parser import parse
from cityvoice.questionnaire.expressions.rewrite import substitute
from cityvoice.questionnaire.expressions.values import Lookup, MissingCode, Value
from cityvoice.questionnaire.kinds import ColumnKind, QuestionKind
from cityvoice.questionnaire.model import Section
from cityvoice.questionnaire.question import Question
from cityvoice.surveys.drawing.filling import ITEM, OPTION

FUNCTIONS = frozenset(
    {
        *("answered", "known", "holds", "if", "coalesce", "selected", "count", "count_if", "count_true"),
        *("sum", "mean", "min", "max", "round", "floor", "ceil", "abs", "number"),
    }
)
_HOLE = re.compile('"\ue000([0-9]+)\ue001"')
_NUMERIC = frozenset({QuestionKind.NUMBER, QuestionKind.NUMBERS, QuestionKind.RANKING})


class _NotForScript(Exception):
    """An expression that only the server can decide."""


@dataclass(frozen=True)
class PageScript:
    """What a script can do on one page without asking the server."""

    questions: frozenset[str] = frozenset()  # shown or hidden by answers of the page
    choices: Mapping[str, frozenset[tuple[str, str]]] = field(default_factory=dict)  # (axis, key) likewise
    pieces: tuple[str | Compiled, ...] = ()  # the data, with what is to be computed for each respondent

    def data(self, lookup: Lookup) -> str:
        """The routing as JSON for somebody whose earlier answers `lookup` finds; empty when there is none."""
        return "".join(
            piece if isinstance(piece, str) else json.dumps(_constant(piece(lookup))) for piece in self.pieces
        )


def script_of(section: Section) -> PageScript:
    """The routing that a script can do on one page of a flat questionnaire."""
    planner = _Planner({name for question in section.questions for name in _names(question)})
    entries = [planner.entry(question) for question in section.questions]
    if not (planner.questions or planner.choices):
        return PageScript()
    written = json.dumps(entries, default=planner.hole, ensure_ascii=False, separators=(",", ":"))
    pieces = _HOLE.split(written)
    filled = [
        compile_tree(planner.holes[int(piece)]) if place % 2 else piece for place, piece in enumerate(pieces)
    ]
    return PageScript(frozenset(planner.questions), dict(planner.choices), tuple(filled))


@dataclass
class _Hole:
    expression: Expression


class _Planner:
    def __init__(self, page: set[str]) -> None:
        self.page = page
        self.holes: list[Expression] = []
        self.questions: set[str] = set()
        self.choices: dict[str, frozenset[tuple[str, str]]] = {}
        self.opaque: set[str] = set()  # names of this page whose value the script cannot know

    def entry(self, question: Question) -> dict[str, Any]:
        """What the script must know of one question; its own condition may make it unknowable."""
        entry: dict[str, Any] = {"q": question.name, "f": dict(_fields(question))}
        try:
            if (when := self._condition(question.when)) is not None:
                entry["w"] = when
                if question.kind is not QuestionKind.HIDDEN:
                    self.questions.add(question.name)
            if question.kind is QuestionKind.HIDDEN and question.value is not None:
                entry["v"] = self._write(parse(question.value))
        except (_NotForScript, ExpressionError):
            if question.kind is QuestionKind.HIDDEN:
                self.opaque |= _names(question)
        self._add_choices(question, entry)
        return entry

    def hole(self, hole: Any) -> str:
        self.holes.append(hole.expression)
        return f"\ue000{len(self.holes) - 1}\ue001"

    def _add_choices(self, question: Question, entry: dict[str, Any]) -> None:
        found: set[tuple[str, str]] = set()
        for axis, key, source in _choice_conditions(question):
            try:
                condition = self._condition(source)
            except (_NotForScript, ExpressionError):
                continue
            if condition is not None:
                entry.setdefault("o" if axis == OPTION else "i", {})[key] = condition
                found.add((axis, key))
        if found:
            self.choices[question.name] = frozenset(found)
            self._note_what_is_needed(question, entry, found)

    def _note_what_is_needed(
        self, question: Question, entry: dict[str, Any], found: set[tuple[str, str]]
    ) -> None:
        """A question all of whose options or items may go is not asked when they have gone."""
        options = [option.code for option in question.options if not option.missing]
        items = [item.name for item in question.items]
        for letter, axis, keys in (("e", OPTION, options), ("r", ITEM, items)):
            if keys and question.kind is not QuestionKind.SCALE and all((axis, key) in found for key in keys):
                entry[letter] = keys
                self.questions.add(question.name)

    def _condition(self, source: "str | Expression | None") -> Any:
        """A condition that depends on the page, as lists; None for one that does not."""
        tree = parse(source) if isinstance(source, str) else source
        if tree is None or not self._depends(tree):
            return None
        return self._write(tree)

    def _depends(self, node: Expression) -> bool:
        return any(name.name in self.page for name in names(node))

    def _write(self, node: Expression) -> Any:
        if not self._depends(node):
            return _constant(node.value) if isinstance(node, Literal) else _Hole(node)
        match node:
            case Name():
                if node.name in self.opaque:
                    raise _NotForScript
                return ["$", node.name]
            case Unary():
                return [str(node.operator), self._write(node.operand)]
            case Binary():
                return [str(node.operator), self._write(node.left), self._write(node.right)]
            case Logical():
                return [str(node.operator), *map(self._write, node.operands)]
            case Membership():
                return ["in", self._write(node.operand), *map(self._write, node.values)]
            case Call() if node.function in FUNCTIONS:
                return [f"{node.function}()", *map(self._write, node.arguments)]
        raise _NotForScript


def _names(question: Question) -> set[str]:
    """The names of a question whose values a script finds on the page, or computes there."""
    if question.kind is QuestionKind.HIDDEN:
        return {question.name} if question.value is not None else set()
    return set(question.fields)


def _choice_conditions(question: Question) -> Iterator[tuple[str, str, "str | Expression"]]:
    """The conditions of options and items: axis, key and expression; several of one option are one."""
    for option in question.options:
        sources = [option.when] if option.when else []
        if question.option_filter and not option.missing:
            sources.append(question.option_filter)
        if sources:
            joined = " and ".join(f"({source})" for source in sources)
            try:
                yield OPTION, option.code, _with_attributes(parse(joined), option.attributes or {})
            except ExpressionError:
                continue
    for item in question.items:
        if item.when:
            yield ITEM, item.name, item.when


def _with_attributes(tree: Expression, attributes: Mapping[str, str]) -> Expression:
    return substitute(tree, lambda name: Literal(attributes[name]) if name in attributes else None)


def _fields(question: Question) -> Iterator[tuple[str, list[str]]]:
    """Of each field how its value is read, and its codes for missing answers."""
    if question.kind is QuestionKind.HIDDEN:
        return
    missing = list(question.missing_codes)
    if question.kind is QuestionKind.TABLE:
        for item in question.items:
            for column in question.columns:
                codes = [option.code for option in column.options if option.missing]
                kind = "number" if column.kind is ColumnKind.NUMBER else "text"
                yield question.cell_key(item, column), [kind, *codes]
    else:
        kind = "number" if question.kind in _NUMERIC else "text"
        kind = "codes" if question.kind is QuestionKind.MULTIPLE else kind
        yield from ((name, [kind, *missing]) for name in question.main_fields)
    others = [*question.word_fields, *([question.remark_field] if question.remark_field else [])]
    yield from ((name, ["text"]) for name in others)


def _constant(value: Value) -> Any:
    match value:
        case MissingCode():
            return ["m", str(value)]
        case tuple():
            return ["#", *map(_constant, value)]
        case _:
            return value
