"""A second survey of the demo, by phone: a frame of invented people, a sample, a crew, the first calls.

Poland reserves no phone numbers for fiction, and every number that its numbering plan allows may be
somebody's. No Polish number begins with 0, which once led out of a town; so the demo's are +48 000 ..., which
no exchange connects. They come from here and not from a file: a frame's reader would refuse them.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from cityvoice.accounts import services as accounts
from cityvoice.accounts.models import Account
from cityvoice.accounts.queries import find_account_by_email
from cityvoice.accounts.types import Action, Role
from cityvoice.cati import queries
from cityvoice.cati import services as cati
from cityvoice.cati.imports.frames import ReadFrame
from cityvoice.cati.imports.units import Unit
from cityvoice.cati.models import PhoneCase
from cityvoice.cati.services.designs import Design
from cityvoice.cati.types import Claim, Method
from cityvoice.core import clock
from cityvoice.demo.city import POPULATION
from cityvoice.demo.dice import Dice
from cityvoice.fieldwork.outcomes import Outcome
from cityvoice.questionnaire.document import parse_document
from cityvoice.surveys import services as surveys
from cityvoice.surveys.models import Survey
from cityvoice.surveys.queries import find_survey
from cityvoice.surveys.types import Anonymity

SLUG = "komunikacja-2026"
PEOPLE = 360
CASES, PARTS = 240, 4
SEED = 20_261_123
CREW = ("interviewer@demo.example", "interviewer2@demo.example", "interviewer3@demo.example")
FIRST = {
    "F": ("Anna", "Maria", "Katarzyna", "Halina", "Oksana", "Zofia", "Ewa"),
    "M": ("Jan", "Piotr", "Tomasz", "Henryk", "Adam", "Marek", "Kamil"),
}
LAST = ("Przykładek", "Pokazik", "Zmyślik", "Wymysłek", "Próbczyk", "Wzornik", "Demko", "Nibysz")
CALLS = (  # what the first calls came to, in their order
    Outcome.NO_ANSWER, Outcome.COMPLETE, Outcome.BUSY, Outcome.APPOINTMENT, Outcome.MACHINE,
    Outcome.COMPLETE, Outcome.SOFT_REFUSAL_HOUSEHOLD, Outcome.NO_ANSWER, Outcome.DISCONNECTED,
    Outcome.COMPLETE, Outcome.HARD_REFUSAL_HOUSEHOLD, Outcome.APPOINTMENT, Outcome.NO_ANSWER,
    Outcome.CALLBACK, Outcome.COMPLETE, Outcome.BUSINESS, Outcome.NO_ANSWER, Outcome.COMPLETE,
)  # fmt: skip
NOTES = {
    Outcome.SOFT_REFUSAL_HOUSEHOLD: "Brak czasu, można zadzwonić za tydzień.",
    Outcome.HARD_REFUSAL_HOUSEHOLD: "Prosi, aby więcej nie dzwonić.",
}
AGREED = (Outcome.APPOINTMENT, Outcome.CALLBACK)


def load_studio(session: Session, *, password: str) -> Survey:
    """The survey by phone with everything around it; what is there already stays as it is."""
    crew = [_interviewer(session, email, password) for email in CREW]
    survey = find_survey(session, SLUG)
    if survey is not None:
        return survey
    survey = surveys.create_survey(session, slug=SLUG, questionnaire=_questionnaire(), is_fictional=True)
    surveys.set_access(
        session, survey=survey, has_open_link=False, anonymity=Anonymity.CONFIDENTIAL, ends_on=None
    )
    surveys.open_survey(session, survey=survey)
    _draw(session, survey)
    for number, account in enumerate(crew):
        skills, languages = (("refusal",), ("pl", "uk")) if number == 0 else ((), ())
        cati.set_interviewer(session, survey=survey, account=account, skills=skills, languages=languages)
    _call(session, survey, crew)
    for action in (Action.SURVEY_OPENED, Action.FRAME_IMPORTED, Action.SAMPLE_DRAWN):
        accounts.record(session, actor=accounts.COMMAND_LINE, action=action, object=SLUG)
    return survey


def _questionnaire() -> Any:
    path = Path(__file__).parent / "phone_questionnaire.yaml"
    return parse_document(path.read_text(encoding="utf-8"))


def _interviewer(session: Session, email: str, password: str) -> Account:
    found = find_account_by_email(session, email)
    if found is not None:
        return found
    name = f"Demo {email.split('@')[0]}"
    return accounts.create_account(
        session, email=email, name=name, password=password, roles=[Role.INTERVIEWER]
    )


def _draw(session: Session, survey: Survey) -> None:
    units = tuple(_people(Dice(SEED)))
    columns = ("district", "sex")
    read = ReadFrame(units, columns, hashlib.sha256(repr(units).encode()).hexdigest())
    cati.import_frame(session, survey=survey, name="Zmyśleni mieszkańcy", found=read)
    design = Design(
        Method.STRATIFIED, CASES, frame="Zmyśleni mieszkańcy", seed=SEED, n_replicates=PARTS, least=20
    )
    drawn = cati.draw_sample(session, survey=survey, design=design)
    cati.release_replicates(session, survey=survey, draw=drawn, through=PARTS // 2)


def _people(dice: Dice) -> Iterator[Unit]:
    for place in range(PEOPLE):
        district, sex = dice.pick(POPULATION["district"]), dice.pick(POPULATION["sex"])
        numbers = [f"+48000{place:06}"]
        if dice.chance(0.3):
            numbers.append(f"+48000{500_000 + place:06}")
        yield Unit(
            row=place + 2,
            id=f"osoba-{place + 1:03}",
            phones=tuple(numbers),
            name=f"{dice.choose(FIRST[sex])} {dice.choose(LAST)}",
            language="uk" if dice.chance(0.04) else "pl",
            stratum=district,
            attributes={"district": district, "sex": sex},
        )


@dataclass(frozen=True)
class _Desk:
    """An interviewer with a case on the screen."""

    survey: Survey
    account: Account
    claim: Claim
    at: datetime


def _call(session: Session, survey: Survey, crew: list[Account]) -> None:
    """The first calls, each four minutes after the one before, on the last day on which one could call."""
    at = _last_open_day(session, survey)
    dice = Dice(SEED + 1)
    for number, outcome in enumerate(CALLS):
        now = at + timedelta(minutes=4 * number)
        account = crew[number % len(crew)]
        claim = cati.next_case(session, survey=survey, account_id=account.id, now=now)
        if claim is not None:
            _dispose(session, _Desk(survey, account, claim, now), outcome, number, dice)


def _last_open_day(session: Session, survey: Survey) -> datetime:
    hours = cati.plan_of(session, survey).hours
    day = clock.today()
    for _ in range(30):
        day -= timedelta(days=1)
        opens = hours.on(day)
        if opens is not None:
            break
    return datetime.combine(day, opens[0] if opens else datetime.min.time(), clock.CITY_TIME).astimezone(UTC)


def _dispose(session: Session, desk: _Desk, outcome: Outcome, number: int, dice: Dice) -> None:
    plan = cati.plan_of(session, desk.survey)
    case = queries.get_case(session, desk.survey, desk.claim.case_id)
    call = cati.Call(
        outcome,
        key=f"demo-{number}",
        telephone_id=case.telephones[0].id,
        seconds=420 if outcome is Outcome.COMPLETE else 45,
        note=NOTES.get(outcome, ""),
        time=_agreed(session, desk.survey, number) if outcome in AGREED else None,
    )
    holding: dict[str, Any] = {
        "survey": desk.survey,
        "case_id": desk.claim.case_id,
        "account_id": desk.account.id,
        "held_key": desk.claim.key,
    }
    if outcome is Outcome.COMPLETE:
        response = cati.begin_interview(session, **holding, language=case.language or "pl", plan=plan)
        response.answers = response.answers | _answers(case, dice)
        surveys.reserve_places(session, survey=desk.survey, response=response)
        cati.complete_interview(session, **holding, call=call, plan=plan)
    else:
        cati.dispose(session, **holding, call=call, plan=plan, now=desk.at)


def _agreed(session: Session, survey: Survey, number: int) -> cati.Time:
    """Some time tomorrow, or on the next day on which calls are allowed."""
    hours = cati.plan_of(session, survey).hours
    tomorrow = clock.now().astimezone(clock.CITY_TIME) + timedelta(days=1)
    morning = tomorrow.replace(hour=0, minute=0, second=0, microsecond=0)
    opens = hours.next_open(morning, clock.CITY_TIME.key) or morning
    return cati.Time(opens + timedelta(minutes=30 * number), is_hard=number % 2 == 1)


def _answers(case: PhoneCase, dice: Dice) -> dict[str, Any]:
    means = dice.pick({"transit": 4, "car": 4, "bike": 1, "foot": 2})
    journey = {"minutes": 10 + int(dice.uniform() * 40)} if means == "transit" else {}
    rating = dice.pick({"1": 1, "2": 2, "3": 3, "4": 4, "5": 2})
    return {"satisfaction": rating, "means": means, **journey, **case.attributes}
