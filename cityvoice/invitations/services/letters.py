"""Printed letters with a code to scan: build one PDF of them, and keep it."""

import io
from collections.abc import Callable
from pathlib import Path

import pypdf
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from cityvoice.core import clock
from cityvoice.core.config import Config
from cityvoice.core.storage import sha256, write_whole
from cityvoice.invitations.compose import fill_in
from cityvoice.invitations.models import Delivery, Mailing
from cityvoice.invitations.render import Letter, render_letters
from cityvoice.invitations.services.mailings import facts_of, language_of
from cityvoice.invitations.services.participants import tokens_of
from cityvoice.invitations.types import DeliveryStatus
from cityvoice.surveys.models import Participant, Survey
from cityvoice.territory.queries import find_city

BATCH = 200  # letters set at a time, so that memory stays small and progress can be seen

Progress = Callable[[str, int, int], None]


def build_letters(session: Session, *, mailing: Mailing, config: Config, progress: Progress) -> bytes:
    """One PDF of all letters, in the order of the list. Reads only, so it can be repeated after a crash."""
    survey = session.get_one(Survey, mailing.survey_id)
    of_mailing = select(Participant).join(Delivery).where(Delivery.mailing_id == mailing.id)
    participants = session.scalars(of_mailing.order_by(Participant.id)).all()
    letters = [_letter(survey, mailing, each, config) for each in participants]
    city = find_city(session)
    whole = pypdf.PdfWriter()
    for start in range(0, len(letters), BATCH):
        progress("letters", start, len(letters))
        part = render_letters(letters[start : start + BATCH], city.name if city else "", clock.now())
        whole.append(io.BytesIO(part))
    file = io.BytesIO()
    whole.write(file)
    progress("letters", len(letters), len(letters))
    return file.getvalue()


def keep_letters(session: Session, *, mailing: Mailing, storage: Path, pdf: bytes) -> None:
    mailing.pdf_sha256 = sha256(pdf)
    write_whole(letters_path(storage, mailing.pdf_sha256), pdf)
    session.execute(
        update(Delivery)
        .where(Delivery.mailing_id == mailing.id)
        .values(status=DeliveryStatus.SENT, sent_on=clock.today())
    )
    written = select(Delivery.participant_id).where(Delivery.mailing_id == mailing.id)
    session.execute(
        update(Participant)
        .where(Participant.id.in_(written), Participant.invited_on.is_(None))
        .values(invited_on=clock.today())
        .execution_options(synchronize_session=False)
    )
    session.flush()


def letters_path(storage: Path, digest: str) -> Path:
    return storage / "letters" / f"{digest}.pdf"


def _letter(survey: Survey, mailing: Mailing, participant: Participant, config: Config) -> Letter:
    (token,) = tokens_of([participant], secret_key=config.secret_key)
    language = language_of(participant, mailing.body)
    facts = facts_of(survey, participant, token, language, config)
    return Letter(
        language=language,
        address=(participant.name, *(participant.address or "").splitlines()),
        subject=fill_in(mailing.subject[language], facts, language),
        paragraphs=tuple(
            p for p in fill_in(mailing.body[language], facts, language).split("\n\n") if p.strip()
        ),
        link=facts.link,
    )
