"""A resident answers a survey on the web, without JavaScript and without an account."""

import hashlib
from datetime import timedelta

import pytest
from sqlalchemy import select

from cityvoice.core import clock
from cityvoice.questionnaire.document import load_document
from cityvoice.surveys.models import Case, Response
from cityvoice.surveys.queries import get_survey
from cityvoice.surveys.services import close_survey, create_survey, open_survey
from tests.browsing import Browser
from tests.databases import on_sqlite
from tests.factories import DOCUMENT, make_survey


@pytest.fixture(autouse=True)
def survey(database):
    with database.writing() as session:
        make_survey(session)


@pytest.fixture
def first_page(client):
    """The questionnaire's first page, in front of somebody who has just agreed."""
    return client.get("/s/life").send()


def responses(database) -> list[Response]:
    with database.reading() as session:
        return list(session.scalars(select(Response).order_by(Response.id)))


def close(database):
    with database.writing() as session:
        close_survey(session, survey=get_survey(session, "life"))


def test_whole_journey(client, database):
    start = client.get("/").follow("Life in the city")
    assert "Taking part is voluntary." in start.text
    page = start.send()
    assert "page 1 of" in page.text
    assert "A few words first." in page.text
    page = page.send(life="3", years="12")
    assert page.title.startswith("Getting about")
    page = page.send(means=["bus", "foot"], rate_bus="3", score="7")
    page = page.send(district="2", sex="F")
    assert "We will read it all." in page.text
    (response,) = responses(database)
    assert response.answers == {
        "life": "3",
        "years": 12,
        "means": ["bus", "foot"],
        "rate_bus": "3",
        "score": "7",
        "district": "2",
        "sex": "F",
    }
    assert (response.status, response.mode, response.language) == ("complete", "CAWI", "en")
    assert response.answered_on == clock.today()
    assert response.token_sha256 is None
    assert response.consent_sha256 == hashlib.sha256(f"en:{DOCUMENT['consent']}".encode()).hexdigest()


@on_sqlite
def test_looking_begins_nothing(client, database):
    client.get("/s/life")
    client.get("/s/life/privacy")
    assert client.get("/s/life/p/living", status=302).response.headers["Location"] == "/s/life"
    assert client.get("/s/life/thanks", status=302).response.headers["Location"] == "/s/life"
    assert responses(database) == []


def test_errors_keep_what_was_typed(first_page, database):
    page = first_page.submit(years="many", status=422)
    assert page.title.startswith("Error: ")
    assert "Please answer this question." in page.text
    assert "Please enter a number, for example 12." in page.text
    assert page.fields()["years"] == ["many"]
    links = {link.get("href") for link in page.all(".//div[@role='alert']//a")}
    assert links == {"#life", "#years"}
    page.submit(life="2", years="7")
    assert responses(database)[0].answers == {"life": "2", "years": 7}


@on_sqlite
def test_what_is_right_on_a_page_is_kept_while_the_rest_is_put_right(first_page, client, database):
    page = first_page.submit(life="3", years="200", status=422)
    assert "Please enter at most 110." in page.text
    assert responses(database)[0].answers == {"life": "3"}
    assert client.get("/s/life/p/living").fields()["life"] == ["3"]


@on_sqlite
@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"means": ["none", "bus"]}, "You chose an answer that excludes the others."),
        ({"means": ["bus", "bike", "foot"]}, "Please choose at most 2."),
        ({"means": ["bus", "bus"]}, "One answer came twice."),
        ({"means": "rocket"}, "Please choose one of the answers shown."),
        ({"rate_bus": "4"}, "Please choose one of the answers shown."),
        ({"score": ["1", "2"]}, "Please choose at most 1."),
        ({"score": "11"}, "Please choose one of the answers shown."),
    ],
)
def test_forged_answers_are_refused(first_page, typed, said):
    page = first_page.send(life="2")
    assert said in page.submit(status=422, **typed).text


@on_sqlite
def test_text_that_is_too_long_or_no_text(first_page):
    page = first_page.send(life="1")
    assert "shorten your answer to 40" in page.submit(why="x" * 41, status=422).text
    assert page.submit(why="one\0two", status=400).text


def test_an_answer_reveals_a_question_on_the_same_page(first_page, database):
    assert "Why?" not in first_page.text
    revealed = first_page.submit(life="1")
    assert revealed.response.headers["Location"] == "/s/life/p/living#why"
    page = revealed.follow_redirect()
    assert "Why?" in page.text
    assert page.fields()["life"] == ["1"]
    page = page.send(why="<b>Noise</b> & dust")
    assert page.title.startswith("About you"), "who says that life is bad is not asked about transport"
    assert responses(database)[0].answers == {"life": "1", "why": "<b>Noise</b> & dust"}
    assert "<b>Noise</b> & dust" in page.send(press="Back").all(".//textarea")[0].text


def test_back_keeps_answers_and_needs_none(first_page, database):
    page = first_page.send(life="2")
    page = page.send(score="4")
    page = page.send(press="Back")
    assert page.title.startswith("Getting about")
    assert page.fields()["score"] == ["4"]
    page = page.send(press="Back")
    assert page.fields()["life"] == ["2"]
    assert responses(database)[0].answers == {"life": "2", "means": [], "score": "4"}


@on_sqlite
def test_another_road_drops_the_answers_of_the_first(first_page, database):
    page = first_page.send(life="3")
    page.submit(means="bus", score="9")
    page.browser.get("/s/life/p/living").submit(life="1")
    assert responses(database)[0].answers == {"life": "1"}


def test_a_required_answer_left_behind_is_asked_for_at_the_end(first_page, client, database):
    first_page.submit(life="2")
    client.get("/s/life/p/you").submit(press="Back")
    assert client.get("/s/life/p/you").send(district="1").path == "/s/life/thanks"
    assert responses(database)[0].is_complete


@on_sqlite
def test_the_last_page_sent_alone_completes_nothing(client, database):
    client.get("/s/life").submit()
    page = client.get("/s/life/p/you").send(district="1")
    assert page.path == "/s/life/p/living"
    assert not responses(database)[0].is_complete


def test_a_page_sent_twice_counts_once(first_page, client, database):
    first_page.submit(life="2")
    first_page.submit(life="2")
    client.get("/s/life/p/transport").submit()
    last = client.get("/s/life/p/you")
    last.submit(district="1")
    assert last.submit(district="2").response.headers["Location"] == "/s/life"
    assert client.get("/s/life", status=302).response.headers["Location"] == "/s/life/thanks"
    (response,) = responses(database)
    assert (response.status, response.answers["district"]) == ("complete", "1")


@on_sqlite
def test_beginning_twice_goes_on_with_the_same_answers(client, database):
    start = client.get("/s/life")
    start.submit()
    start.submit()
    assert len(responses(database)) == 1


def test_two_tabs_share_one_response(first_page, client, database):
    other = client.get("/s/life/p/living")
    first_page.submit(life="2", years="3")
    other.submit(life="3")
    (response,) = responses(database)
    assert response.answers == {"life": "3"}, "the later tab said what stands"


@on_sqlite
def test_resume_after_the_last_page_sent(first_page, client):
    first_page.submit(life="2")
    start = client.get("/s/life")
    assert "You have begun this survey." in start.text
    assert start.send().path == "/s/life/p/transport"


def test_pages_off_the_road_lead_back_to_it(first_page, client):
    first_page.submit(life="1", why="x")
    for name in ("transport", "no-such-page"):
        assert client.get(f"/s/life/p/{name}", status=303).response.headers["Location"] == "/s/life/p/you"
    token = client.get("/s/life/p/you").fields()["_token"]
    answer = {"_token": token, "score": "3"}
    assert client.post("/s/life/p/transport", answer).response.headers["Location"] == "/s/life/p/you"


@on_sqlite
def test_finished_stays_finished(first_page, client, database):
    page = first_page.send(life="1", why="x")
    page.submit(district="1")
    assert client.get("/s/life", status=302).response.headers["Location"] == "/s/life/thanks"
    assert client.get("/s/life/p/living", status=302).response.headers["Location"] == "/s/life"
    assert "survey" not in str(responses(database)[0].answers)


def test_another_browser_sees_nothing_of_mine(app, first_page, database):
    first_page.submit(life="2", years="3")
    stranger = Browser(app)
    assert stranger.get("/s/life/p/transport", status=302).response.headers["Location"] == "/s/life"
    stranger.client.set_cookie("session", "forged." + first_page.fields()["_token"][0])
    assert stranger.get("/s/life/p/transport", status=302).response.headers["Location"] == "/s/life"
    assert "begun" not in stranger.get("/s/life").text


def test_a_token_of_another_survey_opens_nothing(client, database):
    with database.writing() as session:
        make_survey(session, "other")
    token = client.get("/s/life").send().fields()["_token"][0]
    with client.client.session_transaction() as cookie:
        cookie["survey:other"] = token
    assert client.post("/s/other/p/living", {"_token": token, "life": "1"}).path == "/s/other/p/living"
    assert responses(database)[0].answers == {}
    assert client.get("/s/other/p/living", status=302).response.headers["Location"] == "/s/other"


def test_a_closed_survey_takes_nothing(first_page, client, database):
    close(database)
    page = first_page.send(life="2")
    assert "This survey takes no answers now." in page.text
    assert responses(database)[0].answers == {}
    assert client.get("/s/life/p/living", status=302).response.headers["Location"] == "/s/life"


@on_sqlite
def test_a_closed_survey_cannot_be_begun(client, database):
    start = client.get("/s/life")
    close(database)
    assert "This survey takes no answers now." in start.send().text
    assert responses(database) == []
    assert "No survey is open" in client.get("/").text


def test_a_form_without_its_token_changes_nothing(first_page, client, database):
    page = client.post("/s/life/p/living", {"life": "2"}, status=400)
    assert "This page was open for too long" in page.text
    page = client.post("/s/life/p/living", {"life": "2", "csrf_token": "forged"}, status=400)
    assert responses(database)[0].answers == {}


@pytest.mark.parametrize("path", ["/s/nowhere", "/s/nowhere/p/living", "/nowhere", "/s/%00", "/s/life/p/%00"])
def test_no_such_page(client, path):
    assert "There is no such page" in client.get(path, status=404).text


@on_sqlite
def test_nothing_links_answers_to_a_person(first_page, database):
    page = first_page.send(life="1", why="x")
    page.submit(district="1")
    with database.reading() as session:
        response = session.scalars(select(Response)).one()
        case = session.scalars(select(Case)).one()
    kept = {name: getattr(response, name) for name in Response.__table__.columns.keys()}  # noqa: SIM118
    empty = {name for name, value in kept.items() if value is None}
    assert empty == {"token_sha256", "answers_digest", "modes"}
    assert "127.0.0.1" not in str(kept)
    assert (case.external_id, case.origin) == (None, "open_link")


@on_sqlite
def test_language(app, client, database):
    assert client.get("/?lang=pl").root.get("lang") == "pl"
    assert client.get("/").root.get("lang") == "pl", "the choice is remembered"
    assert client.get("/?lang=xx").root.get("lang") == "pl", "an unknown language changes nothing"
    assert client.get("/").follow("English").root.get("lang") == "en"
    unspoken = Browser(app, language="")
    assert unspoken.get("/").root.get("lang") == "pl", "the city's own language comes first"
    page = client.get("/s/life?lang=uk").send()
    assert page.root.get("lang") == "en", "a questionnaire speaks the languages that it has"
    assert responses(database)[0].language == "en"


@on_sqlite
@pytest.mark.parametrize(
    "query", ["endpoint=x", "_scheme=javascript&_external=1", "_anchor=a", "slug=other", "name=you", "lang="]
)
def test_odd_queries_break_no_link(client, query):
    page = client.get(f"/login?{query}")
    polish = next(link for link in page.all(".//a") if link.get("lang") == "pl")
    assert polish.get("href").startswith("/login?")


def test_who_never_heard_that_all_was_sent_does_not_answer_twice(client, first_page, database):
    """The server, or the connection, broke down after it had stored the last page."""
    page = first_page.send(life="1", why="x")
    with client.client.session_transaction() as cookie:
        before = dict(cookie)
    page.submit(district="1")
    with client.client.session_transaction() as cookie:
        cookie.clear()
        cookie.update(before)
    assert client.get("/s/life", status=302).response.headers["Location"] == "/s/life/thanks"
    assert "Thank you" in client.get("/s/life/thanks").text
    assert [response.status for response in responses(database)] == ["complete"]


AGREE = {"name": "agree", "kind": "consent", "text": "I agree to take part.", "required": True}


@pytest.fixture
def asking(client, database):
    """A survey whose second page asks for consent, in front of somebody who has sent the first."""
    pages = [
        {"name": "hello", "questions": [{"name": "greeting", "kind": "text", "text": "Hello?"}]},
        {"name": "terms", "questions": [AGREE]},
        {"name": "health", "questions": [{"name": "ill", "kind": "text", "text": "How is your health?"}]},
    ]
    document = {"title": "Health", "languages": ["en"], "sections": pages}
    with database.writing() as session:
        survey = create_survey(session, slug="health", questionnaire=load_document(document))
        open_survey(session, survey=survey)
    return client.get("/s/health").send().send(greeting="Hi")


@on_sqlite
def test_who_has_not_agreed_reaches_no_page_after_the_consent(asking, client, database):
    assert asking.title.startswith("terms") or "I agree" in asking.text
    there = client.get("/s/health/p/health", status=303)
    assert there.response.headers["Location"] == "/s/health/p/terms"
    token = asking.fields()["_token"]
    sent = client.post("/s/health/p/health", {"_token": token, "ill": "secret"}, status=303)
    assert sent.response.headers["Location"] == "/s/health/p/terms"
    assert responses(database)[0].answers == {"greeting": "Hi"}
    assert client.get("/s/health/p/hello").fields()["greeting"] == ["Hi"]
    assert "How is your health?" in asking.send(agree="1").text
    assert client.get("/s/health/p/health").fields()["ill"] == [""]


@on_sqlite
def test_one_person_of_the_household_is_selected_told_and_asked(client, database):
    select_ = {"name": "chosen", "method": "last_birthday", "by": "born", "text": "It is {name}."}
    roster = {
        "name": "people",
        "questions": [
            {"name": "name", "kind": "text", "text": "Name?"},
            {"name": "born", "kind": "date", "text": "Born?"},
        ],
        "repeat": {"maximum": 2, "count": "2", "select": select_},
    }
    opinion = {
        "name": "q",
        "kind": "text",
        "text": "{at(chosen, name)}, how is life here?",
        "when": "chosen > 0",
    }
    pages = [{"name": "home", "questions": [roster]}, {"name": "main", "questions": [opinion]}]
    document = {"title": "Home", "languages": ["en"], "sections": pages}
    with database.writing() as session:
        survey = create_survey(session, slug="home", questionnaire=load_document(document))
        open_survey(session, survey=survey)
    today = clock.today()
    later = today.replace(year=1980, month=today.month % 12 + 1, day=1)
    page = client.get("/s/home").send()
    lately = (today - timedelta(days=2)).replace(year=1984)
    typed = {"name.1": "Ala", "born.1": str(later), "name.2": "Jan", "born.2": str(lately)}
    told = page.send(**typed)
    assert "It is Jan." in told.text
    assert "It is Ala." not in told.text
    assert "Jan, how is life here?" in told.send().text
    kept = responses(database)[0].answers
    assert (kept["chosen"], kept["chosen_eligible"], kept["chosen_probability"]) == (2, 2, 0.5)
    assert kept["chosen_day"] == str(today)
