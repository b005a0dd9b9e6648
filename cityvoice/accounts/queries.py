"""Reads of accounts, login attempts and the audit log."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from cityvoice.accounts.models import Account, AuditEntry, LoginAttempt


def find_account(session: Session, account_id: int) -> Account | None:
    return session.get(Account, account_id, options=[joinedload(Account.grants)])


def find_account_by_email(session: Session, email: str) -> Account | None:
    return session.scalar(select(Account).where(Account.email == email.strip().lower()))


def count_attempts(session: Session, key: str, since: datetime) -> int:
    statement = select(func.count()).where(LoginAttempt.key == key, LoginAttempt.at >= since)
    return session.scalar(statement) or 0


def list_audit_entries(session: Session, *, limit: int = 200) -> Sequence[AuditEntry]:
    return session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(limit)).all()
