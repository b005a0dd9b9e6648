"""What a supervisor sees: states, slots, reasons, marks, rates."""

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from cityvoice.cati.services.quality import Mark
from cityvoice.cati.types import BackCheckOutcome, CaseState
from cityvoice.cati.words.calls import outcomes
from cityvoice.fieldwork.outcomes import OUTCOMES
from cityvoice.fieldwork.precedence import Why
from cityvoice.fieldwork.slots import Slot
from cityvoice.stats.dispositions import Disposition

case_states: dict[str, LazyString] = {
    CaseState.UNRELEASED: _("kept back"),
    CaseState.READY: _("may be called"),
    CaseState.RESTING: _("resting"),
    CaseState.APPOINTED: _("has an appointment"),
    CaseState.HELD: _("on a screen"),
    CaseState.LOCKED: _("taken out"),
    CaseState.CLOSED: _("over"),
}
slots: dict[str, LazyString] = {
    Slot.WEEKDAY: _("weekdays before 17:00"),
    Slot.WEEKNIGHT: _("weekdays from 17:00"),
    Slot.WEEKEND: _("weekends and holidays"),
}
whys: dict[str, LazyString] = {
    Why.DECIDED: _("a supervisor decided"),
    Why.INTERVIEWED: _("there was an interview"),
    Why.CLOSED_BY_OUTCOME: _("a call ended the case"),
    Why.NUMBERS_DEAD: _("none of its numbers can be used"),
    Why.GIVEN_UP: _("its calls or refusals have reached the limit"),
    Why.FIELDWORK_ENDED: _("fieldwork has ended"),
    Why.OPEN: _("as things stand now; it may still be called"),
}
marks: dict[str, LazyString] = {
    Mark.SHORT: _("short interviews"),
    Mark.NONRESPONSE: _("many missing answers"),
    Mark.STRAIGHTLINING: _("many rows of equal answers"),
    Mark.REFUSALS: _("many refusals"),
}
back_check_outcomes: dict[str, LazyString] = {
    BackCheckOutcome.CONFIRMED: _("confirmed"),
    BackCheckOutcome.PARTLY: _("confirmed in part"),
    BackCheckOutcome.CONTRADICTED: _("contradicted"),
    BackCheckOutcome.NOT_REACHED: _("not reached"),
    BackCheckOutcome.REFUSED: _("refused to say"),
}
samples: dict[str, LazyString] = {
    "CATI": _("phone sample"),
    "CAWI": _("invited to the web"),
    "": _("both together"),
}
classes: dict[str, LazyString] = {
    Disposition.COMPLETE: _("complete interviews"),
    Disposition.PARTIAL: _("partial interviews"),
    Disposition.REFUSAL: _("refusals and break-offs"),
    Disposition.NON_CONTACT: _("non-contacts"),
    Disposition.OTHER: _("other eligible"),
    Disposition.UNKNOWN_HOUSEHOLD: _("unknown if a household"),
    Disposition.UNKNOWN_RESPONDENT: _("unknown if anybody is eligible"),
    Disposition.UNKNOWN_OTHER: _("other unknown"),
    Disposition.NOT_ELIGIBLE: _("not eligible"),
}
rate_names: dict[str, LazyString] = {
    "RR": _("Response rates"),
    "COOP": _("Cooperation rates"),
    "REF": _("Refusal rates"),
    "CON": _("Contact rates"),
}
# Final codes that a supervisor can decide
decidable_codes: dict[str, LazyString] = {
    meaning.code: outcomes[outcome]
    for outcome, meaning in sorted(OUTCOMES.items(), key=lambda each: each[1].code)
    if meaning.code and not outcome.startswith(("web_", "soft_", "machine_message"))
} | {"3.90": _("unknown for another reason")}
