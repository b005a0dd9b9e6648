"""The demo city from the command line."""

import click

from cityvoice.core.runtime import Runtime
from cityvoice.demo import services, studio


class RefusedInProduction(click.ClickException):
    exit_code = 2


@click.group()
def demo() -> None:
    """An invented city to try CityVoice with."""


@demo.command()
@click.option("--force", is_flag=True, help="Also in production, although everybody can read the password.")
@click.pass_obj
def load(runtime: Runtime, force: bool) -> None:
    """Make the demo city, its accounts, its survey with 595 answers and one by phone; safe to repeat."""
    if runtime.config.is_production and not force:
        raise RefusedInProduction(
            "CITYVOICE_ENV is production, and the demo accounts have a published password;"
            " use --force if this is meant"
        )
    with (
        click.progressbar(length=services.N_STEPS, label="Demo city") as bar,
        runtime.database.writing() as session,
    ):
        slug = services.load_demo(session, advance=bar.update).slug
        by_phone = studio.load_studio(session, password=services.PASSWORD).slug
    address = f"http://127.0.0.1:{runtime.config.port}"
    click.echo(f"\n{address}/s/{slug}  (served by 'cityvoice serve')")
    click.echo(f"{address}/cati/{by_phone}/  (interviews by phone; the numbers are nobody's)\n")
    for line in _account_table():
        click.echo(line)


def _account_table() -> list[str]:
    """Role, e-mail and password in columns."""
    rows = [(str(account.role), account.email) for account in services.ACCOUNTS]
    rows += [("interviewer", email) for email in studio.CREW[1:]]
    width = max(len(email) for _, email in rows)
    return [f"{role:<15}{email:<{width + 2}}{services.PASSWORD}" for role, email in rows]
