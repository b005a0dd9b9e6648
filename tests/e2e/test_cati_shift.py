"""A whole shift at the console with the keyboard alone; the connection drops, and every answer comes once."""

import re
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from cityvoice.cati.models import Appointment, PhoneCase
from cityvoice.cati.types import CaseState
from tests.e2e.conftest import PHONE
from tests.e2e.studio import QUESTIONS, SCREEN, Interviewer, Studio, interviewer, serving
from tests.phoning import make_cases, make_interviewer, make_phone_survey

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    """A survey that is phoned, two interviewers and some cases."""

    def prepare(session: Session) -> None:
        survey = make_phone_survey(session, document=QUESTIONS, selection="last_birthday")
        make_interviewer(session, survey, "ann", skills=("refusal",))
        make_interviewer(session, survey, "bob")
        make_cases(session, survey, 40)

    with serving(tmp_path_factory.mktemp("studio"), prepare) as made:
        yield made


@pytest.fixture
def ann(browser: Browser, studio: Studio, axe: Axe) -> Iterator[Interviewer]:
    yield from interviewer(browser.new_context(viewport=SCREEN), studio, axe, "ann")


@pytest.fixture
def bob(browser: Browser, studio: Studio, axe: Axe) -> Iterator[Interviewer]:
    yield from interviewer(browser.new_context(viewport=SCREEN), studio, axe, "bob")


def test_a_whole_shift_with_the_keyboard_alone(
    ann: Interviewer, bob: Interviewer, phone: Page, studio: Studio
) -> None:
    """Every kind of call of four hours, one after the other, by one interviewer; another goes on with one."""
    _nobody_answers(ann, studio)
    _agrees_on_a_time(ann, studio)
    _refuses_for_good(ann, studio)
    _answers_everything(ann, studio)
    case_id = _breaks_off(ann)
    _a_day_passes(studio, case_id)
    _goes_on_at_the_same_item(bob, studio, case_id)
    _goes_on_by_web(ann, phone, studio)


def _nobody_answers(ann: Interviewer, studio: Studio) -> None:
    case_id = ann.takes_a_case()
    ann.types("F3")
    ann.look()
    ann.goes_on()
    ann.is_back("no answer")
    assert studio.outcomes(case_id) == ["no_answer"]


def _agrees_on_a_time(ann: Interviewer, studio: Studio) -> None:
    case_id = ann.takes_a_case()
    ann.types("F2")
    ann.look()
    day = ann.page.input_value("#outcome-form [name=day]")
    ann.page.locator("#outcome-form [name=hour]").focus()
    ann.writes("1215PM")
    ann.goes_on()
    ann.is_back("appointment made")
    assert studio.outcomes(case_id) == ["appointment"]
    with studio.database.reading() as session:
        made = session.scalars(select(Appointment).where(Appointment.case_id == case_id)).one()
        assert made.starts_at.date().isoformat() == day


def _refuses_for_good(ann: Interviewer, studio: Studio) -> None:
    case_id = ann.takes_a_case()
    ann.types("F6", "3")
    ann.look()
    ann.types("Enter")
    expect(ann.page.locator("#note")).to_be_focused()
    ann.writes("Does not want to be called, ever.")
    ann.goes_on()
    ann.is_back("refused by the household for good")
    assert studio.outcomes(case_id) == ["hard_refusal_household"]


def _answers_everything(ann: Interviewer, studio: Studio) -> None:
    case_id = ann.begins()
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
    assert studio.outcomes(case_id) == ["complete"]
    assert studio.answers(case_id) == {
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


def _breaks_off(ann: Interviewer) -> int:
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
    return case_id


def _a_day_passes(studio: Studio, case_id: int) -> None:
    with studio.database.writing() as session:
        case = session.get_one(PhoneCase, case_id)
        case.state, case.replicate = CaseState.READY, 0


def _goes_on_at_the_same_item(bob: Interviewer, studio: Studio, case_id: int) -> None:
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


def _goes_on_by_web(ann: Interviewer, phone: Page, studio: Studio) -> None:
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
    assert studio.outcomes(case_id) == ["web_link_sent", "web_started"]


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
    expect(ann.page.locator("#lost li").first).to_contain_text("bad, so-so or good? So-so")
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
    expect(ann.page.locator("#lost li").first).to_contain_text("Would you say it is bad, so-so or good? Good")
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
