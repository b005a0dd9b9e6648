"""What was promised or decided holds, whoever comes late, locks, reopens or gives a case back."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from cityvoice.cati import services
from cityvoice.cati.errors import DecisionRefused, OutcomeRefused
from cityvoice.cati.models import Appointment, PhoneCase, Telephone
from cityvoice.cati.services import decisions
from cityvoice.cati.services.backchecks import draw_back_checks, find_numbers, list_back_checks
from cityvoice.cati.services.calls import Time
from cityvoice.cati.services.never_call import add_never_call
from cityvoice.cati.services.tallies import tallies
from cityvoice.cati.services.web import follow_web
from cityvoice.cati.types import AppointmentState, CaseState
from cityvoice.core import clock
from cityvoice.fieldwork.outcomes import Outcome
from cityvoice.questionnaire.kinds import Mode
from cityvoice.surveys.models import Response
from cityvoice.surveys.queries import get_survey
from cityvoice.surveys.types import ResponseStatus
from tests.integration.test_cati_floor import add_response
from tests.integration.test_cati_queue import Studio, begin, say

MOST = {"life": "1", "why": "noise", "years": "7", "district": "1"}


@pytest.fixture
def studio(database):
    found = Studio(database)
    found.now = clock.now()
    return found


def act(studio, what, case_id, **more):
    with studio.database.writing() as session:
        survey = get_survey(session, "life")
        return getattr(decisions, what)(
            session, survey=survey, case_id=case_id, account_id=studio.bob, **more
        )


def count(database):
    with database.reading() as session:
        return {tally.code: tally.n for tally in tallies(session, get_survey(session, "life"))}


def appointments(database):
    with database.reading() as session:
        return list(session.scalars(select(Appointment).order_by(Appointment.id)))


def test_a_case_that_was_never_released_cannot_be_locked(studio, database):
    (hidden,) = studio.cases(1, state=CaseState.UNRELEASED, replicate=2)
    with pytest.raises(DecisionRefused, match="never released"):
        act(studio, "lock", hidden, note="check")
    assert studio.look(hidden).state == CaseState.UNRELEASED
    assert count(database) == {}
    assert studio.next() is None


def test_a_decided_break_off_stays_what_was_decided(studio, database):
    (case_id,) = studio.cases(1)
    claim = studio.next()
    begin(studio, claim)
    for number, (name, value) in enumerate(MOST.items(), 1):
        say(studio, claim, number, name, **{name: value})
    studio.dispose(claim, Outcome.BREAK_OFF)
    act(studio, "decide", case_id, code="2.12", note="most answers were invented")
    assert studio.look(case_id).code == "2.12"
    assert count(database) == {"2.12": 1}


@pytest.mark.parametrize("outcome", [Outcome.APPOINTMENT, Outcome.CALLBACK])
def test_a_case_whose_last_call_was_an_appointment_that_nobody_kept_ends(database, outcome):
    studio = Studio(database, max_calls=2)
    studio.now = clock.now()
    (case_id,) = studio.cases(1)
    studio.dispose(studio.next(), key="1")
    studio.now += timedelta(days=2)
    claim = studio.next()
    with database.writing() as session:
        survey = get_survey(session, "life")
        at = studio.now + timedelta(hours=2)
        services.dispose(
            session,
            survey=survey,
            case_id=case_id,
            account_id=studio.ann,
            held_key=claim.key,
            call=services.Call(outcome, "2", time=Time(at, is_hard=True)),
            plan=services.plan_of(session, survey),
            now=studio.now,
        )
    studio.now += timedelta(days=3)  # nobody came
    found = studio.next()
    case = studio.look(case_id)
    assert (found, case.state, case.is_final) == (None, CaseState.CLOSED, True)


def test_a_tightened_limit_holds_for_given_cases(database):
    studio = Studio(database, max_calls=2)
    studio.cases(1, n_calls=2)
    with database.writing() as session:
        session.execute(update(PhoneCase).values(for_account_id=studio.ann))
    assert studio.next() is None


def test_a_late_word_of_a_lost_call_does_not_cancel_a_colleagues_appointment(studio, database):
    (case_id,) = studio.cases(1)
    lost = studio.next()
    studio.now += timedelta(hours=1)
    claim = studio.next(studio.bob)
    assert claim.case_id == case_id
    tomorrow = studio.now + timedelta(days=1)
    studio.dispose(claim, Outcome.APPOINTMENT, studio.bob, "b", time=Time(tomorrow, is_hard=True))
    assert studio.look(case_id).state == CaseState.APPOINTED
    studio.now += timedelta(minutes=5)
    studio.dispose(lost, Outcome.NO_ANSWER, studio.ann, "a")
    (appointment,) = appointments(database)
    assert (appointment.state, studio.look(case_id).state) == (AppointmentState.OPEN, CaseState.APPOINTED)


def test_locking_keeps_the_time_that_was_agreed_on(studio, database):
    (case_id,) = studio.cases(1)
    tomorrow = studio.now + timedelta(days=1)
    studio.dispose(studio.next(), Outcome.APPOINTMENT, time=Time(tomorrow, is_hard=True))
    act(studio, "lock", case_id, note="a complaint")
    act(studio, "unlock", case_id)
    assert studio.next() is None, "they are rung at once, and not tomorrow"


def test_who_must_never_be_called_is_not_rung_for_a_back_check(studio, database):
    (case_id,) = studio.cases(1)
    with database.writing() as session:
        survey = get_survey(session, "life")
        add_response(session, survey, case_id, life="1")
    claim = studio.next()
    studio.dispose(claim, Outcome.COMPLETE)
    with database.writing() as session:
        survey = get_survey(session, "life")
        draw_back_checks(session, survey=survey, share=1, seed=1)
        numbers = list(session.scalars(select(Telephone.e164)))
        add_never_call(session, numbers=numbers, reason="asked us by mail")
        assert not find_numbers(session, list_back_checks(session, survey)).get(case_id)


def test_a_lost_holding_cannot_tell_a_complete_without_an_interview(studio, database):
    studio.cases(1)
    lost = studio.next()
    studio.now += timedelta(hours=1)
    studio.dispose(studio.next(studio.bob), Outcome.NO_ANSWER, studio.bob, "b")
    for outcome in (Outcome.COMPLETE, Outcome.PARTIAL):
        with pytest.raises(OutcomeRefused):
            studio.dispose(lost, outcome, studio.ann, f"a-{outcome}")
    assert "1.1" not in count(database)


def test_not_called_keeps_the_appointment(studio, database):
    studio.cases(1)
    at = studio.now + timedelta(minutes=5)
    studio.dispose(studio.next(), Outcome.APPOINTMENT, time=Time(at, is_hard=True))
    studio.now = at
    claim = studio.next()
    studio.dispose(claim, Outcome.NOT_CALLED, key="2")
    assert [each.state for each in appointments(database)] == [AppointmentState.OPEN]


def test_an_appointment_given_back_does_not_come_back_to_the_same_screen_at_once(studio, database):
    (case_id,) = studio.cases(1)
    at = studio.now + timedelta(minutes=5)
    studio.dispose(studio.next(), Outcome.APPOINTMENT, time=Time(at, is_hard=False))
    studio.now = at
    claim = studio.next()
    with database.writing() as session:
        services.release(
            session,
            survey=get_survey(session, "life"),
            case_id=case_id,
            account_id=studio.ann,
            key=claim.key,
            now=at,
        )
    assert studio.next() is None


def test_screened_out_on_the_web_a_second_time_ends_the_case(studio, database, monkeypatch):
    (case_id,) = studio.cases(1)
    with database.writing() as session:
        add_response(session, get_survey(session, "life"), case_id, is_complete=False, life="1")
    _is_screened_out_on_the_web(database)
    assert studio.look(case_id).code == "4.80"
    for minutes in (1, 2):
        monkeypatch.setattr(clock, "now", lambda later=timedelta(minutes=minutes): studio.now + later)
        if minutes == 1:
            act(studio, "reopen", case_id, note="a place is free again")
            assert studio.look(case_id).state == CaseState.READY
    _is_screened_out_on_the_web(database)
    assert (studio.look(case_id).code, studio.look(case_id).state) == ("4.80", CaseState.CLOSED)


def _is_screened_out_on_the_web(database):
    with database.writing() as session:
        response = session.scalars(select(Response)).one()
        response.status = ResponseStatus.SCREENED_OUT
        session.flush()
        follow_web(session, survey=get_survey(session, "life"), response=response, mode=Mode.CAWI)
