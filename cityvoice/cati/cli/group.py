"""The group of commands."""

import click

from cityvoice.cati.cli.contacts import erase, never_call
from cityvoice.cati.cli.fieldwork import plan, rates
from cityvoice.cati.cli.samples import draw, frame, release


@click.group()
def cati() -> None:
    """Interviewing by phone: frames, samples, the calling plan."""


for command in (frame, draw, release, never_call, plan, rates, erase):
    cati.add_command(command)
