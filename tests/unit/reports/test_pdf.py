"""The engine: fonts, fetching, sameness, the child process."""

import os
from datetime import UTC, datetime
from io import BytesIO

import pytest
from pypdf import PdfReader

from cityvoice.core import pdf
from cityvoice.core.pdf import PdfError, render_pdf_in_child
from cityvoice.core.pdf_process import FONTS, drawable, render_pdf

AT = datetime(2026, 5, 4, 9, 30, tzinfo=UTC)
PAGE = "<!doctype html><html lang='pl'><title>Próba</title><body><h1>Zażółć</h1>{}</body></html>"


def fonts_of(reader: PdfReader) -> set[str]:
    """Names of the fonts that are used, without the tag of the subset; every one must be embedded."""
    names = set()
    for page in reader.pages:
        for font in page["/Resources"].get("/Font", {}).values():
            descendant = font.get_object()["/DescendantFonts"][0].get_object()
            descriptor = descendant["/FontDescriptor"].get_object()
            assert {"/FontFile2", "/FontFile3"} & set(descriptor)
            names.add(str(descriptor["/FontName"]).split("+")[-1])
    return names


def test_the_same_page_is_the_same_bytes_here_and_in_a_child():
    html = PAGE.format("<p style='font-family: Source Serif Pro'>Łąka</p>")
    first = render_pdf(html, source_date=AT)
    assert first == render_pdf(html, source_date=AT) == render_pdf_in_child(html, source_date=AT)


def test_the_environment_is_left_as_it_was(monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1")
    monkeypatch.delenv("FONTCONFIG_FILE", raising=False)
    render_pdf(PAGE.format(""), source_date=AT)
    assert os.environ["SOURCE_DATE_EPOCH"] == "1"
    assert "FONTCONFIG_FILE" not in os.environ


def test_only_bundled_fonts_are_used_whatever_the_text_asks_for():
    text = "<p style='font-family: DejaVu Sans'>αβγ 漢字 😀 عربى</p><p style='font-family: serif'>ґ Ł</p>"
    reader = PdfReader(BytesIO(render_pdf(PAGE.format(text), source_date=AT)))
    families = tuple(family.replace(" ", "-") for family, _ in FONTS.values())
    assert fonts_of(reader)
    assert all(name.startswith(families) for name in fonts_of(reader))


def test_letters_are_composed_and_undrawable_ones_are_lozenges():
    assert drawable("z\u0307o\u0301łw") == "żółw"
    assert drawable("dom 😀\ufe0f") == "dom ◊"
    assert drawable("Zażółć ґ „x” – 5 %\n") == "Zażółć ґ „x” – 5 %\n"


@pytest.mark.parametrize(
    "element",
    [
        "<img src='https://example.org/pixel.png'>",
        "<img src='file:///etc/hostname'>",
        "<img src='data:image/png;base64,AAAA'>",
        "<link rel='stylesheet' href='http://example.org/x.css'>",
        "<style>@font-face { font-family: x; src: url(file:///x.otf) }</style>",
        "<svg><image href='https://example.org/x.png' width='9' height='9'/></svg>",
        "<img src='bundled-font:../../secret'>",
    ],
)
@pytest.mark.parametrize("render", [render_pdf, render_pdf_in_child])
def test_nothing_but_fonts_is_fetched(element, render):
    with pytest.raises(PdfError, match="only bundled fonts may load"):
        render(PAGE.format(element), source_date=AT)


def test_a_link_is_not_fetched():
    html = PAGE.format("<a href='https://example.org'>strona</a>")
    assert render_pdf(html, source_date=AT).startswith(b"%PDF")


def test_a_child_that_takes_too_long_is_ended():
    with pytest.raises(PdfError, match=r"not finished within 0\.05 seconds"):
        render_pdf_in_child(PAGE.format(""), source_date=AT, timeout=0.05)


def test_a_child_that_crashes_is_an_error_with_its_status(monkeypatch, tmp_path):
    crashing = tmp_path / "python"
    crashing.write_text("#!/bin/sh\nkill -SEGV $$\n")
    crashing.chmod(0o755)
    monkeypatch.setattr(pdf.sys, "executable", str(crashing))
    with pytest.raises(PdfError, match="ended with status -11"):
        render_pdf_in_child(PAGE.format(""), source_date=AT)
