"""Reads of report editions."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from cityvoice.core.queue import Job, JobState
from cityvoice.reports.models import ReportEdition
from cityvoice.surveys.models import Survey


def find_edition(session: Session, survey: Survey, edition_id: int) -> ReportEdition | None:
    statement = select(ReportEdition).where(
        ReportEdition.survey_id == survey.id, ReportEdition.id == edition_id
    )
    return session.scalar(statement)


def find_edition_under_way(
    session: Session, *, run_id: int | None, snapshot_id: int, language: str
) -> ReportEdition | None:
    """An edition of the same data, weights and language that is still to be built."""
    statement = select(ReportEdition).join(Job, Job.id == ReportEdition.job_id)
    statement = statement.where(
        ReportEdition.snapshot_id == snapshot_id,
        ReportEdition.weighting_run_id.is_not_distinct_from(run_id),
        ReportEdition.language == language,
        Job.state.in_((JobState.QUEUED, JobState.RUNNING)),
    )
    return session.scalars(statement.order_by(ReportEdition.id)).first()


def get_edition_of_job(session: Session, job_id: int) -> ReportEdition:
    return session.scalars(select(ReportEdition).where(ReportEdition.job_id == job_id)).one()


def list_editions(session: Session, survey: Survey) -> Sequence[ReportEdition]:
    statement = select(ReportEdition).where(ReportEdition.survey_id == survey.id)
    return session.scalars(statement.order_by(ReportEdition.id.desc())).all()
