"""Fixtures: an instance for every test, on SQLite and on a real PostgreSQL, and a browser to walk it.

A test that asks for `config`, `database`, `app`, `client` or `cli` runs once on each database. Say
``pytestmark = on_sqlite`` where the database makes no difference, and ``contents = DEMO`` in the module for
databases that hold the demo city.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from unittest.mock import patch

import pytest
from argon2 import PasswordHasher
from argon2.profiles import CHEAPEST
from click.testing import CliRunner, Result
from flask import Flask

from cityvoice.accounts.types import Role
from cityvoice.cli import main
from cityvoice.core.config import Config
from cityvoice.core.db import Database
from tests.browsing import Browser
from tests.databases import EMPTY, Postgres, Sqlite, config_of, postgres_server, running
from tests.factories import PASSWORD, make_account

SHARED = Path(__file__).parents[2] / "shared"


@pytest.fixture(scope="session", autouse=True)
def cheap_passwords() -> Iterator[None]:
    """What makes a password dear to guess takes half a second in every test that logs somebody in."""
    with patch("cityvoice.accounts.services.hasher", PasswordHasher.from_parameters(CHEAPEST)):
        yield


@pytest.fixture(scope="session")
def sqlite(tmp_path_factory: pytest.TempPathFactory) -> Sqlite:
    return Sqlite(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    with ExitStack() as stack:
        try:
            server = stack.enter_context(postgres_server(tmp_path_factory.mktemp("postgres")))
        except Exception as error:
            if os.environ.get("CI") == "true":
                raise
            pytest.skip(f"PostgreSQL does not start here: {error}")
        yield server


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def backend(request: pytest.FixtureRequest) -> Sqlite | Postgres:
    return request.getfixturevalue(request.param)


@pytest.fixture
def contents(request: pytest.FixtureRequest) -> str:
    """What a test's database holds at first; a module says `contents = DEMO` for the demo city."""
    return getattr(request.module, "contents", EMPTY)


@pytest.fixture
def config(backend: Sqlite | Postgres, contents: str, tmp_path: Path) -> Iterator[Config]:
    url = backend.make(contents)
    yield config_of(tmp_path / "instance", url)
    backend.drop(url)


@pytest.fixture
def database(config: Config) -> Iterator[Database]:
    config.instance.mkdir(exist_ok=True)
    opened = Database(config.database_url)
    yield opened
    opened.engine.dispose()


@pytest.fixture
def app(config: Config, database: Database) -> Iterator[Flask]:
    with running(config) as app:
        yield app


@pytest.fixture
def client(app: Flask) -> Browser:
    """A resident's browser, which speaks English and checks every page that it is given."""
    return Browser(app)


@pytest.fixture
def login(app: Flask, database: Database) -> Callable[..., Browser]:
    """`login(Role.OFFICIAL)`: the browser of somebody with that role, logged in through the form."""

    def log_in(*roles: Role) -> Browser:
        email = f"{'-'.join(roles)}@city.example"
        with database.writing() as session:
            make_account(session, email, *roles)
        opened = Browser(app)
        opened.get("/login").submit(email=email, password=PASSWORD, status=302)
        return opened

    return log_in


@pytest.fixture
def cli(config: Config, database: Database, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """`cli("survey", "list")`: a command on the test's instance; what it did not expect is raised."""
    monkeypatch.setenv("CITYVOICE_INSTANCE", str(config.instance))
    monkeypatch.setenv("CITYVOICE_DATABASE_URL", config.database_url)

    def run(*arguments: object, stdin: str | None = None) -> Result:
        result = CliRunner().invoke(main, list(map(str, arguments)), input=stdin, prog_name="cityvoice")
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return run


@pytest.fixture(scope="session")
def shared() -> Path:
    """Third-party data that stay outside the product."""
    if not SHARED.is_dir():
        pytest.skip("needs the folder ../shared with third-party survey data")
    return SHARED
