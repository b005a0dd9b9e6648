"""The declarative base, column types and engines. Models use this and nothing of Flask."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from typing import Annotated, Any

from sqlalchemy import JSON, DateTime, Engine, Integer, MetaData, String, create_engine, event
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.orm import DeclarativeBase, Session, mapped_column, sessionmaker
from sqlalchemy.types import TypeDecorator

from cityvoice.core.config import ConfigurationError

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
BUSY_TIMEOUT = 15  # seconds a SQLite writer waits for another one


class UtcDateTime(TypeDecorator[datetime]):
    """Aware UTC in Python, whatever the database keeps."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"an aware time was expected, got {value!r}")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


# JSONB forgets the order of keys, and the first language of a text is its default.
OrderedDocument = JSON(none_as_null=True)
Document = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
PrimaryKey = Annotated[int, mapped_column(Integer, primary_key=True)]
Moment = Annotated[datetime, mapped_column(UtcDateTime)]
Slug = Annotated[str, mapped_column(String(80))]
Sha256 = Annotated[str, mapped_column(String(64))]


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {dict[str, Any]: Document, list[Any]: Document}  # noqa: RUF012 (SQLAlchemy's API)


def make_engine(url: str) -> Engine:
    return prepare_engine(create_engine(url))


def prepare_engine(engine: Engine) -> Engine:
    """Give a SQLite engine foreign keys, a patient lock, WAL and transactions that really begin."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _sqlite_connect)
        event.listen(engine, "begin", _sqlite_begin)
    return engine


def _sqlite_connect(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # the driver's own BEGIN comes too late for savepoints
    try:
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.OperationalError):  # busy, or not to be opened: SQLAlchemy's to tell
            raise
        raise ConfigurationError(f"CITYVOICE_DATABASE_URL: {error}") from None
    connection.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT * 1000}")


def _sqlite_begin(connection: Connection) -> None:
    # A transaction that will write takes the lock at once: upgrading a read one fails without waiting.
    if connection.get_execution_options().get("cityvoice_writes"):
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    else:  # locks nothing and cannot fail, so it need not go through SQLAlchemy
        connection.connection.cursor().execute("BEGIN")


def begin_write(session: Session) -> None:
    """Say before the first statement that this transaction will write."""
    session.connection(execution_options={"cityvoice_writes": True})


@cache
def statement_engine(engine: Engine) -> Engine:
    """The same engine for single statements that read: PostgreSQL is not told where they begin and end."""
    if engine.dialect.name == "sqlite":  # its transactions cost nothing; its driver would begin others
        return engine
    return engine.execution_options(isolation_level="AUTOCOMMIT")


class Database:
    """An engine and its sessions, for the command line and the worker (the web has Flask-SQLAlchemy's)."""

    def __init__(self, url: str) -> None:
        self.engine = make_engine(url)
        self.sessions = sessionmaker(self.engine)

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A session that commits at the end, or changes nothing."""
        with self.sessions.begin() as session:
            begin_write(session)
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        with self.sessions() as session:
            yield session
