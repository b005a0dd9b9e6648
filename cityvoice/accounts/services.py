"""Use cases of accounts: make one, log in, record what was done."""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import timedelta
from functools import cache
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from email_validator import EmailNotValidError, validate_email
from sqlalchemy import delete
from sqlalchemy.orm import Session

from cityvoice.accounts import queries
from cityvoice.accounts.errors import InvalidAccount, TooManyAttempts, WrongCredentials
from cityvoice.accounts.models import Account, AuditEntry, LoginAttempt, RoleGrant
from cityvoice.accounts.types import Action, Role
from cityvoice.core import clock

SHORTEST_PASSWORD, LONGEST_PASSWORD = 12, 256
WINDOW = timedelta(minutes=15)
MOST_FAILURES_BY_EMAIL = 5
MOST_FAILURES_BY_NETWORK = 50
COMMAND_LINE = "command line"

hasher = PasswordHasher()


def create_account(
    session: Session,
    *,
    email: str,
    name: str,
    password: str,
    roles: Iterable[Role],
    actor: str = COMMAND_LINE,
) -> Account:
    account = Account(
        email=_checked_email(session, email),
        name=_checked_name(name),
        password_hash=hasher.hash(_checked_password(password)),
        grants=[RoleGrant(role=role) for role in sorted(set(roles))],
    )
    if not account.grants:
        raise InvalidAccount("role", f"expected at least one of {', '.join(Role)}")
    session.add(account)
    record(session, actor=actor, action=Action.ACCOUNT_CREATED, object=account.email)
    session.flush()
    return account


def authenticate(session: Session, *, email: str, password: str, network: str) -> Account:
    """The account that may log in with these credentials.

    Raises
    ------
    TooManyAttempts
        after 5 failures for an e-mail or 50 from a network within 15 minutes.
    WrongCredentials
        and the failure is counted: the caller commits it.
    """
    keys = {_key(f"email:{email.strip().lower()}"): MOST_FAILURES_BY_EMAIL}
    keys[_key(f"network:{network}")] = MOST_FAILURES_BY_NETWORK
    since = clock.now() - WINDOW
    if any(queries.count_attempts(session, key, since) >= most for key, most in keys.items()):
        raise TooManyAttempts
    account = queries.find_account_by_email(session, email)
    if not _verify(account, password) or account is None or not account.is_enabled:
        session.execute(delete(LoginAttempt).where(LoginAttempt.at < since))
        session.add_all(LoginAttempt(key=key) for key in keys)
        session.flush()
        raise WrongCredentials
    record(session, actor=account.email, action=Action.LOGGED_IN, object=account.email)
    return account


def record(
    session: Session, *, actor: str, action: Action, object: str, details: dict[str, Any] | None = None
) -> None:
    """Append to the audit log, in the transaction of what it describes."""
    session.add(AuditEntry(actor=actor, action=action, object=object, details=details or {}))
    session.flush()


def _verify(account: Account | None, password: str) -> bool:
    try:
        known = account.password_hash if account else _nobodys_hash()
        return hasher.verify(known, password[:LONGEST_PASSWORD])
    except VerificationError:
        return False


@cache
def _nobodys_hash() -> str:
    """Checked for an unknown e-mail, so that it takes as long as a known one."""
    return hasher.hash(secrets.token_urlsafe())


def _key(value: str) -> str:
    return hashlib.sha256(value.encode()).hexdigest()


def _checked_email(session: Session, email: str) -> str:
    try:
        checked = validate_email(email, check_deliverability=False, test_environment=True).normalized.lower()
    except EmailNotValidError as error:
        raise InvalidAccount("email", str(error)) from None
    if queries.find_account_by_email(session, checked) is not None:
        raise InvalidAccount("email", f"{checked} already has an account")
    return checked


def _checked_name(name: str) -> str:
    if not 0 < len(name.strip()) <= 120:
        raise InvalidAccount("name", "expected 1 to 120 characters")
    return name.strip()


def _checked_password(password: str) -> str:
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        expected = f"expected {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters"
        raise InvalidAccount("password", expected)
    return password
