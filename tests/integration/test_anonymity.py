"""Who took part and what was answered: nothing in the database leads from one to the other."""

from dataclasses import replace

import pytest
from sqlalchemy import DateTime, select
from sqlalchemy.types import TypeDecorator

from cityvoice.core import clock
from cityvoice.core.config import MailConfig, MailSecurity
from cityvoice.core.db import Base
from cityvoice.invitations.compose import default_draft
from cityvoice.invitations.errors import ListRefused
from cityvoice.invitations.models import Delivery
from cityvoice.invitations.services import claim_delivery, request_mailing
from cityvoice.invitations.types import MailingKind
from cityvoice.questionnaire.document import load_document
from cityvoice.surveys import services
from cityvoice.surveys.models import Case, Participant, Response
from cityvoice.surveys.queries import get_survey
from cityvoice.surveys.types import Anonymity
from tests.browsing import Browser
from tests.databases import on_sqlite
from tests.factories import DOCUMENT, make_survey
from tests.invited import invite, people

PEOPLE = {"participant", "mail_delivery", "mailing"}
PHONED = {  # of confidential surveys alone: no case of an anonymous one can be sampled
    ("phone_case", "case_id", "survey_case"),
    ("ledger_entry", "case_id", "survey_case"),
}
ANSWERS = {"response", "upload", "quota_hold", "survey_case"}
COMMON = {"survey", "job", "wave", "questionnaire_version", "quota_cell"}  # of many people each


def take_part(app, token: str, **answers) -> None:
    page = Browser(app).get(f"/t/{token}").send()
    page = page.send(life="1", why="x")
    page.submit(district="1", **answers)


def edges(table: str) -> dict[str, str]:
    """Where the foreign keys of a table lead, by column."""
    return {key.parent.name: key.column.table.name for key in Base.metadata.tables[table].foreign_keys}


def test_only_one_key_leads_from_people_to_answers_and_anonymous_surveys_leave_it_empty(app, database):
    across = {
        (table, column, aim)
        for table in PEOPLE | ANSWERS
        for column, aim in edges(table).items()
        if (table in PEOPLE and aim in ANSWERS) or (table in ANSWERS and aim in PEOPLE)
    }
    assert across == {("participant", "case_id", "survey_case")}
    tables = set(Base.metadata.tables) - PEOPLE - ANSWERS
    into_answers = {(table, *edge) for table in tables for edge in edges(table).items() if edge[1] in ANSWERS}
    assert into_answers == PHONED
    assert {aim for table in PEOPLE | ANSWERS for aim in edges(table).values()} <= PEOPLE | ANSWERS | COMMON
    with database.writing() as session:
        make_survey(session)
    for token in invite(database, *(f"{name},{name},{name}@example.org,," for name in "abc")):
        take_part(app, token)
    assert [person.case_id for person in people(database)] == [None] * 3


def test_no_moment_stands_beside_answers_and_no_day_beside_taking_part():
    def moments(table: str) -> set[str]:
        return {column.name for column in Base.metadata.tables[table].columns if _is_moment(column.type)}

    timeless = ("response", "survey_case", "upload", "participant", "mail_delivery")
    assert [moments(table) for table in timeless] == [set()] * 5
    assert moments("quota_hold") == {"expires_at"}, "gone when the response is complete"
    columns = {column.name: column for column in Participant.__table__.columns}
    assert columns["has_taken_part"].type.python_type is bool
    assert not [name for name in columns if "taken" in name and name.endswith("_on")]


def _is_moment(type_) -> bool:
    return isinstance(type_.impl if isinstance(type_, TypeDecorator) else type_, DateTime)


def test_no_value_of_a_person_is_a_value_of_an_answer(app, database):
    """Every value of every column, compared: what the two sides share says nothing about one person."""
    with database.writing() as session:
        make_survey(session)
    for token in invite(database, *(f"{name},{name},{name}@example.org,," for name in ("Ann", "Bob", "Eve"))):
        take_part(app, token)
    with database.reading() as session:
        ours = [_values(person) for person in session.scalars(select(Participant))]
        theirs = [_values(each) for row in session.scalars(select(Response)) for each in (row, row.case)]
    shared = set.union(*ours) & set.union(*theirs)
    # numbers of rows and of the survey, the day, and flags: the same for everybody or only counting up
    assert shared <= {"1", "2", "3", "True", "False", "0", "None", "{}"}


def _values(row) -> set[str]:
    return {str(getattr(row, name)) for name in row.__table__.columns.keys()}  # noqa: SIM118


def test_the_order_of_the_list_is_not_the_order_of_answering(app, database):
    """Rows of people are made before anybody answers and are not moved when they do."""
    with database.writing() as session:
        make_survey(session)
    tokens = invite(database, *(f"{name},{name},{name}@example.org,," for name in "abc"))
    before = [person.id for person in people(database)]
    for token in (tokens[2], tokens[0]):
        take_part(app, token)
    assert [person.id for person in people(database)] == before
    assert [person.has_taken_part for person in people(database)] == [True, False, True]


@pytest.mark.parametrize(
    ("anonymity", "n", "kept"),
    [(Anonymity.ANONYMOUS, 1, None), (Anonymity.ANONYMOUS, 20, None), (Anonymity.CONFIDENTIAL, 1, "North")],
)
def test_nothing_is_handed_over_to_an_anonymous_survey(app, database, anonymity, n, kept):
    hidden = {"name": "district_known", "kind": "hidden", "text": "District of the register"}
    document = DOCUMENT | {"sections": [dict(each) for each in DOCUMENT["sections"]]}
    document["sections"][2]["questions"] = [*document["sections"][2]["questions"], hidden]
    with database.writing() as session:
        survey = services.create_survey(session, slug="life", questionnaire=load_document(document))
        services.open_survey(session, survey=survey)
    rows = [f"n{number},N{number},n{number}@example.org,,North" for number in range(n)]
    tokens = invite(database, *rows, anonymity=anonymity, known="district_known")
    take_part(app, tokens[0])
    with database.reading() as session:
        assert session.scalars(select(Response)).one().answers.get("district_known") == kept


@on_sqlite
def test_the_public_page_says_what_is_promised(client, database):
    with database.writing() as session:
        make_survey(session)
    assert "no number, no key and no time in common" in client.get("/s/life/privacy").text
    invite(database, "a,Ann,a@example.org,,", anonymity=Anonymity.CONFIDENTIAL)
    assert "confidential, not anonymous" in client.get("/s/life/privacy").text


@on_sqlite
def test_a_case_of_an_anonymous_survey_knows_nobody(app, database):
    with database.writing() as session:
        make_survey(session)
    (token,) = invite(database, "a,Ann,a@example.org,,")
    take_part(app, token)
    with database.reading() as session:
        case = session.scalars(select(Case)).one()
    assert (case.external_id, case.base_weight, case.origin) == (None, 1.0, "personal_link")


def test_a_weight_that_would_be_lost_is_refused(database):
    with database.writing() as session:
        make_survey(session)
    rows = ("a,Ann,a@example.org,,1", "b,Bob,b@example.org,,1.5")
    with pytest.raises(ListRefused) as refused:
        invite(database, *rows, known="base_weight")
    (said,) = refused.value.problems
    assert said.startswith("row 3, column base_weight: an anonymous survey keeps no weight")
    assert people(database) == []
    invite(database, *rows, anonymity=Anonymity.CONFIDENTIAL, known="base_weight")
    with database.reading() as session:
        assert session.scalars(select(Case.base_weight).order_by(Case.id)).all() == [1.0, 1.5]


def test_who_is_skipped_is_not_told_apart_by_the_reason(database, config):
    """Whoever took part, opted out or cannot be reached leaves the same row behind: no moment, no words."""
    with database.writing() as session:
        make_survey(session)
    invite(database, *(f"{name},{name},{name}@example.org,," for name in "abc"))
    mail = MailConfig("127.0.0.1", 25, MailSecurity.NONE, "voice@city.example")
    with database.writing() as session:
        draft = default_draft(MailingKind.INVITATION, ("en",))
        request_mailing(
            session,
            survey=get_survey(session, "life"),
            draft=draft,
            actor="a test",
            config=replace(config, mail=mail),
        )
        took_part, opted_out, bounced = session.scalars(select(Participant).order_by(Participant.id))
        took_part.has_taken_part = True
        opted_out.opted_out_on = bounced.bounced_on = clock.today()
        session.flush()
        deliveries = session.scalars(select(Delivery).order_by(Delivery.id)).all()
        for each in deliveries:
            assert claim_delivery(session, delivery_id=each.id, config=config) is None
        assert {(each.status, each.sent_on, each.error) for each in deliveries} == {("skipped", None, None)}
        assert len(deliveries) == 3
