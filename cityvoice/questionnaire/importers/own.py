"""Our own documents, YAML or JSON, read as an import: nothing is lost, everything is checked."""

from collections.abc import Iterator
from typing import Any

from cityvoice.questionnaire.document import load_document
from cityvoice.questionnaire.importers.imported import Imported, unreadable
from cityvoice.questionnaire.message import Message
from cityvoice.questionnaire.model import Questionnaire
from cityvoice.questionnaire.notation import parse_mapping
from cityvoice.questionnaire.pipes import pipes
from cityvoice.questionnaire.question import Text

EXTENSIONS = frozenset({".yaml", ".yml", ".json"})
ABOUT = "survey"  # the part of a document that is about the survey, not the questionnaire
_EXPRESSIONS = ("when", "value", "default", "option_filter", "expression", "count")


def read_own(data: bytes, name: str = "") -> Imported:
    """A document; `DocumentError` with every problem when it is no valid questionnaire."""
    try:
        source = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise unreadable(
            Message("line %(line)s", line=_line(data, error.start)), Message("no text in UTF-8")
        ) from error
    document = parse_mapping(source)
    if isinstance(document, dict):
        document = {key: value for key, value in document.items() if key != ABOUT}
    questionnaire = load_document(document)
    count = sum(1 for _ in expressions_of(questionnaire))
    return Imported(questionnaire, n_expressions_found=count, n_expressions_compiled=count)


def expressions_of(questionnaire: Questionnaire) -> Iterator[str]:
    """Every expression of a questionnaire, those in its texts among them."""
    yield from _expressions(questionnaire)


def _expressions(node: Any) -> Iterator[str]:
    if isinstance(node, Text):
        yield from (source for _, source in pipes(node))
    elif isinstance(node, tuple):
        for each in node:
            yield from _expressions(each)
    elif hasattr(node, "__dataclass_fields__"):
        for name in node.__dataclass_fields__:
            value = getattr(node, name)
            if name in _EXPRESSIONS and isinstance(value, str):
                yield value
            else:
                yield from _expressions(value)


def _line(data: bytes, place: int) -> int:
    return data[:place].count(b"\n") + 1
