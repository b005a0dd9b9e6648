"""People who use CityVoice in a browser, so that journeys read as prose."""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from cityvoice.demo.services import PASSWORD

REPORT_PATIENCE = 180_000  # milliseconds


@dataclass
class Person:
    page: Page
    address: str
    axe: Axe | None = None

    def open(self, path: str) -> None:
        self.page.goto(self.address + path)
        self.look()

    def look(self) -> None:
        """Every page that a person meets is accessible and fits the screen."""
        if self.axe is None:
            return
        self.page.locator("main").first.wait_for()  # a button that was pressed leads on when its answer comes
        violations = self.axe.run(self.page).response["violations"]
        found = [(one["id"], [node["html"] for node in one["nodes"]][:3]) for one in violations]
        assert not found, f"{self.page.url}: {found}"
        overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert self.page.evaluate(overflow) <= 0, f"{self.page.url} scrolls sideways"

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()
        self.look()

    def follow(self, name: str) -> None:
        self.page.get_by_role("link", name=name, exact=True).first.click()
        self.look()

    def reads(self, text: str) -> bool:
        return text in self.page.inner_text("main")


@dataclass
class Resident(Person):
    def begins(self, slug: str, language: str) -> None:
        self.open(f"/s/{slug}?lang={language}")
        self.page.locator("main form button").click()
        self.look()

    def answers_everything_on_the_page(self, choice: int = 1) -> None:
        """The second answer of every question, or the only one."""
        for name in self._names("radio"):
            options = self.page.locator(f"input[type=radio][name='{name}']")
            options.nth(min(choice, options.count() - 1)).check(force=True)
        for name in self._names("checkbox"):
            self.page.locator(f"input[type=checkbox][name='{name}']").first.check(force=True)
        for area in self.page.locator("textarea:not([hidden] *)").all():
            area.fill("Zażółć gęślą jaźń – proszę o więcej zieleni <b>tutaj</b>.")

    def goes_on(self) -> None:
        self.page.locator("button[value=next]").click()
        self.look()

    def goes_back(self) -> None:
        self.page.locator("button[value=back]").click()
        self.look()

    @property
    def is_on_a_page(self) -> bool:
        return "/p/" in self.where

    @property
    def where(self) -> str:
        """The page's own address, which it says itself; only script can put it in the browser's bar."""
        self.page.wait_for_load_state()
        own = self.page.locator("link[rel=canonical]")
        return (own.get_attribute("href") or "") if own.count() else urlsplit(self.page.url).path

    def _names(self, kind: str) -> list[str]:
        names = [
            one.get_attribute("name") or ""
            for one in self.page.locator(f"input[type={kind}]:not([hidden] *)").all()
        ]
        return list(dict.fromkeys(names))


@dataclass
class Official(Person):
    def logs_in(self, email: str = "official@demo.example", password: str = PASSWORD) -> None:
        self.open("/login?lang=en")
        self.page.fill("#email", email)
        self.page.fill("#password", password)
        self.press("Log in")

    def opens_tab(self, name: str) -> None:
        self.page.get_by_role("navigation", name="Survey").get_by_role("link", name=name).click()
        self.look()

    def downloads(self, link: str, folder: Path) -> Path:
        with self.page.expect_download() as started:
            self.page.get_by_role("link", name=link).first.click()
        path = folder / started.value.suggested_filename
        started.value.save_as(path)
        return path

    def waits_for_the_report(self) -> None:
        self.page.wait_for_selector("[data-over]", timeout=REPORT_PATIENCE)
        self.look()
