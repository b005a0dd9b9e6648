"""What is known of a form while its rows become questions: names, lists, languages, expressions, losses."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from cityvoice.questionnaire.checking.checks import TAKEN
from cityvoice.questionnaire.errors import ExpressionError
from cityvoice.questionnaire.expressions.ast import (
    Binary,
    Call,
    Expression,
    Literal,
    Membership,
    Name,
    Operator,
)
from cityvoice.questionnaire.expressions.render import render
from cityvoice.questionnaire.expressions.rewrite import transform
from cityvoice.questionnaire.expressions.syntaxes.xpath import parse_condition, parse_value
from cityvoice.questionnaire.importers.report import Report
from cityvoice.questionnaire.importers.xlsform.choices import Choice, ChoiceList
from cityvoice.questionnaire.importers.xlsform.tree import Columns, Node, walk
from cityvoice.questionnaire.message import Message
from cityvoice.questionnaire.naming import name_of
from cityvoice.questionnaire.pipes import escape
from cityvoice.questionnaire.question import Text

OTHER = "other"  # the code of the choice that `or_other` adds; its words are in <name>_other there
REFERENCE = re.compile(r"\$\{\s*(?:last-saved#)?([^{}]+?)\s*\}")


@dataclass
class Form:
    columns: Columns
    lists: Mapping[str, ChoiceList]
    codes: Mapping[str, str]  # of languages, by the file's names
    default: str  # language
    report: Report
    by_name: dict[str, list[Node]] = field(default_factory=lambda: defaultdict(list))

    @property
    def languages(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((self.default, *self.codes.values())))

    def lose(self, node: Node, what: str, why: str) -> None:
        self.report.lose(node.where, what, why)

    def value(self, node: Node, column: str) -> str:
        return node.filled(self.columns.value(node.row, column))

    def assign_names(self, nodes: Sequence[Node]) -> None:
        """A name of its own for every row: the file's, where our questionnaires allow it."""
        taken = set(TAKEN) | {column for node in walk(nodes) for column in self._columns_of(node)}
        for node in walk(nodes):
            written = f"{node.written}{node.suffix}"
            node.name = name_of(written, taken) if written else name_of(f"row_{node.row.number}", taken)
            taken.add(node.name)
            self.by_name[node.written].append(node)
            if written and node.name != written:
                self.lose(
                    node,
                    Message("name %(written)r", written=written),
                    Message("taken or no plain word: called %(name)r", name=node.name),
                )

    def _columns_of(self, node: Node) -> Iterator[str]:
        """The columns of a multiple choice's boxes, whose names nothing else may have."""
        if node.type.kind in {"select_multiple", "rank"}:
            yield from (f"{node.written}{node.suffix}_{choice.code}" for choice in self.options_of(node))

    def options_of(self, node: Node) -> Sequence[Choice]:
        found = self.lists.get(node.type.list_name)
        return found.choices if found else ()

    def code(self, node: Node, written: str) -> str:
        """Our code for a choice of the row's list."""
        found = self.lists.get(node.type.list_name)
        return found.codes.get(written, written) if found else written

    def text(self, node: Node, column: str) -> Text | None:
        texts = self.columns.texts(node.row, column)
        return self.words(texts, node) if texts else None

    def words(self, texts: Mapping[str | None, str], node: Node) -> Text:
        """Words in every language that the file has them in, ``${name}`` become ``{name}``."""
        found = {
            self.default if language is None else self.codes[language]: self._piped(node.filled(words), node)
            for language, words in texts.items()
        }
        first = {self.default: found[self.default]} if self.default in found else {}
        return Text(first | found)

    def _piped(self, words: str, node: Node) -> str:
        """Braces of the file's own stay braces; a reference that leads nowhere is shown as it is written."""
        parts = []
        place = 0
        for match in REFERENCE.finditer(words):
            parts.append(escape(words[place : match.start()]))
            self.report.n_found += 1
            target = self.find(node, match[1])
            if target is None:
                self.lose(node, match[0], Message("there is no row of that name"))
                parts.append(escape(match[0]))
            else:
                self.report.n_compiled += 1
                parts.append("{" + target.name + "}")
            place = match.end()
        return "".join((*parts, escape(words[place:])))

    def find(self, node: Node, written: str) -> Node | None:
        """The row that ``${written}`` means at `node`: of several the one that shares most groups with it."""
        groups = [id(each) for each in node.ancestors()]
        candidates = self.by_name.get(written) or []
        return max(
            (each for each in candidates),
            key=lambda each: sum(id(group) in groups for group in each.ancestors()),
            default=None,
        )

    def condition(self, node: Node, column: str) -> str | None:
        """The row's condition in our language; one that cannot be read is told as a loss."""
        return self._expression(node, column, parse_condition)

    def calculation(self, node: Node, column: str) -> str | None:
        return self._expression(node, column, parse_value)

    def _expression(self, node: Node, column: str, parse: Callable[..., Expression]) -> str | None:
        written = self.value(node, column)
        if not written:
            return None
        if written in {"TRUE", "FALSE"}:  # a cell that the spreadsheet took for a truth value
            written = f"{written.lower()}()"
        self.report.n_found += 1
        try:
            tree = self._with_our_codes(parse(written, _Names(self, node), node.name), node)
        except ExpressionError as error:
            self.lose(node, f"{column} = {written}", error.reason)
            return None
        self.report.n_compiled += 1
        return render(tree)

    def _with_our_codes(self, tree: Expression, node: Node) -> Expression:
        """Choices that were given other codes are compared by those; texts in place of choices as texts."""

        def change(part: Expression) -> Expression:
            match part:
                case Call(function="selected", arguments=(Name(name=name) as asked, code)) if self._is_text(
                    node.name if name == "this" else name
                ):
                    return Binary(Operator.EQUAL, asked, code, part.position)
                case Binary(left=Name(name=name), right=Literal()):
                    return replace(part, right=self._recoded(name, part.right))
                case Call(function="selected" | "count_if", arguments=(Name(name=name), *rest)):
                    recoded = (self._recoded(name, each) for each in rest)
                    return replace(part, arguments=(part.arguments[0], *recoded))
                case Membership(operand=Name(name=name)):
                    values = tuple(self._recoded(name, each) for each in part.values)
                    return replace(part, values=values)
                case _:
                    return part

        return transform(tree, change)

    def _is_text(self, name: str) -> bool:
        """Whether a choice whose list is missing is asked as a text."""
        node = self._named(name)
        return node is not None and node.type.kind.startswith("select_") and not self.options_of(node)

    def _named(self, name: str) -> Node | None:
        return next((each for nodes in self.by_name.values() for each in nodes if each.name == name), None)

    def _recoded(self, name: str, value: Expression) -> Expression:
        if not isinstance(value, Literal) or isinstance(value.value, bool):
            return value
        node = self._named(name)
        written = str(value.value)
        code = self.code(node, written) if node else written
        return value if code == written else replace(value, value=code)


@dataclass
class _Names:
    """What names mean in the expressions of a row."""

    form: Form
    row: Node

    def node(self, name: str, /) -> Expression | None:
        target = self.form.find(self.row, name)
        if target is None and (asked := self.form.find(self.row, name.removesuffix("_other"))):
            return Name(f"{asked.name}_{OTHER}_text") if asked.type.or_other else None
        return None if target is None else Name(target.name)

    def attribute(self, name: str, /) -> Expression | None:
        column = name.lower()  # as `headers` spells them
        known = any(column in choice.attributes for choice in self.form.options_of(self.row))
        return Name(column) if known else None

    def repetitions(self, name: str, /) -> Expression | None:
        target = self.form.find(self.row, name)
        if target is None or target.type.kind != "begin repeat":
            return None
        asked = next((each for each in target.children if not each.is_group), None)
        return None if asked is None else Call("count", (Name(asked.name),))
