"""What the feature's errors mean, in the reader's language."""

from flask_babel import gettext as _

from cityvoice.invitations.errors import (
    InvitationError,
    MailNotConfigured,
    NobodyToWrite,
    SurveyNotOpen,
    TextRefused,
)
from cityvoice.web.sentences import said


def describe(error: InvitationError) -> str:
    if isinstance(error, NobodyToWrite):
        return str(_("Nobody is left to write to."))
    if isinstance(error, SurveyNotOpen):
        return str(_("The survey takes no answers now. Open it before anybody is written to."))
    if isinstance(error, MailNotConfigured):
        return str(
            _(
                "Mail cannot be sent from this server yet. Its administrator has to set %(name)s.",
                name=error.variable,
            )
        )
    if isinstance(error, TextRefused):
        return f"{error.language}: {said(error.problem)}"
    return str(error)
