"""Words of the invitations feature."""

from enum import StrEnum


class MailingKind(StrEnum):
    INVITATION = "invitation"
    REMINDER = "reminder"
    LETTER = "letter"  # printed; one PDF


class DeliveryStatus(StrEnum):
    QUEUED = "queued"
    SENDING = "sending"  # handed to the mail server, or about to be; never sent a second time
    SENT = "sent"
    FAILED = "failed"  # the mail server refused it
    BOUNCED = "bounced"  # it came back
    SKIPPED = "skipped"  # not wanted any more when its turn came; why is not said
