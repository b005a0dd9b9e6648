"""Phone and web, and two tabs, at the same moment: what only PostgreSQL can show."""

import time
from threading import Event, Thread

import pytest
from sqlalchemy import func, select

from cityvoice.cati import services
from cityvoice.cati.models import Interviewer, PhoneCase
from cityvoice.core.tokens import token_digest
from cityvoice.surveys.models import Participant, Response
from cityvoice.surveys.queries import find_response_of_case, get_survey
from cityvoice.surveys.services import begin_by_link, complete_response
from cityvoice.surveys.types import WHO
from tests.integration.test_cati_queue import Studio, begin, say
from tests.phoning import make_cases, make_phone_survey

pytestmark = pytest.mark.parametrize("backend", ["postgres"], indirect=True)


TOKEN = "t" * 40


def test_notice_and_web_completion_do_not_deadlock(database, app):
    """Both lock the response first, then the case."""
    studio = Studio(database)
    (a,) = studio.cases(1)
    claim = studio.next()
    begin(studio, claim)
    say(studio, claim, 1, "life", life="1")
    errors = []
    web_has, phone_has = (Event(), Event())

    def web():
        try:
            with database.writing() as session:
                survey = get_survey(session, "life")
                response = find_response_of_case(session, a, lock=True)
                web_has.set()
                phone_has.wait(5)
                complete_response(session, survey=survey, response=response)
        except Exception as error:
            errors.append(("web", type(error.__cause__ or error).__name__, str(error)[:150]))

    def phone():
        try:
            with database.writing() as session:
                survey = get_survey(session, "life")
                case = session.get(PhoneCase, a)
                web_has.wait(5)
                services.read_notice(session, case=case, text="words")
                phone_has.set()
                services.begin_interview(
                    session,
                    survey=survey,
                    case_id=a,
                    account_id=studio.ann,
                    held_key=claim.key,
                    language="en",
                    plan=services.plan_of(session, survey),
                )
        except Exception as error:
            errors.append(("phone", type(error).__name__, str(error)[:150]))

    threads = [Thread(target=web), Thread(target=phone)]
    [t.start() for t in threads]
    [t.join() for t in threads]
    assert not any("eadlock" in str(e) for e in errors), errors


def test_phone_and_web_begin_at_once_make_one_response(database, app):
    studio = Studio(database)
    (a,) = studio.cases(1)
    claim = studio.next()
    with database.writing() as session:
        survey = get_survey(session, "life")
        session.add(
            Participant(survey_id=survey.id, case_id=a, link_salt="s", token_sha256=token_digest(WHO, TOKEN))
        )
    errors, phone_began, web_done = ([], Event(), Event())

    def phone():
        with database.writing() as session:
            survey = get_survey(session, "life")
            services.begin_interview(
                session,
                survey=survey,
                case_id=a,
                account_id=studio.ann,
                held_key=claim.key,
                language="en",
                plan=services.plan_of(session, survey),
            )
            phone_began.set()
            web_done.wait(3)

    def web():
        phone_began.wait(5)
        try:
            with database.writing() as session:
                begin_by_link(session, survey=get_survey(session, "life"), token=TOKEN, language="en")
        except Exception as error:
            errors.append(repr(error)[:200])
        web_done.set()

    threads = [Thread(target=phone), Thread(target=web)]
    [t.start() for t in threads]
    [t.join() for t in threads]
    with database.reading() as session:
        n = session.scalar(select(func.count()).select_from(Response).where(Response.case_id == a))
    assert (n, errors) == (1, [])


def test_two_tabs_in_two_surveys_are_told_and_not_broken(database, app):
    studio = Studio(database)
    studio.cases(1)
    with database.writing() as session:
        other = make_phone_survey(session, slug="second")
        session.add(Interviewer(survey_id=other.id, account_id=studio.ann, skills=[], languages=[]))
        make_cases(session, other, 1)
    errors, first_has, second_asked = ([], Event(), Event())

    def ask(slug, before, after, wait):
        try:
            with database.writing() as session:
                survey = get_survey(session, slug)
                if before:
                    before.wait(5)
                services.next_case(session, survey=survey, account_id=studio.ann, now=studio.now)
                after.set()
                if wait:
                    time.sleep(1)
        except Exception as error:
            errors.append((slug, type(error).__name__, str(error)[:160]))
            after.set()

    threads = [
        Thread(target=ask, args=("life", None, first_has, True)),
        Thread(target=ask, args=("second", first_has, second_asked, False)),
    ]
    [t.start() for t in threads]
    [t.join() for t in threads]
    assert not errors, errors
