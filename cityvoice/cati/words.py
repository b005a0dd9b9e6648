"""Names that pages show for the feature's codes."""

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from cityvoice.cati.services.quality import Mark
from cityvoice.cati.types import BackCheckOutcome, CaseState, Method, Reason
from cityvoice.fieldwork.allocation import Allocation
from cityvoice.fieldwork.outcomes import OUTCOMES, Outcome
from cityvoice.fieldwork.precedence import Why
from cityvoice.fieldwork.slots import Slot
from cityvoice.questionnaire.model import SelectionMethod
from cityvoice.stats.dispositions import Disposition

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
    Outcome.WEB_PARTIAL: _("partial on the web"),
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

scripts: dict[str, LazyString] = {
    "introduction": _("Introduction"),
    "callback": _("When you call again"),
    "machine": _("For the answering machine"),
    "refusal": _("When they refuse"),
    "notice": _("Data protection notice"),
    "quota_full": _("When the quota is full"),
    "end": _("At the end"),
}

# What to say where nobody has written another script; {interviewer}, {city}, {survey}, {name} are filled in
default_scripts: dict[str, LazyString] = {
    "introduction": _(
        "Good morning. My name is {interviewer}, I am calling for the city of {city}. We are asking residents"
        " about the survey “{survey}”. Your number was drawn at random. May I ask you some questions?"
    ),
    "callback": _(
        "Good morning. My name is {interviewer}, I am calling for the city of {city} again, about the survey"
        " “{survey}”. We spoke about it before. Can we go on now?"
    ),
    "machine": _(
        "Good morning. This is a call for the city of {city} about the survey “{survey}”. We will call again."
        " Thank you."
    ),
    "refusal": _(
        "I understand. It takes only a few minutes, and the answers are published in totals alone. Would"
        " another time suit you better, or a link to answer on the web?"
    ),
    "notice": _(
        "Taking part is voluntary, and you may stop at any time or leave out a question. The controller of"
        " the data is the city of {city}. Your number is separated from your answers when fieldwork ends;"
        " results are published in totals alone. May I begin?"
    ),
    "quota_full": _(
        "Thank you. In your group enough people have answered already, so I have no more questions. Good-bye!"
    ),
    "end": _("That was the last question. Thank you very much for the conversation. Good-bye!"),
}

selection_methods: dict[str, LazyString] = {
    SelectionMethod.LAST_BIRTHDAY: _("the person whose birthday was last"),
    SelectionMethod.NEXT_BIRTHDAY: _("the person whose birthday comes next"),
    SelectionMethod.YOUNGEST: _("the youngest person"),
    SelectionMethod.OLDEST: _("the oldest person"),
    SelectionMethod.KISH: _("a person drawn from the list"),
    SelectionMethod.RANDOM: _("a person drawn from the list"),
}

methods: dict[str, LazyString] = {
    Method.SIMPLE: _("simple random sample"),
    Method.STRATIFIED: _("stratified: by the frame's column stratum"),
    Method.SYSTEMATIC: _("systematic: every k-th from a random start"),
    Method.PPS: _("proportional to size: by the frame's column size"),
    Method.RDD: _("generated numbers (RDD), without a frame"),
}

allocations: dict[str, LazyString] = {
    Allocation.PROPORTIONAL: _("proportional to the strata"),
    Allocation.EQUAL: _("the same from each"),
    Allocation.NEYMAN: _("more where people differ more (Neyman)"),
    Allocation.GIVEN: _("as given below"),
}

# The calling plan's numbers, and how a household's respondent may be chosen
numbers: dict[str, LazyString] = {
    "max_calls": _("Calls of one case at most"),
    "max_calls_by_slot": _("Of these in one part of the week (weekdays, evenings, weekends)"),
    "max_refusals": _("Refusals after which nobody tries again"),
    "max_machine_messages": _("Messages left on answering machines at most"),
    "lease_seconds": _("Seconds after which a silent screen gives its case back"),
    "appointment_minutes": _("Minutes for which an appointment stays live"),
    "early_minutes": _("Minutes that an appointment may be called early"),
}
selections: dict[str, LazyString] = {
    "": _("nobody is chosen: the frame lists people"),
    SelectionMethod.LAST_BIRTHDAY: _("the one whose birthday was last"),
    SelectionMethod.NEXT_BIRTHDAY: _("the one whose birthday is next"),
    SelectionMethod.KISH: _("by the Kish grid"),
    SelectionMethod.RANDOM: _("at random"),
    SelectionMethod.YOUNGEST: _("the youngest"),
    SelectionMethod.OLDEST: _("the oldest"),
}

# The supervisor's floor
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
