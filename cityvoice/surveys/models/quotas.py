"""How many are wanted of each kind of respondent, and how many places are taken or held."""

from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from cityvoice.core.db import Base, Moment, OrderedDocument, PrimaryKey


class QuotaCell(Base):
    """At most `target` complete responses for which `condition` holds, in all modes together."""

    __tablename__ = "quota_cell"
    __table_args__ = (
        UniqueConstraint("survey_id", "name"),
        CheckConstraint("target >= 0", name="target_not_negative"),
        CheckConstraint("n_complete >= 0 AND n_held >= 0", name="counts_not_negative"),
        CheckConstraint("weight_sum >= 0 AND weight_squares >= 0", name="weights_not_negative"),
    )

    id: Mapped[PrimaryKey]
    survey_id: Mapped[int] = mapped_column(ForeignKey("survey.id"))
    name: Mapped[str] = mapped_column(String(120))
    label: Mapped[dict[str, Any]] = mapped_column(OrderedDocument)  # by language
    condition: Mapped[str] = mapped_column(Text)
    target: Mapped[int]
    n_complete: Mapped[int] = mapped_column(default=0)
    n_held: Mapped[int] = mapped_column(default=0)
    # Of the base weights of those who are complete, for the effective sample size
    weight_sum: Mapped[float] = mapped_column(default=0.0)
    weight_squares: Mapped[float] = mapped_column(default=0.0)
    message: Mapped[dict[str, Any] | None] = mapped_column(OrderedDocument)  # to whom no place is left

    @property
    def n_effective(self) -> float:
        """Kish's effective sample size of the complete responses: fewer where base weights differ."""
        return self.weight_sum**2 / self.weight_squares if self.weight_squares else 0.0

    @property
    def is_full(self) -> bool:
        return self.n_complete >= self.target


class QuotaHold(Base):
    """A place kept for somebody who is answering."""

    __tablename__ = "quota_hold"
    __table_args__ = (Index(None, "response_id"),)

    quota_cell_id: Mapped[int] = mapped_column(
        ForeignKey("quota_cell.id", ondelete="CASCADE"), primary_key=True
    )
    response_id: Mapped[int] = mapped_column(ForeignKey("response.id", ondelete="CASCADE"), primary_key=True)
    expires_at: Mapped[Moment]
