"""Rows of the survey sheet as sections, groups and questions."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from cityvoice.questionnaire.importers.imported import Element
from cityvoice.questionnaire.importers.xlsform.batteries import build_battery
from cityvoice.questionnaire.importers.xlsform.form import Form
from cityvoice.questionnaire.importers.xlsform.questions import build_question
from cityvoice.questionnaire.importers.xlsform.tree import Node
from cityvoice.questionnaire.importers.xlsform.words import takes_words
from cityvoice.questionnaire.message import Message
from cityvoice.questionnaire.model import Group, Repeat, Section
from cityvoice.questionnaire.own_words import own_words
from cityvoice.questionnaire.question import Question, Text

DEFAULT_REPEATS = 10  # where the form does not say: columns exist for as many
MOST_REPEATS = 50
# Notes under these names at the beginning and the end say what a questionnaire says around its pages.
CONSENT, THANKS = "consent_notice", "thanks_notice"


def notices(form: Form, nodes: list[Node]) -> tuple[Text | None, list[Node], Text | None]:
    """The words before and after the questions, and the rows between."""
    consent = thanks = None
    if nodes and _is_notice(nodes[0], CONSENT):
        consent, nodes = form.text(nodes[0], "label"), nodes[1:]
    if nodes and _is_notice(nodes[-1], THANKS):
        thanks, nodes = form.text(nodes[-1], "label"), nodes[:-1]
    return consent, nodes, thanks


def _is_notice(node: Node, name: str) -> bool:
    return node.type.kind == "note" and node.name == name


def build_sections(form: Form, nodes: Sequence[Node]) -> Iterator[Section]:
    """Top-level groups are sections; what stands between them are sections of their own."""
    taken = {node.name for node in nodes}
    number = 0
    for is_group, run in groupby(nodes, key=lambda node: node.type.kind == "begin group"):
        if is_group:
            yield from (section for node in run if (section := _section(form, node)))
            continue
        elements = tuple(_elements(form, run))
        while elements and (number := number + 1) and f"page_{number}" in taken:
            continue
        if elements:
            yield Section(f"page_{number}", None, elements)


def _section(form: Form, node: Node) -> Section | None:
    table = build_battery(form, node)
    elements = (table,) if table else tuple(_elements(form, node.children))
    if not elements:
        return None
    return Section(node.name, form.text(node, "label"), elements, when=form.condition(node, "relevant"))


def _elements(form: Form, nodes: Iterable[Node]) -> Iterator[Element]:
    last: Element | None = None
    for node in nodes:
        if isinstance(last, Question) and (wider := takes_words(form, node, last)):
            last = wider
            continue
        if last is not None:
            yield last
        last = _group(form, node) if node.is_group else build_question(form, node)
    if last is not None:
        yield last


def _group(form: Form, node: Node) -> Element | None:
    if node.type.kind != "begin repeat" and (table := build_battery(form, node)):
        return replace(table, when=form.condition(node, "relevant"))
    elements = tuple(_elements(form, node.children))
    if not elements:
        return None
    group = Group(node.name, form.text(node, "label"), elements, when=form.condition(node, "relevant"))
    if node.type.kind != "begin repeat":
        return group
    if any(each.type.kind == "begin repeat" for each in node.ancestors()):
        form.lose(node, Message("repeat in a repeat"), Message("it is asked once in each"))
        return group
    return replace(group, repeat=_repeat(form, node))


def _repeat(form: Form, node: Node) -> Repeat:
    """How often: columns exist for as many as a number says, else for as many as `DEFAULT_REPEATS`."""
    written = form.value(node, "repeat_count")
    count = form.calculation(node, "repeat_count")
    if written.isdecimal():
        if int(written) > MOST_REPEATS:
            form.lose(
                node,
                f"repeat_count = {written}",
                Message("columns exist for at most %(most)s", most=MOST_REPEATS),
            )
        return Repeat(max(1, min(int(written), MOST_REPEATS)), count=written)
    maximum = form.value(node, MAXIMUM)
    if maximum.isdecimal() and 0 < int(maximum) <= MOST_REPEATS:
        most = int(maximum)
    else:
        form.lose(
            node,
            Message("repeat"),
            Message("columns exist for at most %(most)s", most=DEFAULT_REPEATS),
        )
        most = DEFAULT_REPEATS
    more = None if count is not None else own_words("more", form.languages)
    return Repeat(most, count=count, more=more)


MAXIMUM = "maximum"  # a column of our own: for how many repeats columns exist
