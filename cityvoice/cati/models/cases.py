"""Cases as the phone studio sees them, and their numbers."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cityvoice.cati.types import NEVER, CaseState
from cityvoice.core.db import Base, Moment, OrderedDocument, PrimaryKey, UtcDateTime
from cityvoice.surveys.models import Case

STATES = ", ".join(f"'{state}'" for state in CaseState)


def _only(condition: str) -> dict[str, Any]:
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}


def _queue(slot: str) -> Index:
    """The order in which cases of one group are called in one slot of the week."""
    columns = ("group_id", "replicate", f"n_{slot}", "last_called_at", "order_key")
    return Index(f"ix_phone_case_ready_{slot}", *columns, **_only("state = 'ready'"))


class CaseGroup(Base):
    """Cases that can fill the same quota cells and live in one time zone."""

    __tablename__ = "case_group"
    __table_args__ = (UniqueConstraint("survey_id", "key", "time_zone"),)

    id: Mapped[PrimaryKey]
    survey_id: Mapped[int] = mapped_column(ForeignKey("survey.id"))
    key: Mapped[str] = mapped_column(String(64))  # equal for equal cells
    time_zone: Mapped[str] = mapped_column(String(40))
    sure: Mapped[list[Any]] = mapped_column(OrderedDocument)  # ids of quota cells that these cases will fill
    possible: Mapped[list[Any]] = mapped_column(OrderedDocument)  # ids of those that they may fill


class PhoneCase(Base):
    """A sampled case and its place in the queue."""

    __tablename__ = "phone_case"
    __table_args__ = (
        CheckConstraint(f"state IN ({STATES})", name="state_known"),
        CheckConstraint("probability > 0 AND probability <= 1", name="probability_possible"),
        CheckConstraint("(state = 'held') = (held_by IS NOT NULL)", name="held_by_somebody"),
        _queue("weekday"),
        _queue("weeknight"),
        _queue("weekend"),
        Index("ix_phone_case_due", "survey_id", "due_at", **_only("state = 'resting'")),
        Index("ix_phone_case_lease", "survey_id", "lease_until", **_only("state = 'held'")),
        Index("uq_phone_case_held_by", "held_by", unique=True, **_only("held_by IS NOT NULL")),
        Index(
            "ix_phone_case_given",
            "survey_id",
            "for_account_id",
            "last_called_at",
            **_only("state = 'ready' AND for_account_id IS NOT NULL"),
        ),
        Index(None, "survey_id", "state"),
    )

    case_id: Mapped[int] = mapped_column(ForeignKey("survey_case.id"), primary_key=True)
    survey_id: Mapped[int] = mapped_column(ForeignKey("survey.id"))
    draw_id: Mapped[int] = mapped_column(ForeignKey("sample_draw.id"), index=True)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("frame_unit.id", ondelete="SET NULL"))
    group_id: Mapped[int] = mapped_column(ForeignKey("case_group.id"))
    replicate: Mapped[int]
    order_key: Mapped[int]  # random, from the draw's seed: the order of equals
    probability: Mapped[float]  # of having been drawn
    # Who to call
    name: Mapped[str] = mapped_column(String(120), default="")
    email: Mapped[str | None] = mapped_column(String(254))
    language: Mapped[str | None] = mapped_column(String(12))
    attributes: Mapped[dict[str, Any]] = mapped_column(OrderedDocument, default=dict)
    # Where it stands in the queue
    state: Mapped[str] = mapped_column(String(10), default=CaseState.UNRELEASED)
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # of a resting case: when it may be called
    skill: Mapped[str] = mapped_column(String(20), default="")  # that its next call needs
    for_account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))  # given to by a supervisor
    n_calls: Mapped[int] = mapped_column(default=0)
    n_machine_messages: Mapped[int] = mapped_column(default=0)
    n_weekday: Mapped[int] = mapped_column(default=0)
    n_weeknight: Mapped[int] = mapped_column(default=0)
    n_weekend: Mapped[int] = mapped_column(default=0)
    last_called_at: Mapped[Moment] = mapped_column(default=NEVER)
    # Who has it on the screen
    held_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    held_key: Mapped[str | None] = mapped_column(String(32))
    n_sent: Mapped[int] = mapped_column(default=0)  # of this holding: the last message taken from its screen
    held_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    left_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))  # who lost it last, and their key
    left_key: Mapped[str | None] = mapped_column(String(32))
    # What has come of it: derived from the ledger
    code: Mapped[str] = mapped_column(String(6), default="3.11")
    is_final: Mapped[bool] = mapped_column(default=False)
    # Whom to interview, and how that was found: {"method", "n_eligible", "told_before"}
    selection: Mapped[dict[str, Any] | None] = mapped_column(OrderedDocument)
    notice_sha256: Mapped[str | None] = mapped_column(String(64))  # of the notice that was read out
    notice_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    notice_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))

    case: Mapped[Case] = relationship()
    group: Mapped[CaseGroup] = relationship()
    telephones: Mapped[list["Telephone"]] = relationship(order_by="Telephone.priority")

    @property
    def is_selected(self) -> bool:
        """A respondent was chosen in the household: from now on it cannot end as "no answer"."""
        return self.selection is not None


class Telephone(Base):
    __tablename__ = "telephone"
    __table_args__ = (
        UniqueConstraint("case_id", "e164"),
        CheckConstraint("kind IN ('mobile', 'fixed', 'other')", name="kind_known"),
        Index(None, "e164"),
    )

    id: Mapped[PrimaryKey]
    case_id: Mapped[int] = mapped_column(ForeignKey("phone_case.case_id", ondelete="CASCADE"))
    e164: Mapped[str] = mapped_column(String(20))
    priority: Mapped[int] = mapped_column(default=1)  # 1 is called first
    kind: Mapped[str] = mapped_column(String(6))
    is_dead: Mapped[bool] = mapped_column(default=False)  # not in service, or nobody's of this case
