"""A fair limit for open links: how often one network address may begin a survey in an hour."""

import hashlib
import hmac
import secrets
from datetime import date
from ipaddress import IPv6Address, ip_address, ip_network

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from cityvoice.core import clock
from cityvoice.surveys.errors import TooManyStarts
from cityvoice.surveys.models import Survey, VisitCount, VisitSecret


def count_start(session: Session, *, survey: Survey, address: str, most: int) -> None:
    """Count that somebody at `address` begins; the address itself is kept nowhere.

    The server's own address is not limited: everybody has it behind a proxy that was not made known.

    Raises
    ------
    TooManyStarts
        when `most` have begun from there within this hour.
    """
    if _is_own(address):
        return
    key = _key(_secret(session, clock.today()), survey, _network(address))
    hour = int(clock.now().timestamp()) // 3600
    session.execute(delete(VisitCount).where(VisitCount.hour < hour))
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    counted = insert(VisitCount).values(key=key, hour=hour, n=1)
    counted = counted.on_conflict_do_update(
        index_elements=[VisitCount.key, VisitCount.hour], set_={"n": VisitCount.n + 1}
    )
    if session.scalars(counted.returning(VisitCount.n)).one() > most:
        raise TooManyStarts(most)


def _is_own(address: str) -> bool:
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return True  # a socket without an address


def _network(address: str) -> str:
    """What one household or server has: an IPv4 address, or the 2**64 addresses of an IPv6 network."""
    found = ip_address(address)
    if isinstance(found, IPv6Address) and found.ipv4_mapped is None:
        return str(ip_network((found, 64), strict=False))
    return address


def _secret(session: Session, today: date) -> str:
    """The day's secret; yesterday's goes, and with it every way back from a hash to an address."""
    known = session.scalar(select(VisitSecret.secret).where(VisitSecret.day == today))
    if known is not None:
        return known
    session.execute(delete(VisitSecret).where(VisitSecret.day < today))
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    made = insert(VisitSecret).values(day=today, secret=secrets.token_hex(32))
    session.execute(made.on_conflict_do_nothing())
    return session.scalars(select(VisitSecret.secret).where(VisitSecret.day == today)).one()


def _key(secret: str, survey: Survey, address: str) -> str:
    return hmac.new(secret.encode(), f"{survey.id}:{address}".encode(), hashlib.sha256).hexdigest()
