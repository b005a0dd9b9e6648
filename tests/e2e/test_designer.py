"""An official writes a questionnaire with mouse and keyboard, tries it, publishes it."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.e2e.people import Official

pytestmark = pytest.mark.browser
TITLE = "Zieleń w mieście"
BASE = "/design/zielen-w-miescie"


def test_from_an_empty_page_to_a_published_questionnaire(
    desktop: Page, phone: Page, server: str, axe: Axe
) -> None:
    official = Official(desktop, server, axe)
    official.logs_in()
    official.open("/design/new")
    official.page.fill("#title", TITLE)
    official.page.check("input[value=uk]")
    official.press("Begin")

    official.press("Add a question")
    _write(official, "text", "Jak często jest Pan/Pani w parku?", options=("często", "rzadko", "nigdy"))
    official.page.select_option("select[name=kind]", "scale")
    official.press("Add a question")
    _write(official, "text", "Na ile poleca Pan/Pani nasze parki?")
    official.page.get_by_role("button", name="move up").last.press("Enter")  # by keyboard alone
    official.look()
    official.page.get_by_role("link", name="Question bank").first.click()
    official.look()
    official.page.check("input[value='demographics.sex']")
    official.press("Copy")

    for place in ("/translate/uk", "/about", "/preview", "/preview?as=interviewer", "/publish"):
        official.open(BASE + place)

    official.open(BASE)
    official.press("Answer it for trial")
    official.look()
    official.press("Start the trial")
    assert official.reads("Jak często jest Pan/Pani w parku?")

    official.open(f"{BASE}/publish")
    official.press("Publish")
    assert official.reads("Version 1 is published")


def _write(official: Official, field: str, words: str, options: tuple[str, ...] = ()) -> None:
    official.look()
    official.page.fill(f"#{field}", words)
    for place, label in enumerate(options):
        official.page.fill(f"[name='option.{place}.words']", label)
    official.press("Save")


@pytest.mark.parametrize("place", ["", "/about", "/bank", "/preview", "/publish"])
def test_pages_fit_a_phone(phone: Page, server: str, axe: Axe, place: str) -> None:
    official = Official(phone, server, axe)
    official.logs_in()
    official.open(f"/design/jakosc-zycia-2026{place}")
