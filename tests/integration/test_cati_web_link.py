"""The link with which a phone interview goes on by web: mailed through a real mail server."""

import re
from dataclasses import replace

import pytest
from sqlalchemy import select

from cityvoice.cati.models import LedgerEntry, PhoneCase
from cityvoice.cati.types import CaseState
from cityvoice.core.queue import Job, Queue
from cityvoice.fieldwork.outcomes import Outcome
from cityvoice.jobs import HANDLERS
from cityvoice.surveys.models import Response
from tests.browsing import Browser
from tests.factories import PASSWORD
from tests.phoning import make_cases, make_interviewer, make_phone_survey
from tests.postbox import postbox


@pytest.fixture
def box():
    with postbox() as (box, config):
        box.config = config
        yield box


@pytest.fixture
def config(config, box):
    return replace(config, mail=box.config, base_url="https://voice.city.example")


@pytest.fixture
def ann(database, app) -> Browser:
    with database.writing() as session:
        survey = make_phone_survey(session)
        make_interviewer(session, survey, "ann")
        make_cases(session, survey, 1, name="Zoë", email="zoe@example.org")
    browser = Browser(app)
    browser.get("/login").submit(email="ann@example.org", password=PASSWORD, status=302)
    return browser


def interviews(ann: Browser):
    """Up to the end of the first section."""
    page = ann.get("/cati/life/").send("/case").send("/talk").send("/notice")
    return page.send("/living", life="3", years="12")


def works(config, database) -> list[str]:
    """What a worker does with the jobs that wait; their states."""
    with database.reading() as session:
        waiting = list(session.scalars(select(Job.id).where(Job.state == "queued")))
    queue = Queue(config, HANDLERS)
    for number in waiting:
        queue.run(number)
    queue.huey.storage.close()
    with database.reading() as session:
        return [session.get_one(Job, number).state for number in waiting]


def test_the_mailed_link_goes_on_at_the_exact_item(config, database, ann, client, box):
    page = interviews(ann)
    assert page.one(".//input[@name='email']").get("value") == "zoe@example.org"
    sent = page.submit("/link", email="zoe.k@example.org", status=200)
    assert "on its way by e-mail" in sent.text
    assert works(config, database) == ["done"]
    assert box.recipients == ["zoe.k@example.org"]
    (token,) = re.findall(r"https://voice\.city\.example/t/([\w-]+)\s", box.mail[0].get_content())
    assert sent.one(".//p[@class='code link-shown']").text.endswith(f"/t/{token}")

    web = client.get(f"/t/{token}").send()
    assert web.path.split("#")[0].endswith("/p/transport")
    web = web.send(means="bus", rate_bus="2", rate_road="1", score="5")
    web.send(district="1", sex="F")
    with database.reading() as session:
        response = session.scalars(select(Response)).one()
        assert (response.status, response.answers["years"], response.answers["sex"]) == ("complete", 12, "F")
        assert session.scalars(select(PhoneCase)).one().state == CaseState.CLOSED
        told = session.scalars(select(LedgerEntry.outcome).order_by(LedgerEntry.id))
        assert list(told) == [Outcome.WEB_LINK_SENT, Outcome.WEB_STARTED, Outcome.WEB_COMPLETE]


def test_a_link_asked_for_twice_is_mailed_once(config, database, ann, box):
    page = interviews(ann)
    for _time in range(2):
        page.submit("/link", email="zoe@example.org", status=200)
    works(config, database)
    assert box.recipients == ["zoe@example.org"]


def test_a_mail_server_that_refuses_is_seen_and_the_link_still_opens(config, database, ann, client, box):
    box.refused["zoe@example.org"] = "550 no such mailbox"
    sent = interviews(ann).submit("/link", email="zoe@example.org", status=200)
    works(config, database)
    assert box.mail == []
    token = sent.one(".//p[@class='code link-shown']").text.split("/t/")[1]
    assert client.get(f"/t/{token}").send().path.split("#")[0].endswith("/p/transport")
