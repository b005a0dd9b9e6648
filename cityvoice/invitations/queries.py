"""Reads of participants, mailings and deliveries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cityvoice.invitations.models import Delivery, Mailing
from cityvoice.invitations.types import DeliveryStatus, MailingKind
from cityvoice.surveys.models import Participant, Survey

UNDER_WAY = (DeliveryStatus.QUEUED, DeliveryStatus.SENDING)


@dataclass(frozen=True, slots=True)
class Standing:
    """How many people are on the list, and how far they are."""

    n_all: int
    n_with_email: int
    n_with_address: int
    n_invited: int
    n_taken_part: int
    n_bounced: int
    n_opted_out: int


def get_standing(session: Session, survey: Survey) -> Standing:
    of = Participant
    counts = {
        "n_all": func.count(),
        "n_with_email": func.count(of.email),
        "n_with_address": func.count(of.address),
        "n_invited": func.count(of.invited_on),
        "n_taken_part": func.count().filter(of.has_taken_part),
        "n_bounced": func.count(of.bounced_on),
        "n_opted_out": func.count(of.opted_out_on),
    }
    columns = [count.label(name) for name, count in counts.items()]
    row = session.execute(select(*columns).where(of.survey_id == survey.id)).mappings().one()
    return Standing(**row)


def list_participants(session: Session, survey: Survey, *, after: int, most: int) -> Sequence[Participant]:
    """A page of the list, beginning behind the participant with the number `after`."""
    statement = select(Participant).where(Participant.survey_id == survey.id, Participant.id > after)
    return session.scalars(statement.order_by(Participant.id).limit(most)).all()


def list_recipients(
    session: Session, survey: Survey, kind: MailingKind, today: date
) -> Sequence[Participant]:
    """Who is written to: nobody who took part, opted out or cannot be reached, and nobody twice a day."""
    statement = select(Participant).where(Participant.survey_id == survey.id, *_wanted(kind, today))
    busy = (
        select(Delivery.participant_id)
        .join(Mailing)
        .where(Delivery.status.in_(UNDER_WAY), Mailing.kind == kind)
    )
    return session.scalars(statement.where(Participant.id.not_in(busy)).order_by(Participant.id)).all()


def is_wanted(session: Session, participant: Participant, kind: MailingKind, today: date) -> bool:
    """Whether this mailing should still reach them, at the moment of sending."""
    statement = select(Participant.id).where(Participant.id == participant.id, *_wanted(kind, today))
    return session.scalar(statement) is not None


def _wanted(kind: MailingKind, today: date) -> list[Any]:
    silent = [~Participant.has_taken_part, Participant.opted_out_on.is_(None)]
    if kind == MailingKind.LETTER:
        return [*silent, Participant.address.is_not(None)]
    by_mail = [*silent, Participant.email.is_not(None), Participant.bounced_on.is_(None)]
    if kind == MailingKind.INVITATION:
        return [*by_mail, Participant.invited_on.is_(None)]
    return [*by_mail, func.coalesce(Participant.reminded_on, Participant.invited_on) < today]


def list_mailings(session: Session, survey: Survey) -> Sequence[Mailing]:
    return session.scalars(
        select(Mailing).where(Mailing.survey_id == survey.id).order_by(Mailing.id.desc())
    ).all()


def find_mailing(session: Session, survey: Survey, mailing_id: int) -> Mailing | None:
    return session.scalar(select(Mailing).where(Mailing.id == mailing_id, Mailing.survey_id == survey.id))


def get_mailing_of_job(session: Session, job_id: int) -> Mailing:
    return session.scalars(select(Mailing).where(Mailing.job_id == job_id)).one()


def count_deliveries(session: Session, mailing: Mailing) -> dict[str, int]:
    """Deliveries by status, every status named."""
    counts = select(Delivery.status, func.count()).where(Delivery.mailing_id == mailing.id)
    found = {row[0]: row[1] for row in session.execute(counts.group_by(Delivery.status))}
    return {status: found.get(status, 0) for status in DeliveryStatus}


def list_problems(session: Session, mailing: Mailing, *, most: int) -> Sequence[tuple[Participant, Delivery]]:
    """Deliveries that did not arrive, or of which nobody knows, with whom they were for."""
    statement = (
        select(Participant, Delivery)
        .join(Delivery, Delivery.participant_id == Participant.id)
        .where(Delivery.mailing_id == mailing.id, Delivery.error.is_not(None))
    )
    rows = session.execute(statement.order_by(Delivery.id).limit(most))
    return [(participant, delivery) for participant, delivery in rows]


def list_waiting(session: Session, mailing: Mailing) -> Sequence[int]:
    waiting = (Delivery.mailing_id == mailing.id, Delivery.status == DeliveryStatus.QUEUED)
    return session.scalars(select(Delivery.id).where(*waiting).order_by(Delivery.id)).all()


def find_delivery_of_message(session: Session, message_id: str) -> Delivery | None:
    return session.scalar(select(Delivery).where(Delivery.message_id == message_id))
