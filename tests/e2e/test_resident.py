"""A resident answers on a phone, in three languages, with and without script."""

import socket
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from cityvoice.demo.study import SLUG
from tests.e2e.people import Resident

pytestmark = pytest.mark.browser
MOST_PAGES = 20


def test_resident_without_account_or_script_answers_to_the_end(
    phone_without_script: Page, server: str
) -> None:
    resident = Resident(phone_without_script, server)
    resident.open("/")
    assert phone_without_script.get_attribute("html", "lang") == "pl"
    resident.page.locator(f"main a.button[href$='/s/{SLUG}']").click()
    resident.page.locator("main form button").click()
    pages = 0
    while resident.is_on_a_page and pages < MOST_PAGES:
        pages += 1
        resident.answers_everything_on_the_page()
        resident.goes_on()
        if resident.is_on_a_page:
            resident.answers_everything_on_the_page()
    assert pages >= 5
    assert resident.where.endswith("/thanks")
    resident.open(f"/s/{SLUG}")
    assert phone_without_script.url.endswith("/thanks"), "a finished survey is not begun again"


@pytest.mark.parametrize("language", ["pl", "en", "uk"])
def test_every_page_is_accessible_in_every_language(
    phone: Page, server: str, axe: Axe, language: str
) -> None:
    resident = Resident(phone, server, axe)
    resident.open(f"/?lang={language}")
    resident.open(f"/s/{SLUG}/privacy")
    resident.begins(SLUG, language)
    assert phone.get_attribute("html", "lang") == language
    for _page in range(MOST_PAGES):
        if not resident.is_on_a_page:
            break
        resident.answers_everything_on_the_page()
        resident.look()
        resident.goes_on()
    assert resident.where.endswith("/thanks")


def test_errors_are_told_on_top_linked_and_nothing_is_lost(phone: Page, server: str, axe: Axe) -> None:
    resident = Resident(phone, server, axe)
    resident.begins(SLUG, "en")
    resident.goes_on()  # nothing is required on the first page
    phone.locator("input[name=attractive]").first.check()
    resident.goes_on()
    summary = phone.get_by_role("alert")
    expect(summary).to_contain_text("Please answer this question.")
    assert phone.title().startswith("Error")
    summary.get_by_role("link").first.click()
    expect(phone.locator("input[name=district]").first).to_be_focused()
    expect(phone.locator("input[name=attractive]").first).to_be_checked()
    phone.locator("input[name=district]").nth(2).check()
    resident.goes_on()
    resident.goes_back()
    expect(phone.locator("input[name=district]").nth(2)).to_be_checked()


def test_keyboard_alone_is_enough(phone: Page, server: str) -> None:
    resident = Resident(phone, server)
    resident.begins(SLUG, "en")
    phone.goto(server + resident.where)  # focus starts at the top, as for somebody who never touched the page
    phone.keyboard.press("Tab")
    expect(phone.locator(".skip")).to_be_focused()
    phone.keyboard.press("Enter")
    phone.keyboard.press("Tab")
    expect(phone.locator("input[name=life]").first).to_be_focused()
    phone.keyboard.press("Space")
    phone.keyboard.press("ArrowRight")
    expect(phone.locator("input[name=life]").nth(1)).to_be_checked()


def test_back_and_reload_send_nothing_again(phone: Page, server: str) -> None:
    """A page is answered with the next one; script gives that one an address of its own."""
    resident = Resident(phone, server)
    resident.begins(SLUG, "en")
    first = resident.where
    phone.locator("input[name=life]").nth(3).check(force=True)
    resident.goes_on()
    second = resident.where
    expect(phone).to_have_url(server + second)
    sent: list[str] = []
    phone.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    phone.reload()
    assert resident.where == second
    phone.go_back()
    assert (resident.where, urlsplit(phone.url).path) == (first, first)
    expect(phone.locator("input[name=life]").nth(3)).to_be_checked()
    phone.go_forward()
    assert resident.where == second
    assert sent == []


def test_without_script_reload_sends_the_same_answers_again(phone_without_script: Page, server: str) -> None:
    resident = Resident(phone_without_script, server)
    resident.begins(SLUG, "en")
    resident.answers_everything_on_the_page()
    resident.goes_on()
    second = resident.where
    resident.page.reload()
    assert resident.where == second


def test_a_page_fits_320_pixels_and_double_zoom(phone: Page, server: str, axe: Axe) -> None:
    phone.set_viewport_size({"width": 320, "height": 640})
    resident = Resident(phone, server, axe)
    resident.begins(SLUG, "pl")
    resident.look()
    phone.evaluate("document.documentElement.style.fontSize = '200%'")
    overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert phone.evaluate(overflow) <= 0


def test_a_slow_sender_holds_up_nobody(phone: Page, server: str) -> None:
    """A request that stops in the middle of its body must not hold the database's write lock."""
    host, port = server.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as slow:
        slow.sendall(b"POST /nowhere HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nab")
        resident = Resident(phone, server)
        resident.begins(SLUG, "en")
        assert resident.is_on_a_page


def test_another_person_may_answer_on_the_same_device(phone: Page, server: str) -> None:
    resident = Resident(phone, server)
    resident.begins(SLUG, "en")
    phone.locator("input[name=life]").nth(3).check(force=True)
    resident.goes_on()
    resident.open(f"/s/{SLUG}?lang=en")
    resident.press("These are not my answers, start anew")
    assert not phone.locator("input[name=life]:checked").count()
