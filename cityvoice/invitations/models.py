"""What was sent to whom."""

from datetime import date
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cityvoice.core import clock
from cityvoice.core.db import Base, Moment, OrderedDocument, PrimaryKey, Sha256
from cityvoice.core.queue import Job
from cityvoice.invitations.types import DeliveryStatus


class Mailing(Base):
    """One text sent to many participants, or one PDF of letters."""

    __tablename__ = "mailing"
    __table_args__ = (CheckConstraint("kind IN ('invitation', 'reminder', 'letter')", name="kind_known"),)

    id: Mapped[PrimaryKey]
    survey_id: Mapped[int] = mapped_column(ForeignKey("survey.id"), index=True)
    job_id: Mapped[int] = mapped_column(ForeignKey("job.id"))
    kind: Mapped[str] = mapped_column(String(10))
    subject: Mapped[dict[str, Any]] = mapped_column(OrderedDocument)  # by language
    body: Mapped[dict[str, Any]] = mapped_column(OrderedDocument)  # by language
    requested_by: Mapped[str] = mapped_column(String(254))
    requested_at: Mapped[Moment] = mapped_column(default=clock.now)
    pdf_sha256: Mapped[Sha256 | None]  # of letters, once they are set

    job: Mapped[Job] = relationship()


class Delivery(Base):
    """One message to one participant."""

    __tablename__ = "mail_delivery"
    __table_args__ = (
        UniqueConstraint("mailing_id", "participant_id"),
        UniqueConstraint("message_id"),
        CheckConstraint(
            "status IN ('queued', 'sending', 'sent', 'failed', 'bounced', 'skipped')", name="status_known"
        ),
    )

    id: Mapped[PrimaryKey]
    mailing_id: Mapped[int] = mapped_column(ForeignKey("mailing.id", ondelete="CASCADE"))
    participant_id: Mapped[int] = mapped_column(ForeignKey("participant.id", ondelete="CASCADE"), index=True)
    message_id: Mapped[str] = mapped_column(String(120))  # stands in the mail, and in the one that comes back
    status: Mapped[str] = mapped_column(String(10), default=DeliveryStatus.QUEUED)
    error: Mapped[str | None] = mapped_column(Text)
    sent_on: Mapped[date | None]  # no moment: it would bracket when somebody took part
