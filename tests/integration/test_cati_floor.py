"""The supervisor's floor: board, cases, decisions, outcome rates, quality, back-checks."""

import csv
import io
import json
from datetime import timedelta
from fractions import Fraction

import pypdf
import pytest
from sqlalchemy import func, select

from cityvoice.accounts.models import Account
from cityvoice.accounts.types import Role
from cityvoice.cati import services
from cityvoice.cati.models import Appointment, BackCheck, Interviewer, LedgerEntry, PhoneCase
from cityvoice.cati.services.backchecks import draw_back_checks
from cityvoice.cati.services.board import floor_board
from cityvoice.cati.services.explaining import explain_queue
from cityvoice.cati.services.quality import Mark, survey_quality
from cityvoice.cati.types import CaseState
from cityvoice.core import clock
from cityvoice.fieldwork.outcomes import Outcome
from cityvoice.reports.services import build_edition, request_report
from cityvoice.surveys.models import Case, Participant, QuotaCell, Response
from cityvoice.surveys.published import published_version
from cityvoice.surveys.queries import get_survey
from cityvoice.surveys.types import CaseOrigin, ResponseStatus
from tests.factories import DOCUMENT, make_account, options
from tests.phoning import TUESDAY, make_cases, make_interviewer, make_phone_survey

QUOTAS = [
    {"name": "men", "label": "Men", "when": "sex == 'M'", "limit": 2},
    {"name": "women", "label": "Women", "when": "sex == 'F'", "limit": 2},
]
BATTERY = {
    "name": "rate", "kind": "matrix", "text": "How do you rate ...",
    "options": options("Poor", "Fair", "Good"),
    "items": [{"name": name, "label": name} for name in ("bus", "road", "park", "school")],
    "favourable": ["3"],
}  # fmt: skip
LIFE = DOCUMENT["sections"][0]["questions"][1]
SHORT = {
    "title": "Short",
    "languages": ["en"],
    "sections": [{"name": "all", "title": "All", "questions": [LIFE, BATTERY]}],
}


class Floor:
    """A survey with interviewers, whose calls are a transaction each."""

    def __init__(self, database, document=DOCUMENT, **rules) -> None:
        self.database = database
        with database.writing() as session:
            survey = make_phone_survey(session, document=document, **rules)
            self.ann = make_interviewer(session, survey, "ann").id
            self.bob = make_interviewer(session, survey, "bob", skills=("refusal",)).id

    def cases(self, n, **values):
        with self.database.writing() as session:
            return make_cases(session, get_survey(session, "life"), n, **values)

    def take(self, account=None, at=None):
        with self.database.writing() as session:
            survey = get_survey(session, "life")
            return services.next_case(session, survey=survey, account_id=account or self.ann, now=at)

    def call(self, outcome, account=None, at=None, seconds=60, note="said so", **call):
        """Take the next case and end its call; an interview is there where the outcome says so."""
        claim = self.take(account, at)
        with self.database.writing() as session:
            survey = get_survey(session, "life")
            if outcome in (Outcome.COMPLETE, Outcome.PARTIAL):
                add_response(session, survey, claim.case_id, is_complete=outcome is Outcome.COMPLETE)
            phone = session.get_one(PhoneCase, claim.case_id).telephones[0].id
            services.dispose(
                session,
                survey=survey,
                case_id=claim.case_id,
                account_id=account or self.ann,
                held_key=claim.key,
                call=services.Call(outcome, key="1", telephone_id=phone, seconds=seconds, note=note, **call),
                plan=services.plan_of(session, survey),
                now=at,
            )
        return claim.case_id

    def read(self, function, **more):
        with self.database.reading() as session:
            return function(session, survey=get_survey(session, "life"), **more)

    def plan(self):
        with self.database.reading() as session:
            return services.plan_of(session, get_survey(session, "life"))

    def case(self, number):
        with self.database.reading() as session:
            return session.get_one(PhoneCase, number)


def add_response(session, survey, case_id, *, is_complete=True, **answers):
    session.add(
        Response(
            survey_id=survey.id,
            version=published_version(survey),
            case_id=case_id,
            mode="CATI",
            status=ResponseStatus.COMPLETE if is_complete else ResponseStatus.PARTIAL,
            answers=answers,
        )
    )
    session.flush()


def rows(text):
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


def rate(table, name, mode="CATI"):
    (found,) = [row for row in table if (row["measure"], row["name"], row["mode"]) == ("rate", name, mode)]
    return found


AS_CALLED = {
    "I": Outcome.COMPLETE,
    "P": Outcome.PARTIAL,
    "R": Outcome.HARD_REFUSAL_HOUSEHOLD,
    "NC": Outcome.NEVER_AVAILABLE,
    "O": Outcome.OTHER_ELIGIBLE,
    "UH": Outcome.NO_ANSWER,
    "UO": Outcome.CONTACT_UNSELECTED,  # in the 9th edition
    "NE": Outcome.NO_ELIGIBLE,
}


def test_the_published_rates_come_out_exactly(database, login, cli, shared):
    golden = json.loads((shared / "data" / "aapor" / "aapor_golden.json").read_text())
    floor = Floor(database)
    floor.cases(sum(golden["counts"].values()))
    for group, n in golden["counts"].items():
        for _ in range(n):
            floor.call(AS_CALLED[group])
    browser = login(Role.SUPERVISOR)
    page = browser.get(f"/cati/life/floor/rates?edition=9&e={golden['e']}")
    table = rows(page.follow("These rates with numerators and denominators (CSV)").text)
    for name, expected in golden["expect"].items():
        found = rate(table, name)
        assert Fraction(found["numerator"]) / Fraction(found["denominator"]) == Fraction(expected), name
        assert f"{name} {float(Fraction(expected)):.1%}".rstrip("%") in page.text
    assert {row["name"]: int(row["value"]) for row in table if row["measure"] == "cases"} == golden["counts"]
    said = cli("cati", "rates", "life", "--edition", "9", "--e", golden["e"], "--csv").output
    assert rows(said) == table
    assert "RR3\t0.3571\t5/14" in cli("cati", "rates", "life", "--edition", "9", "--e", golden["e"]).output


def test_the_tenth_edition_counts_unscreened_households_apart_and_e_is_estimated(database, login):
    floor = Floor(database)
    floor.cases(4)
    for outcome in (Outcome.COMPLETE, Outcome.CONTACT_UNSELECTED, Outcome.NO_ELIGIBLE, Outcome.DISCONNECTED):
        floor.call(outcome)
    table = rows(login(Role.OFFICIAL).get("/cati/life/floor/rates.csv").text)
    assert {row["name"]: row["value"] for row in table if row["measure"] == "cases"} == {
        "I": "1", "UR": "1", "NE": "2",
    }  # fmt: skip
    assert {row["value"] for row in table if row["measure"] == "e estimated"} == {"0.3333333333"}
    assert rate(table, "RR3")["value"] == "0.75"


def test_interim_outcomes_leave_cases_open_until_fieldwork_ends(database, login):
    floor = Floor(database)
    floor.cases(2)
    floor.call(Outcome.APPOINTMENT, time=services.Time(clock.now() + timedelta(days=1), is_hard=True))
    floor.call(Outcome.NO_ANSWER)
    browser = login(Role.SUPERVISOR)
    page = browser.get("/cati/life/floor/rates")
    assert "open cases count as if it ended now" in page.text
    assert "of these still open 2" in page.text
    with database.writing() as session:
        get_survey(session, "life").status = "closed"
    assert "of these still open 0" in browser.get("/cati/life/floor/rates").text


def test_people_invited_to_the_web_are_a_sample_of_their_own(database, login):
    floor = Floor(database)
    floor.cases(1)
    floor.call(Outcome.COMPLETE)
    with database.writing() as session:
        survey = get_survey(session, "life")
        for place, state in enumerate(("complete", "partial", "silent", "bounced", "uninvited", "opted_out")):
            case = Case(survey_id=survey.id, wave_id=survey.current_wave.id, origin=CaseOrigin.PERSONAL_LINK)
            session.add(case)
            session.flush()
            today = clock.today()
            session.add(
                Participant(
                    survey_id=survey.id, case_id=case.id, link_salt="s", token_sha256=f"{place:064}",
                    invited_on=None if state == "uninvited" else today,
                    bounced_on=today if state == "bounced" else None,
                    opted_out_on=today if state == "opted_out" else None,
                )
            )  # fmt: skip
            if state in ("complete", "partial"):
                add_response(session, survey, case.id, is_complete=state == "complete")
    table = rows(login(Role.SUPERVISOR).get("/cati/life/floor/rates.csv?e=1").text)
    invited = [row for row in table if (row["measure"], row["mode"]) == ("unweighted cases", "CAWI")]
    by_code = {row["name"]: row["value"] for row in invited}
    assert by_code == dict.fromkeys(("1.1", "2.112", "2.12", "3.11", "3.19", "3.30"), "1")
    assert (rate(table, "RR1")["value"], rate(table, "RR1", "CAWI")["denominator"]) == ("1", "6")
    assert Fraction(rate(table, "RR1", "all")["numerator"]) == 2
    assert rate(table, "RR1", "all")["denominator"] == "7"


def test_weighted_rates_count_inverse_probabilities_and_a_wrong_e_is_said(database, login):
    floor = Floor(database)
    first, second = floor.cases(2)
    with database.writing() as session:
        session.get_one(PhoneCase, second).probability = session.get_one(PhoneCase, first).probability / 3
    floor.call(Outcome.COMPLETE)
    floor.call(Outcome.HARD_REFUSAL_HOUSEHOLD)
    browser = login(Role.ANALYST)
    assert rate(rows(browser.get("/cati/life/floor/rates.csv").text), "RR5")["value"] == "0.5"
    assert rate(rows(browser.get("/cati/life/floor/rates.csv?weighted=1").text), "RR5")["value"] == "0.25"
    assert "e is a share from 0 to 1" in browser.get("/cati/life/floor/rates?e=2", status=422).text
    assert "9 or 10" in browser.get("/cati/life/floor/rates?edition=8", status=422).text
    assert "e is a share" in browser.get("/cati/life/floor/rates.csv?e=much", status=422).response.text


def test_the_board_shows_who_is_on_which_case_and_how_the_shift_goes(database, login):
    floor = Floor(database, document=DOCUMENT | {"quotas": QUOTAS})
    floor.cases(5)
    start = TUESDAY
    for minutes, outcome in (
        (0, Outcome.NO_ANSWER),
        (5, Outcome.COMPLETE),
        (60, Outcome.SOFT_REFUSAL_HOUSEHOLD),
    ):
        floor.call(outcome, at=start + timedelta(minutes=minutes), seconds=240)
    floor.take(floor.bob, at=start + timedelta(minutes=60))
    board = floor.read(floor_board, plan=floor.plan(), now=start + timedelta(minutes=61))
    (ann,) = board.interviewers
    assert (ann.n_calls, ann.n_complete, ann.n_contacts, ann.n_refusals) == (3, 1, 2, 1)
    assert ann.hours == pytest.approx((4 + 5 + 4) / 60)  # the pause of 51 minutes is none of it
    assert (ann.contact_rate, ann.refusal_rate) == (pytest.approx(2 / 3), 0.5)
    (busy,) = board.on_cases
    assert (busy.name, busy.seconds, busy.is_lapsed) == ("bob", 60, False)
    assert sum(pace.n_calls for pace in board.slots.values()) == 3
    assert sum(board.states.values()) == 5
    page = login(Role.SUPERVISOR).get("/cati/life/floor")
    assert "bob" in page.text


def test_a_quota_that_no_case_can_fill_is_said(database, login):
    floor = Floor(database, document=DOCUMENT | {"quotas": QUOTAS})
    with database.reading() as session:
        men, women = session.scalars(select(QuotaCell.id).order_by(QuotaCell.id))
    floor.cases(3, sure=(men,), key="men")
    floor.cases(2, sure=(women,), key="women", state=CaseState.UNRELEASED)
    text = login(Role.SUPERVISOR).get("/cati/life/floor").text
    assert "No released case can fill: Women (2 more in replicates kept back)" in text
    cells = {each.cell.name: each for each in floor.read(floor_board, plan=floor.plan()).cells}
    assert (cells["men"].n_cases, cells["men"].cannot_be_filled) == (3, False)
    assert (cells["women"].n_cases, cells["women"].n_kept_back) == (0, 2)


def test_appointments_due_soon_and_missed(database):
    floor = Floor(database)
    floor.cases(3)
    now = TUESDAY
    with database.writing() as session:
        survey = get_survey(session, "life")
        for case, minutes in zip(session.scalars(select(PhoneCase)), (-60, -5, 90), strict=True):
            starts = now + timedelta(minutes=minutes)
            case.state = CaseState.APPOINTED
            session.add(
                Appointment(
                    survey_id=survey.id, case_id=case.case_id, starts_at=starts, is_hard=True,
                    ends_at=starts + timedelta(minutes=15),
                )
            )  # fmt: skip
    board = floor.read(floor_board, plan=floor.plan(), now=now)
    assert [len(part) for part in (board.live, board.soon, board.missed)] == [1, 1, 1]


def test_the_queue_explains_itself_in_its_own_order(database, login):
    floor = Floor(database, document=DOCUMENT | {"quotas": QUOTAS})
    with database.reading() as session:
        men, women = session.scalars(select(QuotaCell.id).order_by(QuotaCell.id))
    needed = floor.cases(2, sure=(women,), key="women")
    floor.cases(2, sure=(men,), key="men")
    with database.writing() as session:
        session.get_one(QuotaCell, men).n_complete = 1
        session.get_one(QuotaCell, men).weight_sum = session.get_one(QuotaCell, men).weight_squares = 1.0
    parts, n_shut_out = floor.read(explain_queue, plan=floor.plan())
    assert [part.sure[0].name for part in parts] == ["women", "men"]
    assert (parts[0].first[0].case_id, n_shut_out) == (floor.take().case_id, 0)
    assert parts[0].first[0].case_id == needed[0]
    with database.writing() as session:
        session.get_one(QuotaCell, men).n_complete = 2
    text = login(Role.SUPERVISOR).get("/cati/life/floor/queue").text
    assert "Cases that nobody calls because a quota is full: 2." in text
    assert "1. Women" in text


def test_a_supervisor_decides_with_a_note_and_the_ledger_keeps_it(database, login):
    floor = Floor(database)
    floor.cases(1)
    number = floor.call(Outcome.HARD_REFUSAL_HOUSEHOLD)
    page = login(Role.SUPERVISOR).get(f"/cati/life/floor/cases/{number}")
    assert "refused by the household for good" in page.text
    assert "+48 *** ***" in page.text
    assert "Say why" in page.submit("/decide", code="2.36", status=422).text
    assert "Choose a final code" in page.submit("/decide", code="9.99", note="x", status=422).text
    page = page.send("/decide", code="2.36", note="in hospital")
    assert "a supervisor decided" in page.text
    assert (floor.case(number).code, floor.case(number).is_final) == ("2.36", True)
    with database.reading() as session:
        last = session.scalars(select(LedgerEntry).order_by(LedgerEntry.id.desc())).first()
        account = session.get_one(Account, last.account_id)
        assert (last.kind, last.code, last.note) == ("supervisor", "2.36", "in hospital")
        assert account.name == "supervisor"
        assert session.scalar(select(func.count()).select_from(LedgerEntry)) == 2


def test_a_case_that_is_over_is_reopened_and_called_again(database, login):
    floor = Floor(database)
    floor.cases(1)
    number = floor.call(Outcome.HARD_REFUSAL_HOUSEHOLD, at=clock.now() - timedelta(minutes=5))
    page = login(Role.SUPERVISOR).get(f"/cati/life/floor/cases/{number}")
    page.submit("/reopen", note="they rang back")
    assert (floor.case(number).state, floor.case(number).code) == (CaseState.READY, "2.111")
    assert floor.take().case_id == number


def test_a_complete_interview_cannot_be_reopened_but_its_code_can_be_decided(database, login):
    floor = Floor(database)
    floor.cases(1)
    number = floor.call(Outcome.COMPLETE)
    page = login(Role.SUPERVISOR).get(f"/cati/life/floor/cases/{number}")
    assert "nothing left to ask" in page.submit("/reopen", note="again", status=422).text
    page.submit("/decide", code="2.12", note="the back-check contradicts it")
    assert floor.case(number).code == "2.12"


def test_cases_are_given_locked_and_put_back(database, login):
    floor = Floor(database)
    (number,) = floor.cases(1)
    browser = login(Role.SUPERVISOR)
    page = browser.get(f"/cati/life/floor/cases/{number}")
    page.submit("/assign", to=str(floor.bob))
    assert floor.take(floor.ann) is None
    page.submit("/lock", note="a complaint")
    assert floor.case(number).state == CaseState.LOCKED
    assert floor.take(floor.bob) is None
    page = browser.get(f"/cati/life/floor/cases/{number}")
    assert "This account does not interview" in page.submit("/assign", to="999999", status=422).text
    page.submit("/unlock")
    assert floor.take(floor.bob).case_id == number


def test_nothing_is_taken_from_under_an_interviewer(database, login):
    floor = Floor(database)
    (number,) = floor.cases(1)
    browser = login(Role.SUPERVISOR)
    floor.take()
    page = browser.get(f"/cati/life/floor/cases/{number}")
    assert "An interviewer has this case" in page.submit("/lock", note="now", status=422).text
    assert floor.case(number).state == CaseState.HELD
    with database.writing() as session:
        session.get_one(PhoneCase, number).lease_until = clock.now() - timedelta(minutes=5)
    page.submit("/lock", note="now")
    assert floor.case(number).state == CaseState.LOCKED


def test_cases_are_found_by_state_number_and_the_end_of_a_telephone_number(database, login):
    floor = Floor(database)
    numbers = floor.cases(60)
    browser = login(Role.SUPERVISOR)
    page = browser.get("/cati/life/floor/cases")
    assert len(page.all(".//tbody/tr")) == 50
    assert len(page.follow("More cases").all(".//tbody/tr")) == 10
    assert len(browser.get(f"/cati/life/floor/cases?q=5{numbers[7]:08}").all(".//tbody/tr")) == 1
    assert len(browser.get(f"/cati/life/floor/cases?q={numbers[7]}").all(".//tbody/tr")) == 1
    assert "No case is like that." in browser.get("/cati/life/floor/cases?state=closed").text
    assert "No case is like that." in browser.get("/cati/life/floor/cases?q=%25%25%25%25").text
    browser.get("/cati/life/floor/cases/999999", status=404)


def test_the_ledger_is_a_file_without_numbers_and_names_of_those_called(database, login):
    floor = Floor(database)
    floor.cases(1)
    number = floor.call(Outcome.NO_ANSWER, note="=1+1")
    response = login(Role.SUPERVISOR).get("/cati/life/floor/ledger.csv")
    (entry,) = rows(response.text)
    assert (entry["case"], entry["outcome"], entry["code"], entry["by"]) == (
        str(number), "no_answer", "3.13", "ann",
    )  # fmt: skip
    assert entry["note"] == "'=1+1"
    assert "+48" not in response.text


def interviewed(database, answers_of, seconds_of, n=12):
    """Twelve interviews each of four interviewers."""
    floor = Floor(database, document=SHORT)
    with database.writing() as session:
        survey = get_survey(session, "life")
        carl, dora = (make_interviewer(session, survey, name).id for name in ("carl", "dora"))
        people = (floor.ann, floor.bob, carl, dora)
        numbers = make_cases(session, survey, n * len(people), state=CaseState.CLOSED)
        for place, number in enumerate(numbers):
            who = place % len(people)
            add_response(session, survey, number, **answers_of(who, place))
            session.add(
                LedgerEntry(
                    survey_id=survey.id, case_id=number, outcome=Outcome.COMPLETE, code="1.1",
                    is_interim=False, account_id=people[who], seconds=seconds_of(who, place),
                    key=f"k{number}", slot="weekday",
                )
            )  # fmt: skip
    return floor


def test_unusual_interviewers_are_marked_and_their_effect_is_measured(database, login):
    def answers(who, place):
        grades = [str(1 + (place // 4 + item) % 3) for item in range(4)] if who else ["2"] * 4
        battery = {
            f"rate_{name}": grade
            for name, grade in zip(("bus", "road", "park", "school"), grades, strict=True)
        }
        return battery | {"life": "9" if who == 1 and place % 3 else str(1 + min(2, who % 3))}

    interviewed(database, answers, lambda who, place: 240 + place % 7 * 20 if who == 2 else 600 + place)
    with database.reading() as session:
        quality = survey_quality(session, survey=get_survey(session, "life"))
    marks = {person.name: set(person.marks) for person in quality.interviewers}
    assert marks == {
        "ann": {Mark.STRAIGHTLINING}, "bob": {Mark.NONRESPONSE}, "carl": {Mark.SHORT}, "dora": set(),
    }  # fmt: skip
    assert quality.everyone.n == 48
    battery = {effect.item: effect for effect, _ in quality.effects}["rate_bus"]
    assert (battery.n, battery.n_interviewers) == (48, 4)
    page = login(Role.SUPERVISOR).get("/cati/life/floor/quality")
    assert "many rows of equal answers" in page.text


def test_nobody_is_marked_with_few_interviews(database):
    floor = interviewed(
        database, lambda who, place: {"life": "9" if who == 0 else "1"}, lambda who, place: 600 + place, n=9
    )
    quality = floor.read(survey_quality)
    assert not any(person.marks for person in quality.interviewers)


def test_nothing_is_said_of_interviewers_from_few_answers(database):
    floor = interviewed(
        database, lambda who, place: {"life": str(1 + (who + place) % 3)}, lambda who, place: 600, n=7
    )
    assert floor.read(survey_quality).everyone.n == 28
    assert floor.read(survey_quality).effects == ()


def test_back_checks_are_a_seeded_share_of_each_interviewers_work(database, login):
    interviewed(database, lambda who, place: {"life": "1"}, lambda who, place: 600)
    browser = login(Role.SUPERVISOR)
    page = browser.get("/cati/life/floor/back-checks")
    assert "above 0" in page.submit(share="0", seed="7", status=422).text
    assert "whole number" in page.submit(share="10", seed="x", status=422).text
    page = page.send(share="10", seed="7")
    with database.reading() as session:
        drawn = session.scalars(select(BackCheck).order_by(BackCheck.id)).all()
        cases = {check.case_id for check in drawn}
        by_interviewer = [check.interviewer_id for check in drawn]
    assert len(by_interviewer) == 8  # two of twelve, of each of four
    assert all(by_interviewer.count(each) == 2 for each in set(by_interviewer))
    page.submit("/back-checks", share="10", seed="8")
    with database.writing() as session:
        assert set(session.scalars(select(BackCheck.case_id))) == cases
        for check in session.scalars(select(BackCheck)):
            session.delete(check)
        session.flush()
        again = draw_back_checks(session, survey=get_survey(session, "life"), share=0.1, seed=7)
        assert {check.case_id for check in again} == cases


def test_what_the_respondent_said_is_kept(database, login):
    interviewed(database, lambda who, place: {"life": "1"}, lambda who, place: 600, n=2)
    browser = login(Role.SUPERVISOR)
    page = browser.get("/cati/life/floor/back-checks").send(share="1", seed="1")
    with database.reading() as session:
        first = session.scalars(select(BackCheck.id).order_by(BackCheck.id)).first()
    assert "Choose what" in page.submit(f"/back-checks/{first}", status=422).text
    assert "Write what" in page.submit(f"/back-checks/{first}", outcome="contradicted", status=422).text
    page = page.send(f"/back-checks/{first}", outcome="contradicted", note="never called")
    assert "contradicted" in page.text
    with database.reading() as session:
        check = session.get_one(BackCheck, first)
        assert (check.outcome, check.note, check.checked_by is not None) == (
            "contradicted",
            "never called",
            True,
        )
    browser.post(
        "/cati/life/floor/back-checks/999999", {"csrf_token": page.fields()["csrf_token"]}, status=404
    )


@pytest.mark.parametrize("path", ["", "/cases", "/queue", "/rates", "/quality", "/back-checks"])
def test_an_empty_floor_says_what_to_do_and_interviewers_stay_out(path, database, login):
    Floor(database)
    assert login(Role.SUPERVISOR).get(f"/cati/life/floor{path}").status == 200
    login(Role.INTERVIEWER).get(f"/cati/life/floor{path}", status=403)


def test_officials_read_the_rates_and_nothing_else_of_the_floor(database, login):
    Floor(database)
    browser = login(Role.OFFICIAL)
    browser.get("/cati/life/floor/rates")
    browser.get("/cati/life/floor", status=403)
    browser.get("/cati/life/floor/ledger.csv", status=403)


def test_an_interviewer_without_this_survey_cannot_be_given_its_cases(database, login):
    floor = Floor(database)
    (number,) = floor.cases(1)
    with database.writing() as session:
        stranger = make_account(session, "stranger@example.org", Role.INTERVIEWER).id
        assert session.scalar(select(Interviewer).where(Interviewer.account_id == stranger)) is None
    page = login(Role.SUPERVISOR).get(f"/cati/life/floor/cases/{number}")
    page.submit("/assign", to=str(stranger), status=422)


def test_the_audit_report_has_the_rates_with_their_numerators(database, config):
    floor = Floor(database)
    floor.cases(4)
    for outcome in (Outcome.COMPLETE, Outcome.COMPLETE, Outcome.HARD_REFUSAL_HOUSEHOLD, Outcome.NO_ELIGIBLE):
        floor.call(outcome)
    with database.writing() as session:
        for response in session.scalars(select(Response)):
            response.answers = {"life": "1", "district": "1", "sex": "F"}
    with database.writing() as session:
        survey = get_survey(session, "life")
        edition = request_report(
            session, survey=survey, storage=config.storage, language="en", actor="a test"
        )
        pdf = build_edition(session, edition=edition, storage=config.storage, progress=lambda *_: None)
    text = " ".join("".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages).split())
    assert "Outcome rates after AAPOR (edition 10 of the Standard Definitions), wave 1" in text
    assert "RR1 66.7% (2 / 3)" in text
    assert "is estimated from cases of known eligibility" in text
