"""Surveys, their published questionnaires, cases and responses."""

from datetime import date
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cityvoice.core import clock
from cityvoice.core.db import Base, Moment, OrderedDocument, PrimaryKey, Sha256, Slug
from cityvoice.surveys.types import ResponseStatus, SurveyStatus


class Survey(Base):
    __tablename__ = "survey"
    __table_args__ = (
        UniqueConstraint("slug"),
        CheckConstraint("status IN ('draft', 'open', 'closed')", name="status_known"),
    )

    id: Mapped[PrimaryKey]
    slug: Mapped[Slug]
    title: Mapped[dict[str, Any]] = mapped_column(OrderedDocument)  # by language
    status: Mapped[str] = mapped_column(String(10), default=SurveyStatus.DRAFT)
    is_fictional: Mapped[bool] = mapped_column(default=False)
    population_reference_id: Mapped[int | None] = mapped_column(ForeignKey("population_reference.id"))
    fieldwork_starts_on: Mapped[date | None]
    fieldwork_ends_on: Mapped[date | None]
    # AAPOR's disclosure items, by key and language
    method: Mapped[dict[str, Any]] = mapped_column(OrderedDocument, default=dict)
    created_at: Mapped[Moment] = mapped_column(default=clock.now)

    versions: Mapped[list["QuestionnaireVersion"]] = relationship(order_by="QuestionnaireVersion.number")

    @property
    def current_version(self) -> "QuestionnaireVersion | None":
        """The questionnaire asked now: the last one published."""
        return self.versions[-1] if self.versions else None

    @property
    def is_open(self) -> bool:
        return self.status == SurveyStatus.OPEN


class QuestionnaireVersion(Base):
    """A published questionnaire. Never changed afterwards: answers point at what was really asked."""

    __tablename__ = "questionnaire_version"
    __table_args__ = (UniqueConstraint("survey_id", "number"),)

    id: Mapped[PrimaryKey]
    survey_id: Mapped[int] = mapped_column(ForeignKey("survey.id"))
    number: Mapped[int]
    # Large, and read once per process
    document: Mapped[dict[str, Any]] = mapped_column(OrderedDocument, deferred=True)
    sha256: Mapped[Sha256]
    published_at: Mapped[Moment] = mapped_column(default=clock.now)


class Case(Base):
    """A sampled or self-selected unit, before and apart from what it answers."""

    __tablename__ = "survey_case"
    __table_args__ = (
        UniqueConstraint("survey_id", "external_id"),
        CheckConstraint("base_weight >= 0", name="base_weight_not_negative"),
    )

    id: Mapped[PrimaryKey]
    survey_id: Mapped[int] = mapped_column(ForeignKey("survey.id"), index=True)
    origin: Mapped[str] = mapped_column(String(12))
    external_id: Mapped[str | None] = mapped_column(String(120))  # the identifier that came with the data
    base_weight: Mapped[float] = mapped_column(default=1.0)


class Response(Base):
    __tablename__ = "response"
    __table_args__ = (
        UniqueConstraint("token"),
        CheckConstraint("status IN ('partial', 'complete')", name="status_known"),
        Index(None, "survey_id", "status"),
    )

    id: Mapped[PrimaryKey]
    survey_id: Mapped[int] = mapped_column(ForeignKey("survey.id"))
    case_id: Mapped[int] = mapped_column(ForeignKey("survey_case.id"), index=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("questionnaire_version.id"))
    token: Mapped[str | None] = mapped_column(
        String(64)
    )  # lets the same browser go on; dropped on completion
    mode: Mapped[str | None] = mapped_column(String(4))
    language: Mapped[str | None] = mapped_column(String(2))
    status: Mapped[str] = mapped_column(String(10), default=ResponseStatus.PARTIAL)
    answers: Mapped[dict[str, Any]] = mapped_column(default=dict)
    reached: Mapped[str | None] = mapped_column(String(120))  # the last section sent, to go on from
    consent_sha256: Mapped[Sha256 | None]  # of the notice that the resident agreed to
    answered_on: Mapped[date | None]  # a day, not a moment: times are coarsened for anonymity

    case: Mapped[Case] = relationship()
    version: Mapped[QuestionnaireVersion] = relationship()

    @property
    def is_complete(self) -> bool:
        return self.status == ResponseStatus.COMPLETE
