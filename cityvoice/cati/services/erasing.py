"""Forget whom the cases were, once fieldwork is over; answers, weights and the ledger stay."""

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from cityvoice.cati.errors import FieldworkGoesOn
from cityvoice.cati.models import (
    Appointment,
    BackCheck,
    FrameUnit,
    LedgerEntry,
    PhoneCase,
    SampleFrame,
    Telephone,
)
from cityvoice.surveys.models import Case, Participant, Survey
from cityvoice.surveys.types import SurveyStatus


def erase_contacts(session: Session, *, survey: Survey) -> int:
    """Delete numbers, names, addresses, notes and the frames' units of a closed survey.

    What the sample's design needs stays: each case's probability, weight and stratum.

    Returns
    -------
    int
        How many numbers and units were deleted; 0 where that was done before.

    Raises
    ------
    FieldworkGoesOn
    """
    if survey.status != SurveyStatus.CLOSED:
        raise FieldworkGoesOn(survey.slug)
    cases = select(PhoneCase.case_id).where(PhoneCase.survey_id == survey.id)
    frames = select(SampleFrame.id).where(SampleFrame.survey_id == survey.id)
    n = _count(session, Telephone, Telephone.case_id.in_(cases))
    n += _count(session, FrameUnit, FrameUnit.frame_id.in_(frames))
    _empty_notes(session, survey)
    _keep_strata(session, survey)
    session.execute(delete(Telephone).where(Telephone.case_id.in_(cases)))
    session.execute(delete(FrameUnit).where(FrameUnit.frame_id.in_(frames)))
    session.execute(update(Case).where(Case.id.in_(cases)).values(external_id=None))
    session.execute(
        update(Participant)
        .where(Participant.case_id.in_(cases))
        .values(name="", email=None, phone=None, address=None, attributes={}, external_id=None)
    )
    session.expire_all()
    return n


def _count(session: Session, table: type[Telephone] | type[FrameUnit], condition: object) -> int:
    return session.scalar(select(func.count()).select_from(table).where(condition)) or 0  # type: ignore[arg-type]


def _empty_notes(session: Session, survey: Survey) -> None:
    for table in (LedgerEntry, Appointment, BackCheck):
        noted = (table.survey_id == survey.id, table.note != "")
        session.execute(update(table).where(*noted).values(note=""))


def _keep_strata(session: Session, survey: Survey) -> None:
    """Of what the frame said only the stratum stays, which variances are computed from."""
    mine = PhoneCase.survey_id == survey.id
    strata = session.scalars(
        select(FrameUnit.stratum).join(PhoneCase, PhoneCase.unit_id == FrameUnit.id).where(mine).distinct()
    ).all()
    nobody = {"name": "", "email": None}
    for stratum in strata:
        of_stratum = select(FrameUnit.id).where(FrameUnit.stratum == stratum)
        session.execute(
            update(PhoneCase)
            .where(mine, PhoneCase.unit_id.in_(of_stratum))
            .values(attributes={"stratum": stratum} if stratum else {}, **nobody)
        )
    session.execute(update(PhoneCase).where(mine, PhoneCase.unit_id.is_(None)).values(name="", email=None))
