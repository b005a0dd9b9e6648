"""Accounts, their roles, login attempts and the audit log."""

from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cityvoice.accounts.types import Role
from cityvoice.core import clock
from cityvoice.core.db import Base, Moment, PrimaryKey


class Account(Base):
    __tablename__ = "account"
    __table_args__ = (
        UniqueConstraint("email"),
        CheckConstraint("email = lower(email)", name="email_is_lower_case"),
    )

    id: Mapped[PrimaryKey]
    email: Mapped[str] = mapped_column(String(254))
    name: Mapped[str] = mapped_column(String(120))
    password_hash: Mapped[str] = mapped_column(String(255))
    is_enabled: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[Moment] = mapped_column(default=clock.now)
    grants: Mapped[list["RoleGrant"]] = relationship(cascade="all, delete-orphan", lazy="selectin")

    @property
    def roles(self) -> frozenset[Role]:
        return frozenset(Role(grant.role) for grant in self.grants)


class RoleGrant(Base):
    __tablename__ = "role_grant"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), primary_key=True)
    role: Mapped[str] = mapped_column(String(20), primary_key=True)


class LoginAttempt(Base):
    """A failed login, kept for as long as throttling looks back. Keys are hashes, not addresses."""

    __tablename__ = "login_attempt"
    __table_args__ = (Index(None, "key", "at"),)

    id: Mapped[PrimaryKey]
    key: Mapped[str] = mapped_column(String(64))
    at: Mapped[Moment] = mapped_column(default=clock.now)


class AuditEntry(Base):
    """Who did what to which object, when. Only ever appended."""

    __tablename__ = "audit_entry"

    id: Mapped[PrimaryKey]
    at: Mapped[Moment] = mapped_column(default=clock.now, index=True)
    actor: Mapped[str] = mapped_column(String(254))  # an e-mail, or "command line"
    action: Mapped[str] = mapped_column(String(60))
    object: Mapped[str] = mapped_column(String(254))  # a slug or an e-mail
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)
