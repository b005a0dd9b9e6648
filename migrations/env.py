"""Runs migrations on the application's own engine; the same chain on SQLite and PostgreSQL."""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from alembic import context
from flask import current_app

from cityvoice.core.db import Base, UtcDateTime

database = current_app.extensions["migrate"].db


def render_item(kind: str, item: object, _context: object) -> str | bool:
    """Migrations name plain types: what the application calls them may change, history may not."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, sa.JSON):
        return "DOCUMENT" if item._variant_mapping else "sa.JSON(none_as_null=True)"
    return False


def include_name(name: str | None, kind: str, _parents: object) -> bool:
    """The job queue makes its own tables beside ours and keeps them to itself."""
    return kind != "table" or not (name or "").startswith("huey_")


def run() -> None:
    with database.engine.connect() as connection, _copied_tables(connection):
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_as_batch=True,
            compare_type=True,
            render_item=render_item,
            include_name=include_name,
            transactional_ddl=True,
        )
        with context.begin_transaction():
            context.run_migrations()
            _check_foreign_keys(connection)
        connection.commit()


@contextmanager
def _copied_tables(connection: sa.Connection) -> Iterator[None]:
    """SQLite alters a table by copying it; until the copy has its name, foreign keys lead nowhere."""
    if connection.dialect.name != "sqlite":
        yield
        return
    driver = connection.connection.driver_connection  # inside a transaction it is ignored
    driver.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        connection.rollback()
        driver.execute("PRAGMA foreign_keys=ON")


def _check_foreign_keys(connection: sa.Connection) -> None:
    if connection.dialect.name == "sqlite":
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
        if broken:
            raise RuntimeError(f"rows that refer to nothing: {broken[:5]}")


if context.is_offline_mode():
    raise SystemExit("migrations run against a database; offline mode is not supported")
run()
