"""Groups that are one question: tables of choices, and the batteries of Kobo."""

from collections.abc import Sequence
from dataclasses import replace

from cityvoice.questionnaire.importers.xlsform.form import Form
from cityvoice.questionnaire.importers.xlsform.questions import choice_options, is_required
from cityvoice.questionnaire.importers.xlsform.tree import Node
from cityvoice.questionnaire.kinds import ColumnKind, QuestionKind
from cityvoice.questionnaire.question import Column, Item, Question, Text

_COLUMN_KINDS = {
    "select_one": ColumnKind.SINGLE,
    "integer": ColumnKind.NUMBER,
    "decimal": ColumnKind.NUMBER,
    "text": ColumnKind.TEXT,
    "acknowledge": ColumnKind.FLAG,
}


def build_battery(form: Form, node: Node) -> Question | None:
    """The question that a group is; None where it is a group. Its own condition is left to the caller."""
    match node.type.kind:
        case "begin group" if "table-list" in form.value(node, "appearance"):
            return _choices_of_one_list(form, node)
        case "begin score":
            rows = [child for child in node.children if child.type.kind == "score__row"]
            return _matrix(form, node, rows) if rows and form.options_of(node) else None
        case "begin rank":
            return _ranking(form, node)
        case "begin kobomatrix":
            return _table(form, node)
        case _:
            return None


def _choices_of_one_list(form: Form, node: Node) -> Question | None:
    rows = node.children
    same = {(child.type.list_name, child.type.or_other) for child in rows}
    is_plain = not any(form.value(child, each) for child in rows for each in ("constraint", "choice_filter"))
    if not is_plain or len(same) != 1 or any(child.type.kind != "select_one" for child in rows):
        return None
    if not form.options_of(rows[0]) or rows[0].type.or_other:
        return None
    return _matrix(form, node, rows)


def _matrix(form: Form, node: Node, rows: Sequence[Node]) -> Question:
    """Its rows keep their names as columns of the data."""
    items = tuple(_item(form, node, child) for child in rows)
    text = form.text(node, "label") or Text({form.default: node.written or node.name})
    matrix = Question(node.name, QuestionKind.MATRIX, text, hint=form.text(node, "hint"), items=items)
    required = all(is_required(form, child) for child in rows)
    return replace(matrix, options=choice_options(form, rows[0]), required=required)


def _item(form: Form, node: Node, child: Node) -> Item:
    label = form.text(child, "label") or Text({form.default: child.name})
    when = form.condition(child, "relevant")
    prefix = f"{node.name}_"
    if child.name.startswith(prefix) and len(child.name) > len(prefix):
        return Item(child.name.removeprefix(prefix), label, when=when)
    return Item(child.name, label, variable=child.name, when=when)


def _ranking(form: Form, node: Node) -> Question | None:
    if len(form.options_of(node)) < 2:
        return None
    text = form.text(node, "label") or Text({form.default: node.written or node.name})
    levels = sum(child.type.kind == "rank__level" for child in node.children)
    found = Question(node.name, QuestionKind.RANKING, text, required=is_required(form, node))
    options = choice_options(form, node)
    most = levels if 0 < levels < len(options) else None
    return replace(found, options=options, hint=form.text(node, "hint"), max_answers=most)


def _table(form: Form, node: Node) -> Question | None:
    """Every choice of the list is a row, every row of the sheet a column."""
    choices = form.options_of(node)
    kinds = [_COLUMN_KINDS.get(child.type.kind) for child in node.children]
    columns = tuple(
        Column(child.name, form.text(child, "label") or Text({form.default: child.name}), kind)
        for child, kind in zip(node.children, kinds, strict=True)
        if kind
    )
    if not choices or not columns or None in kinds:
        return None
    with_options = tuple(
        replace(column, options=choice_options(form, child)) if child.type.kind == "select_one" else column
        for column, child in zip(columns, node.children, strict=True)
    )
    items = tuple(Item(choice.code, form.words(choice.texts, node)) for choice in choices)
    text = form.text(node, "label") or Text({form.default: node.written or node.name})
    return Question(node.name, QuestionKind.TABLE, text, items=items, columns=with_options)
