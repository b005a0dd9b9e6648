"""An official weights the demo survey, reads results, builds the report and downloads every table."""

import csv
import io
from pathlib import Path

import pypdf
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from cityvoice.demo.study import SLUG
from tests.e2e.people import Official

pytestmark = pytest.mark.browser


def test_from_login_to_the_pdf_and_the_tables(desktop: Page, server: str, axe: Axe, tmp_path: Path) -> None:
    official = Official(desktop, server, axe)
    official.logs_in()
    official.open(f"/surveys/{SLUG}/fieldwork")
    assert official.reads("completed")

    official.opens_tab("Weighting")
    _declare_wrong_then_right_totals(official)
    official.press("Weight the answers")
    assert official.reads("The weights are computed.")
    assert official.reads("Sample against population")

    official.opens_tab("Results")
    assert official.reads("effective sample size")
    rows = _rows(official.downloads("All results (CSV)", tmp_path))
    life = next(row for row in rows if row["variable"] == "life" and row["statistic"] == "share of set")
    assert 0.4 < float(life["low"]) < float(life["value"]) < float(life["high"]) < 0.7
    official.page.locator("a[href*='/by/']").first.click()
    official.look()
    assert _rows(official.downloads("This table (CSV)", tmp_path))

    official.opens_tab("Participation")
    indicators = {row["indicator"] for row in _rows(official.downloads("All indicators (CSV)", tmp_path))}
    assert indicators == {
        "participation rate",
        "dissimilarity",
        "coefficient of variation of participation",
        "representation ratio",
    }

    official.opens_tab("Reports")
    official.press("Build report")
    official.waits_for_the_report()
    reader = pypdf.PdfReader(io.BytesIO(_pdf(official)))
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert len(reader.pages) > 10


def _declare_wrong_then_right_totals(official: Official) -> None:
    page = official.page
    official.open(f"/surveys/{SLUG}/margins/sex")
    kept = [field.input_value() for field in page.locator("input[name^='total:']").all()]
    page.locator("input[name^='total:']").first.fill("dużo")
    official.press("Save control totals")
    assert page.get_by_role("alert").inner_text().count("enter a number")
    page.locator("input[name^='total:']").first.fill(kept[0])
    official.press("Save control totals")
    assert official.reads("The control totals are saved.")


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _pdf(official: Official) -> bytes:
    href = official.page.get_by_role("link", name="Open the PDF").get_attribute("href")
    response = official.page.request.get(f"{official.address}{href}")
    assert response.headers["content-type"] == "application/pdf"
    return response.body()


@pytest.mark.parametrize("width", [390, 1100])
def test_staff_pages_are_accessible_at_phone_and_desktop_width(
    desktop: Page, server: str, axe: Axe, width: int
) -> None:
    desktop.set_viewport_size({"width": width, "height": 900})
    official = Official(desktop, server, axe)
    official.logs_in("administrator@demo.example")
    for path in ("/surveys", "/audit-log"):
        official.open(path)
    for tab in ("questionnaire", "fieldwork", "method", "weighting", "results", "participation", "reports"):
        official.open(f"/surveys/{SLUG}/{tab}")
