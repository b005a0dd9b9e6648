"""Personal links: opened by anybody's mail scanner, begun by a person, answered once."""

from datetime import timedelta
from threading import Barrier, Thread
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select

from cityvoice.core import clock
from cityvoice.questionnaire.document import load_document
from cityvoice.surveys.models import Case, Participant, Response
from cityvoice.surveys.queries import get_survey
from cityvoice.surveys.services import (
    begin_by_link,
    close_survey,
    create_survey,
    draft_survey,
    publish_trial,
)
from cityvoice.surveys.services.links import handed_over
from cityvoice.surveys.types import Anonymity
from tests.browsing import Browser
from tests.databases import on_sqlite
from tests.factories import make_survey, questionnaire
from tests.invited import invite, people


@pytest.fixture(autouse=True)
def survey(database):
    with database.writing() as session:
        make_survey(session)


@pytest.fixture(params=[Anonymity.ANONYMOUS, Anonymity.CONFIDENTIAL])
def link(request, database) -> str:
    (token,) = invite(database, "a,Ann,ann@example.org,,", anonymity=request.param)
    return f"/t/{token}"


def responses(database) -> list[Response]:
    with database.reading() as session:
        return list(session.scalars(select(Response).order_by(Response.id)))


def answer_all(page):
    """From the first page to the thanks."""
    page = page.send(life="1", why="x")
    return page.send(district="1")


def test_a_mail_scanner_that_opens_the_link_changes_nothing(client, database, link):
    before = people(database)
    for _time in range(3):
        assert "I agree, start" in client.get(link).text
    client.request("HEAD", link)
    assert responses(database) == []
    assert vars(people(database)[0]).keys() == vars(before[0]).keys()
    assert not people(database)[0].has_taken_part


def test_one_answer_per_link(app, client, database, link):
    done = answer_all(client.get(link).send())
    assert "Thank you." in done.text
    (response,) = responses(database)
    assert (response.status, response.token_sha256) == ("complete", None)
    assert people(database)[0].has_taken_part
    elsewhere = Browser(app)
    assert "Thank you." in elsewhere.get(link).text
    assert elsewhere.post(link).response.headers["Location"] == link
    assert len(responses(database)) == 1


def test_go_on_with_another_device(app, client, database, link):
    client.get(link).send().submit(life="2", years="7")
    phone = Browser(app)
    start = phone.get(link)
    assert "You have begun this survey." in start.text
    page = start.send()
    assert page.path == "/s/life/p/transport"
    assert phone.get("/s/life/p/living").fields()["years"] == ["7"]
    assert len(responses(database)) == 1
    assert responses(database)[0].paradata["breaks"] == 1


def test_an_expired_session_loses_no_page(client, database, link):
    page = client.get(link).send()
    client.client.delete_cookie("session")
    page = page.send(life="1", why="noise")
    assert page.title.startswith("About you"), "the page was taken, and the browser is known again"
    assert responses(database)[0].answers == {"life": "1", "why": "noise"}


def test_beginning_twice_is_one_response(client, database, link):
    start = client.get(link)
    start.submit()
    start.submit()
    assert len(responses(database)) == 1


def test_two_tabs_that_begin_at_once_are_one_response(database, link):
    token, gate, begun = link.removeprefix("/t/"), Barrier(6), []

    def begin() -> None:
        gate.wait()
        with database.writing() as session:
            survey = get_survey(session, "life")
            begun.append(begin_by_link(session, survey=survey, token=token, language="en").id)

    tabs = [Thread(target=begin) for _tab in range(6)]
    for tab in tabs:
        tab.start()
    for tab in tabs:
        tab.join()
    assert len(begun) == 6
    assert len(set(begun)) == 1
    assert len(responses(database)) == 1


def test_an_old_page_sent_after_the_end_leads_to_the_thanks(app, client, database, link):
    first = client.get(link).send()
    answer_all(first)
    client.client.delete_cookie("session")
    page = first.send(life="2")
    assert "Thank you." in page.text
    assert responses(database)[0].answers["life"] == "1"


@on_sqlite
def test_a_link_typed_in_capitals_from_paper(client, link):
    assert "I agree, start" in client.get("/t/" + link.removeprefix("/t/").upper()).text


@on_sqlite
def test_unknown_links(client, database, link):
    for wrong in (link[:-1], "/t/x", "/t/" + "a" * 26):
        assert "This link leads nowhere" in client.get(wrong, status=404).text
        assert "This link leads nowhere" in client.post(wrong, status=404).text
    assert responses(database) == []


def test_a_closed_survey_takes_nothing_by_link(client, database, link):
    start = client.get(link)
    page = start.send()
    with database.writing() as session:
        close_survey(session, survey=get_survey(session, "life"))
    assert "takes no answers now" in client.get(link).text
    assert page.send(life="1")
    assert responses(database)[0].answers == {}
    assert responses(database)[0].token_sha256 is None, "nobody can go on, so no key is needed"


def test_the_last_day_is_the_last(client, database, link, monkeypatch):
    with database.writing() as session:
        get_survey(session, "life").fieldwork_ends_on = clock.today()
    assert "I agree, start" in client.get(link).text
    page = client.get("/s/life").send()
    tomorrow = clock.now() + timedelta(days=1)
    monkeypatch.setattr(clock, "now", lambda: tomorrow)
    assert "takes no answers now" in client.get(link).text
    assert page.send(life="1")
    assert responses(database)[0].answers == {}
    assert "No survey is open" in client.get("/").text


@on_sqlite
def test_the_address_to_go_on_later_with_an_open_link(app, client, database):
    client.get("/s/life").send().submit(life="2")
    page = client.get("/s/life/p/transport").follow("Continue later")
    address = next(each.get("href") for each in page.all(".//a") if "/t/" in each.get("href", ""))
    elsewhere = Browser(app)
    assert elsewhere.get(address).send().path == "/s/life/p/transport"
    page = elsewhere.get("/s/life/p/transport").send(score="3")
    page.submit(district="1")
    assert "This link leads nowhere" in client.get(address, status=404).text
    assert len(responses(database)) == 1


@on_sqlite
def test_without_an_open_link_only_the_invited_answer(client, database, link):
    with database.writing() as session:
        get_survey(session, "life").has_open_link = False
    page = client.get("/s/life")
    assert "Only people who were invited" in page.text
    assert client.get("/").all(".//a[@class='button']") == []
    token = client.get("/login").fields()["csrf_token"][0]
    assert client.post("/s/life", {"csrf_token": token}).path == "/s/life"
    assert responses(database) == []
    assert "Thank you." in answer_all(client.get(link).send()).text


@on_sqlite
def test_a_confidential_link_leads_to_the_case(client, database):
    (token,) = invite(database, "a,Ann,ann@example.org,,", anonymity=Anonymity.CONFIDENTIAL)
    answer_all(client.get(f"/t/{token}").send())
    with database.reading() as session:
        (case,) = session.scalars(select(Case)).all()
    assert (case.external_id, case.id) == ("a", people(database)[0].case_id)
    assert responses(database)[0].case_id == case.id


def test_no_more_mail(client, database, link):
    asked = client.get(f"{link}/stop")
    assert people(database)[0].opted_out_on is None, "opening asks only"
    assert "You will get no more mail" in asked.submit(status=200).text
    assert people(database)[0].opted_out_on == clock.today()
    client.post(f"{link}/stop", {"List-Unsubscribe": "One-Click"}, status=200)
    assert "I agree, start" in client.get(link).text


HIDDEN = {
    "title": "Handed over",
    "languages": ["en"],
    "sections": [
        {
            "name": "one",
            "title": "One",
            "questions": [
                {
                    "name": "zone",
                    "kind": "hidden",
                    "text": "Zone",
                    "options": [{"code": "a", "label": "A"}, {"code": "b", "label": "B"}],
                },
                {"name": "source", "kind": "hidden", "text": "Source"},
                {"name": "words", "kind": "text", "text": "Words?"},
            ],
        }
    ],
}


def test_a_link_hands_over_only_what_may_be_an_answer(database):
    known = [
        {"zone": "a", "source": "poster"},
        {"zone": "elsewhere", "source": "po\nster"},
        {"source": "x" * 100_000, "words": "not asked so"},
    ]
    with database.writing() as session:
        made = create_survey(session, slug="known", questionnaire=load_document(HIDDEN))
        made.anonymity = Anonymity.CONFIDENTIAL
        found = []
        for attributes in known:
            participant = Participant(survey_id=made.id, attributes=attributes)
            found.append(handed_over(survey=made, participant=participant))
    assert found == [{"zone": "a", "source": "poster"}, {}, {}]


def test_a_trial_goes_on_later_on_another_device(app, client, database):
    with database.writing() as session:
        made = draft_survey(session, slug="draft", title={"en": "A draft"})
        key = publish_trial(session, survey=made, questionnaire=questionnaire()).trial_key
    page = client.get(f"/s/draft/trial/{key}").send().send(life="3")
    later = client.get("/s/draft/later")
    address = urlsplit("".join(later.one(".//main//p[@class='notice']/a").itertext())).path
    start = Browser(app).get(address)
    assert start.send(press="Continue").path == page.path
    assert later.follow("Back to the survey").path == address


@on_sqlite
def test_a_trial_of_a_closed_survey_goes_on_too(app, client, database):
    with database.writing() as session:
        made = make_survey(session, "shut", is_open=False)
        key = publish_trial(session, survey=made, questionnaire=questionnaire()).trial_key
    client.get(f"/s/shut/trial/{key}").submit()
    address = client.get("/s/shut/later").one(".//main//p[@class='notice']/a").get("href")
    assert Browser(app).get(address).send(press="Continue").path == "/s/shut/p/living"
