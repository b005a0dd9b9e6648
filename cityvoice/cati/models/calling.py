"""What happened to cases: the ledger, appointments and back-checks."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from cityvoice.cati.types import AppointmentState, EntryKind
from cityvoice.core import clock
from cityvoice.core.db import Base, Moment, PrimaryKey, UtcDateTime


class LedgerEntry(Base):
    """One thing that happened to a case. Never changed and never deleted: triggers refuse it.

    Only a note can be emptied and a number forgotten, when contacts are erased after fieldwork.
    """

    __tablename__ = "ledger_entry"
    __table_args__ = (
        UniqueConstraint("key"),
        CheckConstraint("kind IN ('call', 'web', 'supervisor')", name="kind_known"),
        CheckConstraint("slot IN ('weekday', 'weeknight', 'weekend')", name="slot_known"),
        CheckConstraint("seconds >= 0", name="seconds_not_negative"),
        Index(None, "case_id", "at"),
        Index(None, "survey_id", "at"),
        Index(None, "account_id", "at"),
        Index(
            "ix_ledger_entry_slots",
            "survey_id",
            "slot",
            "outcome",
            sqlite_where=text("slot IS NOT NULL"),
            postgresql_where=text("slot IS NOT NULL"),
        ),
    )

    id: Mapped[PrimaryKey]
    survey_id: Mapped[int] = mapped_column(ForeignKey("survey.id"))
    case_id: Mapped[int] = mapped_column(ForeignKey("survey_case.id"))
    at: Mapped[Moment] = mapped_column(default=clock.now)  # the end of the call
    kind: Mapped[str] = mapped_column(String(10), default=EntryKind.CALL)
    outcome: Mapped[str] = mapped_column(String(24))
    code: Mapped[str] = mapped_column(String(6))  # AAPOR's
    is_interim: Mapped[bool]
    is_selected: Mapped[bool] = mapped_column(default=False)  # a respondent had been chosen by then
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    telephone_id: Mapped[int | None] = mapped_column(ForeignKey("telephone.id", ondelete="SET NULL"))
    slot: Mapped[str | None] = mapped_column(String(10))  # of calls
    seconds: Mapped[int | None]  # that the call took
    note: Mapped[str] = mapped_column(Text, default="")
    key: Mapped[str] = mapped_column(String(80))  # the same thing told twice is one entry


class Appointment(Base):
    __tablename__ = "appointment"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'kept', 'missed', 'cancelled')", name="state_known"),
        CheckConstraint("ends_at > starts_at", name="ends_after_its_start"),
        Index(
            "uq_appointment_open",
            "case_id",
            unique=True,
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
        Index(
            "ix_appointment_live",
            "survey_id",
            "starts_at",
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
    )

    id: Mapped[PrimaryKey]
    survey_id: Mapped[int] = mapped_column(ForeignKey("survey.id"))
    case_id: Mapped[int] = mapped_column(ForeignKey("phone_case.case_id"))
    telephone_id: Mapped[int | None] = mapped_column(ForeignKey("telephone.id", ondelete="SET NULL"))
    starts_at: Mapped[Moment]
    ends_at: Mapped[Moment]
    is_hard: Mapped[bool]  # agreed with the respondent; a soft one is a good time to try
    for_account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))  # whom they asked for
    made_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    made_at: Mapped[Moment] = mapped_column(default=clock.now)
    state: Mapped[str] = mapped_column(String(10), default=AppointmentState.OPEN)
    note: Mapped[str] = mapped_column(Text, default="")


class BackCheck(Base):
    """A completed interview that a supervisor asks about again."""

    __tablename__ = "back_check"
    __table_args__ = (UniqueConstraint("case_id"),)

    id: Mapped[PrimaryKey]
    survey_id: Mapped[int] = mapped_column(ForeignKey("survey.id"), index=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("phone_case.case_id"))
    interviewer_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    drawn_at: Mapped[Moment] = mapped_column(default=clock.now)
    checked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    checked_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    outcome: Mapped[str | None] = mapped_column(String(24))
    note: Mapped[str] = mapped_column(Text, default="")
