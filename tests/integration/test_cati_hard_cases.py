"""What happens in a studio that nobody planned: each is handled and said."""

import contextlib
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from cityvoice.accounts.types import Role
from cityvoice.cati import services
from cityvoice.cati.errors import DecisionRefused, OutcomeRefused
from cityvoice.cati.models import Appointment, Interviewer, LedgerEntry, PhoneCase, Telephone
from cityvoice.cati.plans import Plan
from cityvoice.cati.services import decisions
from cityvoice.cati.services.board import floor_board
from cityvoice.cati.services.tallies import tallies
from cityvoice.cati.types import CaseState
from cityvoice.core import clock
from cityvoice.fieldwork.outcomes import Outcome
from cityvoice.surveys.models import Case
from cityvoice.surveys.queries import get_survey
from cityvoice.surveys.services import close_survey
from tests.databases import on_sqlite
from tests.integration.test_cati_console import answers, begins, case_of, log_in, says, takes
from tests.integration.test_cati_floor import Floor
from tests.integration.test_cati_queue import Studio
from tests.phoning import TUESDAY, make_cases, make_interviewer, make_phone_survey

pytestmark = on_sqlite


def never(studio, case_id):
    with studio.database.writing() as session:
        e164 = session.get_one(PhoneCase, case_id).telephones[0].e164
        return services.add_never_call(session, numbers=[e164])


def let_go(studio, claim):
    with studio.database.writing() as session:
        services.release(
            session,
            survey=get_survey(session, "life"),
            case_id=claim.case_id,
            account_id=studio.ann,
            key=claim.key,
            now=studio.now,
        )


@pytest.fixture
def room(database, app):
    with database.writing() as session:
        survey = make_phone_survey(session)
        make_interviewer(session, survey, "ann")
        make_interviewer(session, survey, "bob")
        make_cases(session, survey, 3)
    return database


def test_a_number_listed_during_a_call_is_not_called_after_it_is_given_back(database):
    studio = Studio(database)
    studio.cases(1)
    claim = studio.next()
    never(studio, claim.case_id)
    let_go(studio, claim)
    assert studio.next(studio.bob) is None


def test_a_number_listed_during_a_call_is_not_called_after_its_lease(database):
    studio = Studio(database)
    studio.cases(1)
    claim = studio.next()
    never(studio, claim.case_id)
    studio.now += timedelta(minutes=10)
    assert studio.next(studio.bob) is None


def test_the_never_call_list_keeps_unreleased_cases_out_of_the_rates(database):
    studio = Studio(database)
    (_a,) = studio.cases(1)
    (b,) = studio.cases(1, state=CaseState.UNRELEASED)
    never(studio, b)
    with database.reading() as session:
        n = sum(t.n for t in tallies(session, get_survey(session, "life")))
    assert n == 1


def test_the_never_call_list_leaves_the_rates_of_closed_surveys(database):
    studio = Studio(database)
    (a,) = studio.cases(1)
    studio.dispose(studio.next(), Outcome.NO_ANSWER)
    with database.writing() as session:
        close_survey(session, survey=get_survey(session, "life"))
    before = studio.look(a).code
    never(studio, a)
    assert studio.look(a).code == before == "3.13"


def test_agreed_time_of_the_last_allowed_call_is_kept(database):
    studio = Studio(database, max_calls=1)
    (a,) = studio.cases(1)
    studio.now = clock.now()
    claim = studio.next()
    at = clock.now() + timedelta(hours=20)
    studio.dispose(claim, Outcome.CALLBACK, time=services.Time(at, is_hard=True))
    with database.reading() as session:
        n = session.scalar(select(func.count()).select_from(Appointment))
    assert (studio.look(a).state, n) == (CaseState.APPOINTED, 1)


def test_an_appointment_is_no_conflict_with_its_own_case(database, app):
    """Ann's own appointment is being kept; the respondent asks her to ring in ten minutes."""
    studio = Studio(database)
    (a,) = studio.cases(1)
    now = clock.now().replace(second=0, microsecond=0)
    with database.writing() as session:
        survey = get_survey(session, "life")
        session.get_one(PhoneCase, a).state = CaseState.APPOINTED
        session.add(
            Appointment(
                survey_id=survey.id,
                case_id=a,
                starts_at=now,
                ends_at=now + timedelta(minutes=15),
                is_hard=True,
                for_account_id=studio.ann,
            )
        )
    ann = log_in(app, "ann")
    page = takes(ann)
    later = (now + timedelta(minutes=10)).astimezone(clock.CITY_TIME)
    said = page.submit(
        "/outcome",
        outcome="appointment",
        day=later.date().isoformat(),
        hour=f"{later:%H:%M}",
        hard="1",
        **{"for": str(studio.ann)},
    )
    assert said.status == 303, said.text[:900]
    assert "another appointment" not in said.follow_redirect().text


def test_caps_hold_when_the_plan_is_tightened(database):
    studio = Studio(database, max_calls=3, delays={"no_answer": 0})
    (_a,) = studio.cases(1)
    for n in range(2):
        studio.dispose(studio.next(), Outcome.NO_ANSWER, key=str(n))
    with database.writing() as session:
        survey = get_survey(session, "life")
        plan = services.plan_of(session, survey)
        from dataclasses import replace

        services.change_plan(session, survey=survey, plan=replace(plan, max_calls=2))
    assert studio.next() is None, "two calls were made, two are allowed"


def test_an_appointment_that_is_being_kept_is_not_shown_as_missed(database):
    floor = Floor(database)
    (a,) = floor.cases(1)
    with database.writing() as session:
        survey = get_survey(session, "life")
        session.get_one(PhoneCase, a).state = CaseState.APPOINTED
        session.add(
            Appointment(
                survey_id=survey.id,
                case_id=a,
                starts_at=TUESDAY,
                ends_at=TUESDAY + timedelta(minutes=15),
                is_hard=True,
            )
        )
    floor.take(at=TUESDAY)
    board = floor.read(floor_board, plan=floor.plan(), now=TUESDAY + timedelta(minutes=20))
    assert board.missed == []


def test_an_appointment_sent_twice_is_not_called_lost(room, app):
    page = takes(log_in(app, "ann"))
    day = page.one(".//input[@name='day']").get("value")
    for _ in range(2):
        shift = page.send("/outcome", outcome="appointment", day=day, hour="12:00", hard="1")
    assert "is not on your screen any more" not in shift.text


def test_completion_sent_twice_is_not_called_lost(room, app):
    ann = log_in(app, "ann")
    page = begins(ann)
    says(ann, page, "life", 1, life="1")
    says(ann, page, "district", 2, district="1")
    page.browser.get(f"/cati/life/case/{case_of(page)}?at=talk")
    for _ in range(2):
        shift = page.send("/complete")
    assert "is not on your screen any more" not in shift.text


def test_a_correction_from_an_older_page_is_kept_or_refused(room, app):
    """Without script: back in the browser, another answer, sent again."""
    ann = log_in(app, "ann")
    page = begins(ann)
    old = page
    second = page.send("/living", life="3", years="12")
    second.submit("/transport", means=["bus"], rate_bus="2", rate_road="1", score="7")
    sent = old.submit("/living", life="1", why="noise", years="50")
    kept = answers(room, case_of(page))
    assert kept["life"] == "1" or sent.status == 422, (sent.status, kept)


@pytest.mark.parametrize("seed", ["inf", "nan", "1e999"])
def test_a_seed_that_is_no_number_is_refused(database, login, seed):
    Floor(database)
    page = login(Role.SUPERVISOR).get("/cati/life/floor/back-checks")
    page.submit(share="10", seed=seed, status=422)


@pytest.mark.parametrize("path", ["cases?after=" + "9" * 30, "cases?q=" + "9" * 5000])
def test_cases_are_looked_for_by_whatever_is_typed(database, login, path):
    Floor(database)
    login(Role.SUPERVISOR).get("/cati/life/floor/" + path, status=200)


@pytest.mark.parametrize("to", ["9" * 30, "9" * 5000])
def test_assign_to_a_number_that_is_none(database, login, to):
    floor = Floor(database)
    (n,) = floor.cases(1)
    login(Role.SUPERVISOR).get(f"/cati/life/floor/cases/{n}").submit("/assign", to=to, status=422)


@pytest.mark.parametrize("typed", [{"telephone": "999999"}])
def test_link_from_a_number_that_is_not_the_cases(room, app, typed):
    page = takes(log_in(app, "ann"))
    sent = page.submit("/link", status=422, email="", **typed)
    assert "This number is not one of this case." in sent.text


def test_link_of_another_cases_number(room, app):
    ann = log_in(app, "ann")
    page = takes(ann)
    with room.reading() as session:
        other = session.scalars(select(Telephone.id).where(Telephone.case_id != case_of(page))).first()
    sent = page.submit("/link", status=422, email="", telephone=str(other))
    assert "This number is not one of this case." in sent.text


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_a_shift_of_a_mistyped_year_is_refused(database, login, day):
    floor = Floor(database)
    page = login(Role.SUPERVISOR).get("/cati/life/plan")
    page.submit(
        "/plan/shifts",
        interviewer=str(floor.ann),
        day=day,
        **{"from": "00:00", "to": "00:00" if day[0] == "9" else "00:30"},
        status=422,
    )


def test_hours_of_calling_have_no_offset(database, login):
    Floor(database)
    page = login(Role.SUPERVISOR).get("/cati/life/plan")
    page.submit("/plan", status=422, **{"from:mon": "09:00+02:00", "to:mon": "20:00"})


def test_own_default_script_before_another_languages_text(database):
    plan = Plan(scripts={"pl": {"introduction": "Dzień dobry"}})
    assert plan.script("introduction", "uk") == ""


def test_seven_per_cent_of_a_hundred_interviews_are_seven(database):
    from cityvoice.cati.services.backchecks import _drawn

    assert len(list(_drawn(list(range(100)), set(), 7 / 100, "1"))) == 7


def test_interviewers_get_cases_in_their_languages(database):
    studio = Studio(database)
    (_uk,) = studio.cases(1, language="uk")
    (pl,) = studio.cases(1, language="pl")
    with database.writing() as session:
        session.get_one(Interviewer, (get_survey(session, "life").id, studio.ann)).languages = ["pl"]
    assert studio.next().case_id == pl


def test_later_time_zones_come_first(database):
    studio = Studio(database)
    (_w,) = studio.cases(1)
    (k,) = studio.cases(1, zone="Europe/Kyiv")
    assert studio.next().case_id == k


def test_messages_on_machines_have_a_limit(database):
    studio = Studio(database, max_machine_messages=1, delays={"machine_message": 0})
    studio.cases(1)
    studio.dispose(studio.next(), Outcome.MACHINE_MESSAGE, key="1")
    with pytest.raises(OutcomeRefused):
        studio.dispose(studio.next(), Outcome.MACHINE_MESSAGE, key="2")


def test_a_complete_code_needs_an_interview(database):
    studio = Studio(database)
    (a,) = studio.cases(1)
    with database.writing() as session:
        survey = get_survey(session, "life")
        said = {"survey": survey, "case_id": a, "account_id": studio.ann, "note": "x"}
        with pytest.raises(DecisionRefused):
            decisions.decide(session, code="1.1", **said)


@pytest.mark.parametrize("stratum", ["a=nan", "a=inf"])
def test_strata_sizes_must_be_numbers_on_the_command_line(cli, database, stratum):
    with database.writing() as session:
        make_phone_survey(session)
    found = cli(
        "cati",
        "draw",
        "life",
        "--method",
        "stratified",
        "--frame",
        "x",
        "--allocation",
        "given",
        "--stratum",
        stratum,
    )
    assert "expected" in found.output


def test_shown_code_is_the_recorded_code(database, app):
    with database.writing() as session:
        survey = make_phone_survey(session, selection="kish")
        make_interviewer(session, survey, "ann")
        (a,) = make_cases(session, survey, 1)
        session.get_one(PhoneCase, a).selection = {"method": "kish", "n_eligible": 2, "number": 1}
    page = takes(log_in(app, "ann"))
    label = next(
        e for e in page.all(".//label") if any(i.get("value") == "no_answer" for i in e.iter("input"))
    )
    shown = "".join(label.itertext())
    page.submit("/outcome", outcome="no_answer")
    with database.reading() as session:
        code = session.scalars(select(LedgerEntry.code)).one()
    assert code in shown, (code, shown)


def test_two_cases_of_the_web_and_the_phone_share_one_response(database, app):
    """A link used before the phone: begun on the web, gone on with by phone."""
    with database.writing() as session:
        survey = make_phone_survey(session)
        make_interviewer(session, survey, "ann")
        (a,) = make_cases(session, survey, 1)
    from tests.browsing import Browser

    ann = log_in(app, "ann")
    page = takes(ann)
    address = page.submit("/link", email="", status=200).one(".//p[@class='code link-shown']").text
    Browser(app).get("/t/" + address.split("/t/")[1]).send().submit(life="3", years="7")
    with database.writing() as session:
        session.get_one(PhoneCase, a).state = CaseState.READY
    page = begins(ann)
    whole = ann.get(f"/cati/life/case/{a}/whole")
    assert whole.one(".//form").get("data-next") == "means"


def test_a_number_never_to_be_called_is_not_reopened(database):
    studio = Studio(database)
    (a,) = studio.cases(1)
    never(studio, a)
    with database.writing() as session:
        survey = get_survey(session, "life")
        with contextlib.suppress(DecisionRefused):
            decisions.reopen(session, survey=survey, case_id=a, account_id=studio.ann, note="x")
    assert studio.next() is None


def test_the_oldest_call_comes_first(database):
    studio = Studio(database)
    old, new = studio.cases(2)
    with database.writing() as session:
        session.get_one(PhoneCase, old).last_called_at = TUESDAY - timedelta(days=1)
        session.get_one(PhoneCase, new).last_called_at = TUESDAY - timedelta(days=2)
    assert studio.next().case_id == new


def test_one_of_four_adults_speaks_for_four_of_them(database, app):
    with database.writing() as session:
        survey = make_phone_survey(session, selection="kish")
        make_interviewer(session, survey, "ann")
        (a,) = make_cases(session, survey, 1)
        session.get_one(PhoneCase, a).probability = 0.5
    page = takes(log_in(app, "ann")).send("/talk")
    for typed in ("2", "4"):  # corrected
        page.browser.get(page.path)
        page.submit("/respondent", n_eligible=typed)
    with database.reading() as session:
        selection = session.get_one(PhoneCase, a).selection
        assert selection["n_eligible"] == 4
        assert session.get_one(Case, a).base_weight == pytest.approx(1 / (0.5 * selection["probability"]))
