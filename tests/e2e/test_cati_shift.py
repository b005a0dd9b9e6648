"""A whole shift at the console with the keyboard alone; the connection drops, and every answer comes once."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect
from sqlalchemy import select

from cityvoice.cati.models import Appointment, LedgerEntry, PhoneCase
from cityvoice.cati.types import CaseState
from cityvoice.core.db import Database
from cityvoice.surveys.models import Response
from tests.e2e.conftest import PHONE, _free_port, _wait_until_it_answers
from tests.e2e.people import Person
from tests.factories import DOCUMENT, PASSWORD, options
from tests.phoning import make_cases, make_interviewer, make_phone_survey

pytestmark = pytest.mark.browser
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


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    """A server with a survey that is phoned, two interviewers and some cases."""
    instance, port = tmp_path_factory.mktemp("studio"), _free_port()
    environment = {**os.environ, "CITYVOICE_INSTANCE": str(instance), "PORT": str(port)}
    environment.pop("CITYVOICE_DATABASE_URL", None)
    subprocess.run([sys.executable, "-m", "cityvoice", "db", "upgrade"], env=environment, check=True)
    database = Database(f"sqlite:///{instance / 'cityvoice.sqlite3'}")
    with database.writing() as session:
        survey = make_phone_survey(session, document=QUESTIONS, selection="last_birthday")
        make_interviewer(session, survey, "ann", skills=("refusal",))
        make_interviewer(session, survey, "bob")
        make_cases(session, survey, 40)
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

    def logs_in(self, name: str) -> None:
        self.page.goto(f"{self.address}/login?lang=en")
        self.page.fill("#email", f"{name}@example.org")
        self.page.fill("#password", PASSWORD)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")
        self.open("/cati/life/?lang=en")

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


@pytest.fixture
def ann(browser: Browser, studio: Studio, axe: Axe) -> Iterator[Interviewer]:
    yield from _interviewer(browser.new_context(viewport=SCREEN), studio, axe, "ann")


@pytest.fixture
def bob(browser: Browser, studio: Studio, axe: Axe) -> Iterator[Interviewer]:
    yield from _interviewer(browser.new_context(viewport=SCREEN), studio, axe, "bob")


def _interviewer(context: BrowserContext, studio: Studio, axe: Axe, name: str) -> Iterator[Interviewer]:
    context.set_default_timeout(10_000)
    person = Interviewer(context.new_page(), studio.address, axe)
    person.logs_in(name)
    yield person
    context.close()


def test_a_whole_shift_with_the_keyboard_alone(ann: Interviewer, studio: Studio) -> None:
    nobody = ann.takes_a_case()
    ann.types("F3")
    ann.look()
    ann.goes_on()
    ann.is_back("no answer")

    agreed = ann.takes_a_case()
    ann.types("F2")
    ann.look()
    day = ann.page.input_value("#outcome-form [name=day]")
    ann.page.locator("#outcome-form [name=hour]").focus()
    ann.writes("1215PM")
    ann.goes_on()
    ann.is_back("appointment made")

    refused = ann.takes_a_case()
    ann.types("F6", "3")
    ann.look()
    ann.types("Enter")
    expect(ann.page.locator("#note")).to_be_focused()
    ann.writes("Does not want to be called, ever.")
    ann.goes_on()
    ann.is_back("refused by the household for good")

    done = ann.begins()
    ann.hears("How is life in your city")
    ann.types("3", "Enter")
    ann.hears("For how many years?")
    ann.writes("12")
    ann.types("Enter")
    ann.hears("How do you travel?")
    ann.types("1", "3", "Enter")
    ann.hears("buses")
    ann.types("2", "Enter")
    ann.hears("roads")
    ann.types("1", "Enter")
    ann.hears("Out of ten?")
    ann.types("1", "0", "Enter")
    ann.hears("In which district")
    ann.types("1", "2", "Enter")
    ann.hears("You live in DISTRICT 12.")
    ann.writes("A park")
    ann.types("Enter")
    ann.hears("Your sex?")
    ann.types("Backspace")
    ann.hears("You live in DISTRICT 12.")
    ann.types("Enter")
    ann.hears("Your sex?")
    ann.types("1", "Enter")
    expect(ann.page.locator("#finish")).to_be_visible()
    ann.look()
    ann.goes_on()
    ann.is_back("complete")

    assert studio.outcomes(nobody) == ["no_answer"]
    assert studio.outcomes(agreed) == ["appointment"]
    assert studio.outcomes(refused) == ["hard_refusal_household"]
    assert studio.outcomes(done) == ["complete"]
    with studio.database.reading() as session:
        made = session.scalars(select(Appointment).where(Appointment.case_id == agreed)).one()
        assert made.starts_at.date().isoformat() == day
    assert studio.answers(done) == {
        "life": "3",
        "years": 12,
        "means": ["bus", "foot"],
        "rate_bus": "2",
        "rate_road": "1",
        "score": "10",
        "district": "12",
        "late": "A park",
        "sex": "F",
    }


def test_an_interview_broken_off_goes_on_with_another_interviewer_at_the_same_item(
    ann: Interviewer, bob: Interviewer, studio: Studio
) -> None:
    case_id = ann.begins()
    ann.types("1", "Enter")
    ann.hears("You said “Bad”. Why?")
    ann.writes("Noise")
    ann.types("Enter")
    ann.hears("For how many years?")
    ann.types("F8")
    ann.look()
    expect(ann.page.locator("input[value=break_off]")).to_be_checked()
    ann.goes_on()
    ann.is_back("broken off")
    with studio.database.writing() as session:  # a day later
        case = session.get_one(PhoneCase, case_id)
        case.state, case.replicate = CaseState.READY, 0
    assert bob.takes_a_case() == case_id
    assert bob.reads("We spoke about it before")
    bob.goes_on()
    bob.hears("For how many years?")
    bob.types("Backspace")
    bob.hears("You said “Bad”. Why?")
    expect(bob.page.locator("#why")).to_have_value("Noise")
    bob.types("F7")
    bob.look()
    bob.goes_on()
    assert studio.outcomes(case_id) == ["break_off", "callback"]


def test_the_phone_hands_over_to_the_web(ann: Interviewer, phone: Page, studio: Studio) -> None:
    case_id = ann.begins()
    ann.types("3", "Enter")
    ann.hears("For how many years?")
    ann.writes("7")
    ann.types("Enter")
    ann.hears("How do you travel?")
    ann.types("F9")
    ann.look()
    ann.goes_on()
    link = ann.page.inner_text(".link-shown")
    ann.goes_on()
    phone.goto(studio.address + "/t/" + link.split("/t/")[1] + "?lang=en")
    phone.locator("main form button").click()
    expect(phone).to_have_url(re.compile("/p/transport"))
    assert studio.outcomes(case_id) == ["web_link_sent"]


def test_answers_given_without_a_connection_arrive_once_and_in_order(
    ann: Interviewer, studio: Studio
) -> None:
    case_id = ann.begins()
    sent: list[str] = []
    ann.page.on("request", lambda one: sent.append(one.post_data or "") if "/answers" in one.url else None)
    ann.page.context.set_offline(True)
    ann.types("2", "3", "Enter")
    ann.hears("For how many years?")
    ann.writes("30")
    ann.types("Enter")
    ann.hears("How do you travel?")
    ann.types("2", "Enter")
    ann.hears("buses")
    expect(ann.page.locator("#saved")).to_contain_text("no connection, kept here")
    ann.look()
    assert studio.answers(case_id) == {}
    ann.page.context.set_offline(False)
    expect(ann.page.locator("#saved")).to_contain_text("saved", timeout=20_000)
    assert studio.answers(case_id) == {"life": "3", "years": 30, "means": ["bike"]}
    taken = studio.case(case_id).n_sent
    ann.page.reload()
    ann.hears("buses")
    assert studio.case(case_id).n_sent == taken
    assert ann.page.evaluate("Object.keys(localStorage).filter(key => key.startsWith('cati:')).length") == 0
    ann.types("F7")
    ann.goes_on()


def test_a_reply_that_never_came_is_asked_for_again_and_the_answer_is_one(
    ann: Interviewer, studio: Studio
) -> None:
    case_id = ann.begins()
    dropped: list[str] = []

    def lose_the_reply(route: Route) -> None:
        if not dropped:
            dropped.append(route.request.post_data or "")
            route.fetch()  # the server has it
            route.abort()  # the console never hears so
        else:
            route.continue_()

    ann.page.route("**/answers", lose_the_reply)
    ann.types("3", "Enter")
    ann.hears("For how many years?")
    expect(ann.page.locator("#saved")).to_contain_text("saved ", timeout=20_000)
    assert dropped
    assert studio.answers(case_id) == {"life": "3"}
    ann.types("F7")
    ann.goes_on()


def test_a_second_tab_says_so_and_takes_the_case_over(ann: Interviewer, studio: Studio) -> None:
    ann.begins()
    second = Interviewer(ann.page.context.new_page(), studio.address, ann.axe)
    second.page.goto(ann.page.url)
    expect(second.page.get_by_role("heading", name="This case is open in another tab")).to_be_visible()
    second.look()
    second.goes_on()
    second.hears("How is life in your city")
    ann.types("2", "Enter")
    expect(ann.page.get_by_role("heading", name="This case is no longer on this screen")).to_be_visible()
    expect(ann.page.locator("#lost li").first).to_contain_text("life: 2")
    ann.look()
    second.types("F7")
    second.goes_on()


def test_a_case_that_somebody_else_has_taken_is_lost_and_nothing_typed_with_it(
    ann: Interviewer, studio: Studio
) -> None:
    case_id = ann.begins()
    with studio.database.writing() as session:  # the lease ran out, and the case went to another screen
        case = session.get_one(PhoneCase, case_id)
        case.state, case.held_by, case.held_key = CaseState.LOCKED, None, None
    ann.types("3", "Enter")
    expect(ann.page.locator("#lost")).to_be_visible()
    expect(ann.page.locator("#lost")).to_contain_text("somebody else has it")
    expect(ann.page.locator("#lost li").first).to_contain_text("life: 3")
    ann.look()
    ann.types("Enter", "Tab")
    ann.goes_on()
    expect(ann.page.get_by_role("button", name="Next case")).to_be_focused()


def test_what_is_wrong_is_said_where_it_was_typed(ann: Interviewer) -> None:
    ann.begins()
    ann.types("Enter")
    expect(ann.page.locator("#trouble")).to_have_text("An answer is needed here.")
    ann.types("7")
    expect(ann.page.locator("#trouble")).to_have_text("There is no answer with the key 7.")
    ann.types("8", "Enter")
    ann.hears("For how many years?")
    ann.writes("900")
    ann.types("Enter")
    expect(ann.page.locator("#trouble")).to_have_text("Enter at most 110.")
    ann.look()
    ann.types("?")
    expect(ann.page.locator("#years")).to_have_value("?")  # what was wrong is marked, and typed over
    ann.types("F10")
    ann.writes("Hard of hearing.")
    ann.types("Enter", "F7")
    expect(ann.page.locator("#note")).to_have_value("Hard of hearing.")
    ann.goes_on()


def test_the_console_fits_a_phone(ann: Interviewer) -> None:
    ann.page.set_viewport_size(PHONE)
    ann.open("/cati/life/")
    ann.begins()
    for key in ("F2", "F3", "F4", "F6", "F8", "F9", "F10"):
        ann.types(key)
        ann.look()
        ann.types("Escape")
    ann.types("?")
    ann.look()
    ann.types("Escape", "F7")
    ann.goes_on()
