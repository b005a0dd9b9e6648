"""Put people on the list, give them their links, take them off when they ask for it."""

import secrets
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from cityvoice.core import clock
from cityvoice.core.config import Config
from cityvoice.core.tokens import derive_token, token_digest
from cityvoice.invitations.errors import InvitationError, ListRefused, MailNotConfigured
from cityvoice.invitations.imports.people import Person
from cityvoice.questionnaire.message import Message
from cityvoice.surveys.models import Case, Participant, Survey
from cityvoice.surveys.types import WHO, CaseOrigin

BATCH = 1000
SALT_BYTES = 16


def add_people(
    session: Session,
    *,
    survey: Survey,
    people: Sequence[Person],
    secret_key: str,
    skip_known: bool = False,
) -> int:
    """Put people on a survey's list; all of them or none.

    Parameters
    ----------
    secret_key
        The server's; each link's secret follows from it, so that a reminder holds the same link.
    skip_known
        Leave out who is on the list already, instead of refusing.

    Returns
    -------
    int
        How many were added.

    Raises
    ------
    ListRefused
        naming the rows of people who are on the list already, or who have a weight in an anonymous survey.
    """
    if survey.is_anonymous and (problems := _weighted(people)):
        raise ListRefused(problems)
    known = _known_keys(session, survey)
    new = [person for person in people if known.isdisjoint(person.keys)]
    if len(new) < len(people) and not skip_known:
        fresh = {person.row for person in new}
        raise ListRefused(
            [
                Message("row %(row)s: this person is on the list already", row=person.row)
                for person in people
                if person.row not in fresh
            ]
        )
    for start in range(0, len(new), BATCH):
        batch = new[start : start + BATCH]
        cases = [None] * len(batch) if survey.is_anonymous else _cases(session, survey, batch)
        rows = [
            _row(survey, person, case_id, secret_key) for person, case_id in zip(batch, cases, strict=True)
        ]
        session.execute(insert(Participant), rows)
    return len(new)


def _weighted(people: Iterable[Person]) -> list[Message]:
    """Weights cannot reach answers that no key leads to: they would be lost without a word."""
    return [
        Message(
            "row %(row)s, column base_weight: an anonymous survey keeps no weight of a person:"
            " expected 1 or nothing, got %(found)s",
            row=person.row,
            found=person.base_weight,
        )
        for person in people
        if person.base_weight != 1
    ]


def tokens_of(participants: Iterable[Participant], *, secret_key: str) -> Iterator[str]:
    """The secrets of personal links, made again.

    Raises
    ------
    InvitationError
        when the server's key is another one than when the list was made.
    """
    for participant in participants:
        token = derive_token(secret_key, participant.link_salt)
        if token_digest(WHO, token) != participant.token_sha256:
            raise InvitationError(
                "the secret key has changed since these people were put on the list; their links work,"
                " but cannot be written again: set CITYVOICE_SECRET_KEY to the former one"
            )
        yield token


def address_of(config: Config, path: str) -> str:
    """Where residents find a page, as mail and letters say it.

    Raises
    ------
    MailNotConfigured
        in production without a public address.
    """
    if config.base_url:
        return config.base_url + path
    if config.is_production:
        raise MailNotConfigured("CITYVOICE_BASE_URL")
    return f"http://127.0.0.1:{config.port}{path}"


def opt_out(session: Session, *, participant: Participant) -> None:
    """They are written to no more; their link goes on working."""
    participant.opted_out_on = participant.opted_out_on or clock.today()
    session.flush()


def _known_keys(session: Session, survey: Survey) -> set[tuple[str, str]]:
    of = Participant
    columns = (of.external_id, of.name, of.email, of.phone, of.address)
    rows = session.execute(select(*columns).where(of.survey_id == survey.id))
    known: set[tuple[str, str]] = set()
    for external_id, name, email, phone, address in rows:
        known.update(Person(0, external_id, name, email, phone, address).keys)
    return known


def _cases(session: Session, survey: Survey, people: Sequence[Person]) -> Sequence[int]:
    rows = [
        {
            "survey_id": survey.id,
            "wave_id": survey.current_wave.id,
            "origin": CaseOrigin.PERSONAL_LINK,
            "external_id": person.id,
            "base_weight": person.base_weight,
        }
        for person in people
    ]
    return session.scalars(insert(Case).returning(Case.id, sort_by_parameter_order=True), rows).all()


def _row(survey: Survey, person: Person, case_id: int | None, secret_key: str) -> dict[str, Any]:
    salt = secrets.token_hex(SALT_BYTES)
    return {
        "survey_id": survey.id,
        "case_id": case_id,
        "external_id": person.id,
        "name": person.name,
        "email": person.email,
        "phone": person.phone,
        "address": person.address,
        "language": person.language,
        "attributes": dict(person.attributes),
        "link_salt": salt,
        "token_sha256": token_digest(WHO, derive_token(secret_key, salt)),
    }
