"""Keep a frame that was read, without the numbers that must not be called."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from cityvoice.cati import queries
from cityvoice.cati.errors import FileRefused, NotConfidential
from cityvoice.cati.imports.frames import ReadFrame
from cityvoice.cati.imports.units import Unit
from cityvoice.cati.models import FrameUnit, SampleFrame
from cityvoice.questionnaire.message import Message
from cityvoice.surveys.models import Survey

BATCH = 2000
LONGEST_NAME = 120


@dataclass(frozen=True)
class ImportedFrame:
    """What became of a frame's units.

    Parameters
    ----------
    n_forbidden
        Numbers that must not be called: no number of their units is, for it leads to the same people.
    n_unreachable
        Units without any number left: kept, but never drawn for the phone.
    """

    frame: SampleFrame
    n_forbidden: int
    n_unreachable: int


def import_frame(session: Session, *, survey: Survey, name: str, found: ReadFrame) -> ImportedFrame:
    """Keep a frame; all of its units or none.

    Raises
    ------
    NotConfidential
        of a survey that promises anonymity.
    FileRefused
        when the survey has a frame of this name, or the name is empty or too long.
    """
    if survey.is_anonymous:
        raise NotConfidential(survey.slug)
    _check_name(session, survey, name)
    forbidden = queries.find_forbidden(session, {number for unit in found.units for number in unit.phones})
    frame = SampleFrame(
        survey_id=survey.id,
        name=name,
        sha256=found.sha256,
        n_units=len(found.units),
        columns=list(found.columns),
    )
    session.add(frame)
    session.flush()
    rows = [_row(frame, unit, forbidden) for unit in found.units]
    for start in range(0, len(rows), BATCH):
        session.execute(insert(FrameUnit), rows[start : start + BATCH])
    n_unreachable = sum(not row["phones"] for row in rows)
    return ImportedFrame(frame, len(forbidden), n_unreachable)


def _check_name(session: Session, survey: Survey, name: str) -> None:
    if not 1 <= len(name) <= LONGEST_NAME:
        raise FileRefused([Message("name: expected 1 to %(n)s characters", n=LONGEST_NAME)], 1)
    same = select(SampleFrame.id).where(SampleFrame.survey_id == survey.id, SampleFrame.name == name)
    if session.scalar(same) is not None:
        raise FileRefused([Message("name: the survey has a frame %(name)r already", name=name)], 1)


def _row(frame: SampleFrame, unit: Unit, forbidden: set[str]) -> dict[str, Any]:
    return {
        "frame_id": frame.id,
        "external_id": unit.id,
        "name": unit.name,
        "email": unit.email,
        "language": unit.language,
        "phones": [] if forbidden.intersection(unit.phones) else list(unit.phones),
        "stratum": unit.stratum,
        "size": unit.size,
        "attributes": dict(unit.attributes),
    }
