"""The city's map from the command line."""

from pathlib import Path

import click

from cityvoice.core.runtime import Runtime
from cityvoice.territory.imports import keep_map, read_boundaries


@click.group()
def territory() -> None:
    """The city and its districts."""


@territory.command("map")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.pass_obj
def map_(runtime: Runtime, file: Path) -> None:
    """Take the outlines of the districts from a GeoJSON FILE, for questions that ask where."""
    city_map = read_boundaries(file.read_text(encoding="utf-8", errors="replace"))
    keep_map(runtime.config.storage, city_map)
    click.echo(f"{len(city_map.districts)} districts on the map")
