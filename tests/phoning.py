"""Makes cases to be phoned, and interviewers, without a frame."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from cityvoice.accounts.models import Account
from cityvoice.accounts.types import Role
from cityvoice.cati.models import CallingPlan, CaseGroup, Interviewer, PhoneCase, SampleDraw, Telephone
from cityvoice.cati.types import NEVER, CaseState
from cityvoice.questionnaire.document import load_document
from cityvoice.surveys.models import Case, Survey
from cityvoice.surveys.services import create_survey, open_survey
from cityvoice.surveys.types import Anonymity, CaseOrigin
from tests.factories import DOCUMENT, make_account

ZONE = "Europe/Warsaw"
TUESDAY = datetime(2026, 11, 24, 11, 0, tzinfo=ZoneInfo(ZONE))  # within the usual calling hours
ALL_DAY = {day: ["00:00", "23:59:59"] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun", "holiday")}


def make_phone_survey(
    session: Session, *, document: Mapping[str, Any] = DOCUMENT, slug: str = "life", **rules: Any
) -> Survey:
    """An open, confidential survey that may be phoned at any hour, unless `rules` say otherwise."""
    survey = create_survey(session, slug=slug, questionnaire=load_document(dict(document)))
    survey.anonymity = Anonymity.CONFIDENTIAL
    open_survey(session, survey=survey)
    session.add(CallingPlan(survey_id=survey.id, rules={"hours": {"days": ALL_DAY}} | rules))
    session.flush()
    return survey


def make_interviewer(
    session: Session, survey: Survey, name: str = "ann", *, skills: tuple[str, ...] = ()
) -> Account:
    account = make_account(session, f"{name}@example.org", Role.INTERVIEWER)
    session.add(Interviewer(survey_id=survey.id, account_id=account.id, skills=list(skills), languages=[]))
    session.flush()
    return account


def make_cases(
    session: Session,
    survey: Survey,
    n: int,
    *,
    sure: tuple[int, ...] = (),
    key: str = "",
    replicate: int = 1,
    zone: str = ZONE,
    **values: Any,
) -> list[int]:
    """Released cases with one number each, in one statement a table; their ids in the order of the draw."""
    draw = SampleDraw(
        survey_id=survey.id, wave_id=survey.current_wave.id, method="srs", seed=1, parameters={}, n_cases=n,
        n_replicates=1,
    )  # fmt: skip
    group = session.scalars(
        select(CaseGroup).where(
            CaseGroup.survey_id == survey.id, CaseGroup.key == key, CaseGroup.time_zone == zone
        )
    ).one_or_none() or CaseGroup(survey_id=survey.id, key=key, time_zone=zone, sure=list(sure), possible=[])
    session.add_all([draw, group])
    session.flush()
    case = {"survey_id": survey.id, "wave_id": survey.current_wave.id, "origin": CaseOrigin.SAMPLED}
    ids = list(session.scalars(insert(Case).returning(Case.id, sort_by_parameter_order=True), [case] * n))
    usual = {
        "survey_id": survey.id,
        "draw_id": draw.id,
        "group_id": group.id,
        "replicate": replicate,
        "probability": 0.5,
        "state": CaseState.READY,
        "last_called_at": NEVER,
    }
    session.execute(
        insert(PhoneCase), [usual | {"case_id": number, "order_key": number} | values for number in ids]
    )
    phones = [
        {"case_id": number, "e164": f"+485{number:08}", "priority": 1, "kind": "mobile"} for number in ids
    ]
    session.execute(insert(Telephone), phones)
    return ids
