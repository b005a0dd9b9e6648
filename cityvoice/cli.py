"""The command line: a composition root like the application, it knows every feature."""

import os
import sqlite3
import sys
from typing import Any

import click
import psycopg
from click.exceptions import NoArgsIsHelpError
from flask_migrate import upgrade as migrate_upgrade
from sqlalchemy import select
from sqlalchemy.exc import OperationalError, ProgrammingError

from cityvoice import serving
from cityvoice.accounts.cli import user
from cityvoice.accounts.errors import AccountError
from cityvoice.analysis.cli import results, weights
from cityvoice.analysis.errors import AnalysisError
from cityvoice.cati.cli.group import cati
from cityvoice.cati.errors import CatiError
from cityvoice.core.config import ConfigurationError, load_config
from cityvoice.core.queue import Job
from cityvoice.core.runtime import Runtime
from cityvoice.demo.cli import demo
from cityvoice.invitations.cli import mail, people
from cityvoice.invitations.errors import InvitationError
from cityvoice.jobs import HANDLERS
from cityvoice.questionnaire.errors import QuestionnaireError
from cityvoice.reports.cli import report
from cityvoice.reports.errors import ReportError
from cityvoice.stats.errors import StatsError
from cityvoice.surveys.cli import answers, survey
from cityvoice.surveys.errors import SurveyError
from cityvoice.surveys.services import close_ended
from cityvoice.territory.cli import territory
from cityvoice.territory.errors import BoundariesError, ControlTotalsError

EXPECTED = (
    AccountError,
    AnalysisError,
    BoundariesError,
    CatiError,
    ConfigurationError,
    ControlTotalsError,
    InvitationError,
    QuestionnaireError,
    ReportError,
    StatsError,
    SurveyError,
)
UNUSABLE = (OperationalError, ProgrammingError, psycopg.OperationalError, sqlite3.OperationalError)
BAD_INPUT = 2


class Commands(click.Group):
    """Says what was wrong in one line and exits with 2; a traceback is for what nobody expected."""

    def invoke(self, context: click.Context) -> Any:
        try:
            return super().invoke(context)
        except NoArgsIsHelpError:
            raise
        except click.UsageError as error:
            help_ = f" (see {error.ctx.command_path} --help)" if error.ctx else ""
            click.echo(f"cityvoice: {error.format_message()}{help_}", err=True)
        except EXPECTED as error:
            click.echo(f"cityvoice: {error}", err=True)
        except BrokenPipeError:
            raise  # the reader hung up; click ends quietly
        except OSError as error:
            where = f"{error.filename}: " if error.filename else ""
            click.echo(f"cityvoice: {where}{error.strerror or error}", err=True)
        except UNUSABLE as error:
            why = getattr(error, "orig", error)
            click.echo(f"cityvoice: the database cannot be used: {str(why).splitlines()[0]}", err=True)
            click.echo("Run 'cityvoice db upgrade' first, and check CITYVOICE_DATABASE_URL.", err=True)
        context.exit(BAD_INPUT)


@click.group(cls=Commands, context_settings={"max_content_width": 100})
@click.version_option(package_name="cityvoice")
@click.pass_context
def main(context: click.Context) -> None:
    """CityVoice: hear residents, weigh what they said, report it."""
    os.umask(0o077)  # answers and reports are nobody else's on this machine
    context.obj = Runtime(load_config(), HANDLERS)
    context.call_on_close(context.obj.close)


@main.command()
@click.option("--port", type=click.IntRange(1, 65535), help="PORT in the environment, else 5000.")
@click.option("--web-workers", type=click.IntRange(1, 64), default=2, show_default=True)
@click.option("--no-jobs", is_flag=True, help="Without the job worker; run 'cityvoice worker' beside it.")
@click.pass_obj
def serve(runtime: Runtime, port: int | None, web_workers: int, no_jobs: bool) -> None:
    """Serve the web pages on 127.0.0.1, with a job worker beside them."""
    port = port or runtime.config.port
    with runtime.database.reading() as session:
        session.execute(select(Job.id).limit(1))  # without a schema there is nothing to serve
    serving.require_free_port(port)
    click.echo(f"CityVoice answers at http://127.0.0.1:{port}")
    sys.exit(serving.serve(runtime, port=port, web_workers=web_workers, with_jobs=not no_jobs))


@main.command()
@click.pass_obj
def worker(runtime: Runtime) -> None:
    """Run the job worker alone; it first finishes what a killed one left."""
    serving.work(runtime, rounds=[close_ended])


@main.group()
def db() -> None:
    """The database."""


@db.command()
@click.pass_obj
def upgrade(runtime: Runtime) -> None:
    """Bring the database to the newest schema; safe to repeat."""
    from cityvoice.app import create_app

    app = create_app(runtime.config)
    with app.app_context():
        migrate_upgrade()
        app.extensions["sqlalchemy"].engine.dispose()
    app.extensions["queue"].huey.storage.close()
    click.echo(f"database ready: {runtime.database.engine.url.render_as_string(hide_password=True)}")


for command in (user, demo, survey, answers, weights, results, report, people, mail, cati, territory):
    main.add_command(command)
