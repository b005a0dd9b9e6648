"""Outcomes of calls, why a case came, and what the panels of the console offer."""

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from cityvoice.cati.types import Reason
from cityvoice.fieldwork.outcomes import Outcome

outcomes: dict[str, LazyString] = {
    Outcome.COMPLETE: _("complete interview"),
    Outcome.PARTIAL: _("partial interview"),
    Outcome.BREAK_OFF: _("broken off, to be finished later"),
    Outcome.SOFT_REFUSAL_HOUSEHOLD: _("refused by the household, may be asked again"),
    Outcome.SOFT_REFUSAL_RESPONDENT: _("refused by the respondent, may be asked again"),
    Outcome.HARD_REFUSAL_HOUSEHOLD: _("refused by the household for good"),
    Outcome.HARD_REFUSAL_RESPONDENT: _("refused by the respondent for good"),
    Outcome.APPOINTMENT: _("appointment made"),
    Outcome.CALLBACK: _("to be called later"),
    Outcome.CONTACT_UNSELECTED: _("household reached, nobody chosen yet"),
    Outcome.NEVER_AVAILABLE: _("respondent away during the whole fieldwork"),
    Outcome.MACHINE_HOUSEHOLD: _("answering machine of a household, no message"),
    Outcome.MACHINE_HOUSEHOLD_MESSAGE: _("answering machine of a household, message left"),
    Outcome.MACHINE: _("answering machine, no message"),
    Outcome.MACHINE_MESSAGE: _("answering machine, message left"),
    Outcome.NO_ANSWER: _("no answer"),
    Outcome.BUSY: _("busy"),
    Outcome.BLOCKED: _("call blocked"),
    Outcome.TECHNICAL: _("technical problem"),
    Outcome.NOT_CALLED: _("not called"),
    Outcome.DEAD: _("respondent has died"),
    Outcome.UNABLE: _("respondent unable to take part"),
    Outcome.LANGUAGE_HOUSEHOLD: _("nobody in the household speaks a language of the survey"),
    Outcome.LANGUAGE_RESPONDENT: _("respondent speaks no language of the survey"),
    Outcome.LANGUAGE_INTERVIEWER: _("no interviewer speaks their language now"),
    Outcome.AUDIO: _("line too bad to understand"),
    Outcome.LOCATION: _("respondent cannot talk where they are"),
    Outcome.OTHER_ELIGIBLE: _("no interview, other reason"),
    Outcome.OUT_OF_AREA: _("lives outside the area"),
    Outcome.FAX: _("fax or data line"),
    Outcome.NOT_WORKING: _("number not in use"),
    Outcome.DISCONNECTED: _("number disconnected"),
    Outcome.OUT_OF_SERVICE: _("number out of service for now"),
    Outcome.NUMBER_CHANGED: _("number changed"),
    Outcome.FORWARDING: _("forwarded to another line"),
    Outcome.BUSINESS: _("business or office"),
    Outcome.INSTITUTION: _("institution"),
    Outcome.GROUP_QUARTERS: _("residential institution"),
    Outcome.NOT_RESIDENT: _("not their home"),
    Outcome.NO_ELIGIBLE: _("nobody eligible"),
    Outcome.QUOTA_FULL: _("quota full"),
    Outcome.INELIGIBLE_OTHER: _("not eligible, other reason"),
    Outcome.WEB_LINK_SENT: _("web link sent"),
    Outcome.WEB_STARTED: _("begun on the web"),
    Outcome.WEB_COMPLETE: _("complete on the web"),
    Outcome.REOPENED: _("reopened by a supervisor"),
    Outcome.DECIDED: _("decided by a supervisor"),
    Outcome.ASSIGNED: _("given to an interviewer by a supervisor"),
    Outcome.LOCKED: _("taken out by a supervisor"),
    Outcome.UNLOCKED: _("put back by a supervisor"),
}

reasons: dict[str, LazyString] = {
    Reason.HELD: _("you have this case already"),
    Reason.APPOINTMENT: _("appointment"),
    Reason.ASSIGNED: _("given to you by a supervisor"),
    Reason.QUEUE: _("next in the queue"),
}

# What is offered on the panels of the console: by panel, its outcomes in order
GROUPS: dict[str, tuple[LazyString, tuple[Outcome, ...]]] = {
    "appointment": (_("Agreed to be called again"), (Outcome.APPOINTMENT, Outcome.CALLBACK)),
    "nobody": (
        _("Nobody was reached"),
        (
            Outcome.NO_ANSWER,
            Outcome.BUSY,
            Outcome.NOT_WORKING,
            Outcome.DISCONNECTED,
            Outcome.OUT_OF_SERVICE,
            Outcome.BLOCKED,
            Outcome.TECHNICAL,
            Outcome.FAX,
        ),
    ),
    "machine": (
        _("Answering machine"),
        (
            Outcome.MACHINE,
            Outcome.MACHINE_MESSAGE,
            Outcome.MACHINE_HOUSEHOLD,
            Outcome.MACHINE_HOUSEHOLD_MESSAGE,
        ),
    ),
    "refusal": (
        _("Refused"),
        (
            Outcome.SOFT_REFUSAL_HOUSEHOLD,
            Outcome.SOFT_REFUSAL_RESPONDENT,
            Outcome.HARD_REFUSAL_HOUSEHOLD,
            Outcome.HARD_REFUSAL_RESPONDENT,
        ),
    ),
    "reached": (
        _("Reached, but no interview"),
        (
            Outcome.BREAK_OFF,
            Outcome.PARTIAL,
            Outcome.CONTACT_UNSELECTED,
            Outcome.AUDIO,
            Outcome.LOCATION,
            Outcome.LANGUAGE_HOUSEHOLD,
            Outcome.LANGUAGE_RESPONDENT,
            Outcome.LANGUAGE_INTERVIEWER,
            Outcome.UNABLE,
            Outcome.DEAD,
            Outcome.NEVER_AVAILABLE,
            Outcome.OTHER_ELIGIBLE,
        ),
    ),
    "outside": (
        _("Not one of those we ask"),
        (
            Outcome.BUSINESS,
            Outcome.INSTITUTION,
            Outcome.GROUP_QUARTERS,
            Outcome.NOT_RESIDENT,
            Outcome.NUMBER_CHANGED,
            Outcome.FORWARDING,
            Outcome.OUT_OF_AREA,
            Outcome.NO_ELIGIBLE,
            Outcome.QUOTA_FULL,
            Outcome.INELIGIBLE_OTHER,
        ),
    ),
}
