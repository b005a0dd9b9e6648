"""One browser in one survey: how it finds its answers again, and what it remembers of them.

The cookie holds the secret that leads to the answers. Every page's form holds it too, so that a page is taken
also when the cookie is gone; whoever has the secret needs no other proof that the form is ours.
"""

import hmac
import re
import time
from dataclasses import dataclass, field
from typing import Any

from flask import current_app, request
from flask import session as browser

from cityvoice.core.tokens import derive_token, new_token
from cityvoice.questionnaire import routing
from cityvoice.questionnaire.model import Questionnaire, Section
from cityvoice.questionnaire.routing import Route
from cityvoice.surveys import queries
from cityvoice.surveys.models import QuestionnaireVersion, Response, Survey
from cityvoice.surveys.published import arranged_questionnaire, is_read
from cityvoice.surveys.types import Device, ResponseStatus
from cityvoice.web.extensions import csrf, db
from cityvoice.web.transactions import reading

TOKEN = "_token"  # noqa: S105 - the form field's name; no question can have a name with an underscore in front
ANSWERED = "done"  # what the browser remembers of a finished survey: that, and nothing else
NO_PLACE = "full:"  # followed by the quota that had no place left
MADE = "_made"  # the form field that says when the page was made
PHONE = re.compile(r"iPhone|iPod|Android.*Mobile|Mobile.*Firefox|Windows Phone|Opera Mini")
TABLET = re.compile(r"iPad|Android|Tablet|Silk")


@dataclass
class Visit:
    """One browser in one survey."""

    survey: Survey
    response: Response
    questionnaire: Questionnaire
    token: str
    _walked: tuple[dict[str, Any], Route] | None = field(default=None, init=False)

    @property
    def is_open(self) -> bool:
        """Answers are taken now; of a trial always."""
        return self.response.is_test or self.survey.is_open

    @property
    def route(self) -> Route:
        """Where these answers lead; walked anew only when there are others."""
        if self._walked is None or self._walked[0] is not self.response.answers:
            walked = routing.route(self.questionnaire, self.response.engine_answers)
            self._walked = (self.response.answers, walked)
        return self._walked[1]

    @property
    def sections(self) -> tuple[Section, ...]:
        return self.route.sections


def find_visit(slug: str, *, or_trial: bool = False) -> Visit | None:
    """The unfinished answers that this browser's cookie leads to; if asked for, those of a trial first."""
    token = (or_trial and remembered_trial(slug)) or remembered(slug)
    if not _leads_to_answers(token):
        return None
    with reading() as connection:
        response = queries.read_visited_response(connection, slug, token)
    if response is not None and not is_read(response.version):
        response.version = db.session().get_one(QuestionnaireVersion, response.version_id)
    return None if response is None else visit_to(response, token)


def find_sent_visit(slug: str) -> Visit | None:
    """The same for a page that was sent, its response locked; the form's secret counts before the cookie's.

    A form without a secret must have the token against forgeries, like any other.
    """
    token = request.form.get(TOKEN, "")
    if not token:
        csrf.protect()
    token = token or remembered_trial(slug) or remembered(slug)
    if not _leads_to_answers(token):
        return None
    response = queries.find_visited_response(db.session(), slug, token)
    return None if response is None else visit_to(response, token)


def _leads_to_answers(token: str) -> bool:
    return bool(token) and token != ANSWERED and not token.startswith(NO_PLACE)


def visit_to(response: Response, token: str) -> Visit:
    questionnaire = arranged_questionnaire(response.version, response.seed)
    return Visit(response.survey, response, questionnaire, token)


def remembered(slug: str) -> str:
    """What the cookie says of this survey: a secret, that it is answered, or that there was no place."""
    return str(browser.get(_key(slug), ""))


def remembered_trial(slug: str) -> str:
    """The secret of a trial under way: kept apart, so that no real answer ever goes into it."""
    return str(browser.get(_trial_key(slug), ""))


def has_sent_all(survey: Survey, visit: Visit | None) -> bool:
    """Whether this browser's answers were sent as a whole, also where it never heard so.

    A secret that leads nowhere any more led to answers that are complete: its hash was dropped then. Somebody
    whose connection broke at that moment must not answer a second time. When a survey is closed, the hashes
    of unfinished answers are dropped as well, so that from then on, and also when it is opened again, only
    the browser's own word counts.
    """
    known = remembered(survey.slug)
    if known == ANSWERED:
        return True
    if visit is not None or not survey.is_open or not _leads_to_answers(known):
        return False
    return bool(browser.get(_opening_key(survey.slug)) == survey.n_openings)


def remember(visit: Visit) -> None:
    slug, is_trial = visit.survey.slug, visit.response.is_test
    known = remembered_trial(slug) if is_trial else remembered(slug)
    if known != visit.token:  # else the cookie would be signed and sent with every page
        browser[_trial_key(slug) if is_trial else _key(slug)] = visit.token
        browser[_opening_key(slug)] = visit.survey.n_openings


def remember_end(slug: str, response: Response) -> None:
    is_full = response.status == ResponseStatus.SCREENED_OUT
    browser[_key(slug)] = NO_PLACE + response.paradata["quota"] if is_full else ANSWERED


def forget(slug: str) -> None:
    browser.pop(_key(slug), None)


def forget_trial(slug: str) -> None:
    browser.pop(_trial_key(slug), None)


def token_of_first_start(survey: Survey) -> str:
    """The secret of what this browser begins first: the same if it asks twice before it was answered.

    It follows from the browser's own random number, which only its cookie and nobody else knows.
    """
    own = browser.get("csrf_token")
    if own is None:
        return new_token()
    return derive_token(current_app.config["SECRET_KEY"], f"start:{survey.slug}:{survey.n_openings}:{own}")


def stamp(token: str) -> str:
    """When a page was made, for its form: seconds since 1970, signed, as a time trap is worth only that."""
    now = str(int(time.time()))
    return f"{now}.{_signature(token, now)}"


def seconds_on_page(token: str) -> float | None:
    """How long ago the page was made that was sent; None where it does not say."""
    made, _, signature = request.form.get(MADE, "").partition(".")
    if not hmac.compare_digest(signature.encode(), _signature(token, made).encode()):
        return None
    return max(0.0, time.time() - int(made))


def _signature(token: str, made: str) -> str:
    key: str = current_app.config["SECRET_KEY"]
    return hmac.digest(key.encode(), f"made:{token}:{made}".encode(), "sha256").hex()[:16]


def device() -> Device:
    """The kind of device, all that is kept of what the browser says of itself."""
    said = request.user_agent.string
    if PHONE.search(said):
        return Device.PHONE
    return Device.TABLET if TABLET.search(said) else Device.DESKTOP


def _key(slug: str) -> str:
    return f"survey:{slug}"


def _opening_key(slug: str) -> str:
    """Under which of the survey's openings these answers were begun."""
    return f"opening:{slug}"


def _trial_key(slug: str) -> str:
    return f"trial:{slug}"
