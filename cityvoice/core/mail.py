"""E-mail through an SMTP server: what a message looks like, how it is handed over, what a refusal means."""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr

from cityvoice.core import clock
from cityvoice.core.config import MailConfig, MailSecurity

TIMEOUT = 30.0  # seconds
OK = 250
CANNOT_BE_WRITTEN = 553  # the address has letters that the server does not take
PERMANENT = 500  # SMTP codes from here on: trying again would not help


class MailError(Exception):
    """The mail server cannot be used at all; the message says why."""


class RecipientRefused(Exception):
    """The server did not take this message; nothing was sent."""

    def __init__(self, code: int, reason: str, *, is_mailbox_gone: bool = False) -> None:
        super().__init__(f"{code} {reason}")
        self.is_mailbox_gone = is_mailbox_gone


class Unsure(Exception):
    """The connection broke while a message was handed over: it may be on its way, or not."""


@dataclass(frozen=True, slots=True)
class Mail:
    to: str
    subject: str
    body: str
    message_id: str
    language: str
    unsubscribe: str  # an address that takes a POST


def compose_mail(mail: Mail, sender: str) -> EmailMessage:
    """Plain text: small, readable everywhere, and nothing in it is loaded from anywhere."""
    message = EmailMessage(policy=SMTP)
    message["From"] = sender
    message["To"] = mail.to
    message["Subject"] = " ".join(mail.subject.split())
    message["Date"] = format_datetime(clock.now())
    message["Message-ID"] = mail.message_id
    message["Content-Language"] = mail.language
    message["List-Unsubscribe"] = f"<{mail.unsubscribe}>"
    message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"  # RFC 8058
    message["X-Auto-Response-Suppress"] = "OOF, AutoReply"
    message.set_content(mail.body, cte="quoted-printable")
    return message


def domain_of(sender: str) -> str:
    return parseaddr(sender)[1].rpartition("@")[2]


class Mailer:
    """A connection to the mail server, made anew when it was lost."""

    def __init__(self, config: MailConfig) -> None:
        self.config = config
        self.server: smtplib.SMTP | None = None

    def connect(self) -> None:
        """Make sure that the server listens, before anybody is told that a message is on its way.

        Raises
        ------
        MailError
            when it cannot be reached or does not take our name and password.
        """
        if self.server is not None:
            try:
                if self.server.noop()[0] == OK:
                    return
            except (smtplib.SMTPException, OSError):
                pass
            self.close()
        try:
            self.server = self._open()
        except (smtplib.SMTPException, OSError) as error:
            where = f"{self.config.host}:{self.config.port}"
            raise MailError(f"the mail server {where} cannot be used: {_reason(error)}") from error

    def send(self, mail: Mail) -> None:
        """Hand one message over.

        Raises
        ------
        RecipientRefused
            when the server said no to it; nothing was sent.
        Unsure
            when the connection broke in the middle.
        MailError
            when the server refuses our own address: no message would go.
        """
        self.connect()
        assert self.server is not None  # noqa: S101 (connect made it)
        try:
            self.server.send_message(compose_mail(mail, self.config.sender))
        except smtplib.SMTPRecipientsRefused as error:
            code, reason = next(iter(error.recipients.values()))
            raise RecipientRefused(code, _text(reason), is_mailbox_gone=code >= PERMANENT) from error
        except smtplib.SMTPSenderRefused as error:
            raise MailError(
                f"the mail server refuses the sender {self.config.sender}: {_reason(error)}"
            ) from error
        except smtplib.SMTPNotSupportedError as error:  # found out before a byte was sent
            raise RecipientRefused(CANNOT_BE_WRITTEN, _reason(error)) from error
        except smtplib.SMTPResponseException as error:
            raise RecipientRefused(error.smtp_code, _text(error.smtp_error)) from error
        except (smtplib.SMTPException, OSError) as error:
            self.close()
            raise Unsure(_reason(error)) from error

    def close(self) -> None:
        if self.server is not None:
            self.server.close()
            self.server = None

    def _open(self) -> smtplib.SMTP:
        config = self.config
        if config.security is MailSecurity.SSL:
            context = ssl.create_default_context()
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                config.host, config.port, timeout=TIMEOUT, context=context
            )
        else:
            server = smtplib.SMTP(config.host, config.port, timeout=TIMEOUT)
        if config.security is MailSecurity.STARTTLS:
            server.starttls(context=ssl.create_default_context())
        if config.user is not None:
            server.login(config.user, config.password or "")
        return server


@contextmanager
def mailer(config: MailConfig) -> Iterator[Mailer]:
    opened = Mailer(config)
    try:
        yield opened
    finally:
        opened.close()


def _reason(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {_text(error.smtp_error)}"
    return str(error) or type(error).__name__


def _text(reason: bytes | str) -> str:
    text = reason.decode(errors="replace") if isinstance(reason, bytes) else reason
    return " ".join(text.split())[:300]
