"""Letters and posters set in type: HTML with the code to scan as a drawing, and PDF from that HTML."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import segno
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from cityvoice.core.config import LOCALES
from cityvoice.core.i18n import translations
from cityvoice.core.pdf import render_pdf_in_child

TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True)
class Letter:
    language: str
    address: tuple[str, ...]  # the name, then lines as on an envelope
    subject: str
    paragraphs: tuple[str, ...]
    link: str


@dataclass(frozen=True)
class Poster:
    language: str
    title: str
    closing: str  # until when, in words; may be empty
    promise: str
    link: str


def render_letters(letters: Sequence[Letter], city: str, source_date: datetime) -> bytes:
    """A page or more for each; raises `cityvoice.core.pdf.PdfError`."""
    template = _environment().get_template("invitations/pdf/letters.html")
    html = template.render(letters=letters, city=city, language=letters[0].language, words=_words)
    return render_pdf_in_child(html, source_date=source_date)


def render_poster(poster: Poster, city: str, source_date: datetime) -> bytes:
    """One A4 page that leads to an open survey; raises `cityvoice.core.pdf.PdfError`."""
    template = _environment().get_template("invitations/pdf/poster.html")
    html = template.render(poster=poster, city=city, language=poster.language, words=_words(poster.language))
    return render_pdf_in_child(html, source_date=source_date)


def _words(language: str) -> dict[str, str]:
    gettext = translations(language if language in LOCALES else "en").gettext
    return {
        "scan": gettext("Scan the code with your phone’s camera"),
        "type": gettext("or type into a browser"),
        "personal": gettext("This address is yours alone; one answer can be sent with it."),
        "code": gettext("Code that leads to the survey"),
        "voice": gettext("Have your say about the city"),
    }


def code(link: str, name: str) -> Markup:
    """The QR code of an address as a drawing; it can be read with a quarter of it damaged."""
    matrix = segno.make(link, error="q", micro=False, boost_error=False).matrix
    size = len(matrix)
    runs = "".join(
        f"M{x} {y}h1v1h-1z" for y, row in enumerate(matrix) for x, is_dark in enumerate(row) if is_dark
    )
    return Markup(  # noqa: S704 - numbers of ours, and an escaped name
        f'<svg class="code" role="img" aria-label="{escape(name)}" viewBox="0 0 {size} {size}"'
        ' xmlns="http://www.w3.org/2000/svg" shape-rendering="crispEdges">'
        f'<path d="{runs}" fill="#14213d"/></svg>'
    )


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    environment.globals["code"] = code
    return environment
