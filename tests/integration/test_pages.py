"""What pages promise beyond their forms: nothing typed is lost, and everything reads as people read it."""

import pytest
from sqlalchemy import select

from cityvoice.accounts.types import Role
from cityvoice.designer.services import open_draft
from cityvoice.questionnaire.document import load_document
from cityvoice.surveys.models import Response
from cityvoice.surveys.queries import get_survey
from cityvoice.surveys.services import create_survey, open_survey
from cityvoice.territory.models import PopulationCount, PopulationReference
from tests.browsing import ORIGIN
from tests.databases import on_sqlite
from tests.factories import PASSWORD, add_responses, make_survey, typical_answers

pytestmark = on_sqlite
DOCUMENT = {
    "title": "Who lives here",
    "languages": ["en", "pl"],
    "sections": [
        {
            "name": "people",
            "questions": [
                {"name": "first", "kind": "text", "display": "line", "required": True, "text": "Your name?"},
                {
                    "name": "years",
                    "kind": "number",
                    "text": {"en": "Years, {first}?", "pl": "Lata, {first}?"},
                },
                {
                    "name": "clean",
                    "kind": "scale",
                    "text": "Clean?",
                    "low": 0,
                    "high": 100,
                    "low_label": "no",
                },
                {"name": "secret", "kind": "hidden", "text": "Source", "value": "'web'"},
                {
                    "name": "household",
                    "title": "Everybody at home",
                    "repeat": {"maximum": 3, "count": "years"},
                    "questions": [{"name": "age", "kind": "number", "text": "Age of person {position()}?"}],
                },
            ],
        },
        {
            "name": "travel",
            "questions": [
                {
                    "name": "trips",
                    "kind": "table",
                    "text": "Trips",
                    "items": [{"name": "work", "label": "To work"}],
                    "columns": [
                        {
                            "name": "by",
                            "label": "By",
                            "kind": "single",
                            "options": [
                                {"code": "foot", "label": "Foot"},
                                {"code": "car", "label": "Car", "when": "years >= 18"},
                            ],
                        },
                        {"name": "minutes", "label": "Minutes", "kind": "number", "low": 0, "step": 1},
                    ],
                },
                {"name": "born", "kind": "number", "text": "Year of birth?", "low": 1900, "step": 1},
                {"name": "degrees", "kind": "number", "text": "How cold?", "low": -40, "step": 1},
                {"name": "metres", "kind": "number", "text": "How far?", "low": 0},
            ],
        },
    ],
}


@pytest.fixture(autouse=True)
def survey(database):
    with database.writing() as session:
        found = create_survey(session, slug="home", questionnaire=load_document(DOCUMENT))
        open_survey(session, survey=found)


@pytest.fixture
def official(login):
    return login(Role.OFFICIAL)


@pytest.fixture
def first_page(client):
    return client.get("/s/home").send()


def answers(database):
    with database.reading() as session:
        return session.scalar(select(Response.answers))


def language_button(page, code):
    return next(each for each in page.all(".//nav//button") if each.get("lang") == code)


def in_polish(page, **typed):
    button = language_button(page, "pl")
    values = page.fields("/p/people") | {button.get("name"): button.get("value")} | typed
    return page.browser.request("POST", button.get("formaction"), data=values)


def test_another_language_keeps_what_is_not_sent_yet(first_page, database):
    page = in_polish(first_page, first="Ala", years="12").follow_redirect()
    assert page.root.get("lang") == "pl"
    assert "Lata, Ala?" in page.text
    assert page.fields("/p/people")["years"] == ["12"]
    assert answers(database) == {"first": "Ala", "years": 12, "secret": "web"}


def test_another_language_calls_nothing_wrong_and_loses_nothing_that_is(first_page):
    page = in_polish(first_page, years="twelve")
    assert page.status == 200
    assert page.fields("/p/people")["years"] == ["twelve"]
    assert not page.all(".//*[@class='errors']")


def test_enter_sends_the_page_and_changes_no_language(first_page):
    """A browser presses the first button of the form, wherever on the page that is."""
    first = next(
        each
        for each in first_page.all(".//button")
        if each.get("form") == "questions" or each.get("value") == "next"
    )
    assert first.get("name") is None
    assert first.get("tabindex") == "-1"


def test_what_must_be_answered_is_marked_and_the_rule_stands_on_top(first_page):
    assert "Your name? required" in first_page.text
    assert "Questions marked “required” need an answer. You may skip the others." in first_page.text
    page = first_page.send("/p/people", first="Ala")
    assert "You may skip any question." in page.text
    assert "required" not in page.text


def test_digits_are_asked_for_where_a_number_can_have_no_other_sign(first_page):
    page = first_page.send("/p/people", first="Ala")
    asked = {box.get("name"): box.get("inputmode") for box in page.all(".//input[@inputmode]")}
    assert asked == {
        "trips_work_minutes": "numeric",
        "born": "numeric",
        "degrees": "decimal",  # a minus
        "metres": "decimal",  # a point
    }


def test_a_long_scale_is_a_number_that_may_be_left_out(first_page, database):
    box = first_page.one(".//input[@id='clean']")
    assert (box.get("type"), box.get("value"), box.get("data-slider")) == ("text", "", "0 100 1")
    assert "A number from 0 to 100." in first_page.text
    first_page.submit("/p/people", first="Ala", clean="101", status=422)
    first_page.submit("/p/people", first="Ala", clean="73")
    assert answers(database)["clean"] == "73"


@pytest.mark.parametrize(("years", "offered"), [("12", ["", "foot"]), ("40", ["", "foot", "car"])])
def test_a_column_offers_only_what_is_to_be_offered(first_page, years, offered):
    page = first_page.send("/p/people", first="Ala", years=years)
    while "Trips" not in page.text:
        page = page.send("/p/people")
    assert [each.get("value") for each in page.all(".//select[@id='trips_work_by']/option")] == offered


def test_a_refused_form_leads_back_to_its_page(first_page):
    for typed, status in (({"first": "x" * 600_000}, 413), ({"first": "a\0b"}, 400)):
        page = first_page.browser.request(
            "POST",
            "/s/home/p/people",
            status=status,
            data=first_page.fields("/p/people") | typed,
            headers={"Referer": f"{ORIGIN}/s/home/p/people"},
        )
        assert page.follow("Back to the page").fields("/p/people")["first"] == [""]


def test_a_way_back_leads_to_no_other_site(client):
    page = client.request("POST", "/login", status=400, headers={"Referer": "http://evil.example/login"})
    assert "Back to the page" not in page.text


ABOUT = "/design/home/about"


def expired(official, *, origin=ORIGIN, **typed):
    """A form that was opened before the login was lost, sent after it."""
    values = official.get(ABOUT).fields("/about") | typed
    official.client.delete_cookie("session")
    return official.request("POST", ABOUT, status=400, data=values, headers={"Origin": origin})


def test_what_an_official_typed_outlives_the_login(official, login, database):
    page = expired(official, title="Who lives <b>here</b>", consent="One\nTwo")
    assert "this page holds it" in page.text
    official.get("/login").submit(email="official@city.example", password=PASSWORD, status=302)
    page.submit("/about")
    with database.reading() as session:
        draft = open_draft(session, survey=get_survey(session, "home")).questionnaire
    assert draft.title.in_("en") == "Who lives <b>here</b>"
    assert draft.consent.in_("en") == "One\nTwo"


def test_a_form_is_not_held_for_another_site(official):
    page = expired(official, origin="http://evil.example", title="Taken over")
    assert "csrf_token" not in page.response.text
    assert "Taken over" not in page.response.text


def test_a_page_never_holds_a_password(client):
    page = client.request(
        "POST",
        "/login",
        status=400,
        data={"email": "a@b.example", "password": "hush"},
        headers={"Origin": ORIGIN},
    )
    assert "hush" not in page.response.text


def test_somebody_logged_out_in_another_tab_loses_nothing(official):
    values = official.get(ABOUT).fields("/about") | {"title": "Still here"}
    official.get("/surveys").submit("/logout", status=302)
    page = official.request("POST", ABOUT, status=401, data=values, headers={"Origin": ORIGIN})
    assert page.fields("/about")["title"] == ["Still here"]


def test_staff_read_a_questionnaire_as_people_do(official):
    page = official.get("/surveys/home/questionnaire")
    assert "Years, [first]?" in page.text
    assert "Age of person [1, 2, …]?" in page.text
    assert "Everybody at home asked up to 3 times" in page.text
    assert page.text.count("Age of person") == 1


def test_the_preview_draws_every_question_but_the_hidden_ones(official):
    page = official.get("/design/home/preview")
    assert "Your name?" in page.text
    assert "Source" not in page.text


def test_translations_have_a_tab_of_their_own(official):
    page = official.get("/design/home").follow("Translations")
    assert page.one(".//nav[@aria-label='Questionnaire']/a[@aria-current='page']").text == "Translations"


def test_the_checklist_names_control_totals_that_no_answer_fits(official, database):
    with database.writing() as session:
        counts = [
            PopulationCount(variable=v, code="1", total=1, position=n)
            for n, v in enumerate(("sex", "district"))
        ]
        session.add(PopulationReference(slug="city", source="Office", counts=counts))
    page = official.get("/design/home")
    assert "no question with options, for: sex, district." in page.text


def test_the_checklist_knows_the_survey_s_own_control_totals(official, database):
    with database.writing() as session:
        survey = make_survey(session)
        own = PopulationReference(
            slug="own",
            source="Office",
            counts=[PopulationCount(variable="district", code=code, total=1) for code in ("1", "2", "17")],
        )
        session.add_all(
            [
                own,
                PopulationReference(
                    slug="other",
                    source="Office",
                    counts=[PopulationCount(variable="education", code="1", total=1)],
                ),
            ]
        )
        session.flush()
        survey.population_reference_id = own.id
    text = official.get("/design/life").text
    assert "Nobody can choose what district has control totals for: 17." in text
    assert "education" not in text


def test_one_missing_text_is_one(official, database):
    question = {"name": "q", "kind": "text", "text": "Nobody has translated me"}
    document = {
        "title": {"en": "Title", "pl": "Tytuł"},
        "languages": ["en", "pl"],
        "sections": [{"name": "s", "questions": [question]}],
    }
    with database.writing() as session:
        create_survey(session, slug="one", questionnaire=load_document(document))
    assert "1 text missing" in official.get("/design/one").text


def test_results_wait_for_a_second_response(official, database):
    with database.writing() as session:
        add_responses(session, make_survey(session), typical_answers(1))
    assert "One response is complete." in official.get("/surveys/life/results").text


def test_an_empty_list_of_people_counts_nothing(official):
    page = official.get("/surveys/home/people")
    assert "Nobody is on the list yet." in page.text
    assert not page.all(".//dl")
