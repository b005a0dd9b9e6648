"""Loading the demo into a database, from a service and from the command line."""

from dataclasses import replace

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from cityvoice.accounts.models import Account, AuditEntry
from cityvoice.accounts.services import authenticate
from cityvoice.accounts.types import Role
from cityvoice.analysis.queries import find_population_reference
from cityvoice.analysis.services import run_weighting
from cityvoice.core.config import Config
from cityvoice.core.db import Base, Database
from cityvoice.core.runtime import Runtime
from cityvoice.demo import city, services, study
from cityvoice.demo.cli import demo
from cityvoice.surveys.models import Case, Response
from cityvoice.surveys.queries import fieldwork_progress, find_survey, get_survey
from cityvoice.surveys.services import start_response
from cityvoice.surveys.types import CaseOrigin
from cityvoice.territory.models import PopulationReference
from cityvoice.territory.queries import find_city, list_districts
from cityvoice.territory.services import declare_margin, name_city


@pytest.fixture
def runtime(tmp_path):
    config = Config(
        instance=tmp_path, database_url=f"sqlite:///{tmp_path / 'test.sqlite3'}", secret_key="x" * 40
    )
    runtime = Runtime(config, {})
    Base.metadata.create_all(runtime.database.engine)
    yield runtime
    runtime.database.engine.dispose()


@pytest.fixture
def database(runtime):
    return runtime.database


def contents(database: Database) -> dict[str, list[tuple]]:
    """Every row of every table."""
    with database.engine.connect() as connection:
        return {table.name: connection.execute(table.select()).all() for table in Base.metadata.sorted_tables}


def test_survey_is_open_fictional_and_has_595_answers(database):
    with database.writing() as session:
        services.load_demo(session)
    with database.reading() as session:
        survey = get_survey(session, study.SLUG)
        progress = fieldwork_progress(session, survey)
        assert (survey.is_open, survey.is_fictional) == (True, True)
        assert progress.by_mode == {"CATI": 297, "CAWI": 298}
        assert progress.n_partial == 0
        assert set(session.scalars(select(Case.origin))) == {CaseOrigin.DEMO}
        assert set(session.scalars(select(Response.token_sha256))) == {None}


def test_residents_may_answer_it_too(database):
    with database.writing() as session:
        survey = services.load_demo(session)
        assert start_response(session, survey=survey, language="pl").status == "partial"


def test_population_is_declared_and_weighting_just_runs(database, tmp_path):
    with database.writing() as session:
        survey = services.load_demo(session)
        reference = find_population_reference(session, survey)
        assert reference is not None
        assert reference.margins() == city.POPULATION
        assert reference.population == city.N_ADULTS
        run = run_weighting(session, survey=survey, storage=tmp_path, actor="test", reference=reference)
        (record,) = run.diagnostics["records"]
        assert record["converged"]


def test_city_has_its_districts(database):
    with database.writing() as session:
        services.load_demo(session)
        found = find_city(session)
        assert found.name == city.NAME
        assert [each.name for each in list_districts(session, found.id)] == list(city.DISTRICTS.values())


def test_every_role_has_an_account_that_can_log_in(database):
    with database.writing() as session:
        services.load_demo(session)
        for role in Role:
            account = authenticate(
                session, email=f"{role}@demo.example", password=services.PASSWORD, network="test"
            )
            assert account.roles == {role}


def test_loading_twice_changes_nothing(database):
    with database.writing() as session:
        services.load_demo(session)
    before = contents(database)
    with database.writing() as session:
        services.load_demo(session)
    assert contents(database) == before


def test_loading_again_keeps_what_people_have_done_since(database):
    with database.writing() as session:
        services.load_demo(session)
        declare_margin(session, slug=study.SLUG, variable="sex", totals={"F": 52, "M": 48}, source="another")
        session.scalars(select(Account).where(Account.email == "official@demo.example")).one().name = "Anna"
    before = contents(database)
    with database.writing() as session:
        services.load_demo(session)
    assert contents(database) == before


def test_a_city_that_is_there_already_keeps_its_name(database):
    with database.writing() as session:
        name_city(session, code="1234567", name="Another city", districts={})
        services.load_demo(session)
        assert find_city(session).name == "Another city"


def test_audit_log_says_what_was_done(database):
    with database.writing() as session:
        services.load_demo(session)
        actions = set(session.scalars(select(AuditEntry.action)))
    assert actions == {
        "account.created",
        "survey.imported",
        "control_totals.declared",
        "answers.imported",
        "survey.opened",
    }


def test_progress_reaches_its_end_the_first_time_and_the_second(database):
    for _ in range(2):
        steps = []
        with database.writing() as session:
            services.load_demo(session, advance=steps.append)
        assert sum(steps) == services.N_STEPS


def test_command_prints_the_address_and_the_accounts(runtime):
    result = CliRunner().invoke(demo, ["load"], obj=runtime)
    assert result.exit_code == 0, result.output
    assert f"http://127.0.0.1:5000/s/{study.SLUG}" in result.output
    for role in Role:
        assert f"{role}@demo.example" in result.output
    assert services.PASSWORD in result.output


def test_command_refuses_in_production_unless_forced(runtime):
    production = Runtime(replace(runtime.config, is_production=True), {})
    refused = CliRunner().invoke(demo, ["load"], obj=production)
    assert refused.exit_code == 2
    assert "--force" in refused.output
    with production.database.reading() as session:
        assert find_survey(session, study.SLUG) is None
        assert session.scalar(select(PopulationReference)) is None
    forced = CliRunner().invoke(demo, ["load", "--force"], obj=production)
    assert forced.exit_code == 0, forced.output
    production.database.engine.dispose()
