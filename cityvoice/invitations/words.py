"""Names that pages show for the feature's codes."""

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from cityvoice.invitations.types import DeliveryStatus, MailingKind

mailing_kinds: dict[str, LazyString] = {
    MailingKind.INVITATION: _("Invitation"),
    MailingKind.REMINDER: _("Reminder"),
    MailingKind.LETTER: _("Letters"),
}
delivery_statuses: dict[str, LazyString] = {
    DeliveryStatus.QUEUED: _("waiting"),
    DeliveryStatus.SENDING: _("uncertain"),
    DeliveryStatus.SENT: _("sent"),
    DeliveryStatus.FAILED: _("not accepted"),
    DeliveryStatus.BOUNCED: _("came back"),
    DeliveryStatus.SKIPPED: _("not needed any more"),
}
