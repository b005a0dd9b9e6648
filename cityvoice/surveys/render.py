"""The paper questionnaire set in type: HTML from templates in an explicit language, and PDF from it."""

import unicodedata
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from cityvoice.core.config import LOCALES
from cityvoice.core.i18n import translations
from cityvoice.core.pdf import render_pdf_in_child
from cityvoice.core.typography import tidy
from cityvoice.surveys.document import PaperForm

_SCRIPTS = ("LATIN", "CYRILLIC", "GREEK")
TEMPLATES = Path(__file__).parent / "templates"
DRAWN_ON = datetime(2020, 1, 1, tzinfo=UTC)  # a form has no date of its own: the same file every time


def interface_gettext(language: str) -> Callable[[str], str]:
    """The translations of our own words into a questionnaire's language, else English."""
    known = language.split("-")[0]
    return translations(known if known in LOCALES else "en").gettext


def is_printable(words: str) -> bool:
    """Whether the fonts that PDFs are set in have the letters."""
    letters = (unicodedata.name(each, "") for each in words if each.isalpha())
    return all(name.startswith(_SCRIPTS) for name in letters)


def render_html(form: PaperForm, gettext: Callable[[str], str]) -> str:
    """The form as one self-contained HTML page."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: _tidied(value, form.language),
    )
    environment.globals["paragraphs"] = _paragraphs
    return environment.get_template("surveys/paper/form.html").render(form=form, _=gettext)


def render_form(form: PaperForm) -> bytes:
    """The form as PDF/UA-1, made in a process of its own; raises `cityvoice.core.pdf.PdfError`."""
    return render_pdf_in_child(render_html(form, interface_gettext(form.language)), source_date=DRAWN_ON)


def _paragraphs(words: str) -> list[str]:
    return [each.strip() for each in words.split("\n") if each.strip()]


def _tidied(value: object, language: str) -> object:
    return tidy(value, language) if isinstance(value, str) and not isinstance(value, Markup) else value
