"""Accounts from the command line."""

import sys

import click

from cityvoice.accounts import services
from cityvoice.accounts.types import Role
from cityvoice.core.runtime import Runtime

ROLES = [role.value for role in Role]


@click.group()
def user() -> None:
    """People who work with CityVoice."""


@user.command()
@click.argument("email")
@click.option("--name", help="The person's name; else what stands before the @.")
@click.option(
    "--role", "roles", type=click.Choice(ROLES), multiple=True, required=True, help="Repeat for several."
)
@click.option(
    "--password-stdin", is_flag=True, help="Read the password from standard input; else it is asked for."
)
@click.pass_obj
def create(
    runtime: Runtime, email: str, name: str | None, roles: tuple[Role, ...], password_stdin: bool
) -> None:
    """Make an account for EMAIL."""
    password = sys.stdin.readline().rstrip("\n") if password_stdin else _ask()
    with runtime.database.writing() as session:
        account = services.create_account(
            session,
            email=email,
            name=name or email.partition("@")[0],
            password=password,
            roles=[Role(role) for role in roles],
        )
        made = f"{account.email}: {', '.join(sorted(account.roles))}"
    click.echo(made)


def _ask() -> str:
    password: str = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    return password
