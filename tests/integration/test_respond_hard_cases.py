"""Residents who do what nobody planned: trials, files, addresses, long pauses."""

from copy import deepcopy
from datetime import timedelta

import pytest
from sqlalchemy import select

from cityvoice.core import clock
from cityvoice.questionnaire.document import load_document
from cityvoice.questionnaire.kinds import Mode
from cityvoice.surveys import services
from cityvoice.surveys.errors import TooManyStarts
from cityvoice.surveys.models import QuotaCell, QuotaHold, Response
from cityvoice.surveys.queries import get_survey
from cityvoice.surveys.services.quotas import HOLD
from tests.browsing import Browser
from tests.databases import on_sqlite
from tests.factories import DOCUMENT, make_survey, questionnaire
from tests.integration.test_quotas import MEN, document
from tests.invited import invite, people


def all_responses(database):
    with database.reading() as session:
        return list(session.scalars(select(Response).order_by(Response.id)))


def finish(page):
    page = page.send(life="1", why="x")
    return page.send(district="1")


def trial_key(database):
    with database.writing() as session:
        survey = get_survey(session, "life")
        return services.publish_trial(session, survey=survey, questionnaire=questionnaire()).trial_key


@on_sqlite
def test_a_trial_left_half_way_does_not_swallow_the_real_answer(client, database):
    """A tester leaves a pilot half way; later answers the open survey in the same browser."""
    with database.writing() as session:
        make_survey(session)
    key = trial_key(database)
    client.get(f"/s/life/trial/{key}").send()
    done = finish(client.get("/s/life").send())
    assert "Thank you" in done.text
    assert [r.is_test for r in all_responses(database) if r.status == "complete"] == [False]


@on_sqlite
def test_a_trial_does_not_forget_a_real_response_under_way(client, database):
    """Real answers under way; then a whole trial in the same browser: the real ones can be gone on with."""
    with database.writing() as session:
        make_survey(session)
    key = trial_key(database)
    client.get("/s/life").send().send(life="1", why="x")
    finish(client.get(f"/s/life/trial/{key}").send())
    assert "You have begun this survey" in client.get("/s/life").text


@on_sqlite
def test_a_trial_does_not_let_a_browser_answer_twice(client, database):
    with database.writing() as session:
        make_survey(session)
    key = trial_key(database)
    finish(client.get("/s/life").send())
    finish(client.get(f"/s/life/trial/{key}").send())
    page = client.get("/s/life", status=None) if False else client.request("GET", "/s/life")
    assert page.status == 302, "this browser has answered already"


@on_sqlite
def test_closing_a_survey_leaves_trials_alone(client, database):
    with database.writing() as session:
        make_survey(session)
    key = trial_key(database)
    page = client.get(f"/s/life/trial/{key}").send()
    with database.writing() as session:
        services.close_survey(session, survey=get_survey(session, "life"))
    page = page.send(life="1", why="x")
    assert page.title.startswith("About you"), page.text[:200]


@on_sqlite
def test_addresses_of_one_ipv6_network_count_as_one(app, database):
    """One household or phone has 2**64 addresses; a limit by single addresses limits nobody."""
    with database.writing() as session:
        make_survey(session)
    most = 3
    with database.writing() as session:
        survey = get_survey(session, "life")
        for n in range(most):
            services.count_start(session, survey=survey, address=f"2001:db8:1:2::{n + 1:x}", most=most)
        with pytest.raises(TooManyStarts):
            services.count_start(session, survey=survey, address="2001:db8:1:2:ffff::1", most=most)
        services.count_start(session, survey=survey, address="2001:db8:1:3::1", most=most)


def with_hidden():
    hidden = {"name": "district_known", "kind": "hidden", "text": "District of the register"}
    made = deepcopy(DOCUMENT)
    made["sections"][2]["questions"].append(hidden)
    return load_document(made)


@on_sqlite
def test_what_is_handed_over_does_not_name_the_first_who_answers(app, database):
    """Ten people are alike; one of them answers. List and answers joined must not give one pair."""
    with database.writing() as session:
        survey = services.create_survey(session, slug="life", questionnaire=with_hidden())
        services.open_survey(session, survey=survey)
    rows = [f"n{n},N{n},n{n}@example.org,,North" for n in range(10)]
    rows += [f"s{n},S{n},s{n}@example.org,,South" for n in range(10)]
    tokens = invite(database, *rows, known="district_known")
    for token in (tokens[3], tokens[12], tokens[15]):
        finish(Browser(app).get(f"/t/{token}").send())
    with database.reading() as session:
        answers = [r.answers.get("district_known") for r in session.scalars(select(Response))]
    took_part = [(p.name, p.attributes["district_known"]) for p in people(database) if p.has_taken_part]
    named = [
        (name, value)
        for name, value in took_part
        if [v for _n, v in took_part].count(value) == 1 and answers.count(value) == 1
    ]
    assert named == [], "one person and one response share this value"


@on_sqlite
def test_no_moment_stays_beside_a_partial_response(app, database):
    """Left half way, quotas there: no minute is kept, see docs/explanation/anonymity.md."""
    with database.writing() as session:
        made = services.create_survey(session, slug="life", questionnaire=load_document(document(MEN)))
        services.open_survey(session, survey=made)
        made.fieldwork_ends_on = clock.today()
    Browser(app).get("/s/life").send().send(sex="M", district="1")
    (left,) = all_responses(database)
    with database.reading() as session:
        hold = session.scalars(select(QuotaHold).where(QuotaHold.response_id == left.id)).one()
    assert (hold.expires_at.minute, hold.expires_at.second, hold.expires_at.microsecond) == (0, 0, 0)


@on_sqlite
def test_an_interview_that_rests_over_an_hour_before_its_end_does_not_overshoot(database, monkeypatch):
    """The last answer of a phone interview, then more than an hour, then the outcome."""
    with database.writing() as session:
        made = services.create_survey(
            session, slug="life", questionnaire=load_document(document(MEN | {"limit": 1}))
        )
        services.open_survey(session, survey=made)

    def interview():
        with database.writing() as session:
            survey = get_survey(session, "life")
            response = services.start_response(session, survey=survey, language="en", mode=Mode.CATI)
            for name, value in (("district", "1"), ("sex", "M"), ("life", "1")):
                services.record_question(
                    session,
                    survey=survey,
                    response=response,
                    question=name,
                    form={name: [value]},
                    mode=Mode.CATI,
                )
            return response.id

    def dispose(number):
        with database.writing() as session:
            survey = get_survey(session, "life")
            response = session.get_one(Response, number)
            if not response.is_over:
                services.complete_response(session, survey=survey, response=response, mode=Mode.CATI)

    slow = interview()
    later = clock.now() + HOLD + timedelta(hours=1)  # places are held to a full hour
    monkeypatch.setattr(clock, "now", lambda: later)
    dispose(interview())
    dispose(slow)
    men = [r for r in all_responses(database) if r.status == "complete" and r.answers.get("sex") == "M"]
    with database.reading() as session:
        cell = session.scalars(select(QuotaCell)).one()
    assert cell.n_complete == len(men), "what is counted is what there is"
    assert len(men) <= 1, "a quota cannot overshoot"


@on_sqlite
def test_a_file_whose_question_is_no_longer_asked_is_not_kept(app, client, database):
    """A photo is sent, then an earlier answer changes so that nobody asks for it: a stale answer."""
    import io

    from PIL import Image

    from cityvoice.surveys import uploads

    made = deepcopy(DOCUMENT)
    made["sections"][1]["questions"].append({"name": "photo", "kind": "file", "text": "A photo?"})
    with database.writing() as session:
        survey = services.create_survey(session, slug="life", questionnaire=load_document(made))
        services.open_survey(session, survey=survey)
    page = client.get("/s/life").send().send(life="2")
    picture = io.BytesIO()
    Image.new("RGB", (9, 9), "red").save(picture, "PNG")
    fields = page.fields()
    sent = client.request(
        "POST",
        page.path,
        data={
            **{k: v[0] for k, v in fields.items() if v},
            "score": "5",
            "photo": (io.BytesIO(picture.getvalue()), "a.png"),
        },
        content_type="multipart/form-data",
    )
    assert "photo" in all_responses(database)[0].answers, sent.text[:500]
    page = client.get("/s/life/p/living").send(life="1", why="x")
    page.send(district="1")
    (response,) = all_responses(database)
    assert "photo" not in response.answers
    with database.reading() as session:
        assert uploads.list_uploads(session, get_survey(session, "life")) == []


@on_sqlite
def test_a_double_click_on_start_is_one_response(app, client, database):
    """The same form is sent twice before the first answer comes: both carry the same cookie and token."""
    with database.writing() as session:
        make_survey(session)
    start = client.get("/s/life")
    cookie = client.client.get_cookie("session")
    start.submit()
    client.client.set_cookie("session", cookie.value)
    again = start.send()
    assert len(all_responses(database)) == 1
    finish(again)
    assert [response.status for response in all_responses(database)] == ["complete"]
