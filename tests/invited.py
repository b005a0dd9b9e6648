"""Makes lists of invited people, and knows their links as their mailboxes do."""

from sqlalchemy import select

from cityvoice.core.db import Database
from cityvoice.invitations.imports.people import read_people
from cityvoice.invitations.services import add_people, tokens_of
from cityvoice.surveys.models import Participant
from cityvoice.surveys.queries import get_survey
from cityvoice.surveys.types import Anonymity
from tests.databases import SECRET


def invite(
    database: Database,
    *rows: str,
    slug: str = "life",
    anonymity: Anonymity = Anonymity.ANONYMOUS,
    known: str = "district",
) -> list[str]:
    """Put people (id, name, e-mail, address, what is `known`) on a list; the secrets of all its links."""
    with database.writing() as session:
        survey = get_survey(session, slug)
        survey.anonymity = anonymity
        session.flush()
        found = read_people(
            "\n".join((f"id,name,email,address,{known}", *rows)).splitlines(keepends=True), languages=("en",)
        )
        add_people(session, survey=survey, people=found, secret_key=SECRET)
        return list(
            tokens_of(session.scalars(select(Participant).order_by(Participant.id)), secret_key=SECRET)
        )


def people(database: Database) -> list[Participant]:
    with database.reading() as session:
        return list(session.scalars(select(Participant).order_by(Participant.id)))
