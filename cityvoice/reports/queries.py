"""Reads of report editions."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from cityvoice.reports.models import ReportEdition
from cityvoice.surveys.models import Survey


def find_edition(session: Session, survey: Survey, edition_id: int) -> ReportEdition | None:
    statement = select(ReportEdition).where(
        ReportEdition.survey_id == survey.id, ReportEdition.id == edition_id
    )
    return session.scalar(statement)


def get_edition_of_job(session: Session, job_id: int) -> ReportEdition:
    return session.scalars(select(ReportEdition).where(ReportEdition.job_id == job_id)).one()


def list_editions(session: Session, survey: Survey) -> Sequence[ReportEdition]:
    statement = select(ReportEdition).where(ReportEdition.survey_id == survey.id)
    return session.scalars(statement.order_by(ReportEdition.id.desc())).all()
