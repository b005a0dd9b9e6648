"""During an interview fieldwork closes, a shift ends, a quota fills, an appointment falls due."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from cityvoice.accounts.types import Role
from cityvoice.cati.models import Appointment, PhoneCase, Shift
from cityvoice.cati.types import CaseState
from cityvoice.core import clock
from cityvoice.surveys.models import QuotaCell
from cityvoice.surveys.queries import get_survey
from tests.e2e.people import Person
from tests.e2e.studio import QUESTIONS, SCREEN, Interviewer, Studio, interviewer, serving
from tests.factories import PASSWORD, make_account
from tests.phoning import make_cases, make_interviewer, make_phone_survey

pytestmark = pytest.mark.browser
CREW = {"ann": "closing", "bob": "ending", "cyd": "filling", "dora": "due"}
THIRD = {"name": "third", "label": "District 3", "when": "district == '3'", "limit": 1, "message": "Enough."}
BEAT = 20  # seconds of a lease; the screen beats four times in it


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    """Each interviewer has a survey of their own, so that what happens to one touches no other."""

    def prepare(session: Session) -> None:
        make_account(session, "office@example.org", Role.SUPERVISOR)
        for name, slug in CREW.items():
            survey = make_phone_survey(
                session, document=QUESTIONS | {"quotas": [THIRD]}, slug=slug, selection="last_birthday",
                lease_seconds=BEAT,
            )  # fmt: skip
            make_interviewer(session, survey, name)
            make_cases(session, survey, 3)

    with serving(tmp_path_factory.mktemp("interrupted"), prepare) as made:
        yield made


@pytest.fixture
def on_the_phone(
    browser: Browser, studio: Studio, axe: Axe, request: pytest.FixtureRequest
) -> Iterator[Interviewer]:
    context = browser.new_context(viewport=SCREEN)
    yield from interviewer(context, studio, axe, request.param, CREW[request.param])


def answers_the_rest(person: Interviewer, district: str = "1") -> None:
    """From the second question to the end of the interview."""
    person.hears("For how many years?")
    person.writes("12")
    person.types("Enter")
    person.hears("How do you travel?")
    person.types("1", "Enter")
    for _question in ("buses", "roads"):
        person.hears(_question)
        person.types("1", "Enter")
    person.hears("Out of ten?")
    person.types("7", "Enter")
    person.hears("In which district")
    person.types(*district, "Enter")


def finishes(person: Interviewer, studio: Studio, case_id: int) -> None:
    answers_the_rest(person)
    person.hears("Your sex?")
    person.types("1", "Enter")
    expect(person.page.locator("#finish")).to_be_visible()
    person.goes_on()
    assert studio.outcomes(case_id) == ["complete"]
    assert studio.answers(case_id)["life"] == "3"
    assert studio.answers(case_id)["sex"] == "F"


def is_told(person: Interviewer, words: str) -> None:
    """It is announced, and the focus stays where it is."""
    where = person.page.evaluate("document.activeElement.id")
    expect(person.page.locator("#news[role=status]")).to_contain_text(words, timeout=BEAT * 1000)
    assert person.page.evaluate("document.activeElement.id") == where
    person.look()


@pytest.mark.parametrize("on_the_phone", ["ann"], indirect=True)
def test_fieldwork_is_closed_by_a_supervisor_and_the_interview_is_finished(
    on_the_phone: Interviewer, studio: Studio, browser: Browser
) -> None:
    case_id = on_the_phone.begins()
    on_the_phone.types("3", "Enter")
    on_the_phone.hears("For how many years?")
    office = Person(browser.new_page(), studio.address, on_the_phone.axe)
    office.page.goto(f"{studio.address}/login?lang=en")
    office.page.fill("#email", "office@example.org")
    office.page.fill("#password", PASSWORD)
    office.page.click("main button")
    office.open("/surveys/closing/fieldwork?lang=en")
    office.press("Close the survey")
    office.page.close()
    is_told(on_the_phone, "Fieldwork was closed. You may finish this interview")
    finishes(on_the_phone, studio, case_id)
    assert on_the_phone.reads("Fieldwork is closed. There are no cases to call.")


@pytest.mark.parametrize("on_the_phone", ["bob"], indirect=True)
def test_a_shift_ends_and_the_interview_is_finished(on_the_phone: Interviewer, studio: Studio) -> None:
    case_id = on_the_phone.begins()
    on_the_phone.types("3", "Enter")
    on_the_phone.hears("For how many years?")
    with studio.database.writing() as session:
        case = session.get_one(PhoneCase, case_id)
        now = clock.now()
        times = {"starts_at": now - timedelta(hours=4), "ends_at": now}
        session.add(Shift(survey_id=case.survey_id, account_id=case.held_by, **times))
    is_told(on_the_phone, "Your shift ended at")
    finishes(on_the_phone, studio, case_id)
    on_the_phone.types("Enter")
    expect(on_the_phone.page.get_by_role("alert")).to_contain_text("Your shift has ended")
    on_the_phone.look()


@pytest.mark.parametrize("on_the_phone", ["cyd"], indirect=True)
def test_a_quota_fills_during_the_interview_and_what_was_answered_stays(
    on_the_phone: Interviewer, studio: Studio
) -> None:
    case_id = on_the_phone.begins()
    on_the_phone.types("3", "Enter")
    with studio.database.writing() as session:  # the last place goes to somebody on the web
        survey = get_survey(session, "filling")
        session.scalars(select(QuotaCell).where(QuotaCell.survey_id == survey.id)).one().n_complete = 1
    answers_the_rest(on_the_phone, "3")
    expect(on_the_phone.page.locator("#full")).to_be_visible()
    on_the_phone.look()
    on_the_phone.types("F8")
    expect(on_the_phone.page.locator("input[value=quota_full]")).to_be_checked()
    on_the_phone.look()
    on_the_phone.goes_on()
    assert studio.outcomes(case_id) == ["quota_full"]
    assert studio.answers(case_id)["district"] == "3"


@pytest.mark.parametrize("on_the_phone", ["dora"], indirect=True)
def test_an_appointment_falls_due_during_another_call(on_the_phone: Interviewer, studio: Studio) -> None:
    case_id = on_the_phone.begins()
    on_the_phone.types("3", "Enter")
    on_the_phone.hears("For how many years?")
    with studio.database.writing() as session:
        case = session.get_one(PhoneCase, case_id)
        waiting = session.scalars(
            select(PhoneCase).where(PhoneCase.survey_id == case.survey_id, PhoneCase.case_id != case_id)
        ).first()
        assert waiting is not None
        waiting.state = CaseState.APPOINTED
        starts = clock.now()
        session.add(
            Appointment(
                survey_id=case.survey_id, case_id=waiting.case_id, starts_at=starts, is_hard=True,
                ends_at=starts + timedelta(minutes=15), for_account_id=case.held_by, made_by=case.held_by,
            )
        )  # fmt: skip
        number = waiting.case_id
    on_the_phone.writes("1")
    is_told(on_the_phone, f"case {number}")
    expect(on_the_phone.page.locator("#years")).to_have_value("1")
    on_the_phone.types("F7")
    expect(on_the_phone.page.get_by_role("heading", name="Call back later")).to_be_visible()
    on_the_phone.look()
    on_the_phone.goes_on()
    assert on_the_phone.takes_a_case() == number
