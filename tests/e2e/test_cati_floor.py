"""A supervisor walks the floor of the demo's phone studio: accessible and within the screen."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ViewportSize

from cityvoice.demo.services import PASSWORD
from tests.e2e.conftest import DESKTOP, PHONE
from tests.e2e.people import Person

pytestmark = pytest.mark.browser
SURVEY = "/cati/komunikacja-2026"
PAGES = (
    "floor",
    "floor/cases",
    "floor/queue",
    "floor/rates",
    "floor/quality",
    "floor/back-checks",
    "sample",
    "plan",
)


@pytest.mark.parametrize("screen", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_every_page_of_the_floor(browser: Browser, server: str, axe: Axe, screen: ViewportSize) -> None:
    context = browser.new_context(viewport=screen, locale="pl-PL")
    context.set_default_timeout(15_000)
    person = Person(context.new_page(), server, axe)
    person.page.goto(f"{server}/login?lang=pl")
    person.page.fill("#email", "supervisor@demo.example")
    person.page.fill("#password", PASSWORD)
    person.page.click("main button")
    for name in PAGES:
        person.open(f"{SURVEY}/{name}")
        assert person.page.locator("main h1").count() == 1
    person.open(f"{SURVEY}/floor/cases")
    person.page.locator("main tbody a").first.click()
    person.page.wait_for_url("**/floor/cases/*")
    person.look()
    context.close()
