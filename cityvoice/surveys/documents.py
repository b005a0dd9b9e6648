"""Surveys in files: our questionnaire documents, and those of other programs.

A document of ours may say what the fieldwork needs under ``survey``:

title: {pl: Jakość życia, en: Quality of life}
languages: [pl, en]
sections: [...]
survey: {slug: quality-of-life, fieldwork: {starts_on: 2026-09-01, ends_on: 2026-09-14},
method: {sponsor: {pl: Urząd Miasta}}}
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from cityvoice.questionnaire.exporters.ddi import Study
from cityvoice.questionnaire.exporters.exported import Exported
from cityvoice.questionnaire.exporters.formats import FORMATS
from cityvoice.questionnaire.importers.formats import is_known, read_questionnaire
from cityvoice.questionnaire.importers.imported import Imported
from cityvoice.questionnaire.importers.own import ABOUT, EXTENSIONS
from cityvoice.questionnaire.model import Questionnaire
from cityvoice.questionnaire.naming import slug_of
from cityvoice.questionnaire.notation import parse_mapping
from cityvoice.questionnaire.phrases import phrases
from cityvoice.surveys import queries
from cityvoice.surveys.compose.paper import compose_form
from cityvoice.surveys.errors import InvalidSurvey
from cityvoice.surveys.exports.columns import FIRST_COLUMN
from cityvoice.surveys.imports import read_text
from cityvoice.surveys.models import Survey
from cityvoice.surveys.published import authored_questionnaire, data_questionnaire
from cityvoice.surveys.render import interface_gettext, is_printable, render_form
from cityvoice.surveys.services import METHOD_ITEMS

KNOWN = ("slug", "fieldwork", "method")
PAPER = "pdf"
OF_THE_DATA = ("ddi", "triple-s")  # they describe the columns of the answers, those of all versions
FILE_FORMATS = {name: each.extension for name, each in FORMATS.items()} | {PAPER: ".pdf"}
MAX_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True)
class SurveyDocument:
    slug: str
    imported: Imported
    fieldwork: tuple[date | None, date | None]
    method: Mapping[str, Mapping[str, str]]

    @property
    def questionnaire(self) -> Questionnaire:
        return self.imported.questionnaire


def find_files(paths: Iterable[Path]) -> tuple[list[Path], list[Path]]:
    """The files named and those in folders whose extension is a questionnaire's; and the other ones."""
    files: list[Path] = []
    skipped: list[Path] = []
    for path in paths:
        if not path.is_dir():
            files.append(path)
            continue
        for each in sorted(each for each in path.rglob("*") if each.is_file()):
            (files if is_known(each.name) else skipped).append(each)
    return files, skipped


def read_survey_document(path: Path) -> SurveyDocument:
    """The survey in a file; its slug is the file's name unless it says another.

    Raises
    ------
    DocumentError
        with the place of everything that is wrong in the questionnaire.
    InvalidSurvey
        when the part about the survey is wrong, or the file too large.
    """
    if path.stat().st_size > MAX_BYTES:
        raise InvalidSurvey(f"{path.name}: larger than {MAX_BYTES // 2**20} MB")
    if path.suffix.lower() in EXTENSIONS:
        return _own_document(path)
    imported = read_questionnaire(path.read_bytes(), path.name)
    return SurveyDocument(imported.slug or _slug(path), imported, imported.fieldwork, imported.method)


def describe(path: Path, document: SurveyDocument) -> dict[str, Any]:
    """What is in a file and what an import of it loses, for programs."""
    imported, questionnaire = document.imported, document.questionnaire
    return _description(path) | {
        "ok": True,
        "languages": list(questionnaire.languages),
        "sections": len(questionnaire.sections),
        "questions": sum(1 for _ in questionnaire.questions),
        "items": imported.n_items,
        "options": imported.n_options,
        "expressions": {
            "found": imported.n_expressions_found,
            "compiled": imported.n_expressions_compiled,
        },
        "losses": [asdict(loss) for loss in imported.losses],
    }


def describe_failure(path: Path, error: str) -> dict[str, Any]:
    """Why a file cannot be imported, with the same keys."""
    return _description(path) | {"error": error}


def _description(path: Path) -> dict[str, Any]:
    counts: dict[str, Any] = dict.fromkeys(("sections", "questions", "items", "options"), 0)
    none = {"found": 0, "compiled": 0}
    start = {"file": str(path), "ok": False, "error": None, "languages": []}
    return start | counts | {"expressions": none, "losses": []}


def write_questionnaire(
    session: Session,
    survey: Survey,
    format_: str,
    *,
    language: str | None = None,
    for_interviewers: bool = False,
) -> Exported:
    """The questionnaire that is asked now as a file.

    Parameters
    ----------
    format_
        One of `FILE_FORMATS`.
    language, for_interviewers
        Of the form on paper alone.

    Raises
    ------
    InvalidSurvey
        When nothing is published, or not in that language, or in letters that cannot be printed.
    """
    if survey.current_version is None:
        raise InvalidSurvey(f"survey {survey.slug} has no published questionnaire")
    questionnaire = authored_questionnaire(survey.current_version)
    if format_ in OF_THE_DATA:
        return FORMATS[format_].write(data_questionnaire(survey), _study(session, survey))
    if format_ != PAPER:
        return FORMATS[format_].write(questionnaire, _study(session, survey))
    chosen = language or questionnaire.language
    if chosen not in questionnaire.languages:
        known = ", ".join(questionnaire.languages)
        raise InvalidSurvey(f"survey {survey.slug} is not in {chosen!r}: expected one of {known}")
    if chosen not in printable_languages(questionnaire):
        raise InvalidSurvey(f"survey {survey.slug}: there is no font for the letters of {chosen!r}")
    gettext = interface_gettext(chosen)
    form = compose_form(questionnaire, chosen, gettext, for_interviewers=for_interviewers)
    return Exported(render_form(form))


def printable_languages(questionnaire: Questionnaire) -> tuple[str, ...]:
    """The languages in whose letters a form can be printed."""
    said = [phrase.text for phrase in phrases(questionnaire)]
    return tuple(
        each for each in questionnaire.languages if all(is_printable(text.in_(each)) for text in said)
    )


def _study(session: Session, survey: Survey) -> Study:
    """What a catalogue is told of a survey beside its questions."""
    progress = queries.fieldwork_progress(session, survey)
    days = list(progress.by_day)
    first, last = (days[0], days[-1]) if days else (survey.fieldwork_starts_on, survey.fieldwork_ends_on)
    sponsors = survey.method.get("sponsor", {})
    return Study(
        survey.slug,
        producer=next((words for words in sponsors.values() if words), None),
        collected=(first, last),
        modes=tuple(mode for mode in progress.by_mode if mode),
        method=survey.method,
        n_cases=progress.n_complete or None,
        first_column=FIRST_COLUMN,
    )


def _own_document(path: Path) -> SurveyDocument:
    text = read_text(path)
    imported = read_questionnaire(text.encode(), path.name)
    document = parse_mapping(text)
    about: Any = document.get(ABOUT, {}) if isinstance(document, Mapping) else {}
    if not isinstance(about, Mapping) or not set(about) <= set(KNOWN):
        raise InvalidSurvey(f"{path.name}: survey: expected a mapping with {', '.join(KNOWN)}")
    slug = str(about.get("slug") or _slug(path))
    if slug != slug_of(slug):
        raise InvalidSurvey(f"{path.name}: survey.slug: expected {slug_of(slug)!r} or the like, got {slug!r}")
    return SurveyDocument(slug, imported, _fieldwork(path, about), _method(path, about))


def _slug(path: Path) -> str:
    """The file's name as part of an address."""
    return slug_of(path.name.split(".")[0]) or "survey"


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
