"""HTML to tagged PDF/UA-1 with the bundled fonts alone, always the same bytes from the same HTML.

Runs as a process of its own (`cityvoice.core.pdf`): WeasyPrint is large and does not give its memory back.
"""

import logging
import os
import sys
import tempfile
import threading
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import font_source_sans_pro
import font_source_serif_pro
from fontTools.ttLib import TTFont
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from cityvoice.core.pdf import PdfError

SCHEME = "bundled-font:"
SANS, SERIF = "Source Sans Pro", "Source Serif Pro"
FONTS = {  # name in the font packages -> family, weight
    "SourceSansPro": (SANS, 400),
    "SourceSansProSemibold": (SANS, 600),
    "SourceSerifPro": (SERIF, 400),
    "SourceSerifProSemibold": (SERIF, 600),
}
FILES = {
    name: Path((font_source_sans_pro.font_files_otf | font_source_serif_pro.font_files_otf)[name])
    for name in FONTS
}
UNDRAWABLE = "◊"  # stands for a character that no bundled font has, such as an emoji
NO_SYSTEM_FONTS = '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig></fontconfig>'
_environment_lock = threading.Lock()


class BundledFonts(URLFetcher):  # type: ignore[misc]
    """Gives the fonts of `FONTS` and refuses every other address, files and data: included."""

    def __init__(self) -> None:
        super().__init__()
        self.refused = ""  # remembered, because a drawing inside a page swallows the exception

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        name = url.removeprefix(SCHEME)
        if not url.startswith(SCHEME) or name not in FILES:
            self.refused = url[:200]
            raise FatalURLFetchingError(url)
        return URLFetcherResponse(url, FILES[name].read_bytes(), {"Content-Type": "font/otf"})


FONT_FACES = "".join(
    f'@font-face {{ font-family: "{family}"; font-weight: {weight}; src: url("{SCHEME}{name}") }}\n'
    for name, (family, weight) in FONTS.items()
)


def render_pdf(html: str, *, source_date: datetime) -> bytes:
    """Tagged PDF/UA-1 of a whole HTML page (it needs `lang` and a title).

    Parameters
    ----------
    html : str
        Self-contained page; style in `<style>`, pictures as inline SVG.
    source_date : datetime
        Aware moment that fonts in the file are stamped with, so that equal HTML gives equal bytes.

    Raises
    ------
    PdfError
        When the page asks for anything but the bundled fonts.
    """
    fetcher = BundledFonts()
    with _reproducible(source_date):
        fonts = FontConfiguration()
        style = CSS(string=FONT_FACES, font_config=fonts, url_fetcher=fetcher)
        pdf = b""
        with suppress(FatalURLFetchingError):
            document = HTML(string=drawable(html), url_fetcher=fetcher)
            pdf = document.write_pdf(
                stylesheets=[style], font_config=fonts, pdf_variant="pdf/ua-1", pdf_tags=True
            )
    if fetcher.refused:
        raise PdfError(f"the document asks for {fetcher.refused}, but only bundled fonts may load")
    return pdf


def drawable(text: str) -> str:
    """Composed letters; a character that a bundled font lacks is a lozenge, not a system font's glyph."""
    composed = unicodedata.normalize("NFC", text)
    missing = {character for character in set(composed) if not _is_drawable(character)}
    return composed.translate({ord(c): "" if _is_silent(c) else UNDRAWABLE for c in missing})


def _is_drawable(character: str) -> bool:
    return ord(character) in _coverage() or character in "\n\r\t\u2060"  # a word joiner has no shape


def _is_silent(character: str) -> bool:
    """Joiners, variation selectors, soft hyphens and the like leave no mark when left out."""
    return unicodedata.category(character) in ("Cf", "Cc", "Mn")


@cache
def _coverage() -> frozenset[int]:
    """Code points that every bundled font has."""
    covered = []
    for file in FILES.values():
        with TTFont(file) as font:
            covered.append(set(font.getBestCmap()))
    return frozenset(set.intersection(*covered))


@contextmanager
def _reproducible(source_date: datetime) -> Iterator[None]:
    """The document's moment and no system fonts, by the variables that the libraries read; one at a time."""
    with _environment_lock, tempfile.TemporaryDirectory() as folder:
        configuration = Path(folder) / "fonts.conf"
        configuration.write_text(NO_SYSTEM_FONTS)
        wanted = {
            "SOURCE_DATE_EPOCH": str(int(source_date.astimezone(UTC).timestamp())),
            "FONTCONFIG_FILE": str(configuration),
        }
        before: dict[str, Any] = {name: os.environ.get(name) for name in wanted}
        os.environ.update(wanted)
        try:
            yield
        finally:
            for name, value in before.items():
                os.environ.pop(name)
                if value is not None:
                    os.environ[name] = value


def _main() -> None:
    logging.getLogger("weasyprint").setLevel(logging.ERROR)
    html = sys.stdin.buffer.read().decode()
    try:
        pdf = render_pdf(html, source_date=datetime.fromisoformat(sys.argv[1]))
    except PdfError as error:
        sys.exit(str(error))
    sys.stdout.buffer.write(pdf)


if __name__ == "__main__":
    _main()
