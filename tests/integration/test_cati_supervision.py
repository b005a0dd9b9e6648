"""What a supervisor is told and can do besides deciding cases: back-checks, the queue's order, traces."""

from datetime import timedelta

from sqlalchemy import select, update

from cityvoice.accounts.types import Role
from cityvoice.cati import services
from cityvoice.cati.models import Appointment, Interviewer, PhoneCase
from cityvoice.cati.services.board import floor_board
from cityvoice.cati.services.explaining import explain_queue
from cityvoice.cati.types import CaseState
from cityvoice.core import clock
from cityvoice.fieldwork.outcomes import Outcome
from cityvoice.questionnaire.document import load_document
from cityvoice.surveys.models import QuotaCell
from cityvoice.surveys.queries import get_survey
from cityvoice.surveys.services import close_survey, publish
from tests.databases import on_sqlite
from tests.factories import DOCUMENT
from tests.integration import test_cati_sample as samples
from tests.integration.test_cati_console import log_in, look, takes
from tests.integration.test_cati_floor import Floor
from tests.integration.test_cati_queue import QUOTAS
from tests.phoning import TUESDAY, make_cases, make_interviewer, make_phone_survey

pytestmark = on_sqlite


def test_whoever_back_checks_can_ring_whom_was_drawn_until_it_is_done(database, login):
    floor = Floor(database)
    floor.cases(2)
    case = floor.call(Outcome.COMPLETE)
    with database.reading() as session:
        e164 = session.get_one(PhoneCase, case).telephones[0].e164
    browser = login(Role.SUPERVISOR)
    assert e164 not in browser.get("/cati/life/floor/back-checks").text
    drawn = browser.get("/cati/life/floor/back-checks").send(share="100", seed="1")
    assert drawn.all(f".//a[@href='tel:{e164}']")
    done = drawn.submit("/back-checks/1", outcome="confirmed")
    assert e164 not in done.text
    assert "tel:" not in browser.get(f"/cati/life/floor/cases/{case}").text


def test_a_new_version_with_quotas_shuts_cases_out_by_itself(database):
    floor = Floor(database)
    floor.cases(1, attributes={"sex": "M"})
    with database.writing() as session:
        survey = get_survey(session, "life")
        services.form_groups(session, survey=survey)
        publish(session, survey=survey, questionnaire=load_document(DOCUMENT | {"quotas": QUOTAS}))
        session.execute(update(QuotaCell).values(n_complete=10))
    assert floor.take() is None


def test_the_queue_page_orders_zones_as_the_queue_does(database):
    floor = Floor(database)
    floor.cases(1)
    floor.cases(1, zone="Europe/Kyiv")
    parts, _ = floor.read(explain_queue, plan=floor.plan(), now=TUESDAY)
    assert parts[0].first[0].case_id == floor.take(at=TUESDAY).case_id


def test_refusals_that_nobody_converts_are_told(database, login):
    floor = Floor(database)
    floor.cases(1)
    with database.writing() as session:
        for interviewer in session.scalars(select(Interviewer)):
            interviewer.skills = []
    floor.call(Outcome.SOFT_REFUSAL_HOUSEHOLD, at=clock.now() - timedelta(days=8))
    browser = login(Role.SUPERVISOR)
    assert "No interviewer calls again after refusals" in browser.get("/cati/life/floor/queue").text
    with database.writing() as session:
        session.get_one(Interviewer, (1, floor.bob)).skills = ["refusal"]
    assert "No interviewer calls again" not in browser.get("/cati/life/floor/queue").text


def test_every_appointment_is_counted_and_thirty_are_shown(database, login):
    floor, now = Floor(database), clock.now()
    cases = floor.cases(40)
    starts, ends = now + timedelta(minutes=30), now + timedelta(minutes=45)
    with database.writing() as session:
        for case in cases:
            session.get_one(PhoneCase, case).state = CaseState.APPOINTED
            session.add(Appointment(survey_id=1, case_id=case, starts_at=starts, ends_at=ends, is_hard=True))
    assert len(floor.read(floor_board, plan=floor.plan()).soon) == 40
    assert "and 10 more" in login(Role.SUPERVISOR).get("/cati/life/floor").text


def test_a_screen_left_open_overnight_is_no_work(database):
    floor = Floor(database)
    floor.cases(1)
    floor.call(Outcome.NO_ANSWER, at=TUESDAY, seconds=86_400)
    board = floor.read(floor_board, plan=floor.plan(), now=TUESDAY + timedelta(minutes=1))
    assert board.today.hours == 2


def test_a_household_asked_again_with_another_number_of_people_leaves_a_trace(database, app, login):
    with database.writing() as session:
        survey = make_phone_survey(session, selection="kish")
        make_interviewer(session, survey, "ann")
        (case,) = make_cases(session, survey, 1)
    page = takes(log_in(app, "ann")).send("/talk")
    page.submit("/respondent", n_eligible="3")
    again = page.send("/respondent", n_eligible="4")
    again.submit("/notice")
    found = look(database, case)
    assert (found.selection["n_eligible"], found.selection["told_before"]) == (4, [3])
    seen = login(Role.SUPERVISOR).get(f"/cati/life/floor/cases/{case}").text
    assert "Numbers told before: 3" in seen
    assert "Data protection notice read on" in seen


def test_a_household_with_one_forbidden_number_is_called_at_none(database):
    with database.writing() as session:
        samples.make_survey(session)
        services.add_never_call(session, numbers=["+48600000001"])
        found = samples.read(b"phone,phone2\n600000001,600000002\n600000003,600000004\n")
        services.import_frame(session, survey=get_survey(session, "life"), name="register", found=found)
    samples.release(database, samples.draw(database, n=1))
    with database.writing() as session:
        services.add_never_call(session, numbers=["+48600000003"])
    assert {case.state for case in samples.cases(database)} == {CaseState.CLOSED}


def test_erasing_contacts_keeps_how_many_could_have_been_chosen(database):
    with database.writing() as session:
        samples.make_survey(session)
    samples.give(database)
    samples.release(database, samples.draw(database, n=1))
    chosen = {"method": "kish", "n_eligible": 4, "number": 2, "probability": 0.25}
    with database.writing() as session:
        survey = get_survey(session, "life")
        session.scalars(select(PhoneCase)).one().selection = chosen
        close_survey(session, survey=survey)
        services.erase_contacts(session, survey=survey)
    assert [case.selection for case in samples.cases(database)] == [chosen]
