"""Reads a workbook: top-level groups become sections, rows between them sections of their own."""

from collections.abc import Sequence

from cityvoice.questionnaire.importers.fitting import fitted
from cityvoice.questionnaire.importers.imported import Imported, unreadable
from cityvoice.questionnaire.importers.repair import repaired
from cityvoice.questionnaire.importers.report import Report
from cityvoice.questionnaire.importers.xlsform.choices import read_choices
from cityvoice.questionnaire.importers.xlsform.elements import build_sections, notices
from cityvoice.questionnaire.importers.xlsform.form import Form
from cityvoice.questionnaire.importers.xlsform.headers import MEDIA, language_code, language_codes
from cityvoice.questionnaire.importers.xlsform.loops import unrolled_loops
from cityvoice.questionnaire.importers.xlsform.tree import Columns, lists_in_names, read_tree
from cityvoice.questionnaire.importers.xlsform.workbook import Sheet, read_sheets
from cityvoice.questionnaire.message import Message
from cityvoice.questionnaire.model import Questionnaire
from cityvoice.questionnaire.naming import readable, slug_of
from cityvoice.questionnaire.phrases import phrases, translate
from cityvoice.questionnaire.question import Text

CHOICES = ("choices", "external_choices")
_POLISH = set("ąćęłńśźżĄĆĘŁŃŚŹŻ")


def read(data: bytes, name: str) -> Imported:
    """The questionnaire in a workbook.

    Raises
    ------
    DocumentError
        For a file that is no XLSForm, and for groups that do not close, with the row.
    """
    sheets = read_sheets(data, name)
    report = Report()
    form = _form(sheets, report)
    nodes = unrolled_loops(form, read_tree(form.columns, report))
    form.assign_names(nodes)
    _tell_media(sheets, report)
    settings = _settings(sheets.get("settings"))
    consent, nodes, thanks = notices(form, nodes)
    sections = tuple(build_sections(form, nodes))
    title = settings.get("form_title") or readable(settings.get("form_id") or name.rsplit(".", 1)[0])
    if not sections:
        raise unreadable(Message("sheet survey"), Message("expected at least one question"))
    questionnaire = Questionnaire(
        Text({form.default: title}), form.languages, sections, consent=consent, thanks=thanks
    )
    questionnaire = repaired(fitted(completed(questionnaire, report)), report)
    return Imported(
        questionnaire, report.losses(form.default), report.n_found, report.n_compiled, slug=_slug(settings)
    )


def completed(questionnaire: Questionnaire, report: Report) -> Questionnaire:
    """Words in the first language for every text: those of another where it has none."""
    first = questionnaire.language
    words = {}
    for phrase in phrases(questionnaire):
        for language in questionnaire.languages:
            if not phrase.text.translations.get(language, "").strip():
                report.gap(language, phrase.path)
        if not phrase.text.translations.get(first, "").strip():
            words[phrase.path] = next(filter(None, phrase.text.translations.values()), "…")
    return translate(questionnaire, words, first)


def _slug(settings: dict[str, str]) -> str | None:
    return slug_of(settings.get("form_id", "")) or None


def _form(sheets: dict[str, Sheet], report: Report) -> Form:
    survey = Columns(sheets["survey"])
    choices = [Columns(sheets[name]) for name in CHOICES if name in sheets]
    named = [language for columns in (survey, *choices) for language in columns.languages()]
    chosen = _settings(sheets.get("settings")).get("default_language", "")
    default = language_code(chosen) or _guessed(named, sheets["survey"])
    lists = read_choices(choices, lists_in_names(survey), report)
    return Form(survey, lists, language_codes(dict.fromkeys(named), default), default, report)


def _guessed(named: Sequence[str], survey: Sheet) -> str:
    """The language of a form that names none: Polish where it has Polish letters, else English."""
    if named:
        return next(iter(language_codes(named[:1], "en").values()))
    letters = {letter for row in survey.rows for cell in row.cells.values() for letter in cell}
    return "pl" if letters & _POLISH else "en"


def _settings(sheet: Sheet | None) -> dict[str, str]:
    if sheet is None or not sheet.rows:
        return {}
    columns = Columns(sheet)
    return {header.name: sheet.rows[0].get(written) for header, written in columns.headers.items()}


def _tell_media(sheets: dict[str, Sheet], report: Report) -> None:
    for sheet in sheets.values():
        for header, written in Columns(sheet).headers.items():
            cells = sum(bool(row.get(written)) for row in sheet.rows)
            if header.name in MEDIA and cells:
                report.lose(
                    Message("sheet %(name)s", name=sheet.name),
                    Message("column %(written)s, %(cells)s cells", written=written, cells=cells),
                    Message("files are not part of the form"),
                )
