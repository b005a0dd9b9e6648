"""The calling plan of a survey, and who calls."""

from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from cityvoice.core.db import Base, Moment, OrderedDocument, PrimaryKey


class CallingPlan(Base):
    """A survey's rules of calling, see `cati.plans.Plan`; what a rule does not say has its default."""

    __tablename__ = "calling_plan"

    survey_id: Mapped[int] = mapped_column(ForeignKey("survey.id"), primary_key=True)
    rules: Mapped[dict[str, Any]] = mapped_column(OrderedDocument, default=dict)


class Interviewer(Base):
    """An account that calls for a survey."""

    __tablename__ = "interviewer"

    survey_id: Mapped[int] = mapped_column(ForeignKey("survey.id"), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), primary_key=True)
    skills: Mapped[list[Any]] = mapped_column(OrderedDocument, default=list)  # "refusal": conversion
    languages: Mapped[list[Any]] = mapped_column(OrderedDocument, default=list)  # none: every language


class Shift(Base):
    """Hours of an interviewer; one without any shift may call whenever calling is allowed."""

    __tablename__ = "shift"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="ends_after_its_start"),
        Index(None, "account_id", "survey_id", "starts_at"),
    )

    id: Mapped[PrimaryKey]
    survey_id: Mapped[int] = mapped_column(ForeignKey("survey.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    starts_at: Mapped[Moment]
    ends_at: Mapped[Moment]
