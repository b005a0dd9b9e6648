"""Going over to the web: the same case gets a personal link, and waits until it is used or not.

The link is that of an invited person (`surveys.Participant`), so that whoever opens it goes on with the
case's own response, wherever the interview stopped.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from cityvoice.cati import queries
from cityvoice.cati.errors import FieldworkClosed, NotConfidential, OutcomeRefused
from cityvoice.cati.models import PhoneCase
from cityvoice.cati.plans import Plan
from cityvoice.cati.services.appointments import keep_appointment
from cityvoice.cati.services.calls import Call, record_call
from cityvoice.cati.services.holding import get_held
from cityvoice.cati.services.places import settle
from cityvoice.core import clock
from cityvoice.core.config import Config
from cityvoice.core.mail import domain_of
from cityvoice.core.queue import add_job
from cityvoice.core.tokens import derive_token, token_digest
from cityvoice.invitations.compose import default_draft
from cityvoice.invitations.models import Delivery, Mailing
from cityvoice.invitations.queries import is_wanted
from cityvoice.invitations.services import address_of, tokens_of
from cityvoice.invitations.services.mailings import SEND_MAIL
from cityvoice.invitations.types import MailingKind
from cityvoice.surveys.models import Participant, Survey
from cityvoice.surveys.published import current_questionnaire
from cityvoice.surveys.queries import find_response_of_case
from cityvoice.surveys.types import WHO

SALT_BYTES = 16


@dataclass(frozen=True)
class SentLink:
    address: str
    is_mailed: bool  # else it is read out, or sent by hand


def send_link(
    session: Session,
    *,
    survey: Survey,
    case_id: int,
    account_id: int,
    held_key: str,
    call: Call,
    plan: Plan,
    config: Config,
    email: str = "",
    now: datetime | None = None,
) -> SentLink:
    """Give a case its web link, mail it where there is an address, and let the case wait.

    Parameters
    ----------
    call
        With the outcome `web_link_sent`; its key makes telling it twice one link and one entry.

    Raises
    ------
    CaseNotHeld, FieldworkClosed, NotConfidential
    OutcomeRefused
        naming the field: an address that is none.
    """
    key = f"call:{case_id}:{call.key}"
    case = session.get(PhoneCase, case_id)
    if case is not None and case.survey_id == survey.id and queries.find_entry(session, key) is not None:
        return SentLink(_address(_participant_of(session, survey, case, config), config), is_mailed=False)
    now = now or clock.now()
    case = get_held(session, survey=survey, case_id=case_id, account_id=account_id, key=held_key)
    if not survey.is_open:
        raise FieldworkClosed(f"survey {survey.slug} takes no answers now")
    if survey.is_anonymous:
        raise NotConfidential(survey.slug)
    response = find_response_of_case(session, case_id)
    if response is not None and response.is_over:
        raise OutcomeRefused("email", "the interview is over: nothing is left to answer on the web")
    if call.telephone_id is not None and call.telephone_id not in {each.id for each in case.telephones}:
        raise OutcomeRefused("telephone", "this number is not one of this case")
    participant = _participant_of(session, survey, case, config)
    is_mailed = _mail(session, survey, participant, _read_email(email) or participant.email, config)
    record_call(session, case=case, call=call, plan=plan, account_id=account_id, now=now)
    keep_appointment(session, case, plan, now)
    settle(session, case=case, plan=plan, now=now)
    return SentLink(_address(participant, config), is_mailed)


def _read_email(written: str) -> str:
    if not written.strip():
        return ""
    try:
        return validate_email(written.strip(), check_deliverability=False).normalized
    except EmailNotValidError:
        raise OutcomeRefused("email", "expected an e-mail address, for example name@example.org") from None


def _participant_of(session: Session, survey: Survey, case: PhoneCase, config: Config) -> Participant:
    """The person of this case on the survey's list; put there now where nobody was."""
    known = session.scalars(select(Participant).where(Participant.case_id == case.case_id)).one_or_none()
    if known is not None:
        return known
    salt = secrets.token_hex(SALT_BYTES)
    made = Participant(
        survey_id=survey.id,
        case_id=case.case_id,
        name=case.name,
        email=case.email,
        language=case.language,
        attributes=dict(case.attributes),
        link_salt=salt,
        token_sha256=token_digest(WHO, derive_token(config.secret_key, salt)),
    )
    session.add(made)
    session.flush()
    return made


def _mail(
    session: Session, survey: Survey, participant: Participant, email: str | None, config: Config
) -> bool:
    """Ask the worker to send the link to one person; False where mail cannot be sent to them now."""
    participant.email = email
    session.flush()
    kind = MailingKind.INVITATION if participant.invited_on is None else MailingKind.REMINDER
    if config.mail is None or not is_wanted(session, participant, kind, clock.today()):
        return False
    draft = default_draft(kind, current_questionnaire(survey).languages)
    mailing = Mailing(
        survey_id=survey.id,
        job=add_job(session, SEND_MAIL, {"survey": survey.slug}),
        kind=kind,
        subject=dict(draft.subject),
        body=dict(draft.body),
        requested_by="CATI",
    )
    session.add(mailing)
    session.flush()
    message_id = f"<{secrets.token_hex(16)}@{domain_of(config.mail.sender)}>"
    row = {"mailing_id": mailing.id, "participant_id": participant.id, "message_id": message_id}
    session.execute(insert(Delivery), [row])
    return True


def _address(participant: Participant, config: Config) -> str:
    (token,) = tokens_of([participant], secret_key=config.secret_key)
    return address_of(config, f"/t/{token}")
