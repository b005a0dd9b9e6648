"""Invited people."""

from datetime import date
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from cityvoice.core.db import Base, PrimaryKey, Sha256


class Participant(Base):
    """Somebody invited by name. Of an anonymous survey it is known whether they took part, and not when.

    A personal link holds a secret. The participant keeps one hash of it, the response another; neither can
    be computed from the other. In a confidential survey `case_id` says which answers are theirs.
    """

    __tablename__ = "participant"
    __table_args__ = (
        UniqueConstraint("token_sha256"),
        UniqueConstraint("case_id"),
        UniqueConstraint("survey_id", "external_id"),
        CheckConstraint("email IS NULL OR email <> ''", name="email_not_blank"),
        CheckConstraint("n_reminders >= 0", name="n_reminders_not_negative"),
    )

    id: Mapped[PrimaryKey]
    survey_id: Mapped[int] = mapped_column(ForeignKey("survey.id"), index=True)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("survey_case.id"))  # confidential surveys only
    external_id: Mapped[str | None] = mapped_column(String(120))  # the identifier that came with the list
    name: Mapped[str] = mapped_column(String(120), default="")
    email: Mapped[str | None] = mapped_column(String(254))
    phone: Mapped[str | None] = mapped_column(String(40))
    address: Mapped[str | None] = mapped_column(Text)  # postal, lines as on an envelope
    language: Mapped[str | None] = mapped_column(String(12))
    attributes: Mapped[dict[str, Any]] = mapped_column(default=dict)  # handed over to hidden questions
    link_salt: Mapped[str] = mapped_column(
        String(32)
    )  # the link's secret follows from it and the server's key
    token_sha256: Mapped[Sha256]
    invited_on: Mapped[date | None]
    reminded_on: Mapped[date | None]
    n_reminders: Mapped[int] = mapped_column(default=0)
    bounced_on: Mapped[date | None]  # their mailbox does not exist
    opted_out_on: Mapped[date | None]
    has_taken_part: Mapped[bool] = mapped_column(default=False)  # no day: it would lead to the day's answers
