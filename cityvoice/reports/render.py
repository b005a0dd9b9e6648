"""The audit report set in type: HTML from templates in an explicit language, and PDF from that HTML."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from cityvoice.core.i18n import translations
from cityvoice.core.pdf import DEFAULT_TIMEOUT, render_pdf_in_child
from cityvoice.core.typography import ended, tidy
from cityvoice.figures.numbers import number_format
from cityvoice.figures.words import words_in
from cityvoice.reports.document import AuditReport, split_battery
from cityvoice.reports.exhibits import Exhibits, Labels

TEMPLATES = Path(__file__).parent / "templates"
Gettext = Callable[[str], str]
Ngettext = Callable[[str, str, int], str]


@dataclass(frozen=True, slots=True)
class Chapter:
    """A chapter and the template that sets it."""

    anchor: str
    title: str

    @property
    def template(self) -> str:
        return f"reports/pdf/{self.anchor}.html"


def render_html(report: AuditReport, *, locale: str, gettext: Gettext, ngettext: Ngettext) -> str:
    """The report as one self-contained HTML page.

    Parameters
    ----------
    locale : str
        Language of the numbers, of the typography and of the document, e.g. ``pl``.
    gettext, ngettext : callable
        Translations into that language; the message ids are English.
    """
    exhibits = Exhibits(number_format(locale), words_in(gettext), _labels(gettext))
    template = _environment(locale, gettext, ngettext).get_template("reports/pdf/report.html")
    return template.render(
        report=report,
        language=locale.replace("_", "-"),
        exhibits=exhibits,
        numbers=exhibits.numbers,
        words=exhibits.words,
        chapters=chapters(report, gettext),
        split_battery=split_battery,
    )


def render_report(report: AuditReport, *, locale: str, timeout: float = DEFAULT_TIMEOUT) -> bytes:
    """The report as PDF/UA-1, made in a process of its own; raises `cityvoice.core.pdf.PdfError`."""
    spoken = translations(locale)
    html = render_html(report, locale=locale, gettext=spoken.gettext, ngettext=spoken.ngettext)
    return render_pdf_in_child(html, source_date=report.dated_at, timeout=timeout)


def chapters(report: AuditReport, gettext: Gettext) -> tuple[Chapter, ...]:
    """The chapters that this report has something to say in, in reading order."""
    candidates = (
        (True, "summary", gettext("Summary")),
        (report.method, "method", gettext("How the survey was made")),
        (report.profile, "profile", gettext("Who answered")),
        (report.sections, "results", gettext("Results")),
        (report.differences, "differences", gettext("Differences between groups")),
        (report.participation, "participation", gettext("Participation")),
        (report.comments, "comments", gettext("In residents' own words")),
        (report.annex, "annex", gettext("All results in numbers")),
        (True, "colophon", gettext("About this document")),
    )
    return tuple(Chapter(anchor, title) for present, anchor, title in candidates if present)


def _environment(locale: str, gettext: Gettext, ngettext: Ngettext) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
        finalize=lambda value: _set(value, locale),
    )
    environment.install_gettext_callables(gettext, ngettext, newstyle=False)  # type: ignore[attr-defined]
    environment.filters.update(svg=Markup, ended=ended)
    return environment


def _set(value: object, locale: str) -> object:
    """Typography of everything that a template writes, apart from ready-made markup."""
    if isinstance(value, Markup):
        return value if "<" in value else Markup(tidy(str(value), locale))  # noqa: S704 - was escaped before
    return tidy(value, locale) if isinstance(value, str) else value


def _labels(gettext: Gettext) -> Labels:
    return Labels(
        city=gettext("whole city"),
        parity=gettext("in proportion"),
        ratio=gettext("ratio"),
        profile=gettext("Sample and population"),
        representation=gettext("Representation ratios"),
    )
