"""Our own document form of a questionnaire, in YAML or JSON: one mapping per object, keyed by its fields.

A text is a mapping of translations, or plain words where they are in the first language:

    title: {pl: Jakość życia, en: Quality of life}
    languages: [pl, en]
    sections:
      - name: city
        questions:
          - name: satisfaction
            kind: single
            text: {pl: "Jak się tu żyje?", en: "How is life here?"}
            options:
              - {code: "1", label: {pl: dobrze, en: well}}
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import fields
from enum import StrEnum
from typing import Any

from cityvoice.questionnaire.checking.checks import check
from cityvoice.questionnaire.errors import DocumentError
from cityvoice.questionnaire.loading import Loader, key_of
from cityvoice.questionnaire.model import Questionnaire
from cityvoice.questionnaire.notation import parse_mapping
from cityvoice.questionnaire.question import Text


def parse_document(source: str) -> Questionnaire:
    """The questionnaire in the text of a YAML or JSON document; `DocumentError` as for `load_document`."""
    return load_document(parse_mapping(source))


def load_document(document: Any) -> Questionnaire:
    """The questionnaire that a document describes.

    Parameters
    ----------
    document
        What a YAML or JSON parser returns.

    Raises
    ------
    DocumentError
        With every problem and its path, such as ``sections[2].questions[1].options[3].code``. Wrong names and
        types are told first; once there are none, `checks.check` tells what else is wrong.
    """
    loader = Loader(document)
    questionnaire: Questionnaire = loader.record(Questionnaire, document, "")
    problems = loader.problems or check(questionnaire)
    if problems:
        raise DocumentError(problems)
    return questionnaire


def load_draft(document: Any) -> Questionnaire:
    """The questionnaire of a half-finished document; `DocumentError` for wrong names and types."""
    loader = Loader(document)
    questionnaire: Questionnaire = loader.record(Questionnaire, document, "")
    if loader.problems:
        raise DocumentError(loader.problems)
    return questionnaire


def dump_document(questionnaire: Questionnaire) -> dict[str, Any]:
    """The document of a questionnaire, from which `load_document` makes an equal one; without defaults."""
    dumped: dict[str, Any] = _dump(questionnaire)
    return dumped


def digest(questionnaire: Questionnaire) -> str:
    """The SHA-256, in hexadecimal, of the questionnaire's canonical JSON: equal for equal questionnaires."""
    document = dump_document(questionnaire)
    canonical = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def _dump(value: Any) -> Any:
    match value:
        case Text():
            return dict(value.translations)
        case StrEnum():
            return value.value
        case tuple():
            return [_dump(each) for each in value]
        case float():
            return int(value) if value.is_integer() else value
        case Mapping():
            return dict(value)
        case _ if hasattr(value, "__dataclass_fields__"):
            kept = {each.name: getattr(value, each.name) for each in fields(value)}
            defaults = {each.name: each.default for each in fields(value)}
            return {key_of(name): _dump(each) for name, each in kept.items() if each != defaults[name]}
        case _:
            return value
