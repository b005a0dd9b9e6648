"""Editions of audit reports."""

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cityvoice.analysis.models import Snapshot, WeightingRun
from cityvoice.core import clock
from cityvoice.core.db import Base, Moment, PrimaryKey, Sha256
from cityvoice.core.queue import Job


class ReportEdition(Base):
    """One report that somebody asked for; the file appears when its job is done."""

    __tablename__ = "report_edition"
    __table_args__ = (CheckConstraint("(pdf_sha256 IS NULL) = (n_pages IS NULL)", name="finished_whole"),)

    id: Mapped[PrimaryKey]
    survey_id: Mapped[int] = mapped_column(ForeignKey("survey.id"), index=True)
    weighting_run_id: Mapped[int | None] = mapped_column(ForeignKey("weighting_run.id"))
    snapshot_id: Mapped[int] = mapped_column(ForeignKey("snapshot.id"))
    job_id: Mapped[int] = mapped_column(ForeignKey("job.id"))
    language: Mapped[str] = mapped_column(String(2))
    requested_by: Mapped[str] = mapped_column(String(254))
    requested_at: Mapped[Moment] = mapped_column(default=clock.now)
    pdf_sha256: Mapped[Sha256 | None]
    n_pages: Mapped[int | None]

    job: Mapped[Job] = relationship()
    weighting_run: Mapped[WeightingRun | None] = relationship()
    snapshot: Mapped[Snapshot] = relationship()

    @property
    def is_finished(self) -> bool:
        return self.pdf_sha256 is not None
