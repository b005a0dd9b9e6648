"""Reads of snapshots and weighting runs."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from cityvoice.analysis.models import Snapshot, WeightingRun
from cityvoice.surveys.models import Survey
from cityvoice.territory.models import PopulationReference


def find_snapshot(session: Session, survey: Survey, sha256: str) -> Snapshot | None:
    statement = select(Snapshot).where(Snapshot.survey_id == survey.id, Snapshot.sha256 == sha256)
    return session.scalar(statement)


def find_latest_run(session: Session, survey: Survey) -> WeightingRun | None:
    statement = select(WeightingRun).where(WeightingRun.survey_id == survey.id)
    return session.scalars(statement.order_by(WeightingRun.id.desc()).limit(1)).first()


def find_population_reference(session: Session, survey: Survey) -> PopulationReference | None:
    """The control totals declared for a survey."""
    identifier = survey.population_reference_id
    return None if identifier is None else session.get_one(PopulationReference, identifier)
