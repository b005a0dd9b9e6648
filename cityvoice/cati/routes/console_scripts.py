"""What an interviewer reads aloud, in the language of the conversation."""

from functools import cached_property

from babel import Locale
from flask_babel import force_locale
from flask_login import current_user

from cityvoice.cati.guards import Desk
from cityvoice.cati.words.scripts import default_scripts
from cityvoice.core.config import LOCALES
from cityvoice.territory.queries import find_city
from cityvoice.web.extensions import db


class Scripts:
    """The calling plan's scripts for one case; the product's own where nobody wrote one."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def say(self, name: str) -> str:
        """A script with its facts filled in."""
        words = self.desk.plan.script(name, self.desk.language) or self._usual(name)
        for fact, value in self._facts.items():
            words = words.replace(f"{{{fact}}}", value)
        return words

    @property
    def notice(self) -> str:
        """What must be read before the first question: the plan's notice, else the questionnaire's own."""
        consent = self.desk.questionnaire.consent
        if consent is not None and not self.desk.plan.script("notice", self.desk.language):
            return consent.in_(self.desk.language)
        return self.say("notice")

    def _usual(self, name: str) -> str:
        with force_locale(_locale_of(self.desk.language)):
            return str(default_scripts[name])

    @cached_property
    def _facts(self) -> dict[str, str]:
        city, titles = find_city(db.session()), self.desk.survey.title
        return {
            "interviewer": current_user.name,
            "city": city.name if city else "",
            "survey": titles.get(self.desk.language) or next(iter(titles.values()), ""),
            "name": self.desk.case.name,
        }


def _locale_of(language: str) -> Locale:
    known = language.split("-")[0]
    return Locale.parse(known if known in LOCALES else "en")
