"""Two officials who act in the same moment."""

import time
from threading import Thread

import pytest
from sqlalchemy import select

from cityvoice.designer import services as designer
from cityvoice.designer.errors import DraftChanged
from cityvoice.questionnaire import editing
from cityvoice.questionnaire.document import load_document
from cityvoice.questionnaire.question import Text
from cityvoice.surveys import services
from cityvoice.surveys.models import QuotaCell, Response
from cityvoice.surveys.published import current_questionnaire
from cityvoice.surveys.queries import get_survey
from tests.factories import make_survey, questionnaire
from tests.integration.test_quotas import MEN, document


def start(database, count):
    with database.writing() as session:
        survey = get_survey(session, "life")
        return [services.start_response(session, survey=survey, language="en").id for _ in range(count)]


def send(database, number, section, form, end=False):
    with database.writing() as session:
        survey = get_survey(session, "life")
        response = session.get_one(Response, number, with_for_update=True)
        part = current_questionnaire(survey).section(section)
        services.record_page(session, survey=survey, response=response, section=part, form=form)
        if end and not response.is_over:
            services.complete_response(session, survey=survey, response=response)


def n_men(database):
    with database.reading() as session:
        done = session.scalars(select(Response).where(Response.status == "complete")).all()
        cell = session.scalars(select(QuotaCell).where(QuotaCell.name == "men")).one()
        return sum(each.answers.get("sex") == "M" for each in done), cell.n_complete, cell.target


def in_thread(work):
    errors = []

    def run():
        try:
            work()
        except BaseException as error:
            errors.append(error)

    thread = Thread(target=run)
    thread.start()
    return thread, errors


@pytest.mark.parametrize("change", ["new", "changed"])
def test_a_response_that_ends_while_a_version_is_published_is_counted(database, change):
    """A new quota, or one said otherwise, is published while somebody sends the last page."""
    quotas = [MEN | {"limit": 5}]
    before = document() if change == "new" else document(*quotas)
    after = document(*quotas) if change == "new" else document(MEN | {"limit": 5, "when": "sex in ['M']"})
    with database.writing() as session:
        made = services.create_survey(session, slug="life", questionnaire=load_document(before))
        services.open_survey(session, survey=made)
    (mine,) = start(database, 1)
    send(database, mine, "first", {"sex": ["M"], "district": ["1"]})
    if database.engine.dialect.name == "sqlite":
        pytest.skip("SQLite has one writer at a time: nobody can end during a publication")
    with database.writing() as session:
        services.publish(session, survey=get_survey(session, "life"), questionnaire=load_document(after))
        thread, errors = in_thread(
            lambda: send(database, mine, "living", {"life": ["1"], "why": ["x"]}, end=True)
        )
        thread.join(2)  # sent before the publication is committed; may wait for it
    thread.join(20)
    assert errors == []
    there, counted, _target = n_men(database)
    assert there == 1
    assert counted == there, "what is counted is what there is"


@pytest.mark.parametrize("begun", [True, False])
def test_two_officials_who_save_at_once_lose_nothing(database, begun):
    """Both looked at the same revision; the second request comes before the first has committed."""
    with database.writing() as session:
        survey = make_survey(session)
        if begun:
            designer.save_draft(session, survey=survey, questionnaire=questionnaire(), revision=0)
    seen, outcomes = int(begun), []

    def save(title, pause=0.0):
        try:
            with database.writing() as session:
                survey = get_survey(session, "life")
                draft = designer.open_draft(session, survey=survey)
                grown = editing.add_section(draft.questionnaire, Text({"en": title}), after=None)
                designer.save_draft(session, survey=survey, questionnaire=grown, revision=seen)
                time.sleep(pause)
            outcomes.append("saved")
        except DraftChanged:
            outcomes.append("told")

    first, errors = in_thread(lambda: save("Parks", 1.0))
    time.sleep(0.3)
    second, more = in_thread(lambda: save("Schools"))
    first.join(20)
    second.join(20)
    assert errors + more == []
    assert sorted(outcomes) == ["saved", "told"]


def test_publishing_twice_at_once_is_one_version(database):
    with database.writing() as session:
        survey = make_survey(session)
        designer.save_draft(session, survey=survey, questionnaire=questionnaire(), revision=0)
    ready, until, outcomes = [], time.time() + 3, []

    def publish():
        try:
            with database.writing() as session:
                survey = get_survey(session, "life")
                survey.versions  # noqa: B018
                designer.open_draft(session, survey=survey)
                ready.append(1)
                while len(ready) < 2 and time.time() < until:
                    time.sleep(0.01)
                designer.publish_draft(session, survey=survey, revision=1)
            outcomes.append("published")
        except DraftChanged:
            outcomes.append("told")

    runs = [in_thread(publish) for _ in range(2)]
    for thread, _errors in runs:
        thread.join(30)
    assert [errors for _thread, errors in runs] == [[], []]
    assert sorted(outcomes) == ["published", "told"]


def test_a_mailing_asked_for_twice_at_once_writes_once(database, config):
    """A double click on "send": two workers then send to each person once."""
    from dataclasses import replace

    from cityvoice.core.config import MailConfig, MailSecurity
    from cityvoice.invitations.compose import default_draft
    from cityvoice.invitations.errors import NobodyToWrite
    from cityvoice.invitations.models import Delivery
    from cityvoice.invitations.services import claim_delivery, request_mailing
    from cityvoice.invitations.types import MailingKind
    from tests.invited import invite

    with database.writing() as session:
        make_survey(session)
    invite(database, "a,Ann,a@example.org,,")
    mail = MailConfig("127.0.0.1", 25, MailSecurity.NONE, "voice@city.example")
    ours = replace(config, mail=mail)
    ready, until, outcomes = [], time.time() + 3, []

    def ask():
        try:
            with database.writing() as session:
                survey = get_survey(session, "life")
                ready.append(1)
                while len(ready) < 2 and time.time() < until:
                    time.sleep(0.01)
                draft = default_draft(MailingKind.INVITATION, ("en",))
                request_mailing(session, survey=survey, draft=draft, actor="x", config=ours)
                time.sleep(0.3)
            outcomes.append("asked")
        except NobodyToWrite:
            outcomes.append("nobody")

    runs = [in_thread(ask) for _ in range(2)]
    for thread, _errors in runs:
        thread.join(30)
    assert [errors for _thread, errors in runs] == [[], []]
    with database.reading() as session:
        ids = session.scalars(select(Delivery.id).order_by(Delivery.id)).all()
    sent = []
    for each in ids:  # two workers at the same moment: each takes one before the other has said that it left
        with database.writing() as session:
            if claim_delivery(session, delivery_id=each, config=ours) is not None:
                sent.append(each)
    assert len(sent) == 1
