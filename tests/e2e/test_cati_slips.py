"""Keys that slip, keys held down, and what is done while the connection is away."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect
from sqlalchemy.orm import Session

from cityvoice.cati.models import PhoneCase
from cityvoice.cati.types import CaseState
from tests.e2e.studio import QUESTIONS, SCREEN, Interviewer, Studio, interviewer, serving
from tests.phoning import make_cases, make_interviewer, make_phone_survey

pytestmark = pytest.mark.browser

CREW = ("ann", "bob", "cyd", "dora", "eve")
FULL = {"name": "third", "label": "District 3", "when": "district == '3'", "limit": 0, "message": "Enough."}


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    def prepare(session: Session) -> None:
        survey = make_phone_survey(
            session, document=QUESTIONS | {"quotas": [FULL]}, selection="last_birthday"
        )
        for name in CREW:
            make_interviewer(session, survey, name)
        make_cases(session, survey, 20)

    with serving(tmp_path_factory.mktemp("slips"), prepare) as made:
        yield made


@pytest.fixture
def somebody(
    browser: Browser, studio: Studio, axe: Axe, request: pytest.FixtureRequest
) -> Iterator[Interviewer]:
    yield from interviewer(browser.new_context(viewport=SCREEN), studio, axe, request.param, "life")


def holds_enter_down(person: Interviewer, times: int) -> None:
    """What a keyboard sends: one key press, then its repeats."""
    for _ in range(times):
        person.page.keyboard.down("Enter")
    person.page.keyboard.up("Enter")


@pytest.mark.parametrize("somebody", ["ann"], indirect=True)
def test_enter_held_down_goes_one_question_on(somebody: Interviewer) -> None:
    somebody.begins()
    somebody.types("3", "Enter")
    somebody.hears("For how many years?")
    holds_enter_down(somebody, 6)
    expect(somebody.page.locator(".ask.now")).to_have_attribute("data-question", "means")


@pytest.mark.parametrize("somebody", ["bob"], indirect=True)
def test_a_slip_that_meets_a_full_quota_is_taken_back(somebody: Interviewer, studio: Studio) -> None:
    case_id = somebody.begins()
    somebody.types("3", "Enter")
    somebody.writes("12")
    somebody.types("Enter", "Enter")
    while somebody.page.locator(".ask.now").get_attribute("data-question") != "district":
        somebody.types("1", "Enter")
    somebody.writes("03")
    somebody.types("Enter")
    expect(somebody.page.locator("#full")).to_be_visible()
    somebody.types("Backspace")
    expect(somebody.page.locator("#full")).to_be_hidden()
    somebody.hears("In which district do you live?")
    somebody.writes("01")
    somebody.types("Enter")
    expect(somebody.page.locator(".ask.now")).to_have_attribute("data-question", "sex")
    expect(somebody.page.locator("#saved")).to_have_class("")  # nothing waits to be sent
    assert studio.answers(case_id)["district"] == "1"


@pytest.mark.parametrize("somebody", ["cyd"], indirect=True)
def test_an_outcome_without_a_connection_waits_and_says_so(somebody: Interviewer, studio: Studio) -> None:
    case_id = somebody.takes_a_case()
    somebody.page.context.set_offline(True)
    somebody.types("F3", "Enter", "Enter")
    waits = somebody.page.locator("#panel-outcome [data-waits]")
    expect(waits).to_contain_text("sent as soon as there is one")
    assert waits.bounding_box() is not None
    with somebody.page.expect_navigation():
        somebody.page.context.set_offline(False)
    expect(somebody.page.get_by_role("button", name="Next case")).to_be_visible()
    assert studio.outcomes(case_id) == ["no_answer"]


@pytest.mark.parametrize("somebody", ["dora"], indirect=True)
def test_answers_that_nobody_can_send_stay_until_they_were_seen(
    somebody: Interviewer, studio: Studio
) -> None:
    case_id = somebody.begins()
    with studio.database.writing() as session:
        case = session.get_one(PhoneCase, case_id)
        case.state, case.held_by, case.held_key = CaseState.LOCKED, None, None
    somebody.types("3", "Enter")
    expect(somebody.page.locator("#lost li")).to_have_count(1)
    expect(somebody.page.locator("#lost li")).to_contain_text("How is life in your city, all in all?")
    expect(somebody.page.locator("#saved")).to_have_text("")
    for _ in range(2):  # a reload loses nothing
        somebody.open("/cati/life/?lang=en")
        expect(somebody.page.locator(".shift .notice li")).to_contain_text("Good")
    somebody.page.get_by_role("button", name="Written down").press("Enter")
    somebody.open("/cati/life/?lang=en")
    expect(somebody.page.locator(".shift .notice li")).to_have_count(0)


@pytest.mark.parametrize("somebody", ["eve"], indirect=True)
def test_every_panel_has_a_way_out(somebody: Interviewer) -> None:
    somebody.takes_a_case()
    for key in ("F2", "F8", "F9", "F10", "?"):
        somebody.types(key)
        panel = somebody.page.locator(".panel.open")
        expect(panel).to_be_visible()
        panel.get_by_role("button", name="Close Esc").click()
        expect(panel).to_have_count(0)
