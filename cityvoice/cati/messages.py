"""What the feature's errors mean, in the reader's language."""

from flask_babel import LazyString, lazy_gettext
from flask_babel import gettext as _

from cityvoice.cati.errors import (
    AppointmentRefused,
    CaseNotHeld,
    CatiError,
    DecisionRefused,
    FieldworkClosed,
    NotAnInterviewer,
    NotConfidential,
    OutcomeRefused,
    OutsideShift,
    UnknownCase,
)
from cityvoice.web.sentences import said

SENTENCES: dict[str, LazyString] = {  # of refusals without parameters, by what the service says
    "say when to call again": lazy_gettext("Say when to call again."),
    "this time is over": lazy_gettext("This time is over."),
    "no appointment can come with this outcome": lazy_gettext("No appointment can come with this outcome."),
    "nobody calls at that time; only a hard appointment can be then": lazy_gettext(
        "Nobody calls at that time. Only an appointment agreed with the respondent can be then."
    ),
    "expected a day such as 2026-11-23": lazy_gettext("Enter a day, for example 2026-11-23."),
    "expected a time such as 18:05": lazy_gettext("Enter a time, for example 18:05."),
    "this day is too far away": lazy_gettext("This day is too far away."),
    "there is no such time on that day: the clocks change": lazy_gettext(
        "There is no such time on that day: the clocks change."
    ),
    "this interviewer has another appointment then": lazy_gettext(
        "This interviewer has another appointment then."
    ),
    "this outcome needs a note: what was said, or how it is known": lazy_gettext(
        "This outcome needs a note: what was said, or how it is known."
    ),
    "this is no outcome of a call": lazy_gettext("Choose what the call came to."),
    "this number is not one of this case": lazy_gettext("This number is not one of this case."),
    "say which number this is about": lazy_gettext("Say which number this is about."),
    "the interview is complete": lazy_gettext("The interview is complete: record it as complete."),
    "the interview is not complete": lazy_gettext("The interview is not complete yet."),
    "no interview was begun": lazy_gettext("No interview was begun."),
    "say which language they speak": lazy_gettext("Choose the language that they speak."),
    "the questionnaire is not in this language": lazy_gettext("The questionnaire is not in this language."),
    "the interview is over: nothing is left to answer on the web": lazy_gettext(
        "The interview is over, so nothing is left to answer on the web. F8 records what it came to."
    ),
    "this interviewer has no shift at that time": lazy_gettext("This interviewer has no shift at that time."),
    "as many messages were left as may be": lazy_gettext(
        "As many messages were left on the machine as may be. Record it without a message."
    ),
    "a number of this case is on the never-call list": lazy_gettext(
        "A number of this case is on the list of those that must not be called."
    ),
    "expected an e-mail address, for example name@example.org": lazy_gettext(
        "Enter an e-mail address, for example name@example.org."
    ),
    "expected how many people, from 1 to 20": lazy_gettext("Enter how many people, from 1 to 20."),
    "an interviewer has this case on the screen": lazy_gettext(
        "An interviewer has this case on the screen. Try again when the call is over."
    ),
    "this case is over: reopen it first": lazy_gettext("This case is over. Reopen it first."),
    "this account does not interview in this survey": lazy_gettext(
        "This account does not interview in this survey."
    ),
    "this case is not over": lazy_gettext("This case is not over."),
    "the interview is complete: decide a code instead": lazy_gettext(
        "The interview is complete, so there is nothing left to ask. Decide a final code instead."
    ),
    "this case is not in the queue": lazy_gettext("This case is not in the queue."),
    "this case is not locked": lazy_gettext("This case is not locked."),
    "this case was never released": lazy_gettext("This case belongs to a replicate that was never released."),
    "expected a final code of AAPOR, for example 2.36": lazy_gettext("Choose a final code."),
    "say why: the note stays in the ledger": lazy_gettext("Say why: the note stays in the ledger."),
    "a note has at most 2000 characters": lazy_gettext("A note has at most 2000 characters."),
    "expected a share above 0 and up to 100 per cent": lazy_gettext("Enter a share above 0 and up to 100."),
    "expected a whole number": lazy_gettext("Enter a whole number."),
    "choose what the respondent said": lazy_gettext("Choose what the respondent said."),
    "say what the respondent said": lazy_gettext("Write what the respondent said."),
}


def describe(error: CatiError) -> str:
    """The sentence that belongs to an error: what happened, and what to do now."""
    if isinstance(error, OutcomeRefused | AppointmentRefused | DecisionRefused):
        return str(SENTENCES.get(str(error), said(error.args[0])))
    if isinstance(error, CaseNotHeld):
        return str(
            _(
                "This case is not on this screen any more: it was finished on the web, its time ran out and"
                " somebody else has it, or it is open in another tab. What was saved stays saved."
            )
        )
    if isinstance(error, FieldworkClosed):
        return str(
            _("The survey takes no answers now: fieldwork was closed. The answers given so far are kept.")
        )
    if isinstance(error, OutsideShift):
        return str(_("Your shift has ended or has not begun yet, so there is no new case now."))
    if isinstance(error, NotAnInterviewer):
        return str(_("You do not interview in this survey. A supervisor can add you."))
    if isinstance(error, NotConfidential):
        return str(
            _("This survey promises anonymity, so nobody can be given a link that leads to their case.")
        )
    if isinstance(error, UnknownCase):
        return str(_("There is no such case."))
    return str(error)
