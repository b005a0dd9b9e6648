"""The demo's survey by phone: ready to be called, and nobody's numbers."""

import time

import phonenumbers
import pytest
from sqlalchemy import func, select

from cityvoice.accounts.queries import find_account_by_email
from cityvoice.cati import queries
from cityvoice.cati.models import Appointment, LedgerEntry, PhoneCase, Telephone
from cityvoice.cati.services import next_case, plan_of
from cityvoice.cati.types import CaseState
from cityvoice.core import clock
from cityvoice.core.db import Base, Database
from cityvoice.demo import studio
from cityvoice.demo.services import PASSWORD
from cityvoice.surveys.queries import fieldwork_progress, get_survey, list_quota_cells


@pytest.fixture
def database(tmp_path):
    opened = Database(f"sqlite:///{tmp_path / 'test.sqlite3'}")
    Base.metadata.create_all(opened.engine)
    with opened.writing() as session:
        studio.load_studio(session, password=PASSWORD)
    yield opened
    opened.engine.dispose()


def test_the_studio_is_ready(database):
    with database.writing() as session:
        survey = get_survey(session, studio.SLUG)
        assert (survey.is_open, survey.is_fictional, survey.is_anonymous) == (True, True, False)
        (draw,) = queries.list_draws(session, survey)
        parts = queries.list_replicates(session, draw)
        assert [part.n_released for part in parts] == [60, 60, 0, 0]
        assert [account.email for _, account in queries.list_crew(session, survey)] == list(studio.CREW)
        assert queries.list_unfillable(session, survey) == []
        soon = plan_of(session, survey).hours.next_open(clock.now(), "Europe/Warsaw")
        account = find_account_by_email(session, studio.CREW[1])
        assert next_case(session, survey=survey, account_id=account.id, now=soon) is not None


def test_the_first_calls_were_made(database):
    with database.reading() as session:
        survey = get_survey(session, studio.SLUG)
        outcomes = session.scalars(select(LedgerEntry.outcome).order_by(LedgerEntry.id)).all()
        assert outcomes == list(studio.CALLS)
        n_complete = sum(outcome == "complete" for outcome in outcomes)
        assert fieldwork_progress(session, survey).by_mode == {"CATI": n_complete}
        cells = {cell.name: cell.n_complete for cell in list_quota_cells(session, survey)}
        assert cells["women"] + cells["men"] == n_complete
        appointed = select(func.count()).where(PhoneCase.state == CaseState.APPOINTED)
        assert session.scalar(appointed) == session.scalar(select(func.count()).select_from(Appointment)) == 3


def test_no_number_can_be_called(database):
    with database.reading() as session:
        for number in session.scalars(select(Telephone.e164)):
            assert number.startswith("+48000")
            assert not phonenumbers.is_valid_number(phonenumbers.parse(number))


def test_it_is_made_once_and_fast(database):
    with database.writing() as session:
        began = time.monotonic()
        studio.load_studio(session, password=PASSWORD)
        assert time.monotonic() - began < 2
        assert session.scalar(select(func.count()).select_from(PhoneCase)) == studio.CASES
