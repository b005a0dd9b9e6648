"""Where a case stands after whatever happened to it, and that no call is lost on the way."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from cityvoice.cati import services
from cityvoice.cati.errors import OutcomeRefused
from cityvoice.cati.models import (
    Appointment,
    CallingPlan,
    CaseGroup,
    Interviewer,
    LedgerEntry,
    PhoneCase,
    Shift,
)
from cityvoice.cati.services import decisions
from cityvoice.cati.types import AppointmentState, CaseState, Reason
from cityvoice.core import clock
from cityvoice.fieldwork.outcomes import Outcome
from cityvoice.surveys.models import QuotaCell, Response
from cityvoice.surveys.queries import get_survey
from cityvoice.surveys.services import complete_response as complete_on_the_web
from tests.databases import on_sqlite
from tests.integration.test_cati_console import begins, log_in, look, says, takes
from tests.integration.test_cati_queue import Studio, begin, say
from tests.phoning import ALL_DAY, make_cases, make_interviewer, make_phone_survey

pytestmark = on_sqlite


@pytest.fixture
def studio(database):
    made = Studio(database)
    made.now = clock.now()
    return made


@pytest.fixture
def room(database, app):
    with database.writing() as session:
        survey = make_phone_survey(session)
        make_interviewer(session, survey, "ann")
        make_cases(session, survey, 3)
    return database


def decide(studio, act, case_id, **said):
    with studio.database.writing() as session:
        survey = get_survey(session, "life")
        act(session, survey=survey, case_id=case_id, account_id=studio.bob, note="because", **said)


def finish_on_the_web(database):
    with database.writing() as session:
        survey, response = get_survey(session, "life"), session.scalars(select(Response)).one()
        complete_on_the_web(session, survey=survey, response=response)


def kinds(database):
    with database.reading() as session:
        return list(session.scalars(select(LedgerEntry.outcome).order_by(LedgerEntry.id)))


def fill(database, **values):
    with database.writing() as session:
        session.execute(update(QuotaCell).values(**values))


def test_a_call_is_kept_when_the_web_finishes_the_case_under_the_interviewer(studio, database, app):
    (case,) = studio.cases(1)
    claim = studio.next()
    begin(studio, claim)
    say(studio, claim, 1, "life", life="1")
    finish_on_the_web(database)
    studio.dispose(claim, Outcome.CALLBACK)
    assert kinds(database) == [Outcome.WEB_COMPLETE, Outcome.CALLBACK]
    assert (studio.look(case).state, studio.look(case).code, studio.look(case).n_calls) == (
        "closed",
        "1.1",
        1,
    )


def test_a_call_to_end_a_case_that_somebody_else_took_counts_when_they_give_it_back(studio, database):
    (case,) = studio.cases(1)
    ann = studio.next()
    studio.now += timedelta(minutes=3)
    bob = studio.next(studio.bob)
    studio.dispose(ann, Outcome.HARD_REFUSAL_HOUSEHOLD, note="never again")
    assert studio.look(case).held_by == studio.bob
    studio.now += timedelta(minutes=3)
    assert studio.next() is None
    assert (studio.look(case).state, studio.look(case).code) == (CaseState.CLOSED, "2.111")
    studio.dispose(bob, Outcome.NO_ANSWER, account=studio.bob, key="2")
    assert kinds(database) == [Outcome.HARD_REFUSAL_HOUSEHOLD, Outcome.NO_ANSWER]


def test_an_interviewer_learns_that_the_web_finished_the_case(room, app):
    ann = log_in(app, "ann")
    page = begins(ann)
    says(ann, page, "life", 1, life="1")
    says(ann, page, "district", 2, district="1")
    finish_on_the_web(room)
    assert "web" in says(ann, page, "district", 3, 409, district="2").response.json["words"]


def test_a_line_that_is_down_for_some_minutes_gives_the_person_on_the_phone_to_nobody(studio):
    studio.cases(2)
    claim = studio.next()
    begin(studio, claim)
    say(studio, claim, 1, "life", life="1")
    studio.now = clock.now() + timedelta(minutes=14)
    assert studio.next(studio.bob).case_id != claim.case_id
    say(studio, claim, 2, "sex", sex="F")


def test_an_interview_that_nobody_goes_on_with_is_free_after_a_quarter_of_an_hour(studio):
    studio.cases(1)
    claim = studio.next()
    begin(studio, claim)
    say(studio, claim, 1, "life", life="1")
    studio.now = clock.now() + timedelta(minutes=16)
    assert studio.next(studio.bob).case_id == claim.case_id


def test_unlocking_keeps_the_rest_of_a_refusal(studio):
    (case,) = studio.cases(1)
    studio.dispose(studio.next(), Outcome.SOFT_REFUSAL_HOUSEHOLD)
    decide(studio, decisions.lock, case)
    assert studio.look(case).state == CaseState.LOCKED
    decide(studio, decisions.unlock, case)
    assert studio.look(case).state == CaseState.RESTING
    studio.now += timedelta(minutes=1)
    assert studio.next(studio.bob) is None
    studio.now += timedelta(days=8)
    assert studio.next(studio.bob).case_id == case


def test_a_reopened_case_starts_its_limits_anew(database):
    rules = {"max_calls": 2, "max_calls_by_slot": 2, "max_machine_messages": 1}
    studio = Studio(database, delays={"machine_message": 0, "no_answer": 0}, **rules)
    studio.now = clock.now()
    (case,) = studio.cases(1)
    studio.dispose(studio.next(), Outcome.MACHINE_MESSAGE, key="1")
    studio.dispose(studio.next(), Outcome.NO_ANSWER, key="2")
    assert studio.look(case).state == CaseState.CLOSED
    decide(studio, decisions.reopen, case)
    studio.now = clock.now() + timedelta(seconds=2)
    studio.dispose(studio.next(), Outcome.MACHINE_MESSAGE, key="3")


def test_a_case_given_back_is_not_given_to_the_same_person_at_once(studio, database):
    studio.cases(2)
    first = studio.next()
    with database.writing() as session:
        holding = {"case_id": first.case_id, "account_id": studio.ann, "key": first.key, "now": studio.now}
        services.release(session, survey=get_survey(session, "life"), **holding)
    assert studio.next().case_id != first.case_id


def test_a_case_of_a_plan_without_hours_comes_back_when_there_are_some(studio, database):
    (case,) = studio.cases(1)
    claim = studio.next()

    def set_hours(days):
        with database.writing() as session:
            session.get_one(CallingPlan, get_survey(session, "life").id).rules = {"hours": {"days": days}}

    set_hours({})
    studio.dispose(claim, Outcome.NO_ANSWER)
    studio.now += timedelta(days=1)
    assert studio.next() is None
    set_hours(ALL_DAY)
    assert studio.next().case_id == case


def test_a_slip_on_a_quota_question_can_be_taken_back(studio, database):
    studio.cases(1)
    fill(database, n_complete=10)
    with database.writing() as session:
        session.execute(update(QuotaCell).where(QuotaCell.name == "women").values(n_complete=0))
    claim = studio.next()
    begin(studio, claim)
    say(studio, claim, 1, "life", life="1")
    say(studio, claim, 2, "sex", sex="M")
    with database.reading() as session:
        assert session.scalars(select(Response)).one().status == "screened_out"
    say(studio, claim, 3, "sex", sex="F")
    with database.reading() as session:
        response = session.scalars(select(Response)).one()
        assert (response.status, response.answers["sex"]) == ("partial", "F")
        assert "quota" not in response.paradata
        assert session.scalars(select(QuotaCell.n_held).where(QuotaCell.name == "women")).one() == 1


def test_a_case_whose_quota_was_full_goes_on_where_it_stopped_once_it_is_reopened(studio, database):
    (case,) = studio.cases(1)
    fill(database, n_complete=10)
    claim = studio.next()
    begin(studio, claim)
    say(studio, claim, 1, "life", life="1")
    say(studio, claim, 2, "sex", sex="M")
    studio.dispose(claim, Outcome.QUOTA_FULL)
    fill(database, target=50)
    decide(studio, decisions.reopen, case)
    studio.now = clock.now()
    again = studio.next()
    say(studio, again, 1, "years", years="7")
    with database.reading() as session:
        assert session.scalars(select(Response)).one().status == "partial"
        assert session.scalars(select(QuotaCell.n_held).where(QuotaCell.name == "men")).one() == 1


def test_no_link_is_given_when_the_quota_was_full(studio, database, app):
    (case,) = studio.cases(1)
    fill(database, n_complete=10)
    ann = log_in(app, "ann")
    page = begins(ann)
    says(ann, page, "life", 1, life="1")
    assert says(ann, page, "sex", 2, sex="M").response.json["over"]
    refused = page.submit("/link", email="", status=422)
    assert "nothing is left to answer on the web" in refused.text
    assert look(database, case).state == CaseState.HELD


def test_an_appointment_after_the_end_of_fieldwork_is_refused(room, app):
    with room.writing() as session:
        get_survey(session, "life").fieldwork_ends_on = clock.today() + timedelta(days=3)
    page = takes(log_in(app, "ann"))
    day = (clock.today() + timedelta(days=30)).isoformat()
    refused = page.submit("/outcome", outcome="appointment", day=day, hour="12:00", hard="1", status=422)
    assert "the survey ends on" in refused.text


def test_an_appointment_outside_the_shifts_of_the_one_asked_for_is_refused(room, app):
    with room.writing() as session:
        survey, now, hour = get_survey(session, "life"), clock.now(), timedelta(hours=1)
        ann = session.scalars(select(Interviewer.account_id)).one()
        session.add(Shift(survey_id=survey.id, account_id=ann, starts_at=now - hour, ends_at=now + hour))
    page = takes(log_in(app, "ann"))
    day = (clock.today() + timedelta(days=2)).isoformat()
    said = {"outcome": "appointment", "day": day, "hour": "12:00", "hard": "1"}
    assert "has no shift" in page.submit("/outcome", status=422, **said, **{"for": str(ann)}).text
    page.submit("/outcome", **said)


def test_an_appointment_by_name_is_kept_by_the_one_asked_for_whatever_the_case_needs(studio):
    (case,) = studio.cases(1)
    studio.dispose(studio.next(), Outcome.SOFT_REFUSAL_HOUSEHOLD)
    studio.now += timedelta(days=8)
    at = studio.now + timedelta(hours=2)
    ann = services.Time(at, is_hard=True, for_account_id=studio.ann)
    studio.dispose(studio.next(studio.bob), Outcome.APPOINTMENT, account=studio.bob, key="2", time=ann)
    decide(studio, decisions.assign, case, to=studio.bob)
    studio.now = at
    assert studio.next(studio.bob) is None
    assert studio.next(studio.ann).reason == Reason.APPOINTMENT


def test_a_decision_cancels_the_appointment(studio, database):
    (case,) = studio.cases(1)
    at = studio.now + timedelta(hours=2)
    studio.dispose(studio.next(), Outcome.APPOINTMENT, time=services.Time(at, is_hard=True))
    decide(studio, decisions.decide, case, code="2.36")
    with database.reading() as session:
        assert session.scalars(select(Appointment.state)).one() == AppointmentState.CANCELLED
        assert session.scalar(select(func.count()).select_from(Appointment)) == 1


def test_a_given_case_whose_people_sleep_does_not_stand_before_the_others(database):
    studio = Studio(database, hours={"days": {"tue": ["09:00", "12:00"]}})
    studio.cases(1, zone="Asia/Tokyo", for_account_id=studio.ann)
    (near,) = studio.cases(1, for_account_id=studio.ann)
    claim = studio.next()
    assert (claim.case_id, claim.reason) == (near, Reason.ASSIGNED)


def test_the_limit_of_a_slot_holds_for_given_cases(database):
    studio = Studio(database, max_calls_by_slot=1, delays={"no_answer": 0})
    (case,) = studio.cases(1)
    studio.dispose(studio.next(), Outcome.NO_ANSWER)
    with database.writing() as session:
        session.get_one(PhoneCase, case).for_account_id = studio.ann
    assert studio.next() is None


def test_after_all_their_quotas_are_full_nobody_is_called_in_vain(studio, database):
    studio.cases(1)
    with database.writing() as session:
        group = session.scalars(select(CaseGroup)).one()
        group.possible = list(session.scalars(select(QuotaCell.id)))
    fill(database, n_complete=10)
    assert studio.next() is None
    fill(database, n_complete=9)
    assert studio.next() is not None


def test_who_speaks_another_language_is_called_by_somebody_who_speaks_it(studio, database):
    (case,) = studio.cases(1)
    with pytest.raises(OutcomeRefused, match="which language"):
        studio.dispose(studio.next(), Outcome.LANGUAGE_INTERVIEWER)
    studio.dispose(studio.next(), Outcome.LANGUAGE_INTERVIEWER, language="en")
    studio.now += timedelta(hours=4)
    assert studio.next() is None, "Ann said that she does not speak it"
    assert studio.next(studio.bob) is None, "nobody said that he does"
    with database.writing() as session:
        session.get_one(Interviewer, (1, studio.bob)).languages = ["en"]
    assert studio.next(studio.bob).case_id == case
