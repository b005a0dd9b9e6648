"""Quotas: never more than wanted, whoever comes at the same moment, in whatever mode."""

import json
from copy import deepcopy
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import event, func, select

from cityvoice.accounts.types import Role
from cityvoice.core import clock
from cityvoice.questionnaire.document import load_document
from cityvoice.surveys import services
from cityvoice.surveys.models import QuotaCell, QuotaHold, Response
from cityvoice.surveys.published import current_questionnaire
from cityvoice.surveys.queries import fieldwork_progress, get_survey, list_quota_cells
from cityvoice.surveys.services.quotas import HOLD
from cityvoice.web.extensions import db
from tests.browsing import Browser
from tests.databases import on_sqlite
from tests.factories import DOCUMENT, add_responses, typical_answers

MEN = {
    "name": "men",
    "label": "Men",
    "when": "sex == 'M'",
    "limit": 2,
    "message": "Enough men have answered.",
}
OLD_TOWN = {"name": "old", "label": "Old Town", "when": "district == '1'", "limit": 3}


def document(*quotas) -> dict:
    """The usual questionnaire, sex and district asked on the first page."""
    made = deepcopy(DOCUMENT) | {"quotas": list(quotas)}
    living, transport, you = made["sections"]
    made["sections"] = [{**you, "name": "first", "title": "First"}, living, transport]
    return made


@pytest.fixture
def quotas() -> tuple[dict, ...]:
    return (MEN, OLD_TOWN)


@pytest.fixture(autouse=True)
def survey(database, quotas):
    with database.writing() as session:
        made = services.create_survey(session, slug="life", questionnaire=load_document(document(*quotas)))
        services.open_survey(session, survey=made)


def cells(database) -> dict[str, tuple[int, int, int]]:
    """Target, complete and held of every cell."""
    with database.reading() as session:
        found = list_quota_cells(session, get_survey(session, "life"))
        return {cell.name: (cell.target, cell.n_complete, cell.n_held) for cell in found}


def begin(app, **answers):
    """Somebody at another device sends the first page."""
    start = Browser(app).get("/s/life").send()
    return start.send(**answers)


def finish(page) -> None:
    page.submit(life="1", why="x")


def test_a_place_is_held_counted_and_given_back(app, database):
    page = begin(app, sex="M", district="1")
    assert cells(database) == {"men": (2, 0, 1), "old": (3, 0, 1)}
    back = page.send(press="Back")
    again = back.send(sex="F", district="1")
    assert cells(database) == {"men": (2, 0, 0), "old": (3, 0, 1)}, "no man after all"
    finish(again)
    assert cells(database) == {"men": (2, 0, 0), "old": (3, 1, 0)}


def test_who_comes_too_late_is_told_so(app, database):
    for _resident in range(2):
        finish(begin(app, sex="M", district="2"))
    page = begin(app, sex="M", district="1")
    assert page.path == "/s/life/full"
    assert "Enough men have answered." in page.text
    assert page.browser.get("/s/life", status=302).response.headers["Location"] == "/s/life/full"
    assert cells(database) == {"men": (2, 2, 0), "old": (3, 0, 0)}
    with database.reading() as session:
        last = session.scalars(select(Response).order_by(Response.id.desc())).first()
        progress = fieldwork_progress(session, get_survey(session, "life"))
    assert (last.status, last.token_sha256, last.answered_on) == ("screened_out", None, clock.today())
    assert (progress.n_complete, progress.n_partial, progress.n_screened_out) == (2, 0, 1)


def test_a_place_that_nobody_came_back_for_is_free_again(app, database, monkeypatch):
    for _resident in range(2):
        begin(app, sex="M", district="2")
    assert cells(database)["men"] == (2, 0, 2)
    later = clock.now() + HOLD + timedelta(hours=1)  # places are held to a full hour
    monkeypatch.setattr(clock, "now", lambda: later)
    finish(begin(app, sex="M", district="2"))
    assert cells(database)["men"] == (2, 1, 0)


def test_who_returns_too_late_finds_the_place_taken(app, database, monkeypatch):
    slow = begin(app, sex="M", district="2")
    later = clock.now() + HOLD + timedelta(hours=1)  # places are held to a full hour
    monkeypatch.setattr(clock, "now", lambda: later)
    for _resident in range(2):
        finish(begin(app, sex="M", district="2"))
    assert slow.send(life="1", why="x").path == "/s/life/full"
    assert cells(database)["men"] == (2, 2, 0)


@pytest.mark.parametrize("quotas", [(MEN | {"limit": 5}, OLD_TOWN | {"limit": 7})])
def test_no_overshoot_however_many_come_at_once(database):
    """24 people in 8 threads: some in both cells, some in one, their pages in the order of chance."""
    gate = Barrier(8)
    errors: list[Exception] = []

    def answer(number: int) -> None:
        gate.wait()
        try:
            for turn in range(3):
                _answer_in_steps(database, number + 8 * turn)
        except Exception as error:
            errors.append(error)

    threads = [Thread(target=answer, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    with database.reading() as session:
        for cell in session.scalars(select(QuotaCell)):
            complete = [
                each
                for each in session.scalars(select(Response).where(Response.status == "complete"))
                if each.answers.get("sex" if cell.name == "men" else "district")
                == ("M" if cell.name == "men" else "1")
            ]
            assert cell.n_complete == len(complete) == cell.target, "full to the last place, and no further"
            assert cell.n_held == 0
        assert session.scalar(select(func.count()).select_from(QuotaHold)) == 0


def _answer_in_steps(database, number: int) -> None:
    answers = {"sex": ["M"] if number % 2 else ["F"], "district": ["1"] if number % 3 else ["2"]}
    with database.writing() as session:
        survey = get_survey(session, "life")
        mine = services.start_response(session, survey=survey, language="en").id
    for form in (answers, {"life": ["1"], "why": ["x"]}):
        with database.writing() as session:
            survey = get_survey(session, "life")
            response = session.get_one(Response, mine, with_for_update=True)
            section = _section(survey, "first" if form is answers else "living")
            services.record_page(session, survey=survey, response=response, section=section, form=form)
            if response.is_over:
                return
            if form is not answers:
                services.complete_response(session, survey=survey, response=response)


def _section(survey, name):
    return current_questionnaire(survey).section(name)


@pytest.mark.parametrize("quotas", [()])
def test_quotas_that_a_version_adds_hold_for_those_under_way(app, database):
    under_way = [Browser(app).get("/s/life").send() for _resident in range(3)]
    on_last_page = [page.submit(sex="M", district="2") for page in under_way[:2]]
    driving = {"name": "driving", "label": "Drivers", "when": "drives == '1'", "limit": 0}
    added = document(MEN | {"limit": 1}, driving)
    question = {"name": "drives", "kind": "single", "text": "Do you drive?"}
    question["options"] = [{"code": "1", "label": "Yes"}, {"code": "2", "label": "No"}]
    added["sections"][0]["questions"].append(question)
    with database.writing() as session:
        survey = get_survey(session, "life")
        services.publish(session, survey=survey, questionnaire=load_document(added))
    finish(on_last_page[0])
    assert cells(database) == {"men": (1, 1, 0), "driving": (0, 0, 0)}, "what was not asked is unknown"
    assert on_last_page[1].send(life="1", why="x").path == "/s/life/full"
    assert under_way[2].send(sex="M", district="2").path == "/s/life/full"
    with database.reading() as session:
        assert fieldwork_progress(session, get_survey(session, "life")).n_complete == 1


def test_imported_answers_take_their_places(cli, database, tmp_path):
    (tmp_path / "questionnaire.json").write_text(json.dumps(document(MEN, OLD_TOWN)))
    others = "why,years,means_bus,means_bike,means_foot,means_none,rate_bus,rate_road,score"
    empty = "," * others.count(",")
    rows = [
        f"id,district,sex,life,{others}",
        *(f"{known},3,{empty}" for known in ("a,1,M", "b,1,F", "c,2,M")),
    ]
    (tmp_path / "rows.csv").write_text("\n".join(rows))
    options = ("--survey", "life", "--codebook", str(tmp_path / "questionnaire.json"))
    result = cli("answers", "import", str(tmp_path / "rows.csv"), *options)
    assert result.exit_code == 0, result.output
    assert cells(database) == {"men": (2, 2, 0), "old": (3, 2, 0)}


def test_a_page_of_a_survey_without_quotas_asks_for_none(app, database):
    with database.writing() as session:
        made = services.create_survey(session, slug="free", questionnaire=load_document(document()))
        services.open_survey(session, survey=made)
    page = Browser(app).get("/s/free").send()
    statements: list[str] = []
    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", lambda *said: statements.append(said[2]))
    page.send(sex="M", district="1").submit(life="1", why="x")
    asked = [each for each in statements if "quota_hold" in each or each.startswith("SELECT quota_cell")]
    assert statements
    assert asked == []


@on_sqlite
def test_a_new_version_counts_what_is_there_and_keeps_changed_targets(database):
    with database.writing() as session:
        survey = get_survey(session, "life")
        add_responses(session, survey, typical_answers(9))  # 3 men, 6 in the Old Town
        men, _old = list_quota_cells(session, survey)
        services.set_quota_target(session, cell=men, target=50)
        women = {"name": "women", "label": "Women", "when": "sex == 'F'", "limit": 9}
        changed = OLD_TOWN | {"limit": 30, "when": "district in ['1', '2']"}
        services.publish(session, survey=survey, questionnaire=load_document(document(MEN, changed, women)))
    assert cells(database) == {"men": (50, 0, 0), "old": (30, 9, 0), "women": (9, 6, 0)}
    with database.writing() as session:
        survey = get_survey(session, "life")
        services.publish(session, survey=survey, questionnaire=load_document(document(women)))
    assert cells(database) == {"women": (9, 6, 0)}


@on_sqlite
def test_a_trial_takes_no_place(database):
    with database.writing() as session:
        survey = get_survey(session, "life")
        version = services.publish_trial(session, survey=survey, questionnaire=current_questionnaire(survey))
        trial = services.start_response(session, survey=survey, language="en", trial=version)
        form = {"sex": ["M"], "district": ["1"]}
        services.record_page(
            session, survey=survey, response=trial, section=_section(survey, "first"), form=form
        )
        services.complete_response(session, survey=survey, response=trial)
        assert fieldwork_progress(session, survey).n_complete == 0
    assert cells(database) == {"men": (2, 0, 0), "old": (3, 0, 0)}


@on_sqlite
def test_staff_change_targets(database, login):
    browser = login(Role.SUPERVISOR)
    page = browser.get("/surveys/life/fieldwork").follow("Change the quotas")
    wrong = page.submit("/quotas", status=422, **{"target:men": "many"})
    assert "Enter a whole number of 0 or more." in wrong.text
    assert cells(database)["men"] == (2, 0, 0)
    saved = page.send("/quotas", **{"target:men": "9"})
    assert "The quotas are saved." in saved.text
    assert cells(database)["men"] == (9, 0, 0)
