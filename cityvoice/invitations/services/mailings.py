"""Ask for a mailing; send it one message at a time; learn what came of each.

A message is marked as being sent, and that is committed, before the mail server hears of it; when it has
taken it, it is marked as sent. A worker that dies in between leaves a message of which nobody can know
whether it left: it stays marked, is shown to staff and is never sent again, because a second copy of an
invitation does more harm than one that is missing, and a reminder reaches whoever did not answer anyhow.
"""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from cityvoice.core import clock
from cityvoice.core.config import Config
from cityvoice.core.mail import Mail, domain_of
from cityvoice.core.queue import add_job
from cityvoice.invitations import queries
from cityvoice.invitations.compose import Draft, Facts, check_draft, fill_in
from cityvoice.invitations.errors import MailNotConfigured, NobodyToWrite, SurveyNotOpen
from cityvoice.invitations.imports.bounces import Bounce
from cityvoice.invitations.models import Delivery, Mailing
from cityvoice.invitations.services.participants import address_of, tokens_of
from cityvoice.invitations.types import DeliveryStatus, MailingKind
from cityvoice.surveys.models import Participant, Survey
from cityvoice.surveys.queries import lock_survey

SEND_MAIL, PRINT_LETTERS = "invitations.send", "invitations.letters"
JOBS = {
    MailingKind.INVITATION: SEND_MAIL,
    MailingKind.REMINDER: SEND_MAIL,
    MailingKind.LETTER: PRINT_LETTERS,
}
INTERRUPTED = "the worker stopped while this was handed to the mail server; it may have arrived"


@dataclass(frozen=True)
class Taken:
    """What became of mail that came back."""

    n_read: int
    n_known: int
    n_permanent: int


def request_mailing(session: Session, *, survey: Survey, draft: Draft, actor: str, config: Config) -> Mailing:
    """Ask for a mailing to everybody whom it concerns now; a worker sends it, or sets the letters.

    Raises
    ------
    TextRefused
        when the texts cannot be sent as they are.
    NobodyToWrite
        when nobody is left for it.
    SurveyNotOpen
        when the link in a mail would lead to a closed door; letters may be printed before.
    MailNotConfigured
        when there is no mail server, or no address for the links.
    """
    for problem in check_draft(draft):
        raise problem
    domain = _require_means(survey, draft.kind, config)
    lock_survey(session, survey)  # who asks twice at once writes once
    recipients = queries.list_recipients(session, survey, draft.kind, clock.today())
    if not recipients:
        raise NobodyToWrite
    mailing = Mailing(
        survey_id=survey.id,
        job=add_job(session, JOBS[draft.kind], {"survey": survey.slug}),
        kind=draft.kind,
        subject=dict(draft.subject),
        body=dict(draft.body),
        requested_by=actor,
    )
    session.add(mailing)
    session.flush()
    rows = [
        {
            "mailing_id": mailing.id,
            "participant_id": each.id,
            "message_id": f"<{secrets.token_hex(16)}@{domain}>",
        }
        for each in recipients
    ]
    session.execute(insert(Delivery), rows)
    return mailing


def _require_means(survey: Survey, kind: MailingKind, config: Config) -> str:
    """The domain for the messages' identifiers, once everything is there to send them."""
    address_of(config, "")
    if kind is MailingKind.LETTER:
        return "paper.invalid"
    _require_open(survey)
    if config.mail is None:
        raise MailNotConfigured("CITYVOICE_MAIL_HOST")
    return domain_of(config.mail.sender)


def retry_mailing(session: Session, *, mailing: Mailing) -> None:
    """Send what the mail server refused for now, and what is still waiting."""
    session.execute(
        update(Delivery)
        .where(Delivery.mailing_id == mailing.id, Delivery.status == DeliveryStatus.FAILED)
        .values(status=DeliveryStatus.QUEUED, error=None)
    )
    mailing.job = add_job(session, mailing.job.kind, dict(mailing.job.arguments))
    session.flush()


def note_interrupted(session: Session, *, mailing: Mailing) -> None:
    """Messages that a killed worker was just handing over count as sent, and are said to be unsure."""
    left = select(Delivery).where(
        Delivery.mailing_id == mailing.id, Delivery.status == DeliveryStatus.SENDING, Delivery.error.is_(None)
    )
    for delivery in session.scalars(left):
        note_unsure(session, delivery_id=delivery.id, error=INTERRUPTED)


def claim_delivery(session: Session, *, delivery_id: int, config: Config) -> Mail | None:
    """Take a waiting delivery; None if another worker has it, or it is not wanted any more.

    Raises
    ------
    InvitationError
        when the survey has closed since; the delivery goes on waiting.
    """
    waiting = (Delivery.id == delivery_id, Delivery.status == DeliveryStatus.QUEUED)
    claimed = session.execute(update(Delivery).where(*waiting).values(status=DeliveryStatus.SENDING))
    if not claimed.rowcount:  # type: ignore[attr-defined]
        return None
    delivery = session.get_one(Delivery, delivery_id, populate_existing=True)
    participant = session.get_one(Participant, delivery.participant_id)
    mailing = session.get_one(Mailing, delivery.mailing_id)
    _require_open(session.get_one(Survey, mailing.survey_id))
    if not queries.is_wanted(session, participant, MailingKind(mailing.kind), clock.today()):
        delivery.status = DeliveryStatus.SKIPPED
        session.flush()
        return None
    return _mail(session, mailing, delivery, participant, config)


def note_sent(session: Session, *, delivery_id: int) -> None:
    delivery = session.get_one(Delivery, delivery_id)
    delivery.status, delivery.sent_on, delivery.error = DeliveryStatus.SENT, clock.today(), None
    _note_written(session, delivery)


def note_unsure(session: Session, *, delivery_id: int, error: str) -> None:
    delivery = session.get_one(Delivery, delivery_id)
    delivery.error = error
    _note_written(session, delivery)


def note_refused(session: Session, *, delivery_id: int, error: str, is_mailbox_gone: bool) -> None:
    delivery = session.get_one(Delivery, delivery_id)
    delivery.status = DeliveryStatus.BOUNCED if is_mailbox_gone else DeliveryStatus.FAILED
    delivery.error = error
    if is_mailbox_gone:
        session.get_one(Participant, delivery.participant_id).bounced_on = clock.today()
    session.flush()


def put_back(session: Session, *, delivery_id: int) -> None:
    """The mail server heard nothing of it."""
    session.get_one(Delivery, delivery_id).status = DeliveryStatus.QUEUED
    session.flush()


def take_bounces(session: Session, *, bounces: Iterable[Bounce]) -> Taken:
    """Whose mailbox is gone is written to no more; a passing failure is only noted."""
    n_read = n_known = n_permanent = 0
    for bounce in bounces:
        n_read += 1
        delivery = queries.find_delivery_of_message(session, bounce.message_id)
        if delivery is None:
            continue
        n_known += 1
        delivery.error = f"{bounce.status} {bounce.reason}".strip()
        if bounce.is_permanent:
            n_permanent += 1
            delivery.status = DeliveryStatus.BOUNCED
            participant = session.get_one(Participant, delivery.participant_id)
            participant.bounced_on = participant.bounced_on or clock.today()
    session.flush()
    return Taken(n_read, n_known, n_permanent)


def _note_written(session: Session, delivery: Delivery) -> None:
    participant = session.get_one(Participant, delivery.participant_id)
    today = clock.today()
    if session.get_one(Mailing, delivery.mailing_id).kind == MailingKind.REMINDER:
        participant.reminded_on = today
        participant.n_reminders += 1
    else:
        participant.invited_on = participant.invited_on or today
    session.flush()


def _mail(
    session: Session, mailing: Mailing, delivery: Delivery, participant: Participant, config: Config
) -> Mail:
    survey = session.get_one(Survey, mailing.survey_id)
    (token,) = tokens_of([participant], secret_key=config.secret_key)
    language = language_of(participant, mailing.body)
    facts = facts_of(survey, participant, token, language, config)
    return Mail(
        to=participant.email or "",
        subject=fill_in(mailing.subject[language], facts, language),
        body=fill_in(mailing.body[language], facts, language),
        message_id=delivery.message_id,
        language=language,
        unsubscribe=facts.opt_out_link,
    )


def _require_open(survey: Survey) -> None:
    if not survey.is_open:
        raise SurveyNotOpen


def language_of(participant: Participant, texts: Mapping[str, str]) -> str:
    """Their own language where there is a text in it, else the first that there is."""
    wanted = participant.language or ""
    return wanted if wanted in texts else next(iter(texts))


def facts_of(survey: Survey, participant: Participant, token: str, language: str, config: Config) -> Facts:
    return Facts(
        name=participant.name,
        link=address_of(config, f"/t/{token}"),
        opt_out_link=address_of(config, f"/t/{token}/stop"),
        survey=survey.title.get(language) or next(iter(survey.title.values()), ""),
        closing_day=survey.fieldwork_ends_on,
    )
