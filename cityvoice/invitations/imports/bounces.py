"""Mail that came back: delivery status notifications (RFC 3464), one message or a mailbox of them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage, Message
from email.policy import default
from typing import cast

FROM_LINE = re.compile(rb"^From .*\r?\n", re.MULTILINE)
MESSAGE_ID = re.compile(r"<[^<>\s]+@[^<>\s]+>")


@dataclass(frozen=True)
class Bounce:
    """One recipient's failure."""

    message_id: str  # of our mail
    status: str  # such as 5.1.1
    reason: str

    @property
    def is_permanent(self) -> bool:
        return self.status.startswith("5")


def read_bounces(content: bytes) -> list[Bounce]:
    """Every failure in a message or an mbox; what is no notification of a failure is passed over."""
    return [bounce for message in _messages(content) for bounce in _bounces(message)]


def _messages(content: bytes) -> Iterator[EmailMessage]:
    """An mbox begins with a "From " line and has one before every message; else it is a single message."""
    parts = FROM_LINE.split(content) if content.startswith(b"From ") else [content]
    for part in parts:
        if part.strip():
            yield message_from_bytes(part.replace(b"\n>From ", b"\nFrom "), policy=default)


def _bounces(message: EmailMessage) -> Iterator[Bounce]:
    parts = list(message.walk())
    ours = _original_id(parts)
    if ours is None:
        return
    for part in parts:
        if part.get_content_type() != "message/delivery-status":
            continue
        for recipient in cast(list[Message], part.get_payload()):
            action = str(recipient.get("Action", "")).strip().lower()
            status = re.match(r"\s*([245]\.\d{1,3}\.\d{1,3})", str(recipient.get("Status", "")))
            if action == "failed" and status:
                reason = str(recipient.get("Diagnostic-Code", "") or recipient.get("Final-Recipient", ""))
                yield Bounce(
                    ours,
                    status[1],
                    " ".join("".join(filter(str.isprintable, reason.replace("\n", " "))).split())[:300],
                )


def _original_id(parts: Sequence[Message]) -> str | None:
    """The identifier of the mail that failed, from what the notification quotes of it."""
    for part in parts[1:]:
        if part.get_content_type() == "message/rfc822":
            (quoted,) = cast(list[Message], part.get_payload())[:1] or [Message()]
            found = MESSAGE_ID.search(str(quoted.get("Message-ID", "")))
        elif part.get_content_type() == "text/rfc822-headers":
            payload = cast(bytes, part.get_payload(decode=True) or b"")
            found = MESSAGE_ID.search(str(message_from_bytes(payload, policy=default).get("Message-ID", "")))
        else:
            continue
        if found:
            return found[0]
    return None
