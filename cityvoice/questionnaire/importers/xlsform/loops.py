"""Loops over a list: one group for each choice."""

from dataclasses import replace

from cityvoice.questionnaire.importers.xlsform.form import Form
from cityvoice.questionnaire.importers.xlsform.tree import Node
from cityvoice.questionnaire.importers.xlsform.types import RowType


def unrolled_loops(form: Form, nodes: list[Node]) -> list[Node]:
    """A loop over a list becomes one group for each choice."""
    unrolled: list[Node] = []
    for node in nodes:
        node.children = unrolled_loops(form, node.children)
        if node.type.kind != "begin loop":
            unrolled.append(node)
            continue
        for choice in form.options_of(node):
            marks = {"%(name)s": choice.code, "%(label)s": next(iter(choice.texts.values()), choice.code)}
            unrolled.append(_copied(node, f"_{choice.code}", node.parent, marks))
    return unrolled


def _copied(node: Node, suffix: str, parent: Node | None, marks: dict[str, str]) -> Node:
    kind = RowType("begin group") if node.type.kind == "begin loop" else node.type
    copy = replace(
        node, type=kind, parent=parent, suffix=node.suffix + suffix, children=[], loop=node.loop | marks
    )
    copy.children = [_copied(child, suffix, copy, marks) for child in node.children]
    return copy
