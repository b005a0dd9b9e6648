"""The one chain of migrations leads to what the models say, on both databases, with data in the tables."""

import re
from pathlib import Path

import flask_migrate
import pytest
from alembic import command
from sqlalchemy import Engine, inspect

from cityvoice.core.db import Base, Database
from tests.databases import DEMO, config_of, fill_with_demo, running

contents = DEMO
VERSIONS = Path(__file__).parents[2] / "migrations" / "versions"
OTHERS = {"alembic_version"}  # tables that no model describes


def _revisions() -> list[str]:
    return [path.name[:4] for path in sorted(VERSIONS.glob("*.py"))]


@pytest.fixture
def blank(backend, tmp_path):
    """The configuration of a database without a table."""
    config = config_of(tmp_path, backend.make_blank())
    yield config
    backend.drop(config.database_url)


def test_names_are_sequential():
    names = [path.name for path in sorted(VERSIONS.glob("*.py"))]
    for number, name in enumerate(names, start=1):
        assert re.fullmatch(rf"{number:04}_[a-z0-9_]+\.py", name)
        source = (VERSIONS / name).read_text(encoding="utf-8")
        assert f'revision = "{number:04}"' in source
        assert (f'down_revision = "{number - 1:04}"' if number > 1 else "down_revision = None") in source


def test_head_equals_models(app):
    with app.app_context():
        command.check(app.extensions["migrate"].migrate.get_config())


def test_constraints_equal_models(database, blank):
    """Alembic compares no check constraints, so they are compared here, as each database reads them."""
    modelled = Database(blank.database_url)
    Base.metadata.create_all(modelled.engine)
    assert _constraints(database.engine) == _constraints(modelled.engine)
    modelled.engine.dispose()


def test_up_down_and_up_again_with_data(blank):
    with running(blank) as app, app.app_context():
        flask_migrate.upgrade()
    fill_with_demo(blank)
    for revision in reversed(_revisions()):
        with running(blank) as app, app.app_context():
            flask_migrate.downgrade(revision="-1")
            flask_migrate.upgrade(
                revision="+1"
            )  # each step is walked both ways over what is left of the data
            flask_migrate.downgrade(revision="-1")
        assert _version(blank) != revision
    assert _tables(blank) == set()
    with running(blank) as app, app.app_context():
        flask_migrate.upgrade()
    assert _tables(blank) == set(Base.metadata.tables)


def test_upgrade_is_safe_to_repeat(app, database):
    before = _rows(database)
    assert before["response"]
    with app.app_context():
        flask_migrate.upgrade()
    assert _rows(database) == before


def _rows(database: Database) -> dict[str, list[tuple]]:
    with database.engine.connect() as connection:
        return {
            name: connection.execute(table.select()).all() for name, table in Base.metadata.tables.items()
        }


def _version(config) -> str | None:
    database = Database(config.database_url)
    with database.engine.connect() as connection:
        version = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    database.engine.dispose()
    return version


def _tables(config) -> set[str]:
    database = Database(config.database_url)
    tables = {name for name in inspect(database.engine).get_table_names() if not name.startswith("huey_")}
    database.engine.dispose()
    return tables - OTHERS


def _constraints(engine: Engine) -> dict[str, dict[str, object]]:
    found = inspect(engine)
    return {
        table: {
            "checks": {each["name"]: each["sqltext"] for each in found.get_check_constraints(table)},
            "unique": {each["name"]: each["column_names"] for each in found.get_unique_constraints(table)},
            "foreign": {each["name"]: each["options"] for each in found.get_foreign_keys(table)},
            "indexes": {each["name"]: each["column_names"] for each in found.get_indexes(table)},
        }
        for table in Base.metadata.tables
    }
