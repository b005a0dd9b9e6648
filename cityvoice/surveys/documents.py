"""A survey in one file: our questionnaire document, with what the fieldwork needs under ``survey``.

title: {pl: Jakość życia, en: Quality of life}
languages: [pl, en]
sections: [...]
survey: {slug: quality-of-life, fieldwork: {starts_on: 2026-09-01, ends_on: 2026-09-14},
method: {sponsor: {pl: Urząd Miasta}}}
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from cityvoice.questionnaire.document import load_document
from cityvoice.questionnaire.model import Questionnaire
from cityvoice.questionnaire.notation import parse_mapping
from cityvoice.surveys.errors import InvalidSurvey
from cityvoice.surveys.imports import read_text
from cityvoice.surveys.services import METHOD_ITEMS

KNOWN = ("slug", "fieldwork", "method")


@dataclass(frozen=True)
class SurveyDocument:
    slug: str
    questionnaire: Questionnaire
    fieldwork: tuple[date | None, date | None]
    method: Mapping[str, Mapping[str, str]]


def read_survey_document(path: Path) -> SurveyDocument:
    """The survey in a YAML or JSON file; its slug is the file's name unless it says another.

    Raises
    ------
    DocumentError
        with the path of everything that is wrong in the questionnaire.
    InvalidSurvey
        when the part about the survey is wrong.
    """
    document = parse_mapping(read_text(path))
    about: Any = {}
    if isinstance(document, Mapping):
        document = dict(document)
        about = document.pop("survey", {})
    questionnaire = load_document(document)
    if not isinstance(about, Mapping) or not set(about) <= set(KNOWN):
        raise InvalidSurvey(f"{path.name}: survey: expected a mapping with {', '.join(KNOWN)}")
    slug = str(about.get("slug") or path.name.split(".")[0].lower().replace("_", "-"))
    return SurveyDocument(slug, questionnaire, _fieldwork(path, about), _method(path, about))


def _fieldwork(path: Path, about: Mapping[str, Any]) -> tuple[date | None, date | None]:
    days = about.get("fieldwork") or {}
    if not isinstance(days, Mapping) or not set(days) <= {"starts_on", "ends_on"}:
        raise InvalidSurvey(f"{path.name}: survey.fieldwork: expected starts_on and ends_on")
    return _day(path, days, "starts_on"), _day(path, days, "ends_on")


def _day(path: Path, days: Mapping[str, Any], name: str) -> date | None:
    value = days.get(name)
    if value is None or (isinstance(value, date) and type(value) is date):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        expected = f"expected a day such as 2026-09-01, got {value!r}"
        raise InvalidSurvey(f"{path.name}: survey.fieldwork.{name}: {expected}") from None


def _method(path: Path, about: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    method = about.get("method") or {}
    if not isinstance(method, Mapping) or not set(method) <= set(METHOD_ITEMS):
        raise InvalidSurvey(f"{path.name}: survey.method: expected {', '.join(METHOD_ITEMS)}")
    for name, texts in method.items():
        if not isinstance(texts, Mapping):
            raise InvalidSurvey(f"{path.name}: survey.method.{name}: expected texts by language")
    return {name: {str(code): str(text) for code, text in texts.items()} for name, texts in method.items()}
