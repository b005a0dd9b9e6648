"""The interviewer's console over HTTP: without script, with wrong keys, double posts and hostile input."""

import json
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from cityvoice.accounts.models import Account
from cityvoice.accounts.types import Role
from cityvoice.cati.models import Appointment, CallingPlan, Interviewer, LedgerEntry, PhoneCase, Shift
from cityvoice.cati.types import CaseState
from cityvoice.core import clock
from cityvoice.fieldwork.outcomes import Outcome
from cityvoice.surveys.models import Participant, Response
from cityvoice.surveys.queries import get_survey
from cityvoice.surveys.services import close_survey
from tests.browsing import Browser, Page
from tests.factories import DOCUMENT, PASSWORD
from tests.phoning import make_cases, make_interviewer, make_phone_survey

SHIFT = "/cati/life/"


@pytest.fixture
def studio(database):
    with database.writing() as session:
        survey = make_phone_survey(session)
        make_interviewer(session, survey, "ann")
        make_interviewer(session, survey, "bob")
        make_cases(session, survey, 3)
    return database


@pytest.fixture
def ann(studio, app) -> Browser:
    return log_in(app, "ann")


@pytest.fixture
def bob(studio, app) -> Browser:
    return log_in(app, "bob")


def log_in(app, name: str) -> Browser:
    browser = Browser(app)
    browser.get("/login").submit(email=f"{name}@example.org", password=PASSWORD, status=302)
    return browser


def takes(browser: Browser) -> Page:
    """The next case, on the screen."""
    return browser.get(SHIFT).send("/case")


def begins(browser: Browser) -> Page:
    """The next case up to the first question."""
    return reads_notice(takes(browser))


def reads_notice(case: Page) -> Page:
    notice = case.send("/talk")
    return notice.send("/notice")


def key_of(page: Page) -> str:
    return page.one(".//div[@id='console']").get("data-key", "")


def case_of(page: Page) -> int:
    return int(page.one(".//div[@id='console']").get("data-case", "0"))


def says(browser: Browser, page: Page, question: str, number: int = 1, status: int = 200, **fields) -> Page:
    """What the script sends for one answer."""
    token = page.fields("/outcome")["csrf_token"]
    form = {"csrf_token": token, "_key": key_of(page), "_number": str(number), "_question": question} | fields
    return browser.post(f"/cati/life/case/{case_of(page)}/answers", form, status=status)


def beats(browser: Browser, page: Page) -> dict:
    form = {"csrf_token": page.fields("/outcome")["csrf_token"], "_key": key_of(page)}
    return browser.post(f"/cati/life/case/{case_of(page)}/heartbeat", form, status=200).response.json


def look(database, case_id: int) -> PhoneCase:
    with database.reading() as session:
        return session.get_one(PhoneCase, case_id)


def answers(database, case_id: int) -> dict:
    with database.reading() as session:
        return session.scalars(select(Response).where(Response.case_id == case_id)).one().answers


def entries(database, case_id: int) -> list[str]:
    with database.reading() as session:
        found = select(LedgerEntry.outcome).where(LedgerEntry.case_id == case_id).order_by(LedgerEntry.id)
        return list(session.scalars(found))


def test_a_whole_interview_without_script(studio, ann):
    page = takes(ann)
    case_id = case_of(page)
    assert f"Case {case_id}" in page.text
    page = reads_notice(page)
    assert look(studio, case_id).notice_sha256
    page = page.send("/living", life="3", years="12")
    page = page.submit(
        "/transport", means=["bus", "foot"], rate_bus="2", rate_road="1", score="7"
    ).follow_redirect()
    page = page.send("/you", district="1", sex="F")
    shift = page.send("/complete")
    assert "complete" in shift.text
    assert entries(studio, case_id) == [Outcome.COMPLETE]
    kept = answers(studio, case_id)
    assert kept["means"] == ["bus", "foot"]
    assert kept["years"] == 12
    with studio.reading() as session:
        response = session.scalars(select(Response)).one()
        assert (response.mode, response.status) == ("CATI", "complete")


def test_what_is_wrong_in_a_section_is_said_and_the_rest_is_kept(studio, ann):
    page = begins(ann)
    wrong = page.submit("/living", life="2", years="500", status=422)
    assert "at most 110" in wrong.text
    assert answers(studio, case_of(page)) == {"life": "2"}


def test_an_answer_that_comes_twice_is_one_answer(studio, ann):
    page = begins(ann)
    first = says(ann, page, "life", 1, life="3").response.json
    assert first == {"taken": 1, "errors": [], "over": False, "asked": True}
    says(ann, page, "life", 2, life="2")
    assert says(ann, page, "life", 1, life="3").response.json["taken"] == 1
    assert answers(studio, case_of(page)) == {"life": "2"}
    assert look(studio, case_of(page)).n_sent == 2


def test_a_wrong_answer_is_said_and_not_kept(studio, ann):
    page = begins(ann)
    said = says(ann, page, "years", 1, years="500").response.json
    assert said["errors"] == [["years", "Please enter at most 110."]]
    assert answers(studio, case_of(page)) == {}


def test_a_question_that_is_not_asked_is_taken_off_the_list_and_changes_nothing(studio, ann):
    page = begins(ann)
    says(ann, page, "life", 1, life="1")
    for number, name in enumerate(("means", "no_such_question", ""), start=2):
        assert says(ann, page, name, number, means="bus").response.json["asked"] is False
    assert answers(studio, case_of(page)) == {"life": "1"}


@pytest.mark.parametrize("key", ["", "0" * 32, "ź", "' OR 1=1 --"])
def test_with_a_wrong_key_nothing_is_written(studio, ann, key):
    page = begins(ann)
    for act in ("answers", "heartbeat"):
        refused = says(ann, page, "life", 1, 409, life="3", _key=key) if act == "answers" else None
        assert refused is None or refused.response.json["reason"] == "lost"
    case, token = case_of(page), page.fields("/outcome")["csrf_token"]
    for act in ("outcome", "notice", "talk", "respondent", "release", "complete", "link"):
        fields = {"csrf_token": token, "_key": key, "outcome": "no_answer", "n_eligible": "2"}
        ann.post(f"/cati/life/case/{case}/{act}", fields)
    assert look(studio, case).state == CaseState.HELD
    assert look(studio, case).selection is None
    assert entries(studio, case) == []
    assert answers(studio, case) == {}


def test_other_peoples_cases_stay_closed(studio, ann, bob):
    page, case = begins(ann), 0
    case = case_of(page)
    for path in ("", "/whole", "/question/life", "/calendar"):
        answer = bob.get(f"/cati/life/case/{case}{path}", status=303)
        assert answer.response.headers["Location"].startswith("/cati/life/?lost=")
    token = bob.get(SHIFT).fields("/case")["csrf_token"]
    for act in ("outcome", "notice", "talk", "respondent", "release", "complete", "link", "move"):
        bob.post(
            f"/cati/life/case/{case}/{act}", {"csrf_token": token, "_key": key_of(page), "outcome": "busy"}
        )
    form = {"csrf_token": token, "_key": key_of(page), "_number": "1", "_question": "life", "life": "3"}
    for act in ("answers", "heartbeat"):
        assert bob.post(f"/cati/life/case/{case}/{act}", form, status=409).response.json["reason"] == "lost"
    assert look(studio, case).held_key == key_of(page)
    assert answers(studio, case) == {}


def test_an_outcome_told_twice_is_one_entry(studio, ann):
    page = takes(ann)
    for _time in range(2):
        shift = page.send("/outcome", outcome="no_answer")
        assert "no answer" in shift.text
    assert entries(studio, case_of(page)) == [Outcome.NO_ANSWER]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"outcome": "hard_refusal_household"}, "needs a note"),
        ({"outcome": "appointment", "day": "", "hour": ""}, "Enter a day"),
        ({"outcome": "appointment", "day": "2026-13-45", "hour": "12:00"}, "Enter a day"),
        ({"outcome": "appointment", "day": "2999-01-01", "hour": "12:00"}, "too far away"),
        ({"outcome": "appointment", "day": "2020-01-01", "hour": "12:00"}, "This time is over"),
        ({"outcome": "callback", "hour": "noon"}, "Enter a time"),
        ({"outcome": "complete"}, "not complete yet"),
        ({"outcome": "partial"}, "No interview was begun"),
        ({"outcome": "web_complete"}, "Choose what the call came to"),
        ({"outcome": "decided", "note": "x"}, "Choose what the call came to"),
        ({"outcome": "<script>"}, "Choose what the call came to"),
        ({"outcome": ""}, "Choose what the call came to"),
        ({"outcome": "no_answer", "telephone": "999999"}, "not one of this case"),
        ({"outcome": "no_answer", "note": "x" * 3000}, "2000"),
    ],
)
def test_an_outcome_that_cannot_be_is_refused_and_what_was_typed_stays(studio, ann, typed, said):
    page = takes(ann)
    refused = page.submit("/outcome", status=422, **typed)
    assert said in refused.text
    assert entries(studio, case_of(page)) == []
    assert look(studio, case_of(page)).state == CaseState.HELD
    note = refused.one(".//textarea[@id='note']").text or ""
    assert note.strip() == typed.get("note", "")


def test_a_named_interviewer_has_one_appointment_at_a_time(studio, ann):
    with studio.reading() as session:
        account = session.scalars(select(PhoneCase.held_by)).first()
    page = takes(ann)
    day = page.one(".//input[@name='day']").get("value")
    account = page.one(".//div[@id='console']").get("data-account")
    agreed = {"outcome": "appointment", "day": day, "hour": "12:00", "hard": "1", "for": account}
    page.submit("/outcome", **agreed)
    second = takes(ann)
    assert "another appointment" in second.submit("/outcome", status=422, **agreed).text
    second.submit("/outcome", **agreed | {"hour": "13:00"})
    with studio.reading() as session:
        assert session.scalar(select(func.count()).select_from(Appointment)) == 2


def test_hours_in_which_nobody_is_called_need_the_respondents_word(studio, ann):
    with studio.writing() as session:
        plan = session.scalars(select(CallingPlan)).one()
        plan.rules = {
            "hours": {
                "days": {day: ["09:00", "20:00"] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}
            }
        }
        session.flush()
    with studio.writing() as session:
        survey = get_survey(session, "life")
        make_cases(session, survey, 1, zone="Europe/Warsaw")
        case = session.scalars(select(PhoneCase).order_by(PhoneCase.case_id)).first()
        account = make_interviewer(session, survey, "cyd")
        case.state, case.held_by, case.held_key = CaseState.HELD, account.id, "k" * 32
        number = case.case_id
    cyd = log_in(ann.app, "cyd")
    page = cyd.get(f"/cati/life/case/{number}")
    night = {"outcome": "appointment", "day": page.one(".//input[@name='day']").get("value"), "hour": "22:30"}
    assert "Nobody calls at that time" in page.submit("/outcome", status=422, **night).text
    page.submit("/outcome", hard="1", **night)
    assert look(studio, number).state == CaseState.APPOINTED


def test_whoever_goes_on_by_web_goes_on_at_the_item_where_the_phone_stopped(studio, ann, client):
    page = begins(ann)
    case = case_of(page)
    says(ann, page, "life", 1, life="3")
    says(ann, page, "years", 2, years="12")
    says(ann, page, "means", 3, means="bus")
    sent = page.submit("/link", email="", status=200)
    assert "No e-mail was sent" in sent.text
    again = page.submit("/link", email="", status=200)
    address = sent.one(".//p[@class='code link-shown']").text
    assert again.one(".//p[@class='code link-shown']").text == address
    assert entries(studio, case) == [Outcome.WEB_LINK_SENT]
    assert look(studio, case).state == CaseState.RESTING
    with studio.reading() as session:
        assert session.scalars(select(Participant)).one().case_id == case
    token = address.split("/t/")[1]
    web = client.get(f"/t/{token}").send()
    assert web.path.endswith("/p/transport#rate")
    web = web.send(rate_bus="2", rate_road="1", score="5")
    web.submit(district="1", sex="F")
    assert answers(studio, case)["years"] == 12
    assert look(studio, case).state == CaseState.CLOSED
    told = [Outcome.WEB_LINK_SENT, Outcome.WEB_STARTED, Outcome.WEB_COMPLETE]
    assert entries(studio, case) == told


def test_an_address_that_is_none_gets_no_link(studio, ann):
    page = takes(ann)
    assert "Enter an e-mail address" in page.submit("/link", email="not an address", status=422).text
    assert entries(studio, case_of(page)) == []


def test_fieldwork_that_closes_meanwhile_is_said_and_the_interview_may_be_finished(studio, ann, bob):
    page, untouched = begins(ann), takes(bob)
    says(ann, page, "life", 1, life="3")
    with studio.writing() as session:
        close_survey(session, survey=get_survey(session, "life"))
    assert "You may finish this interview" in " ".join(beats(ann, page)["news"])
    assert "No interview can be begun" in " ".join(beats(bob, untouched)["news"])
    says(ann, page, "district", 2, district="1")
    assert "complete" in page.send("/complete").text
    assert answers(studio, case_of(page)) == {"life": "3", "district": "1"}
    assert entries(studio, case_of(page)) == [Outcome.COMPLETE]
    refused = reads_notice(untouched)
    assert "takes no answers now" in refused.text
    refused.submit("/outcome", outcome="callback")
    assert "Fieldwork is closed" in bob.get(SHIFT).text


def test_a_shift_that_ends_meanwhile_lets_the_interview_be_finished_and_gives_no_new_case(studio, ann):
    page = begins(ann)
    now = clock.now()
    with studio.writing() as session:
        survey = get_survey(session, "life")
        account = session.get_one(PhoneCase, case_of(page)).held_by
        times = {"starts_at": now - timedelta(hours=4), "ends_at": now - timedelta(seconds=1)}
        session.add(Shift(survey_id=survey.id, account_id=account, **times))
        session.get_one(PhoneCase, case_of(page)).held_since = now - timedelta(minutes=1)
    assert "Your shift ended at" in " ".join(beats(ann, page)["news"])
    says(ann, page, "life", 1, life="3")
    says(ann, page, "district", 2, district="1")
    shift = page.send("/complete")
    assert "Your shift has ended" in shift.submit("/case", status=409).text


def test_an_interview_that_lacks_what_is_required_is_not_complete(studio, ann):
    page = begins(ann)
    says(ann, page, "life", 1, life="3")
    assert "have no answer yet" in page.send("/complete").text
    assert entries(studio, case_of(page)) == []


def test_a_second_tab_takes_the_case_over_and_the_first_can_write_no_more(studio, ann):
    first = begins(ann)
    second = first.send("/move")
    assert key_of(second) != key_of(first)
    assert says(ann, first, "life", 1, 409, life="3").response.json["reason"] == "lost"
    says(ann, second, "life", 1, life="2")
    assert answers(studio, case_of(second)) == {"life": "2"}


def test_a_household_is_asked_how_many_it_is(studio, ann):
    with studio.writing() as session:
        plan = session.scalars(select(CallingPlan)).one()
        plan.rules = plan.rules | {"selection": "kish"}
    page = takes(ann).send("/talk")
    for wrong in ("", "0", "99", "two", "-1", "1e9"):
        assert "from 1 to 20" in page.submit("/respondent", n_eligible=wrong, status=422).text
    page = page.send("/respondent", n_eligible="3")
    chosen = look(studio, case_of(page)).selection
    assert (chosen["method"], chosen["n_eligible"]) == ("kish", 3)
    assert 1 <= chosen["number"] <= 3
    assert f"number {chosen['number']} of 3" in page.text


def test_the_whole_interview_is_drawn_for_the_script(studio, ann):
    page = begins(ann)
    whole = ann.get(f"/cati/life/case/{case_of(page)}/whole")
    form = whole.one(".//form")
    assert json.loads(form.get("data-plan"))[0]["q"] == "welcome"
    drawn = [each.get("data-question") for each in whole.all(".//fieldset")]
    assert drawn == ["welcome", "life", "why", "years", "means", "rate", "score", "district", "sex"]
    assert form.get("data-next") == "welcome"
    says(ann, page, "life", 1, life="3")
    again = ann.get(f"/cati/life/case/{case_of(page)}/whole")
    assert again.one(".//form").get("data-next") == "years"


def test_who_does_not_interview_here_gets_no_case(studio, login):
    stranger = login(Role.INTERVIEWER)
    page = stranger.get(SHIFT)
    assert "You do not interview in this survey" in page.text
    token = stranger.get("/cati/").fields("/logout")["csrf_token"]
    refused = stranger.post("/cati/life/case", {"csrf_token": token}, status=409)
    assert "You do not interview" in refused.text


@pytest.mark.parametrize("number", ["", "x", "-1", "1e3", "9" * 30, "١"])
def test_a_message_without_a_proper_number_changes_nothing(studio, ann, number):
    page = begins(ann)
    says(ann, page, "life", number, life="3")
    assert answers(studio, case_of(page)) in ({}, {"life": "3"} if number == "١" else {})


@pytest.mark.parametrize(
    "words", ["<script>alert(1)</script>", "{life}", "x" * 5000, "' OR 1=1 --", "\u202e\x07"]
)
def test_hostile_words_are_words(studio, ann, words):
    page = begins(ann)
    says(ann, page, "life", 1, life=words)
    assert answers(studio, case_of(page)) == {}
    says(ann, page, "life", 2, life="1")
    says(ann, page, "why", 3, why=words)
    case = case_of(page)
    seen = ann.get(f"/cati/life/case/{case}/whole")
    assert not seen.all(".//script")
    assert "life" in answers(studio, case)
    for path in (f"?at=talk&in={words}&page={words}&why={words}", f"/calendar?day={words}"):
        ann.get(f"/cati/life/case/{case}{path.replace(chr(7), '')}")


def test_a_case_that_no_number_can_be_is_not_there(studio, ann):
    token = ann.get(SHIFT).fields("/case")["csrf_token"]
    for act in ("answers", "outcome", "link", "move"):
        ann.post(f"/cati/life/case/{10**30}/{act}", {"csrf_token": token, "outcome": "busy"}, status=404)
    assert ann.get("/cati/life/case/2147483647", status=303)


WITH_FILE = DOCUMENT | {
    "sections": [
        *DOCUMENT["sections"],
        {
            "name": "picture",
            "title": "A picture",
            "questions": [
                {"name": "photo", "kind": "file", "required": True, "text": "Send us a photo of your street."}
            ],
        },
    ]
}


@pytest.fixture
def with_file(studio):
    """Cases of a survey whose last question, a required one, asks for a file."""
    with studio.writing() as session:
        ann = session.scalars(select(Account).where(Account.email == "ann@example.org")).one()
        survey = make_phone_survey(session, document=WITH_FILE, slug="photos")
        session.add(Interviewer(survey_id=survey.id, account_id=ann.id, skills=[], languages=[]))
        make_cases(session, survey, 1)
    return studio


def test_a_file_cannot_be_answered_by_phone_and_blocks_nothing(with_file, ann):
    page = reads_notice(ann.get("/cati/photos/").send("/case"))
    page = page.send("/living", life="3", years="12")
    page = page.submit("/transport", means=["bus"], rate_bus="2", rate_road="1", score="7").follow_redirect()
    page = page.send("/you", district="1", sex="F")
    assert "cannot be answered by phone" in page.text
    page = page.send("/picture")
    assert "complete" in page.send("/complete").text
    assert entries(with_file, case_of(page)) == [Outcome.COMPLETE]


def test_a_file_that_the_web_sent_stays_when_the_phone_passes_its_question(with_file, ann):
    page = reads_notice(ann.get("/cati/photos/").send("/case"))
    case, form = case_of(page), {"_key": key_of(page), "csrf_token": page.fields("/outcome")["csrf_token"]}
    with with_file.writing() as session:
        session.scalars(select(Response)).one().answers = {"life": "3", "photo": "a.jpg"}
    for number, sent in enumerate(({}, {"photo": ""}, {"photo": "other.jpg"}), start=1):
        fields = form | {"_number": str(number), "_question": "photo"} | sent
        said = ann.post(f"/cati/photos/case/{case}/answers", fields, status=200).response.json
        assert said["errors"] == []
    assert answers(with_file, case) == {"life": "3", "photo": "a.jpg"}


def test_an_appointment_that_falls_due_during_another_call_is_said(studio, ann, bob):
    page, others = takes(ann), takes(bob)
    now = clock.now()
    with studio.writing() as session:
        survey = get_survey(session, "life")
        third = session.scalars(select(PhoneCase).where(PhoneCase.state == CaseState.READY)).one()
        third.state = CaseState.APPOINTED
        account = session.get_one(PhoneCase, case_of(page)).held_by
        appointment = Appointment(
            survey_id=survey.id, case_id=third.case_id, starts_at=now + timedelta(hours=1),
            ends_at=now + timedelta(hours=2), is_hard=True, for_account_id=account, made_by=account,
        )  # fmt: skip
        session.add(appointment)
        session.flush()
        number, case_id = appointment.id, third.case_id
    assert beats(ann, page)["news"] == []
    with studio.writing() as session:
        session.get_one(Appointment, number).starts_at = now
    (said,) = beats(ann, page)["news"]
    assert f"case {case_id}" in said
    assert said in ann.get(f"/cati/life/case/{case_of(page)}").text
    assert beats(bob, others)["news"] == []


def test_outside_calling_hours_the_shift_says_when_calling_begins_again(studio, ann, monkeypatch):
    with studio.writing() as session:
        session.scalars(select(CallingPlan)).one().rules = {}
    night = datetime(2026, 11, 28, 19, 0, tzinfo=clock.CITY_TIME)  # a Saturday; on Sundays nobody is called
    monkeypatch.setattr(clock, "now", lambda: night)
    said = ann.get(SHIFT).text
    assert "Calling begins again" in said
    assert "9:00" in said
    monkeypatch.setattr(clock, "now", lambda: night.replace(hour=12))
    assert "Calling begins again" not in ann.get(SHIFT).text
    with studio.writing() as session:
        session.scalars(select(CallingPlan)).one().rules = {"hours": {"days": {}}}
    assert "no calls within a year" in ann.get(SHIFT).text


def test_whoever_had_shifts_and_has_none_left_is_not_told_to_call_at_any_hour(studio, ann):
    assert "No shift is planned for you" in ann.get(SHIFT).text
    with studio.writing() as session:
        survey = get_survey(session, "life")
        account = session.scalars(select(Interviewer)).first().account_id
        ended = clock.now() - timedelta(hours=1)
        times = {"starts_at": ended - timedelta(hours=4), "ends_at": ended}
        session.add(Shift(survey_id=survey.id, account_id=account, **times))
    shift = ann.get(SHIFT)
    assert "Your last shift is over" in shift.text
    assert "No shift is planned for you" not in shift.submit("/case", status=409).text
    with studio.writing() as session:
        close_survey(session, survey=get_survey(session, "life"))
    assert "Your last shift is over" not in ann.get(SHIFT).text
