"""Snapshots of answers, and the weighting runs made on them."""

from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cityvoice.core import clock
from cityvoice.core.db import Base, Moment, PrimaryKey, Sha256


class Snapshot(Base):
    """A survey's answers as they stood, in columns; the file is named by the hash of what it holds."""

    __tablename__ = "snapshot"
    __table_args__ = (UniqueConstraint("survey_id", "sha256"),)

    id: Mapped[PrimaryKey]
    survey_id: Mapped[int] = mapped_column(ForeignKey("survey.id"))
    sha256: Mapped[Sha256]
    n_responses: Mapped[int]
    taken_at: Mapped[Moment] = mapped_column(default=clock.now)


class WeightingRun(Base):
    """One application of a recipe to a snapshot: what was asked for, what came out, who did it."""

    __tablename__ = "weighting_run"

    id: Mapped[PrimaryKey]
    survey_id: Mapped[int] = mapped_column(ForeignKey("survey.id"), index=True)
    snapshot_id: Mapped[int] = mapped_column(ForeignKey("snapshot.id"))
    recipe: Mapped[dict[str, Any]]
    diagnostics: Mapped[dict[str, Any]]
    weights_sha256: Mapped[Sha256]  # of the weights in the snapshot's row order; the recipe makes them anew
    made_by: Mapped[str] = mapped_column(String(254))
    made_at: Mapped[Moment] = mapped_column(default=clock.now)

    snapshot: Mapped[Snapshot] = relationship()
