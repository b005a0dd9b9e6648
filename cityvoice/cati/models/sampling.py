"""Frames, and the samples drawn from them."""

from datetime import date
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from cityvoice.core import clock
from cityvoice.core.db import Base, Moment, OrderedDocument, PrimaryKey, Sha256


class SampleFrame(Base):
    """A list of units that a sample can be drawn from."""

    __tablename__ = "sample_frame"
    __table_args__ = (UniqueConstraint("survey_id", "name"),)

    id: Mapped[PrimaryKey]
    survey_id: Mapped[int] = mapped_column(ForeignKey("survey.id"))
    name: Mapped[str] = mapped_column(String(120))
    sha256: Mapped[Sha256]  # of the file it came in
    n_units: Mapped[int]
    columns: Mapped[list[Any]] = mapped_column(OrderedDocument)  # names of the attributes
    created_at: Mapped[Moment] = mapped_column(default=clock.now)


class FrameUnit(Base):
    """One row of a frame: a person or a household, with every number it can be reached at."""

    __tablename__ = "frame_unit"
    __table_args__ = (UniqueConstraint("frame_id", "external_id"),)

    id: Mapped[PrimaryKey]
    frame_id: Mapped[int] = mapped_column(ForeignKey("sample_frame.id", ondelete="CASCADE"))
    external_id: Mapped[str] = mapped_column(String(120))
    name: Mapped[str] = mapped_column(String(120), default="")
    email: Mapped[str | None] = mapped_column(String(254))
    language: Mapped[str | None] = mapped_column(String(12))
    phones: Mapped[list[Any]] = mapped_column(OrderedDocument)  # E.164, in the order of priority
    stratum: Mapped[str] = mapped_column(String(120), default="")
    size: Mapped[float | None]  # the measure of size of samples proportional to it
    attributes: Mapped[dict[str, Any]] = mapped_column(OrderedDocument, default=dict)


class SampleDraw(Base):
    """How a sample was drawn: with the same frame and seed it can be drawn again."""

    __tablename__ = "sample_draw"
    __table_args__ = (CheckConstraint("n_cases >= 0 AND n_replicates >= 1", name="numbers_possible"),)

    id: Mapped[PrimaryKey]
    survey_id: Mapped[int] = mapped_column(ForeignKey("survey.id"), index=True)
    wave_id: Mapped[int] = mapped_column(ForeignKey("wave.id"))
    frame_id: Mapped[int | None] = mapped_column(ForeignKey("sample_frame.id"))  # none of generated numbers
    method: Mapped[str] = mapped_column(String(16))
    seed: Mapped[int]
    parameters: Mapped[dict[str, Any]] = mapped_column(OrderedDocument)
    n_cases: Mapped[int]
    n_replicates: Mapped[int]
    created_at: Mapped[Moment] = mapped_column(default=clock.now)


class NeverCall(Base):
    """A number that must not be called. Only its hash is kept: it is enough to recognise it."""

    __tablename__ = "never_call"

    number_sha256: Mapped[Sha256] = mapped_column(primary_key=True)
    added_on: Mapped[date] = mapped_column(default=clock.today)
    reason: Mapped[str] = mapped_column(String(120), default="")
