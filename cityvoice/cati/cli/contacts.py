"""Numbers that must not be called, and contacts that nobody needs any more: commands."""

from collections.abc import Iterable
from typing import IO, BinaryIO

import click

from cityvoice.accounts.services import COMMAND_LINE, record
from cityvoice.accounts.types import Action
from cityvoice.cati import services
from cityvoice.cati.imports.numbers import read_numbers
from cityvoice.core.runtime import Runtime
from cityvoice.surveys.queries import get_survey


@click.command("never-call")
@click.argument("files", type=click.File("rb"), nargs=-1)
@click.option("--reason", default="", help="Kept beside the numbers.")
@click.pass_obj
def never_call(runtime: Runtime, files: tuple[BinaryIO, ...], reason: str) -> None:
    """Put numbers, one in a line of FILES or of standard input, on the list of those never called again."""
    numbers = read_numbers(_lines(files or (click.open_file("-", "rb"),)))
    with runtime.database.writing() as session:
        came = services.add_never_call(session, numbers=numbers, reason=reason)
        details = {"n": came.n_added, "n_closed": came.n_closed}
        record(session, actor=COMMAND_LINE, action=Action.NEVER_CALL_ADDED, object="numbers", details=details)
    click.echo(f"{came.n_added} numbers added, {came.n_closed} cases closed")


@click.command()
@click.argument("slug")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def erase(runtime: Runtime, slug: str, yes: bool) -> None:
    """Erase names, numbers, notes and frames of survey SLUG, which is closed; answers and weights stay."""
    if not yes:
        click.confirm(f"Erase the contacts of {slug} for good?", abort=True)
    with runtime.database.writing() as session:
        n = services.erase_contacts(session, survey=get_survey(session, slug))
        record(session, actor=COMMAND_LINE, action=Action.CONTACTS_ERASED, object=slug, details={"n": n})
    click.echo(f"{slug}: {n} numbers and units erased")


def _lines(files: Iterable[IO[bytes]]) -> list[str]:
    try:
        return [line for file in files for line in file.read().decode("utf-8-sig").splitlines()]
    except UnicodeDecodeError:
        raise click.BadParameter("expected text in UTF-8", param_hint="FILES") from None
