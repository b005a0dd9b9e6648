"""Texts that belong to the question above them: its remark, and the words of "other, namely"."""

from collections.abc import Iterable
from dataclasses import replace

from cityvoice.questionnaire.importers.xlsform.form import Form
from cityvoice.questionnaire.importers.xlsform.tree import Node
from cityvoice.questionnaire.kinds import QuestionKind
from cityvoice.questionnaire.question import Question, ResponseOption

_SPECIFYING = frozenset({QuestionKind.SINGLE, QuestionKind.MULTIPLE})
_REMARKED = _SPECIFYING | {QuestionKind.SCALE, QuestionKind.MATRIX, QuestionKind.NUMBER}


def takes_words(form: Form, node: Node, question: Question) -> Question | None:
    """The question with this row as its remark or the words of an option; None where it is its own question.

    Such a row has the name that our data give these words, a label, and nothing else: so our own files come
    back as they were.
    """
    if node.type.kind != "text":
        return None
    if node.name == question.key("comment") and question.kind in _REMARKED and _has_only(form, node):
        return replace(question, comment=form.text(node, "label"))
    option = next((each for each in question.options if node.name == question.key(f"{each.code}_text")), None)
    if option is None or question.kind not in _SPECIFYING or form.text(node, "label") != option.label:
        return None
    conditions = {
        f"${{{question.name}}} = '{option.code}'",
        f"selected(${{{question.name}}}, '{option.code}')",
    }
    if form.value(node, "relevant") not in conditions or not _has_only(form, node, "relevant"):
        return None
    options = tuple(_specifying(question.options, option))
    return replace(question, options=options)


def _specifying(options: Iterable[ResponseOption], chosen: ResponseOption) -> Iterable[ResponseOption]:
    return (replace(each, specify=True) if each is chosen else each for each in options)


def _has_only(form: Form, node: Node, *columns: str) -> bool:
    known = {"type", "name", "label", *columns}
    return all(
        header.name in known for header, written in form.columns.headers.items() if node.row.get(written)
    )
