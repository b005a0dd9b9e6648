"""Draw a sample, make its cases, release them part by part."""

import secrets
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from cityvoice.cati.errors import DrawRefused, NotConfidential
from cityvoice.cati.models import LedgerEntry, PhoneCase, SampleDraw, Telephone
from cityvoice.cati.services.designs import (
    SEEDS,
    Design,
    Drawn,
    check_design,
    frame_of,
    generate_numbers,
    select_units,
)
from cityvoice.cati.services.grouping import Grouping, form_groups
from cityvoice.cati.services.refusals import refusal
from cityvoice.cati.types import CaseState, Method
from cityvoice.fieldwork import draws
from cityvoice.fieldwork.impossible import ImpossibleDraw
from cityvoice.questionnaire.message import Message
from cityvoice.surveys.models import Case, Participant, Response, Survey
from cityvoice.surveys.types import CaseOrigin

BATCH = 2000


def draw_sample(session: Session, *, survey: Survey, design: Design) -> SampleDraw:
    """Draw, and make a case for each unit: with its numbers, its probability p, and the base weight 1/p.

    Probabilities refer to the units of the frame that can be called: units without a number, those whose
    every number must not be called, and those that lead to a case of the survey already are left out before
    the draw, and counted.

    Raises
    ------
    NotConfidential
        of a survey that promises anonymity.
    DrawRefused
        naming the field.
    """
    if survey.is_anonymous:
        raise NotConfidential(survey.slug)
    check_design(design)
    seed = secrets.randbelow(SEEDS) if design.seed is None else design.seed
    try:
        if design.method is Method.RDD:
            frame, said, drawn = None, *generate_numbers(session, survey, design, seed)
        else:
            frame = frame_of(session, survey, design)
            said, drawn = select_units(session, survey, frame, design, seed)
        replicate = draws.replicates(len(drawn), design.n_replicates)
    except ImpossibleDraw as error:
        raise refusal(error) from None
    parameters = {name: value for name, value in asdict(design).items() if value not in ("", {}, ())}
    draw = SampleDraw(
        survey_id=survey.id,
        wave_id=survey.current_wave.id,
        frame_id=None if frame is None else frame.id,
        method=design.method,
        seed=seed,
        parameters={**parameters, "blocks": list(design.blocks), "found": said},
        n_cases=len(drawn),
        n_replicates=design.n_replicates,
    )
    session.add(draw)
    session.flush()
    _make_cases(session, survey, draw, drawn, replicate.tolist())
    return draw


def release_replicates(session: Session, *, survey: Survey, draw: SampleDraw, through: int) -> int:
    """Let the cases of the replicates up to this one be called; returns how many were let.

    Raises
    ------
    DrawRefused
        when the draw has no such replicate.
    """
    if not 1 <= through <= draw.n_replicates:
        raise DrawRefused("through", Message("expected 1 to %(n)s", n=draw.n_replicates))
    form_groups(session, survey=survey)
    kept_back = (PhoneCase.draw_id == draw.id, PhoneCase.state == CaseState.UNRELEASED)
    done = session.execute(
        update(PhoneCase)
        .where(*kept_back, PhoneCase.replicate <= through)
        .values(state=CaseState.READY)
        .execution_options(synchronize_session="fetch")
    )
    return int(done.rowcount)  # type: ignore[attr-defined]


def discard_draw(session: Session, *, draw: SampleDraw) -> None:
    """Take a sample back of which nothing was released.

    Raises
    ------
    DrawRefused
    """
    cases = select(PhoneCase.case_id).where(PhoneCase.draw_id == draw.id)
    touched = (
        cases.where(PhoneCase.state != CaseState.UNRELEASED),
        select(LedgerEntry.id).where(LedgerEntry.case_id.in_(cases)),
        select(Response.id).where(Response.case_id.in_(cases)),
        select(Participant.id).where(Participant.case_id.in_(cases)),
    )
    if any(session.scalar(each.limit(1)) is not None for each in touched):
        raise DrawRefused("draw", Message("cases of this sample were released or reached; it stays"))
    numbers = session.scalars(cases).all()
    for start in range(0, len(numbers), BATCH):
        some = numbers[start : start + BATCH]
        session.execute(delete(Telephone).where(Telephone.case_id.in_(some)))
        session.execute(delete(PhoneCase).where(PhoneCase.case_id.in_(some)))
        session.execute(delete(Case).where(Case.id.in_(some)))
    session.delete(draw)
    session.flush()


def _make_cases(
    session: Session, survey: Survey, draw: SampleDraw, drawn: Sequence[Drawn], replicates: Sequence[int]
) -> None:
    grouping = Grouping(session, survey)
    for start in range(0, len(drawn), BATCH):
        some = drawn[start : start + BATCH]
        ids = session.scalars(
            insert(Case).returning(Case.id, sort_by_parameter_order=True),
            [_case(survey, each) for each in some],
        ).all()
        phone_cases = [
            _phone_case(survey, draw, grouping, each, case_id, start + place, replicates[start + place])
            for place, (each, case_id) in enumerate(zip(some, ids, strict=True))
        ]
        session.execute(insert(PhoneCase), phone_cases)
        session.execute(insert(Telephone), _telephones(some, ids))
    session.flush()


def _case(survey: Survey, drawn: Drawn) -> dict[str, Any]:
    return {
        "survey_id": survey.id,
        "wave_id": survey.current_wave.id,
        "origin": CaseOrigin.SAMPLED,
        "external_id": None if drawn.unit is None else drawn.unit.external_id,
        "base_weight": 1 / drawn.probability,
    }


def _phone_case(
    survey: Survey,
    draw: SampleDraw,
    grouping: Grouping,
    drawn: Drawn,
    case_id: int,
    place: int,
    replicate: int,
) -> dict[str, Any]:
    unit = drawn.unit
    attributes = {} if unit is None else unit.attributes
    return {
        "case_id": case_id,
        "survey_id": survey.id,
        "draw_id": draw.id,
        "unit_id": None if unit is None else unit.id,
        "group_id": grouping.group_of(attributes, drawn.phones[0].time_zone),
        "replicate": replicate,
        "order_key": place,
        "probability": drawn.probability,
        "name": "" if unit is None else unit.name,
        "email": None if unit is None else unit.email,
        "language": None if unit is None else unit.language,
        "attributes": attributes,
        "state": CaseState.UNRELEASED,
    }


def _telephones(drawn: Sequence[Drawn], ids: Sequence[int]) -> list[dict[str, Any]]:
    return [
        {"case_id": case_id, "e164": phone.e164, "priority": priority, "kind": phone.kind}
        for each, case_id in zip(drawn, ids, strict=True)
        for priority, phone in enumerate(each.phones, start=1)
    ]
