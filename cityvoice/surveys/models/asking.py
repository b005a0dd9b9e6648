"""Surveys, their waves, drafts and published questionnaires."""

from datetime import date
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship

from cityvoice.core import clock
from cityvoice.core.db import Base, Moment, OrderedDocument, PrimaryKey, Sha256, Slug
from cityvoice.surveys.models.quotas import QuotaCell
from cityvoice.surveys.types import Anonymity, SurveyStatus


class Survey(Base):
    __tablename__ = "survey"
    __table_args__ = (
        UniqueConstraint("slug"),
        CheckConstraint("status IN ('draft', 'open', 'closed')", name="status_known"),
        CheckConstraint("anonymity IN ('anonymous', 'confidential')", name="anonymity_known"),
    )

    id: Mapped[PrimaryKey] = mapped_column()
    slug: Mapped[Slug]
    title: Mapped[dict[str, Any]] = mapped_column(OrderedDocument)  # by language
    status: Mapped[str] = mapped_column(String(10), default=SurveyStatus.DRAFT)
    is_fictional: Mapped[bool] = mapped_column(default=False)
    anonymity: Mapped[str] = mapped_column(String(12), default=Anonymity.ANONYMOUS)
    has_open_link: Mapped[bool] = mapped_column(default=True)  # else only personal links lead in
    population_reference_id: Mapped[int | None] = mapped_column(ForeignKey("population_reference.id"))
    n_openings: Mapped[int] = mapped_column(default=0)  # what was begun under an earlier one is lost
    fieldwork_starts_on: Mapped[date | None]
    fieldwork_ends_on: Mapped[date | None]  # the last day on which answers are taken, in the city's time
    # AAPOR's disclosure items, by key and language
    method: Mapped[dict[str, Any]] = mapped_column(OrderedDocument, default=dict)
    created_at: Mapped[Moment] = mapped_column(default=clock.now)
    # Read along with the row, so that a page of a survey without quotas asks nothing more
    has_quotas: Mapped[bool] = column_property(
        select(QuotaCell.id).where(QuotaCell.survey_id == id).correlate_except(QuotaCell).exists()
    )

    versions: Mapped[list["QuestionnaireVersion"]] = relationship(order_by="QuestionnaireVersion.number")
    waves: Mapped[list["Wave"]] = relationship(order_by="Wave.number")

    @property
    def current_version(self) -> "QuestionnaireVersion | None":
        """The questionnaire asked now: the last one published."""
        return self.published_versions[-1] if self.published_versions else None

    @property
    def published_versions(self) -> "list[QuestionnaireVersion]":
        """Without trials."""
        return [version for version in self.versions if not version.is_trial]

    @property
    def current_wave(self) -> "Wave":
        """The wave that new cases belong to; every survey has one."""
        return self.waves[-1]

    @property
    def is_open(self) -> bool:
        """Answers are taken now; in SQL: `queries.list_open_surveys`."""
        if self.status != SurveyStatus.OPEN:
            return False
        today = clock.today()
        return (self.fieldwork_starts_on or today) <= today <= (self.fieldwork_ends_on or today)

    @property
    def is_anonymous(self) -> bool:
        return self.anonymity == Anonymity.ANONYMOUS


class Wave(Base):
    """One round of a survey that is repeated; a survey that is not has one."""

    __tablename__ = "wave"
    __table_args__ = (
        UniqueConstraint("survey_id", "number"),
        CheckConstraint("number >= 1", name="number_from_1"),
    )

    id: Mapped[PrimaryKey]
    survey_id: Mapped[int] = mapped_column(ForeignKey("survey.id"))
    number: Mapped[int]
    label: Mapped[dict[str, Any]] = mapped_column(OrderedDocument, default=dict)  # by language
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]


class QuestionnaireDraft(Base):
    """What will be published next, while people work on it; who saves says which revision they changed."""

    __tablename__ = "questionnaire_draft"
    __table_args__ = (UniqueConstraint("survey_id"),)

    id: Mapped[PrimaryKey]
    survey_id: Mapped[int] = mapped_column(ForeignKey("survey.id"))
    document: Mapped[dict[str, Any]] = mapped_column(OrderedDocument)
    revision: Mapped[int] = mapped_column(default=1)
    updated_at: Mapped[Moment] = mapped_column(default=clock.now, onupdate=clock.now)


class QuestionnaireVersion(Base):
    """A published questionnaire. Never changed afterwards: answers point at what was really asked."""

    __tablename__ = "questionnaire_version"
    __table_args__ = (UniqueConstraint("survey_id", "number"),)

    id: Mapped[PrimaryKey]
    survey_id: Mapped[int] = mapped_column(ForeignKey("survey.id"))
    number: Mapped[int]  # of trials: -1, -2, ...
    # Large, and read once per process
    document: Mapped[dict[str, Any]] = mapped_column(OrderedDocument, deferred=True)
    sha256: Mapped[Sha256]
    published_at: Mapped[Moment] = mapped_column(default=clock.now)

    @property
    def is_trial(self) -> bool:
        """Only test answers may have it."""
        return self.number < 0

    @property
    def trial_key(self) -> str:
        """What the address of a trial ends with: nobody guesses it."""
        return self.sha256[:32]
