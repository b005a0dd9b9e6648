"""The queue of phone cases: who gets which, that nobody gets the same, and what becomes of each."""

from collections import Counter
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import DatabaseError

from cityvoice.cati import services
from cityvoice.cati.errors import (
    AppointmentRefused,
    CaseNotHeld,
    FieldworkClosed,
    NotAnInterviewer,
    OutcomeRefused,
    OutsideShift,
)
from cityvoice.cati.models import Appointment, LedgerEntry, PhoneCase, Shift
from cityvoice.cati.types import CaseState, Reason
from cityvoice.core import clock
from cityvoice.fieldwork.outcomes import Outcome
from cityvoice.surveys.models import QuotaCell, Response
from cityvoice.surveys.published import questionnaire_of
from cityvoice.surveys.queries import get_survey
from cityvoice.surveys.services import close_survey, record_page
from cityvoice.surveys.services import complete_response as complete_on_the_web
from tests.factories import DOCUMENT
from tests.phoning import TUESDAY, make_cases, make_interviewer, make_phone_survey

QUOTAS = [
    {"name": "men", "label": "Men", "when": "sex == 'M'", "limit": 10},
    {"name": "women", "label": "Women", "when": "sex == 'F'", "limit": 10},
]


class Studio:
    """A survey with interviewers; every act is a transaction of its own."""

    def __init__(self, database, **rules) -> None:
        self.database, self.now = database, TUESDAY
        with database.writing() as session:
            survey = make_phone_survey(session, document=DOCUMENT | {"quotas": QUOTAS}, **rules)
            self.ann = make_interviewer(session, survey, "ann").id
            self.bob = make_interviewer(session, survey, "bob", skills=("refusal",)).id

    def cases(self, n: int, **values) -> list[int]:
        with self.database.writing() as session:
            return make_cases(session, get_survey(session, "life"), n, **values)

    def next(self, account: int | None = None):
        with self.database.writing() as session:
            survey = get_survey(session, "life")
            return services.next_case(session, survey=survey, account_id=account or self.ann, now=self.now)

    def dispose(self, claim, outcome=Outcome.NO_ANSWER, account=None, key="1", held_key=None, **call) -> int:
        with self.database.writing() as session:
            survey = get_survey(session, "life")
            entry = services.dispose(
                session,
                survey=survey,
                case_id=claim.case_id,
                account_id=account or self.ann,
                held_key=held_key or claim.key,
                call=services.Call(outcome, key, **call),
                plan=services.plan_of(session, survey),
                now=self.now,
            )
            return entry.id

    def look(self, case_id: int) -> PhoneCase:
        with self.database.reading() as session:
            return session.get_one(PhoneCase, case_id)

    def count_entries(self) -> int:
        with self.database.reading() as session:
            return session.scalar(select(func.count()).select_from(LedgerEntry)) or 0


@pytest.fixture
def studio(database):
    return Studio(database)


def test_a_case_is_on_one_screen_only_however_many_ask_at_once(studio, database):
    ids = studio.cases(40)
    with database.writing() as session:
        survey = get_survey(session, "life")
        accounts = [make_interviewer(session, survey, f"i{number}").id for number in range(8)]
    found: Counter[int] = Counter()
    failures: list[BaseException] = []
    together = Barrier(len(accounts))

    def work(account: int) -> None:
        try:
            together.wait()
            for turn in range(5):
                claim = studio.next(account)
                found[claim.case_id] += 1
                studio.dispose(claim, Outcome.HARD_REFUSAL_HOUSEHOLD, account, f"{account}-{turn}", note="no")
        except BaseException as error:
            failures.append(error)

    threads = [Thread(target=work, args=(account,)) for account in accounts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert found == Counter(ids)
    assert studio.count_entries() == 40
    assert studio.next() is None


def test_appointments_come_first_then_given_cases_then_need_then_replicate_then_the_least_tried(
    studio, database
):
    with database.reading() as session:
        cells = {cell.name: cell.id for cell in session.scalars(select(QuotaCell))}
    (tried,) = studio.cases(1, sure=(cells["men"],), key="men", n_weekday=1)
    (fresh,) = studio.cases(1, sure=(cells["men"],), key="men")
    (kept_back,) = studio.cases(1, sure=(cells["men"],), key="men", replicate=2)
    (wanted,) = studio.cases(1, sure=(cells["women"],), key="women")
    (given,) = studio.cases(1, sure=(cells["men"],), key="men", for_account_id=studio.ann)
    (appointed, named) = studio.cases(2, sure=(cells["men"],), key="men", state=CaseState.APPOINTED)
    with database.writing() as session:
        survey = get_survey(session, "life")
        session.execute(
            update(QuotaCell).where(QuotaCell.name == "men").values(
                n_complete=4, weight_sum=4.0, weight_squares=4.0
            )
        )  # fmt: skip
        for case_id, who in ((appointed, None), (named, studio.bob)):
            session.add(
                Appointment(
                    survey_id=survey.id,
                    case_id=case_id,
                    starts_at=TUESDAY,
                    ends_at=TUESDAY + timedelta(minutes=15),
                    is_hard=True,
                    for_account_id=who,
                )
            )
    order = []
    for turn in range(7):
        claim = studio.next()
        if claim is not None:
            order.append((claim.reason, claim.case_id))
            studio.dispose(claim, Outcome.HARD_REFUSAL_HOUSEHOLD, key=str(turn), note="no")
    assert order == [
        (Reason.APPOINTMENT, appointed),
        (Reason.ASSIGNED, given),
        (Reason.QUEUE, wanted),
        (Reason.QUEUE, fresh),
        (Reason.QUEUE, tried),
        (Reason.QUEUE, kept_back),
    ]
    assert studio.next(studio.bob).case_id == named


def test_need_goes_by_effective_size_and_full_cells_are_called_no_more(studio, database):
    with database.writing() as session:
        cells = {cell.name: cell for cell in session.scalars(select(QuotaCell))}
        # Six women whose weights differ count for less than five men
        cells["men"].n_complete, cells["men"].weight_sum, cells["men"].weight_squares = 5, 5.0, 5.0
        cells["women"].n_complete, cells["women"].weight_sum, cells["women"].weight_squares = 6, 6.0, 12.0
        ids = {name: cell.id for name, cell in cells.items()}
    (man,) = studio.cases(1, sure=(ids["men"],), key="men")
    (woman,) = studio.cases(1, sure=(ids["women"],), key="women")
    assert studio.next().case_id == woman
    with database.writing() as session:
        session.execute(update(QuotaCell).where(QuotaCell.name == "men").values(n_complete=10))
    assert studio.next(studio.bob) is None, "no place is left for a man"
    assert studio.look(man).state == CaseState.READY


def test_two_tabs_of_one_interviewer_hold_one_case(studio):
    studio.cases(2)
    first, again = studio.next(), studio.next()
    assert (again.case_id, again.key, again.reason) == (first.case_id, first.key, Reason.HELD)


def test_moving_to_another_tab_makes_the_first_one_worthless(studio, database):
    studio.cases(1)
    first = studio.next()
    with database.writing() as session:
        survey = get_survey(session, "life")
        plan = services.plan_of(session, survey)
        moved = services.move_here(session, survey=survey, account_id=studio.ann, plan=plan)
    with pytest.raises(CaseNotHeld):
        studio.dispose(first)
    studio.dispose(moved)


def test_a_closed_laptop_frees_its_case_and_a_heartbeat_keeps_it(studio, database):
    studio.cases(1)
    claim = studio.next()
    studio.now += timedelta(seconds=100)
    with database.writing() as session:
        survey = get_survey(session, "life")
        who = {"survey": survey, "case_id": claim.case_id, "account_id": studio.ann, "key": claim.key}
        services.heartbeat(session, plan=services.plan_of(session, survey), now=studio.now, **who)
    studio.now += timedelta(seconds=100)
    assert studio.next(studio.bob) is None, "the screen was heard of"
    studio.now += timedelta(seconds=21)
    assert studio.next(studio.bob).case_id == claim.case_id
    studio.dispose(claim)
    case = studio.look(claim.case_id)
    assert (case.state, case.held_by, case.n_calls) == ("held", studio.bob, 1), "the call was made"


def test_a_lease_that_ran_out_costs_nothing_while_nobody_took_the_case(studio):
    studio.cases(1)
    claim = studio.next()
    studio.now += timedelta(hours=1)
    assert studio.dispose(claim)


def test_a_case_given_back_uncalled_rests_a_little_and_is_as_it_was(studio, database):
    (case,) = studio.cases(1)
    claim = studio.next()
    with database.writing() as session:
        survey = get_survey(session, "life")
        holding = {"case_id": case, "account_id": studio.ann, "key": claim.key}
        services.release(session, survey=survey, now=studio.now, **holding)
    assert (studio.look(case).state, studio.look(case).n_calls, studio.count_entries()) == ("resting", 0, 0)


def test_a_call_told_twice_is_recorded_once(studio):
    (case,) = studio.cases(1)
    claim = studio.next()
    assert studio.dispose(claim) == studio.dispose(claim)
    assert (studio.count_entries(), studio.look(case).n_calls) == (1, 1)


def test_the_ledger_can_only_be_appended_to(studio, database):
    studio.cases(1)
    number = studio.dispose(studio.next(), Outcome.HARD_REFUSAL_HOUSEHOLD, note="angry")
    of_it = LedgerEntry.id == number
    for forbidden in (
        update(LedgerEntry).where(of_it).values(code="1.1"),
        update(LedgerEntry).where(of_it).values(note="kind"),
        delete(LedgerEntry).where(of_it),
    ):
        with pytest.raises(DatabaseError, match="append-only"), database.writing() as session:
            session.execute(forbidden)
    with database.writing() as session:  # contacts are erased after fieldwork, and what was said of them
        session.execute(update(LedgerEntry).where(of_it).values(note="", telephone_id=None))


def test_a_case_rests_and_is_given_up_after_as_many_calls_as_allowed(database):
    studio = Studio(database, max_calls=2)
    (case,) = studio.cases(1)
    studio.dispose(studio.next(), Outcome.NO_ANSWER, key="1")
    assert studio.look(case).state == CaseState.RESTING
    assert studio.next() is None
    studio.now += timedelta(hours=3, minutes=1)
    studio.dispose(studio.next(), Outcome.BUSY, key="2")
    found = studio.look(case)
    assert (found.state, found.is_final, found.code, found.n_calls) == (CaseState.CLOSED, True, "3.12", 2)


def test_a_refusal_is_converted_only_by_those_who_can(studio):
    (case,) = studio.cases(1)
    studio.dispose(studio.next(), Outcome.SOFT_REFUSAL_HOUSEHOLD)
    studio.now += timedelta(days=7, minutes=1)
    assert studio.next() is None
    assert studio.next(studio.bob).case_id == case


@pytest.mark.parametrize(
    ("call", "field"),
    [
        ({"outcome": Outcome.HARD_REFUSAL_HOUSEHOLD}, "note"),
        ({"outcome": Outcome.COMPLETE}, "outcome"),
        ({"outcome": Outcome.WEB_COMPLETE}, "outcome"),
        ({"outcome": Outcome.DECIDED, "note": "mine"}, "outcome"),
        ({"outcome": Outcome.NOT_WORKING}, "telephone"),
        ({"outcome": Outcome.NO_ANSWER, "telephone_id": 99_999}, "telephone"),
        ({"outcome": Outcome.APPOINTMENT}, "starts_at"),
        ({"outcome": Outcome.NO_ANSWER, "note": "x" * 2001}, "note"),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(studio, call, field):
    (case,) = studio.cases(1)
    claim = studio.next()
    with pytest.raises((OutcomeRefused, AppointmentRefused)) as refused:
        studio.dispose(claim, **call)
    assert refused.value.field == field
    assert (studio.count_entries(), studio.look(case).state) == (0, CaseState.HELD)


def test_an_appointment_is_kept_or_missed_and_is_no_final_disposition(studio, database):
    (case,) = studio.cases(1)
    studio.now = clock.now()
    at = clock.now() + timedelta(hours=2)
    studio.dispose(studio.next(), Outcome.APPOINTMENT, key="1", time=services.Time(at, is_hard=True))
    assert (studio.look(case).state, studio.look(case).is_final) == (CaseState.APPOINTED, False)
    assert studio.next() is None
    studio.now = at
    claim = studio.next()
    assert (claim.case_id, claim.reason) == (case, Reason.APPOINTMENT)
    again = services.Time(at + timedelta(hours=2), is_hard=True)
    studio.dispose(claim, Outcome.APPOINTMENT, key="2", time=again)
    studio.now = again.starts_at + timedelta(hours=1)
    assert studio.next().reason == Reason.QUEUE, "nobody kept it, so the case may be called at once"
    with database.reading() as session:
        states = list(session.scalars(select(Appointment.state).order_by(Appointment.id)))
    assert states == ["kept", "missed"]


def test_nobody_is_called_at_night_but_by_appointment(database):
    studio = Studio(database, hours={"days": {"tue": ["09:00", "20:00"]}})
    studio.cases(1)
    studio.now = TUESDAY.replace(hour=20)
    assert studio.next() is None
    studio.now = TUESDAY.replace(hour=19, minute=59)
    assert studio.next()


def test_who_may_not_call_is_told_why(studio, database):
    studio.cases(1)
    with pytest.raises(NotAnInterviewer):
        studio.next(99_999)
    with database.writing() as session:
        survey = get_survey(session, "life")
        hours = {"starts_at": TUESDAY - timedelta(hours=8), "ends_at": TUESDAY - timedelta(hours=4)}
        session.add(Shift(survey_id=survey.id, account_id=studio.ann, **hours))
    with pytest.raises(OutsideShift):
        studio.next()
    with database.writing() as session:
        close_survey(session, survey=get_survey(session, "life"))
    with pytest.raises(FieldworkClosed):
        studio.next(studio.bob)


def begin(studio, claim) -> int:
    with studio.database.writing() as session:
        survey = get_survey(session, "life")
        who = {"case_id": claim.case_id, "account_id": studio.ann, "held_key": claim.key}
        plan = services.plan_of(session, survey)
        return services.begin_interview(session, survey=survey, language="en", plan=plan, **who).id


def say(studio, claim, number: int, question: str, **form):
    with studio.database.writing() as session:
        survey = get_survey(session, "life")
        return services.record_answer(
            session,
            survey=survey,
            case_id=claim.case_id,
            account_id=studio.ann,
            held_key=claim.key,
            number=number,
            question=question,
            form={name: [value] for name, value in form.items()},
            plan=services.plan_of(session, survey),
        )


def answers(studio) -> Response:
    with studio.database.reading() as session:
        return session.scalars(select(Response)).one()


def test_answers_come_one_by_one_and_each_message_counts_once(studio):
    studio.cases(1)
    claim = studio.next()
    begin(studio, claim)
    assert not say(studio, claim, 1, "life", life="1").errors
    assert not say(studio, claim, 2, "why", why="noise").errors
    assert not say(studio, claim, 3, "life", life="3").errors
    assert say(studio, claim, 1, "life", life="1") is None, "it came late"
    assert say(studio, claim, 4, "years", years="many").errors
    assert answers(studio).answers == {"life": "3"}, "'why' is not asked any more"
    with pytest.raises(LookupError):
        say(studio, claim, 5, "why", why="noise")


def test_the_web_goes_on_where_the_phone_stopped_and_each_answer_keeps_its_mode(studio, database):
    studio.cases(1)
    claim = studio.next()
    begin(studio, claim)
    say(studio, claim, 1, "life", life="1")
    say(studio, claim, 2, "years", years="7")
    assert answers(studio).reached == "living"
    with database.writing() as session:
        survey, response = get_survey(session, "life"), session.scalars(select(Response)).one()
        you = questionnaire_of(response.version).sections[-1]
        record_page(session, survey=survey, response=response, section=you, form={"district": ["1"]})
        assert (response.mode, response.modes) == ("CATI", {"district": "CAWI"})
        complete_on_the_web(session, survey=survey, response=response)


def test_a_case_that_is_complete_on_the_web_is_not_phoned(studio, app, database):
    (case,) = studio.cases(1)
    claim = studio.next()
    begin(studio, claim)
    say(studio, claim, 1, "life", life="1")
    studio.dispose(claim, Outcome.CALLBACK)
    with database.writing() as session:
        survey, response = get_survey(session, "life"), session.scalars(select(Response)).one()
        complete_on_the_web(session, survey=survey, response=response)
    found = studio.look(case)
    assert (found.state, found.code, found.is_final) == (CaseState.CLOSED, "1.1", True)
    with database.reading() as session:
        kinds = list(session.execute(select(LedgerEntry.kind, LedgerEntry.outcome).order_by(LedgerEntry.id)))
    assert kinds == [("call", "callback"), ("web", "web_complete")]


def test_an_interview_is_complete_with_its_case(studio, database):
    (case,) = studio.cases(1)
    claim = studio.next()
    begin(studio, claim)
    say(studio, claim, 1, "life", life="1")
    with database.writing() as session:
        survey = get_survey(session, "life")
        services.complete_interview(
            session,
            survey=survey,
            case_id=case,
            account_id=studio.ann,
            held_key=claim.key,
            call=services.Call(Outcome.COMPLETE, "1", seconds=600),
            plan=services.plan_of(session, survey),
        )
    assert (studio.look(case).code, answers(studio).status) == ("1.1", "complete")
    assert studio.count_entries() == 1
