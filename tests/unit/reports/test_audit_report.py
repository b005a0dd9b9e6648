"""The audit report as a document: tagged, with bookmarks and alt texts, the same bytes, nothing cut off."""

from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from itertools import pairwise

import html5lib
import pypdfium2
import pytest
from pypdf import PdfReader
from sample_report import AT, PL, battery_of, long_report, sample_report
from test_pdf import fonts_of

from cityvoice.core.i18n import translations
from cityvoice.core.pdf_process import FONTS, render_pdf
from cityvoice.figures.reading import Mark
from cityvoice.reports.document import AuditReport, Fact, Finding, RatingBattery, Section
from cityvoice.reports.render import chapters, render_html, render_report

N = "\u00a0"


def html_of(report: AuditReport, locale: str = "pl") -> str:
    return render_html(report, locale=locale, gettext=lambda text: text, ngettext=lambda one, many, n: many)


def pdf_of(report: AuditReport) -> PdfReader:
    return PdfReader(BytesIO(render_pdf(html_of(report), source_date=report.dated_at)))


def pages_with_ink_in_the_margins(report: AuditReport) -> list[int]:
    """Numbers of the pages on which something sticks out of the text area, or nearly off the page."""
    document = pypdfium2.PdfDocument(render_pdf(html_of(report), source_date=report.dated_at))
    found = []
    for number, page in enumerate(document, start=1):
        picture = page.render(scale=1, grayscale=True).to_numpy()
        side, edge = int(20.5 * 72 / 25.4), int(9 * 72 / 25.4)  # a star hangs 1.2 mm into the 22 mm
        sides = (picture[:, :side], picture[:, -side:])
        ends = (picture[:edge], picture[-edge:])
        if any((band != band[:, :1]).any() for band in sides) or any((b != b[:1]).any() for b in ends):
            found.append(number)
    document.close()
    return found


@pytest.fixture(scope="module")
def reader() -> PdfReader:
    return pdf_of(sample_report())


def tags(reader: PdfReader, kind: str) -> Iterator[dict]:
    """Structure elements of one kind, e.g. /Figure, in reading order."""

    def walk(node):
        node = node.get_object()
        if isinstance(node, list):
            for child in node:
                yield from walk(child)
        elif isinstance(node, dict):
            if node.get("/S") == kind:
                yield node
            if "/K" in node:
                yield from walk(node["/K"])

    return walk(reader.trailer["/Root"]["/StructTreeRoot"])


def titles(outline) -> list[str]:
    return [
        title for one in outline for title in (titles(one) if isinstance(one, list) else [str(one["/Title"])])
    ]


def test_the_report_claims_pdf_ua_and_has_what_it_needs(reader):
    root = reader.trailer["/Root"]
    assert b"pdfuaid:part" in root["/Metadata"].get_object().get_data()
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "pl"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    title = reader.metadata.title.replace(N, " ")
    assert title == "Miasto Przykładowe – Jakość życia i usługi miejskie, Edycja trzecia, 2026"


def test_chapters_and_questions_are_bookmarks(reader):
    found = titles(reader.outline)
    wanted = [chapter.title for chapter in chapters(sample_report(), lambda text: text)]
    assert [title for title in found if title in wanted] == wanted
    assert "Życie w mieście".replace("w ", f"w{N}") in found
    assert any(title.startswith("Z zieleni zadowolonych".replace("Z ", f"Z{N}")) for title in found)


def test_every_figure_has_its_alt_text(reader):
    alts = [str(figure.get("/Alt", "")) for figure in tags(reader, "/Figure")]
    assert len(alts) == 6
    assert all(len(alt) > 60 for alt in alts)
    assert any("Zieleń i parki: 74,0% (69,8–78,2)" in alt for alt in alts)


def test_headings_do_not_skip_a_level(reader):
    levels = [int(node["/S"][2]) for kind in ("/H1", "/H2", "/H3") for node in tags(reader, kind)]
    assert set(levels) == {1, 2, 3}


def test_tables_have_header_cells(reader):
    tables = list(tags(reader, "/Table"))
    assert len(tables) >= 5
    assert len(list(tags(reader, "/TH"))) > 50


def test_only_our_fonts_are_embedded(reader):
    families = tuple(family.replace(" ", "-") for family, _ in FONTS.values())
    assert all(name.startswith(families) for name in fonts_of(reader))


def test_pages_are_a4_and_none_is_empty(reader):
    for page in reader.pages:
        assert [round(float(x)) for x in page.mediabox[2:]] == [595, 842]
        assert len(page.extract_text()) > 80


def test_the_contents_name_the_pages_where_chapters_begin(reader):
    contents = reader.pages[1].extract_text().replace(N, " ")
    for number, chapter in enumerate(chapters(sample_report(), lambda text: text), start=1):
        page = next(i for i, page in enumerate(reader.pages, 1) if _opens(page, number, chapter.title))
        line = next(line for line in contents.splitlines() if chapter.title in line)
        assert line.split()[-1] == str(page)


def _opens(page, number: int, title: str) -> bool:
    lines = [line.strip() for line in page.extract_text().splitlines()]
    return any(pair == (str(number), title) for pair in pairwise(lines))


def test_nothing_reaches_into_the_margins():
    assert pages_with_ink_in_the_margins(sample_report()) == []


def test_the_same_report_is_the_same_bytes():
    report = sample_report("en")
    assert render_report(report, locale="en") == render_report(report, locale="en")


@pytest.mark.parametrize("locale", ["pl", "en"])
def test_the_page_is_valid_html_in_its_language(locale):
    html = html_of(sample_report(locale), locale)
    root = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(html)
    assert root.get("lang") == locale
    anchors = [element.get("id") for element in root.iter() if element.get("id")]
    assert len(anchors) == len(set(anchors))
    targets = [link.get("href").removeprefix("#") for link in root.iter("a")]
    assert targets
    assert set(targets) <= set(anchors)


def test_numbers_follow_the_language():
    assert "74,2%" in html_of(sample_report("pl"))
    assert "74.2%" in html_of(sample_report("en"), "en")


def test_stars_and_dots_are_explained_under_their_tables():
    html = html_of(sample_report())
    assert "read with care. .. too few answers to publish." in html
    assert '<span class="star">*</span>' in html


def test_words_come_from_the_translations():
    spoken = translations("pl")
    html = render_html(
        sample_report(),
        locale="pl",
        gettext=lambda text: f"«{spoken.gettext(text)}»",
        ngettext=spoken.ngettext,
    )
    assert "«" in html.split('class="contents"')[1][:120]


def test_what_people_wrote_is_text_not_markup():
    report = sample_report()
    evil = "<img src='https://example.org/x.png'> & <b>wszyscy</b> %(n)s {{ 1 }}"
    report = replace(
        report,
        lead=evil,
        facts=(Fact(evil, evil),),
        comments=replace(report.comments, quotations=(evil,)),
        title_page=replace(report.title_page, title=evil),
    )
    text = "".join(page.extract_text() for page in pdf_of(report).pages)
    assert "%(n)s {{" in text.replace(N, " ")
    assert "<img" in text.replace(N, " ")


def test_a_report_without_questions_says_so():
    report = sample_report()
    bare = AuditReport(report.title_page, AT, (), (), (), report.colophon)
    reader = pdf_of(bare)
    assert [chapter.anchor for chapter in chapters(bare, str)] == ["summary", "colophon"]
    assert len(reader.pages) == 4
    assert "enough answers for a" in reader.pages[2].extract_text()


def test_one_item_and_one_option_render():
    battery = battery_of(PL)
    one = replace(battery, items=battery.items[:1], stem="", finding="", note="")
    report = replace(sample_report(), sections=(Section("Jedno pytanie", (one,)),))
    assert "P4_1" in html_of(report)
    assert len(pdf_of(report).pages) >= 10


def test_a_suppressed_finding_shows_no_number():
    report = sample_report()
    hidden = replace(report.findings[0].reading, value=0.4567, mark=Mark.SUPPRESSED)
    html = html_of(replace(report, findings=(Finding(hidden, "Za mało odpowiedzi"),)))
    assert "45,7" not in html


def test_very_long_texts_stay_on_the_page():
    report = sample_report()
    word = "Konstantynopolitańczykowianeczka" * 6
    page = replace(report.title_page, title=word, city=word, sponsor=word)
    battery = battery_of(PL)
    items = tuple(replace(item, label=f"{word} {item.label * 5}") for item in battery.items)
    long = replace(battery, items=items, stem=PL.stem * 8, finding=word, base=PL.base * 6)
    report = replace(report, title_page=page, sections=(Section(word, (long,)),), differences=None)
    assert pages_with_ink_in_the_margins(report) == []


def test_a_long_questionnaire_has_every_item_in_figures_and_tables():
    html = html_of(long_report(132))
    assert html.count("<svg") == 18 + 2 + 1 + 1
    for number in (1, 67, 132):
        assert f"P4_{number}<" in html
    codes = [battery for section in long_report(132).sections for battery in section.questions]
    assert sum(len(battery.items) for battery in codes if isinstance(battery, RatingBattery)) == 132
