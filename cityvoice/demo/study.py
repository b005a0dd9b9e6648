"""The demo survey's documents: what is asked, and how it is said to have been done."""

from pathlib import Path
from typing import Any

from cityvoice.questionnaire.document import parse_document
from cityvoice.questionnaire.model import Questionnaire
from cityvoice.questionnaire.notation import parse_mapping

SLUG = "jakosc-zycia-2026"
_FOLDER = Path(__file__).parent


def read_questionnaire() -> Questionnaire:
    return parse_document((_FOLDER / "questionnaire.yaml").read_text(encoding="utf-8"))


def read_method() -> dict[str, Any]:
    """AAPOR's disclosure items by key, then by language."""
    method: dict[str, Any] = parse_mapping((_FOLDER / "method.yaml").read_text(encoding="utf-8"))
    return method
