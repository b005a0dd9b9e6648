"""What one call or contact came to, with AAPOR's code for it and what follows for the queue.

References
----------
AAPOR (2016), Standard Definitions, 9th edition; AAPOR (2023), 10th edition: codes of phone surveys.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class Reached(StrEnum):
    """Whom a call reached."""

    NOBODY = "nobody"
    DEVICE = "device"  # an answering machine
    ELSEWHERE = "elsewhere"  # somebody, but not a household of the sample
    HOUSEHOLD = "household"
    RESPONDENT = "respondent"  # the person chosen for the interview


class Outcome(StrEnum):
    """Names are at most 24 letters long: ledgers keep them."""

    COMPLETE = "complete"
    PARTIAL = "partial"
    BREAK_OFF = "break_off"
    SOFT_REFUSAL_HOUSEHOLD = "soft_refusal_household"
    SOFT_REFUSAL_RESPONDENT = "soft_refusal_respondent"
    HARD_REFUSAL_HOUSEHOLD = "hard_refusal_household"
    HARD_REFUSAL_RESPONDENT = "hard_refusal_respondent"
    APPOINTMENT = "appointment"
    CALLBACK = "callback"
    CONTACT_UNSELECTED = "contact_unselected"
    NEVER_AVAILABLE = "never_available"
    MACHINE_HOUSEHOLD = "machine_household"
    MACHINE_HOUSEHOLD_MESSAGE = "machine_house_message"
    MACHINE = "machine"
    MACHINE_MESSAGE = "machine_message"
    NO_ANSWER = "no_answer"
    BUSY = "busy"
    BLOCKED = "blocked"
    TECHNICAL = "technical"
    NOT_CALLED = "not_called"
    DEAD = "dead"
    UNABLE = "unable"
    LANGUAGE_HOUSEHOLD = "language_household"
    LANGUAGE_RESPONDENT = "language_respondent"
    LANGUAGE_INTERVIEWER = "language_interviewer"
    AUDIO = "audio"
    LOCATION = "location"
    OTHER_ELIGIBLE = "other_eligible"
    OUT_OF_AREA = "out_of_area"
    FAX = "fax"
    NOT_WORKING = "not_working"
    DISCONNECTED = "disconnected"
    OUT_OF_SERVICE = "out_of_service"
    NUMBER_CHANGED = "number_changed"
    FORWARDING = "forwarding"
    BUSINESS = "business"
    INSTITUTION = "institution"
    GROUP_QUARTERS = "group_quarters"
    NOT_RESIDENT = "not_resident"
    NO_ELIGIBLE = "no_eligible"
    QUOTA_FULL = "quota_full"
    INELIGIBLE_OTHER = "ineligible_other"
    WEB_LINK_SENT = "web_link_sent"
    WEB_STARTED = "web_started"
    WEB_COMPLETE = "web_complete"
    REOPENED = "reopened"
    DECIDED = "decided"
    ASSIGNED = "assigned"
    LOCKED = "locked"
    UNLOCKED = "unlocked"


@dataclass(frozen=True, slots=True)
class Meaning:
    """What follows from an outcome.

    Parameters
    ----------
    code : str
        AAPOR's code; text, as 2.1 and 2.10 are one code. Empty of a supervisor's acts, which state their own.
    is_interim : bool
        Whether the case may be called again. An interim outcome is never a final disposition as such.
    reached : Reached
    delay : timedelta
        How long the case rests; an appointment says its own time.
    needs_note : bool
        Whether the interviewer must write why.
    skill : str
        Of the interviewer who calls next: "refusal" (conversion), "language" (that of the case), or "" for
        anybody.
    closes : bool
        Whether nobody calls the case again, at any of its numbers.
    number_is_dead : bool
        Whether nobody calls this number again; other numbers of the case are called.
    """

    code: str
    is_interim: bool = True
    reached: Reached = Reached.NOBODY
    delay: timedelta = timedelta(0)
    needs_note: bool = False
    skill: str = ""
    closes: bool = False
    number_is_dead: bool = False


HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SOON, WEEK = 3 * HOUR, 7 * DAY
REFUSAL = "refusal"  # the skill of those who call again after a refusal
LANGUAGE = "language"  # whoever calls next speaks the case's own language
O, R = Outcome, Reached  # noqa: E741
SUPERVISORS = (O.REOPENED, O.DECIDED, O.ASSIGNED, O.LOCKED, O.UNLOCKED)


def _end(code: str, reached: Reached, *, needs_note: bool = False) -> Meaning:
    return Meaning(code, is_interim=False, reached=reached, needs_note=needs_note, closes=True)


def _dead_number(code: str, reached: Reached = R.NOBODY, *, needs_note: bool = False) -> Meaning:
    return Meaning(code, is_interim=False, reached=reached, needs_note=needs_note, number_is_dead=True)


def _again(code: str, reached: Reached, delay: timedelta, **more: bool | str) -> Meaning:
    return Meaning(code, reached=reached, delay=delay, **more)  # type: ignore[arg-type]  # needs_note and skill


OUTCOMES: Mapping[Outcome, Meaning] = {
    O.COMPLETE: _end("1.1", R.RESPONDENT),
    O.PARTIAL: _end("1.2", R.RESPONDENT),
    O.BREAK_OFF: _again("2.12", R.RESPONDENT, DAY),
    O.SOFT_REFUSAL_HOUSEHOLD: _again("2.111", R.HOUSEHOLD, WEEK, skill=REFUSAL),
    O.SOFT_REFUSAL_RESPONDENT: _again("2.112", R.RESPONDENT, WEEK, skill=REFUSAL),
    O.HARD_REFUSAL_HOUSEHOLD: _end("2.111", R.HOUSEHOLD, needs_note=True),
    O.HARD_REFUSAL_RESPONDENT: _end("2.112", R.RESPONDENT, needs_note=True),
    O.APPOINTMENT: _again("3.21", R.HOUSEHOLD, timedelta(0)),
    O.CALLBACK: _again("3.21", R.HOUSEHOLD, SOON),
    O.CONTACT_UNSELECTED: _again("3.21", R.HOUSEHOLD, SOON),
    O.NEVER_AVAILABLE: _end("2.21", R.HOUSEHOLD, needs_note=True),
    O.MACHINE_HOUSEHOLD: _again("2.221", R.DEVICE, SOON),
    O.MACHINE_HOUSEHOLD_MESSAGE: _again("2.222", R.DEVICE, DAY),
    O.MACHINE: _again("3.14", R.DEVICE, SOON),
    O.MACHINE_MESSAGE: _again("3.14", R.DEVICE, DAY),
    O.NO_ANSWER: _again("3.13", R.NOBODY, SOON),
    O.BUSY: _again("3.12", R.NOBODY, HOUR / 2),
    O.BLOCKED: _again("3.15", R.NOBODY, DAY),
    O.TECHNICAL: _again("3.16", R.NOBODY, HOUR),
    O.NOT_CALLED: _again("3.11", R.NOBODY, timedelta(0)),
    O.DEAD: _end("2.31", R.HOUSEHOLD),
    O.UNABLE: _end("2.32", R.HOUSEHOLD, needs_note=True),
    O.LANGUAGE_HOUSEHOLD: _end("2.331", R.HOUSEHOLD, needs_note=True),
    O.LANGUAGE_RESPONDENT: _end("2.332", R.RESPONDENT, needs_note=True),
    O.LANGUAGE_INTERVIEWER: _again("2.333", R.HOUSEHOLD, SOON, skill=LANGUAGE),
    O.AUDIO: _again("2.34", R.HOUSEHOLD, SOON),
    O.LOCATION: _again("2.35", R.HOUSEHOLD, SOON),
    O.OTHER_ELIGIBLE: _end("2.36", R.HOUSEHOLD, needs_note=True),
    O.OUT_OF_AREA: _end("4.10", R.HOUSEHOLD),
    O.FAX: _dead_number("4.20"),
    O.NOT_WORKING: _dead_number("4.31"),
    O.DISCONNECTED: _dead_number("4.32"),
    O.OUT_OF_SERVICE: _again("4.33", R.NOBODY, WEEK),
    O.NUMBER_CHANGED: _dead_number("4.41", needs_note=True),
    O.FORWARDING: _dead_number("4.43", R.ELSEWHERE),
    O.BUSINESS: _dead_number("4.51", R.ELSEWHERE),
    O.INSTITUTION: _dead_number("4.52", R.ELSEWHERE),
    O.GROUP_QUARTERS: _dead_number("4.53", R.ELSEWHERE),
    O.NOT_RESIDENT: _dead_number("4.54", R.ELSEWHERE),
    O.NO_ELIGIBLE: _end("4.70", R.HOUSEHOLD),
    O.QUOTA_FULL: _end("4.80", R.HOUSEHOLD),
    O.INELIGIBLE_OTHER: _end("4.90", R.HOUSEHOLD, needs_note=True),
    O.WEB_LINK_SENT: _again("3.21", R.HOUSEHOLD, 3 * DAY),
    O.WEB_STARTED: _again("2.12", R.RESPONDENT, DAY),
    O.WEB_COMPLETE: _end("1.1", R.RESPONDENT),
    O.REOPENED: Meaning("", needs_note=True),
    O.DECIDED: Meaning("", is_interim=False, needs_note=True, closes=True),
    O.ASSIGNED: Meaning(""),
    O.LOCKED: Meaning("", needs_note=True),
    O.UNLOCKED: Meaning(""),
}

NON_CONTACT = "2.21"  # the respondent was never available
UNKNOWN_IF_ELIGIBLE = "3.21"  # a household, but nobody was chosen in it
NEVER_TRIED = "3.11"


def suggested_code(outcome: Outcome, *, is_selected: bool) -> str:
    """AAPOR's code of an outcome, as far as is known at the call.

    Once a respondent was chosen, a call that nobody answers says that they were not available (2.21): unknown
    are neither the number any more (3.1x) nor the household (3.2x).
    """
    code = OUTCOMES[outcome].code
    return NON_CONTACT if is_selected and code.startswith("3.") else code
