"""The words of mails and letters, with what differs from person to person filled in."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from babel.dates import format_date

from cityvoice.core.config import LOCALES
from cityvoice.core.i18n import translations
from cityvoice.invitations.errors import TextRefused
from cityvoice.invitations.types import MailingKind
from cityvoice.questionnaire.message import Message

PLACEHOLDERS = ("name", "link", "closing_day", "opt_out_link", "survey")
NEEDED = {  # without these somebody could not answer, or not refuse
    MailingKind.INVITATION: ("link", "opt_out_link"),
    MailingKind.REMINDER: ("link", "opt_out_link"),
    MailingKind.LETTER: (),
}
PLACEHOLDER = re.compile(r"\{([^{}\n]*)\}")
LONGEST_SUBJECT, LONGEST_BODY = 200, 10_000


@dataclass(frozen=True)
class Facts:
    """What a text may speak of."""

    name: str
    link: str
    opt_out_link: str
    survey: str
    closing_day: date | None


@dataclass(frozen=True)
class Draft:
    """A mailing before anybody gets it: its texts by language."""

    kind: MailingKind
    subject: Mapping[str, str]
    body: Mapping[str, str]


def default_draft(kind: MailingKind, languages: Sequence[str]) -> Draft:
    """The product's own words in every language of a questionnaire."""
    texts = {language: default_texts(kind, language) for language in languages}
    subjects = {language: subject for language, (subject, _body) in texts.items()}
    return Draft(kind, subjects, {language: body for language, (_subject, body) in texts.items()})


def default_texts(kind: MailingKind, language: str) -> tuple[str, str]:
    """Subject and body to begin with, in the language if the interface speaks it, else in English."""
    gettext = translations(language if language in LOCALES else "en").gettext
    greeting = gettext("Good morning, {name},")
    ask = gettext("The city asks you to take part in the survey “{survey}”. It takes a few minutes.")
    how = gettext("This is your personal link. Please do not pass it on; one answer can be sent with it:")
    until = gettext(
        "You can answer until {closing_day}. You may stop at any time and go on later with the same link."
    )
    stop = gettext("If you do not want to be written to about this survey again:")
    bye = gettext("Thank you!")
    if kind is MailingKind.LETTER:
        return gettext("Your city asks for your opinion"), "\n\n".join((greeting, ask, until, bye))
    if kind is MailingKind.REMINDER:
        ask = gettext(
            "Some days ago we asked you to take part in the survey “{survey}”. Your voice is still missing."
        )
        subject = gettext("Reminder: the survey “{survey}”")
    else:
        subject = gettext("Invitation to the survey “{survey}”")
    body = "\n\n".join((greeting, ask, f"{how}\n{{link}}", until, bye, f"{stop}\n{{opt_out_link}}"))
    return subject, body


def check_draft(draft: Draft) -> list[TextRefused]:
    """Everything that stands between the texts and their sending."""
    problems = []
    fields = (("subject", draft.subject, LONGEST_SUBJECT), ("body", draft.body, LONGEST_BODY))
    for field, texts, longest in fields:
        for language, text in texts.items():
            if not text.strip():
                problems.append(TextRefused(field, language, Message("expected a text")))
            if len(text) > longest:
                problem = Message("expected at most %(n)s characters", n=longest)
                problems.append(TextRefused(field, language, problem))
            unknown = [name for name in PLACEHOLDER.findall(text) if name not in PLACEHOLDERS]
            if unknown:
                known = ", ".join(f"{{{name}}}" for name in PLACEHOLDERS)
                problem = Message("%(found)s is not one of %(known)s", found=f"{{{unknown[0]}}}", known=known)
                problems.append(TextRefused(field, language, problem))
    for language, text in draft.body.items():
        missing = [name for name in NEEDED[draft.kind] if f"{{{name}}}" not in text]
        for name in missing:
            problem = Message("expected %(placeholder)s in the text", placeholder=f"{{{name}}}")
            problems.append(TextRefused("body", language, problem))
    return problems


def fill_in(text: str, facts: Facts, language: str) -> str:
    """The text for one person; a line that speaks of a closing day goes where there is none."""
    if facts.closing_day is None:
        text = "\n".join(_without_closing_day(line) for line in text.split("\n"))
    values = {
        "name": facts.name,
        "link": facts.link,
        "opt_out_link": facts.opt_out_link,
        "survey": facts.survey,
        "closing_day": _day(facts.closing_day, language) if facts.closing_day else "",
    }
    filled = PLACEHOLDER.sub(lambda found: values.get(found[1], found[0]), text)
    if not facts.name:
        filled = re.sub(r" ,|, ,", ",", filled).replace(",,", ",")  # "Good morning, ," to nobody by name
    return re.sub(r"\n{3,}", "\n\n", filled)


def _without_closing_day(line: str) -> str:
    """The line without its sentences about a day that there is not."""
    if "{closing_day}" not in line:
        return line
    sentences = re.split(r"(?<=[.!?…])\s+", line)
    return " ".join(each for each in sentences if "{closing_day}" not in each)


def _day(day: date, language: str) -> str:
    return str(format_date(day, "d MMMM yyyy", locale=language if language in LOCALES else "en"))
