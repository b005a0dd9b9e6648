"""Fair limits for open links, and hints for people: nothing that a resident would notice."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from cityvoice.accounts.types import Role
from cityvoice.core import clock
from cityvoice.surveys.models import Response, VisitCount, VisitSecret
from cityvoice.surveys.queries import fieldwork_progress, get_survey, list_alike
from cityvoice.surveys.routes import visits
from tests.browsing import Browser
from tests.databases import on_sqlite
from tests.factories import add_responses, make_survey, typical_answers

ADDRESS = "203.0.113.7"
PHONE = "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 Chrome/130.0 Mobile Safari/537.36"
TABLET = "Mozilla/5.0 (iPad; CPU OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Safari/604.1"


@pytest.fixture(autouse=True)
def survey(database):
    with database.writing() as session:
        make_survey(session)


@pytest.fixture
def limited(app):
    app.config["CITYVOICE"] = replace(app.config["CITYVOICE"], starts_per_hour=2)
    return app


def begin(app, address: str = ADDRESS, status: int = 200):
    browser = Browser(app)
    browser.client.environ_base["REMOTE_ADDR"] = address
    return browser.get("/s/life").submit(status=status)


def rows(database, model):
    with database.reading() as session:
        return list(session.scalars(select(model)))


def test_an_address_that_begins_too_often_waits(limited, database, monkeypatch):
    begin(limited)
    begin(limited)
    assert "Too many attempts" in begin(limited, status=429).text
    begin(limited, "203.0.113.8")
    assert len(rows(database, Response)) == 3
    later = clock.now() + timedelta(hours=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    begin(limited)
    assert [count.n for count in rows(database, VisitCount)] == [1], "hours that are over are forgotten"


def test_going_on_is_not_limited(limited, database):
    pages = [begin(limited) for _visitor in range(2)]
    for page in pages:
        page.submit(life="1", why="x")
        assert "begun this survey" in page.browser.get("/s/life").text
        page.browser.get("/s/life").submit()


def test_the_address_is_kept_nowhere_and_the_key_changes_with_the_day(limited, database, monkeypatch):
    begin(limited)
    (count,), (secret,) = rows(database, VisitCount), rows(database, VisitSecret)
    assert ADDRESS not in str(vars(count)) + str(vars(secret)) + str(
        [vars(r) for r in rows(database, Response)]
    )
    later = clock.now() + timedelta(days=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    begin(limited)
    (other,), (new_secret,) = rows(database, VisitCount), rows(database, VisitSecret)
    assert other.key != count.key
    assert (new_secret.day, new_secret.secret == secret.secret) == (clock.today(), False)


def test_the_servers_own_address_is_not_limited(limited, database):
    for _visitor in range(4):
        begin(limited, "127.0.0.1")
    assert rows(database, VisitCount) == []


@on_sqlite
@pytest.mark.parametrize(
    ("agent", "device"),
    [(PHONE, "phone"), (TABLET, "tablet"), ("Mozilla/5.0 (X11; Linux)", "desktop"), ("", "desktop")],
)
def test_of_the_browser_only_the_kind_of_device_is_kept(app, database, agent, device):
    browser = Browser(app)
    browser.client.environ_base["HTTP_USER_AGENT"] = agent
    browser.get("/s/life").submit()
    (response,) = rows(database, Response)
    assert response.device == device
    assert not agent or agent not in str(vars(response))


@on_sqlite
def test_seconds_by_page_breaks_and_haste(app, database, monkeypatch):
    now = [1000.0]
    monkeypatch.setattr(visits.time, "time", lambda: now[0])
    page = Browser(app).get("/s/life").send()
    now[0] += 42
    page = page.send(life="2", years="3")
    now[0] += 0.5
    page = page.send(score="3")
    now[0] += 4 * 3600
    page.submit(district="1")
    (response,) = rows(database, Response)
    assert response.paradata == {"pages": {"living": 42.0, "transport": 0.5}, "hasty": 1, "breaks": 1}
    with database.reading() as session:
        assert fieldwork_progress(session, get_survey(session, "life")).n_hasty == 1


def test_the_same_answers_again_are_a_hint(app, database, login):
    for years in ("3", "3", "3", "9"):
        page = Browser(app).get("/s/life").send()
        page = page.send(life="2", years=years)
        page = page.send(means="bus", rate_bus="1", rate_road="2", score="3")
        page.submit(district="1", sex="F")
    with database.reading() as session:
        (alike,) = list_alike(session, get_survey(session, "life"))
    assert (alike.n, alike.device, alike.answered_on) == (3, "desktop", clock.today())
    assert "Hints, not verdicts" in login(Role.OFFICIAL).get("/surveys/life/fieldwork").text


@on_sqlite
def test_who_may_answer_is_set_before_anybody_has(database, login):
    browser = login(Role.OFFICIAL)
    page = browser.get("/surveys/life/fieldwork").follow("Change who may answer, and until when")
    saved = page.submit("/access", anonymity="confidential", ends_on=clock.today().isoformat())
    assert "Only people who were invited can answer." not in saved.follow_redirect().text
    with database.writing() as session:
        survey = get_survey(session, "life")
        assert (survey.anonymity, survey.fieldwork_ends_on) == ("confidential", clock.today())
        add_responses(session, survey, typical_answers(1))
    page = browser.get("/surveys/life/access")
    assert "it cannot be changed" in page.submit("/access", status=422, anonymity="anonymous").text.lower()
