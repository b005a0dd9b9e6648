"""How often one network address has begun a survey this hour, without keeping any address."""

from datetime import date

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from cityvoice.core.db import Base, Sha256


class VisitSecret(Base):
    """The day's key of the hashes in `visit_limit`; without it nobody can undo them."""

    __tablename__ = "visit_secret"

    day: Mapped[date] = mapped_column(primary_key=True)
    secret: Mapped[str] = mapped_column(String(64))


class VisitCount(Base):
    __tablename__ = "visit_limit"
    __table_args__ = (CheckConstraint("n >= 1", name="n_at_least_1"),)

    key: Mapped[Sha256] = mapped_column(primary_key=True)  # of survey and address, with the day's secret
    hour: Mapped[int] = mapped_column(primary_key=True)  # hours since 1970
    n: Mapped[int]
