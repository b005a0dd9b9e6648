"""Invited people and mail from the command line."""

import io
from dataclasses import asdict
from pathlib import Path
from typing import BinaryIO

import click

from cityvoice.accounts.services import COMMAND_LINE, record
from cityvoice.accounts.types import Action
from cityvoice.core import clock
from cityvoice.core.runtime import Runtime
from cityvoice.invitations import queries, services
from cityvoice.invitations.compose import default_draft
from cityvoice.invitations.imports.bounces import read_bounces
from cityvoice.invitations.imports.people import read_people
from cityvoice.invitations.types import MailingKind
from cityvoice.surveys.imports import read_text
from cityvoice.surveys.published import current_questionnaire
from cityvoice.surveys.queries import get_survey

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def people() -> None:
    """Lists of invited people."""


@people.command("import")
@click.argument("file", type=FILE)
@click.option("--survey", "slug", required=True, help="The survey's name.")
@click.option("--skip-known", is_flag=True, help="Leave out who is on the list already.")
@click.pass_obj
def import_(runtime: Runtime, file: Path, slug: str, skip_known: bool) -> None:
    """Put the people of FILE (CSV: id, name, email, phone, address, language, ...) on a survey's list."""
    with runtime.database.writing() as session:
        survey = get_survey(session, slug)
        lines = io.StringIO(read_text(file), newline="")
        found = read_people(lines, languages=current_questionnaire(survey).languages)
        n = services.add_people(
            session,
            survey=survey,
            people=found,
            secret_key=runtime.config.secret_key,
            skip_known=skip_known,
        )
        details = {"file": file.name, "n": n}
        record(session, actor=COMMAND_LINE, action=Action.PARTICIPANTS_ADDED, object=slug, details=details)
    click.echo(f"{slug}: {n} people added, {len(found) - n} were on the list already")


@people.command()
@click.argument("slug")
@click.pass_obj
def show(runtime: Runtime, slug: str) -> None:
    """How many people are on the list of survey SLUG, and how far they are."""
    with runtime.database.reading() as session:
        standing = queries.get_standing(session, get_survey(session, slug))
    for name, n in asdict(standing).items():
        click.echo(f"{name.removeprefix('n_').replace('_', ' ')}\t{n}")


@click.group()
def mail() -> None:
    """Invitations and reminders by e-mail and on paper."""


@mail.command()
@click.argument("slug")
@click.argument("kind", type=click.Choice([str(kind) for kind in MailingKind]))
@click.option("--dry-run", is_flag=True, help="Only say how many people it would reach.")
@click.pass_obj
def send(runtime: Runtime, slug: str, kind: str, dry_run: bool) -> None:
    """Write to everybody on the list of survey SLUG whom it concerns, in the words of the product.

    The worker sends it; letters become one PDF on the mailing's page.
    """
    wanted = MailingKind(kind)
    with runtime.database.writing() as session:
        survey = get_survey(session, slug)
        if dry_run:
            n = len(queries.list_recipients(session, survey, wanted, clock.today()))
            click.echo(f"{slug}: {n} people")
            return
        draft = default_draft(wanted, current_questionnaire(survey).languages)
        mailing = services.request_mailing(
            session, survey=survey, draft=draft, actor=COMMAND_LINE, config=runtime.config
        )
        details = {"mailing": mailing.id, "kind": kind}
        record(session, actor=COMMAND_LINE, action=Action.MAILING_REQUESTED, object=slug, details=details)
        n, number, job_id = queries.count_deliveries(session, mailing)["queued"], mailing.id, mailing.job_id
    runtime.queue.send(job_id)
    click.echo(f"{slug}: mailing {number} to {n} people is in the queue")


@mail.command()
@click.argument("files", type=click.File("rb"), nargs=-1)
@click.pass_obj
def bounces(runtime: Runtime, files: tuple[BinaryIO, ...]) -> None:
    """Read mail that came back from FILES (messages or mailboxes) or from standard input.

    Whose mailbox does not exist is written to no more.
    """
    contents = [file.read() for file in files or [click.open_file("-", "rb")]]
    found = [bounce for content in contents for bounce in read_bounces(content)]
    with runtime.database.writing() as session:
        taken = services.take_bounces(session, bounces=found)
        details = {"n_read": taken.n_read, "n_permanent": taken.n_permanent}
        record(session, actor=COMMAND_LINE, action=Action.BOUNCES_READ, object="mail", details=details)
    click.echo(f"{taken.n_read} failures read, {taken.n_known} of our mail, {taken.n_permanent} for good")
