"""Makes what tests need: accounts, a small questionnaire with every kind of question, surveys, answers."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from argon2 import PasswordHasher
from sqlalchemy.orm import Session

from cityvoice.accounts.models import Account, RoleGrant
from cityvoice.accounts.types import Role
from cityvoice.questionnaire.document import load_document
from cityvoice.questionnaire.model import Questionnaire
from cityvoice.surveys.models import Case, Response, Survey
from cityvoice.surveys.published import published_version
from cityvoice.surveys.services import close_survey, create_survey, open_survey
from cityvoice.surveys.types import CaseOrigin, ResponseStatus

PASSWORD = "correct horse battery"


@cache
def password_hash() -> str:
    """Quick to check, where the product's own are slow on purpose; tests log in a hundred times."""
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)


def make_account(session: Session, email: str, *roles: Role) -> Account:
    account = Account(email=email, name=email.split("@")[0], password_hash=password_hash())
    account.grants = [RoleGrant(role=role) for role in roles]
    session.add(account)
    session.flush()
    return account


def options(*labels: str, **more: Any) -> list[dict[str, Any]]:
    """Options with the codes 1, 2, 3 and so on."""
    return [{"code": str(code), "label": label} | more for code, label in enumerate(labels, start=1)]


DONT_KNOW = {"code": "9", "label": "Hard to say", "missing": "dont_know"}

DOCUMENT: dict[str, Any] = {
    "title": "Life in the city",
    "languages": ["en"],
    "consent": "Taking part is voluntary.",
    "thanks": "We will read it all.",
    "sections": [
        {
            "name": "living",
            "title": "Living here",
            "questions": [
                {"name": "welcome", "kind": "info", "text": "A few words first."},
                {
                    "name": "life",
                    "kind": "single",
                    "required": True,
                    "ordered": True,
                    "text": "How is life here?",
                    "options": [*options("Bad", "So-so", "Good"), DONT_KNOW],
                    "favourable": ["3"],
                },
                {"name": "why", "kind": "text", "text": "Why?", "when": "life == '1'", "max_length": 40},
                {"name": "years", "kind": "number", "text": "For how many years?", "low": 0, "high": 110},
            ],
        },
        {
            "name": "transport",
            "title": "Getting about",
            "when": "life in ['2', '3']",
            "questions": [
                {
                    "name": "means",
                    "kind": "multiple",
                    "text": "How do you travel?",
                    "max_answers": 2,
                    "options": [
                        {"code": "bus", "label": "By bus"},
                        {"code": "bike", "label": "By bicycle"},
                        {"code": "foot", "label": "On foot"},
                        {"code": "none", "label": "Not at all", "exclusive": True},
                    ],
                },
                {
                    "name": "rate",
                    "kind": "matrix",
                    "text": "How do you rate ...",
                    "items": [{"name": "bus", "label": "buses"}, {"name": "road", "label": "roads"}],
                    "options": options("Poor", "Fair", "Good"),
                    "favourable": ["3"],
                },
                {
                    "name": "score",
                    "kind": "scale",
                    "text": "Out of ten?",
                    "low": 0,
                    "high": 10,
                    "low_label": "worst",
                    "high_label": "best",
                },
            ],
        },
        {
            "name": "you",
            "title": "About you",
            "questions": [
                {
                    "name": "district",
                    "kind": "single",
                    "required": True,
                    "text": "Where do you live?",
                    "options": options("Old Town", "New Town"),
                },
                {
                    "name": "sex",
                    "kind": "single",
                    "text": "Your sex?",
                    "options": [{"code": "F", "label": "Female"}, {"code": "M", "label": "Male"}, DONT_KNOW],
                },
            ],
        },
    ],
}


@cache
def questionnaire() -> Questionnaire:
    return load_document(DOCUMENT)


def make_survey(session: Session, slug: str = "life", *, is_open: bool = True) -> Survey:
    survey = create_survey(session, slug=slug, questionnaire=questionnaire())
    if is_open:
        open_survey(session, survey=survey)
    else:
        close_survey(session, survey=survey)
    return survey


def add_responses(session: Session, survey: Survey, answers: Sequence[Mapping[str, Any]]) -> None:
    """Complete responses, one for each mapping of answers."""
    session.add_all(
        Response(
            survey_id=survey.id,
            version=published_version(survey),
            case=Case(survey_id=survey.id, wave_id=survey.current_wave.id, origin=CaseOrigin.OPEN_LINK),
            mode="CAWI",
            language="en",
            status=ResponseStatus.COMPLETE,
            answers=dict(each),
        )
        for each in answers
    )
    session.flush()


def typical_answers(n: int = 40) -> list[dict[str, Any]]:
    """Answers of `n` people: more from the Old Town and more women than there are in the city."""
    return [
        {
            "life": str(1 + place % 3),
            "years": place % 50,
            "district": "1" if place % 4 else "2",
            "sex": "F" if place % 3 else "M",
        }
        for place in range(n)
    ]
