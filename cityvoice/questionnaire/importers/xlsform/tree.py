"""The rows of the survey sheet as a tree of groups, repeats and questions."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from cityvoice.questionnaire.importers.imported import unreadable
from cityvoice.questionnaire.importers.report import Report
from cityvoice.questionnaire.importers.xlsform.headers import Header, read_header
from cityvoice.questionnaire.importers.xlsform.types import RowType, read_type
from cityvoice.questionnaire.importers.xlsform.workbook import Row, Sheet
from cityvoice.questionnaire.message import Message

MAX_DEPTH = 20
# Batteries of Kobo, and the column that names their list.
BATTERIES = {
    "begin score": "kobo--score-choices",
    "begin rank": "kobo--rank-items",
    "begin kobomatrix": "kobo--matrix_list",
}
_CODES_IN_NAMES = frozenset({"select_multiple", "rank", "begin loop", "begin rank", "begin kobomatrix"})
TRUE = frozenset({"yes", "true", "true()", "1", "y", "tak"})


@dataclass
class Columns:
    """A sheet's columns by what they are, whatever they are called."""

    sheet: Sheet
    headers: dict[Header, str] = field(init=False)

    def __post_init__(self) -> None:
        self.headers = {}
        for written in self.sheet.headers:
            if written:
                self.headers.setdefault(read_header(written), written)

    def value(self, row: Row, name: str) -> str:
        return row.get(self.headers.get(Header(name, None), ""))

    def texts(self, row: Row, name: str) -> dict[str | None, str]:
        """The words of a column in each language of the file; None is the column without a language."""
        found = {
            header.language: row.get(written)
            for header, written in self.headers.items()
            if header.name == name
        }
        return {language: words for language, words in found.items() if words}

    def languages(self) -> Iterator[str]:
        yield from dict.fromkeys(header.language for header in self.headers if header.language)


@dataclass
class Node:
    """One row with its type; groups and repeats have children."""

    row: Row
    type: RowType
    written: str  # the name in the file
    children: list["Node"] = field(default_factory=list)
    parent: "Node | None" = None
    name: str = ""  # the name that our questionnaire gives it
    suffix: str = ""  # of a loop's copy
    loop: dict[str, str] = field(default_factory=dict)  # what a loop's copy has for %(name)s and the like

    def filled(self, words: str) -> str:
        for mark, meant in self.loop.items():
            words = words.replace(mark, meant)
        return words

    @property
    def is_group(self) -> bool:
        return self.type.kind.startswith("begin ")

    @property
    def where(self) -> str:
        return Message("sheet survey, row %(number)s", number=self.row.number)

    def ancestors(self) -> Iterator["Node"]:
        node = self.parent
        while node is not None:
            yield node
            node = node.parent


def read_tree(columns: Columns, report: Report) -> list[Node]:
    """The top of the tree.

    Raises
    ------
    DocumentError
        For a group that is not closed, or closed without being open, with its row.
    """
    top: list[Node] = []
    open_: list[Node] = []
    for row in columns.sheet.rows:
        node = _node(columns, row, report)
        if node is None:
            continue
        if node.type.kind.startswith("end "):
            _close(node, open_)
            continue
        node.parent = open_[-1] if open_ else None
        if node.type.kind == "score__row" and node.parent:
            node.type = node.type._replace(list_name=node.parent.type.list_name)
        (open_[-1].children if open_ else top).append(node)
        if node.is_group:
            open_.append(node)
            if len(open_) > MAX_DEPTH:
                raise unreadable(node.where, Message("groups nested deeper than %(most)s", most=MAX_DEPTH))
    if open_:
        raise unreadable(open_[-1].where, Message("'%(kind)s' has no matching end", kind=open_[-1].type.kind))
    return top


def lists_in_names(survey: Columns) -> frozenset[str]:
    """The lists whose codes become parts of names: of multiple choices, rankings, loops and tables."""
    types = (_type(survey, row) for row in survey.sheet.rows)
    return frozenset(each.list_name for each in types if each.kind in _CODES_IN_NAMES)


def _type(columns: Columns, row: Row) -> RowType:
    type_ = read_type(columns.value(row, "type"))
    column = BATTERIES.get(type_.kind)
    return type_._replace(list_name=columns.value(row, column)) if column else type_


def _node(columns: Columns, row: Row, report: Report) -> Node | None:
    written = columns.value(row, "type")
    where = Message("sheet survey, row %(number)s", number=row.number)
    if columns.value(row, "disabled").lower() in TRUE:
        report.lose(where, "row", Message("it is disabled in the file"))
        return None
    if not written:
        if columns.value(row, "name"):
            report.lose(where, "row", Message("it has a name and no type"))
        return None
    return Node(row, _type(columns, row), columns.value(row, "name"))


def _close(node: Node, open_: list[Node]) -> None:
    what = node.type.kind.removeprefix("end ")
    if not open_:
        raise unreadable(node.where, Message("'end %(what)s' without a beginning", what=what))
    begun = open_[-1].type.kind.removeprefix("begin ")
    if what != begun:
        started = open_[-1].row.number
        raise unreadable(
            node.where,
            Message(
                "'end %(what)s' where 'end %(begun)s' of row %(started)s was expected",
                what=what,
                begun=begun,
                started=started,
            ),
        )
    open_.pop()


def walk(nodes: Sequence[Node]) -> Iterator[Node]:
    for node in nodes:
        yield node
        yield from walk(node.children)
