"""The answers of now are always right: whatever changes in the database shows at the next look."""

from concurrent.futures import ThreadPoolExecutor
from random import Random

import pytest
from pandas.testing import assert_frame_equal
from sqlalchemy import delete, select, update

from cityvoice.accounts.types import Role
from cityvoice.analysis import snapshots
from cityvoice.analysis.frames import build_frame
from cityvoice.analysis.snapshots import read_present
from cityvoice.questionnaire import editing
from cityvoice.surveys.models import Case, Response
from cityvoice.surveys.published import current_questionnaire, data_questionnaire
from cityvoice.surveys.queries import get_survey, stream_answers
from cityvoice.surveys.services import publish
from tests.factories import add_responses, make_survey, typical_answers


@pytest.fixture(autouse=True)
def survey(database, monkeypatch):
    monkeypatch.setattr(snapshots, "BLOCK", 8)
    monkeypatch.setattr(snapshots, "_present", {})
    with database.writing() as session:
        add_responses(session, make_survey(session), typical_answers())


def look(database):
    """The frame of now, which must equal one that is built of all answers anew."""
    with database.reading() as session:
        survey = get_survey(session, "life")
        present = read_present(session, survey=survey)
        anew = build_frame(data_questionnaire(survey), stream_answers(session, survey))
        assert_frame_equal(present.frame.reset_index(drop=True), anew)
        return present


def one(session, place=11):
    return session.scalars(select(Response).order_by(Response.id)).all()[place]


def answer(session):
    one(session).answers = one(session).answers | {"life": "3", "years": "dk"}


def swap(session):
    first, second = one(session, 1), one(session, 2)
    first.answers, second.answers = second.answers, first.answers


def weight(session):
    one(session).case.base_weight = 2.5000000000000004


def screen_out(session):
    one(session).status = "screened_out"


def make_trial(session):
    one(session).is_test = True


def remove(session):
    session.execute(delete(Response).where(Response.id == one(session).id))


def remove_all(session):
    session.execute(delete(Response))


def add(session):
    add_responses(session, get_survey(session, "life"), typical_answers(1))


def change_mode(session):
    one(session).mode = "CATI"


def weigh_all(session):
    session.execute(update(Case).values(base_weight=3.0))


CHANGES = [answer, swap, weight, screen_out, make_trial, remove, remove_all, add, change_mode, weigh_all]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_a_change_shows_at_once(database, change):
    before = look(database)
    with database.writing() as session:
        change(session)
    assert look(database).name != before.name
    assert look(database).name == look(database).name


def test_a_new_version_keeps_what_was_answered(database):
    before = look(database)
    with database.writing() as session:
        survey = get_survey(session, "life")
        without = editing.remove_element(current_questionnaire(survey), "sex")
        publish(session, survey=survey, questionnaire=without)
    assert look(database).frame["sex"].tolist() == before.frame["sex"].tolist()


def test_only_what_changed_is_parsed_again(database, monkeypatch):
    parsed = []
    build = snapshots.frame_of_documents
    monkeypatch.setattr(
        snapshots, "frame_of_documents", lambda asked, rows: parsed.append(len(rows)) or build(asked, rows)
    )
    look(database)
    assert sum(parsed) == 40
    parsed.clear()
    look(database)
    assert parsed == []
    with database.writing() as session:
        weight(session)
    look(database)
    assert parsed == [8]


def test_the_same_frame_while_nothing_changes(database):
    assert look(database).frame is look(database).frame


def test_any_order_of_changes(database):
    dice = Random(3)  # noqa: S311 - answers, no secrets
    for _ in range(12):
        with database.writing() as session:
            dice.choice([answer, swap, weight, remove, add, change_mode])(session)
        look(database)


def test_readers_at_the_same_time(database):
    with ThreadPoolExecutor(4) as threads:
        assert len({present.name for present in threads.map(lambda _: look(database), range(8))}) == 1


def test_the_page_counts_the_answer_that_was_changed(login, database):
    page = login(Role.ANALYST)
    before = page.get("/surveys/life/results.csv").response.text
    with database.writing() as session:
        answer(session)
    assert page.get("/surveys/life/results.csv").response.text != before
