"""Which of AAPOR's codes the cases of a sample count with, whichever mode they stopped or ended in."""

from sqlalchemy import update

from cityvoice.cati.services.tallies import tallies
from cityvoice.core import clock
from cityvoice.core.tokens import token_digest
from cityvoice.fieldwork.outcomes import Outcome
from cityvoice.surveys.models import Case, Participant, QuotaCell
from cityvoice.surveys.published import questionnaire_of
from cityvoice.surveys.queries import get_survey
from cityvoice.surveys.services import begin_by_link, close_survey, complete_response, record_page
from cityvoice.surveys.types import WHO, Anonymity
from tests.browsing import Browser
from tests.databases import on_sqlite
from tests.factories import DOCUMENT
from tests.integration.test_cati_console import log_in, takes
from tests.integration.test_cati_floor import add_response
from tests.integration.test_cati_queue import QUOTAS, Studio, begin, say
from tests.phoning import make_cases, make_interviewer, make_phone_survey

pytestmark = on_sqlite

MOST = {"life": "1", "why": "noise", "years": "7", "district": "1"}


def count(database):
    with database.reading() as session:
        return {tally.code: tally.n for tally in tallies(session, get_survey(session, "life"))}


def close(database):
    with database.writing() as session:
        close_survey(session, survey=get_survey(session, "life"))


def token(number):
    return f"{number}" * 40


def invite(session, survey, n):
    for number in range(n):
        who = {"survey_id": survey.id, "link_salt": f"{number}", "invited_on": clock.today()}
        session.add(Participant(token_sha256=token_digest(WHO, token(number)), **who))
    session.flush()


def test_a_break_off_after_most_questions_is_a_partial_interview(database):
    studio = Studio(database)
    studio.cases(2)
    for key, answers in {"1": MOST, "2": {"life": "1"}}.items():
        claim = studio.next()
        begin(studio, claim)
        for number, (name, value) in enumerate(answers.items(), 1):
            say(studio, claim, number, name, **{name: value})
        studio.dispose(claim, Outcome.BREAK_OFF, key=key)
    assert count(database) == {"1.2": 1, "2.12": 1}
    close(database)
    assert count(database) == {"1.2": 1, "2.12": 1}


def test_an_interview_begun_on_the_web_after_a_call_counts_as_begun(database, app):
    with database.writing() as session:
        survey = make_phone_survey(session)
        make_interviewer(session, survey, "ann")
        make_cases(session, survey, 1)
    page = takes(log_in(app, "ann"))
    address = page.submit("/link", email="", status=200).one(".//p[@class='code link-shown']").text
    assert count(database) == {"3.21": 1}
    web = Browser(app).get("/t/" + address.split("/t/")[1]).send()
    assert count(database) == {"2.12": 1}
    web.submit(life="3", years="7")
    close(database)
    assert count(database) == {"2.12": 1}


def test_invited_people_who_stop_on_the_web_count_by_how_much_they_answered(database):
    with database.writing() as session:
        survey = make_phone_survey(session)
        much = {**MOST, "means": ["bus"], "rate_bus": "2", "rate_road": "2", "score": "5"}
        for number, answers in enumerate((much, {"life": "3"})):
            case = Case(survey_id=survey.id, wave_id=survey.current_wave.id, origin="personal_link")
            session.add(case)
            session.flush()
            who = {"survey_id": survey.id, "case_id": case.id, "invited_on": clock.today()}
            session.add(Participant(link_salt=f"{number}", token_sha256=f"{number}" * 64, **who))
            add_response(session, survey, case.id, is_complete=False, **answers)
    assert count(database) == {"1.2": 1, "2.12": 1}


def test_an_anonymous_survey_tells_completes_from_those_screened_out_in_all(database):
    with database.writing() as session:
        survey = make_phone_survey(session, document=DOCUMENT | {"quotas": QUOTAS})
        survey.anonymity = Anonymity.ANONYMOUS
        invite(session, survey, 4)
        session.execute(update(QuotaCell).where(QuotaCell.name == "men").values(n_complete=10))
        for number, sex in enumerate(("M", "F", None)):
            response = begin_by_link(session, survey=survey, token=token(number), language="en")
            first, *_, last = questionnaire_of(response.version).sections
            sent = {"survey": survey, "response": response, "token": token(number)}
            record_page(session, section=first, form={"life": ["1"]}, **sent)
            if sex is not None:
                record_page(session, section=last, form={"district": ["1"], "sex": [sex]}, **sent)
            if sex == "F":
                complete_response(session, **sent)
    assert count(database) == {"1.1": 1, "2.12": 1, "3.19": 1, "4.80": 1}
