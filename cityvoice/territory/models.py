"""Territorial units, and counts of who lives there."""

from datetime import date
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cityvoice.core.db import Base, PrimaryKey, Slug


class TerritorialUnit(Base):
    """A city or one of its districts. Codes are TERYT's for cities and the city's own below them."""

    __tablename__ = "territorial_unit"
    __table_args__ = (
        UniqueConstraint("code"),
        CheckConstraint("level IN ('city', 'district')", name="level_known"),
    )

    id: Mapped[PrimaryKey]
    code: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(120))
    level: Mapped[str] = mapped_column(String(10))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("territorial_unit.id"), index=True)


class PopulationReference(Base):
    """Control totals: how many people, or what share, each category has, and who says so."""

    __tablename__ = "population_reference"
    __table_args__ = (UniqueConstraint("slug"),)

    id: Mapped[PrimaryKey]
    slug: Mapped[Slug]
    source: Mapped[str] = mapped_column(String(300))
    reference_on: Mapped[date | None]
    population: Mapped[int | None]  # people, where known: shares alone give no participation rate
    counts: Mapped[list["PopulationCount"]] = relationship(
        cascade="all, delete-orphan", order_by="PopulationCount.position"
    )

    def to_plain(self) -> dict[str, Any]:
        """A copy to keep with what was computed from it; declared totals may change afterwards."""
        day = self.reference_on.isoformat() if self.reference_on else None
        margins = [[variable, list(codes.items())] for variable, codes in self.margins().items()]
        return {"source": self.source, "reference_on": day, "population": self.population, "margins": margins}

    @classmethod
    def from_plain(cls, plain: dict[str, Any]) -> "PopulationReference":
        """The reference of `to_plain`, in no session."""
        day = plain["reference_on"]
        counts = [(variable, *pair) for variable, pairs in plain["margins"] for pair in pairs]
        return cls(
            slug="",
            source=plain["source"],
            reference_on=date.fromisoformat(day) if day else None,
            population=plain["population"],
            counts=[PopulationCount(variable=v, code=code, total=total) for v, code, total in counts],
        )

    def margins(self) -> dict[str, dict[str, float]]:
        """Control totals by variable, then by code, in the order declared."""
        margins: dict[str, dict[str, float]] = {}
        for count in self.counts:
            margins.setdefault(count.variable, {})[count.code] = count.total
        return margins


class PopulationCount(Base):
    __tablename__ = "population_count"
    __table_args__ = (
        UniqueConstraint("reference_id", "variable", "code"),
        CheckConstraint("total >= 0", name="total_not_negative"),
    )

    id: Mapped[PrimaryKey]
    reference_id: Mapped[int] = mapped_column(ForeignKey("population_reference.id", ondelete="CASCADE"))
    variable: Mapped[str] = mapped_column(String(120))
    code: Mapped[str] = mapped_column(String(120))
    total: Mapped[float]  # people or per cent; within a variable one unit
    position: Mapped[int] = mapped_column(default=0)
