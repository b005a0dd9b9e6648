"""A phone studio with a real server, and interviewers who have a keyboard and no mouse."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from cityvoice.cati.models import LedgerEntry, PhoneCase
from cityvoice.core.db import Database
from cityvoice.surveys.models import Response
from tests.e2e.conftest import _free_port, _wait_until_it_answers
from tests.e2e.people import Person
from tests.factories import DOCUMENT, PASSWORD, options

SCREEN = {"width": 1280, "height": 800}
DONT_KNOW = {"code": "dk", "label": "Hard to say", "missing": "dont_know"}
REFUSED = {"code": "na", "label": "Refused", "missing": "refused"}
LIVING, TRANSPORT, YOU = DOCUMENT["sections"]
QUESTIONS = DOCUMENT | {
    "sections": [
        {
            "name": "living",
            "title": "Living here",
            "questions": [
                {
                    "name": "life",
                    "kind": "single",
                    "required": True,
                    "text": "How is life in your city, all in all? Would you say it is bad, so-so or good?",
                    "instruction": "Read the three answers out slowly.",
                    "options": [*options("Bad", "So-so", "Good"), DONT_KNOW, REFUSED],
                },
                {"name": "why", "kind": "text", "text": "You said “{life}”. Why?", "when": "life == '1'"},
                {"name": "years", "kind": "number", "text": "For how many years?", "low": 0, "high": 110},
            ],
        },
        TRANSPORT,
        {
            "name": "you",
            "title": "About you",
            "questions": [
                {
                    "name": "district",
                    "kind": "single",
                    "required": True,
                    "text": "In which district do you live?",
                    "options": options(*[f"District {number}" for number in range(1, 13)]),
                },
                {
                    "name": "late",
                    "kind": "text",
                    "text": "You live in {upper(label(district))}. What is missing there?",
                    "when": "upper(district) == '12'",
                    "display": "line",
                },
                *[each for each in YOU["questions"] if each["name"] == "sex"],
            ],
        },
    ]
}


@dataclass
class Studio:
    address: str
    database: Database

    def case(self, case_id: int) -> PhoneCase:
        with self.database.reading() as session:
            return session.get_one(PhoneCase, case_id)

    def outcomes(self, case_id: int) -> list[str]:
        with self.database.reading() as session:
            found = select(LedgerEntry.outcome).where(LedgerEntry.case_id == case_id)
            return list(session.scalars(found.order_by(LedgerEntry.id)))

    def answers(self, case_id: int) -> dict[str, object]:
        with self.database.reading() as session:
            return session.scalars(select(Response).where(Response.case_id == case_id)).one().answers


@contextmanager
def serving(instance: Path, prepare: Callable[[Session], None]) -> Iterator[Studio]:
    """A server on a fresh instance, prepared in one transaction."""
    port = _free_port()
    environment = {**os.environ, "CITYVOICE_INSTANCE": str(instance), "PORT": str(port)}
    environment.pop("CITYVOICE_DATABASE_URL", None)
    subprocess.run([sys.executable, "-m", "cityvoice", "db", "upgrade"], env=environment, check=True)
    database = Database(f"sqlite:///{instance / 'cityvoice.sqlite3'}")
    with database.writing() as session:
        prepare(session)
    serve = subprocess.Popen([sys.executable, "-m", "cityvoice", "serve"], env=environment)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_until_it_answers(address, serve)
        yield Studio(address, database)
    finally:
        serve.terminate()
        serve.wait(timeout=30)
        database.engine.dispose()


@dataclass
class Interviewer(Person):
    """Somebody who has a keyboard and no mouse."""

    slug: str = "life"

    def logs_in(self, name: str) -> None:
        self.page.goto(f"{self.address}/login?lang=en")
        self.page.fill("#email", f"{name}@example.org")
        self.page.fill("#password", PASSWORD)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")
        self.open(f"/cati/{self.slug}/?lang=en")

    def types(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def writes(self, text: str) -> None:
        self.page.keyboard.type(text)

    def goes_on(self) -> None:
        """Enter, where it loads a page."""
        with self.page.expect_navigation():
            self.types("Enter")
        self.look()

    def takes_a_case(self) -> int:
        self.goes_on()
        expect(self.page.locator("#console")).to_be_visible()
        return int(self.page.get_attribute("#console", "data-case") or 0)

    def begins(self) -> int:
        """A case up to the first question: two adults, the notice read."""
        case_id = self.takes_a_case()
        self.goes_on()
        self.writes("2")
        self.goes_on()
        self.goes_on()
        expect(self.page.locator(".one-by-one .ask.now")).to_be_visible()
        return case_id

    def hears(self, text: str) -> None:
        expect(
            self.page.locator(".ask.now .now, .ask.now > legend").filter(has_text=text).first
        ).to_be_visible()
        self.look()

    def is_back(self, said: str) -> None:
        expect(self.page.locator(".notice").first).to_contain_text(said)
        self.look()


def interviewer(
    context: BrowserContext, studio: Studio, axe: Axe, name: str, slug: str = "life"
) -> Iterator[Interviewer]:
    context.set_default_timeout(10_000)
    person = Interviewer(context.new_page(), studio.address, axe, slug)
    person.logs_in(name)
    yield person
    context.close()
