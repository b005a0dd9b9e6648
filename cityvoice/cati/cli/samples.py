"""From a frame to cases that may be called, and to none: commands."""

import math
from collections.abc import Iterable
from pathlib import Path

import click

from cityvoice.accounts.services import COMMAND_LINE, record
from cityvoice.accounts.types import Action
from cityvoice.cati import queries, services
from cityvoice.cati.errors import DrawRefused
from cityvoice.cati.imports.frames import read_frame
from cityvoice.cati.services.designs import MOST_CASES, SEEDS, Design
from cityvoice.cati.types import Method
from cityvoice.core.runtime import Runtime
from cityvoice.fieldwork.allocation import Allocation
from cityvoice.surveys.published import current_questionnaire
from cityvoice.surveys.queries import get_survey

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument("slug")
@click.argument("file", type=FILE)
@click.option("--name", help="Of the frame; otherwise the file's.")
@click.option("--skip-unusable", is_flag=True, help="Leave out what is no phone number, and say so.")
@click.pass_obj
def frame(runtime: Runtime, slug: str, file: Path, name: str | None, skip_unusable: bool) -> None:
    """Take the frame in FILE (CSV or XLSX: phone or phone1, phone2, ..., id, name, ...) for survey SLUG."""
    with runtime.database.writing() as session:
        survey = get_survey(session, slug)
        languages = current_questionnaire(survey).languages
        found = read_frame(file.read_bytes(), languages=languages, skip_unusable=skip_unusable)
        kept = services.import_frame(session, survey=survey, name=name or file.stem, found=found)
        details = {"frame": kept.frame.name, "n": kept.frame.n_units}
        record(session, actor=COMMAND_LINE, action=Action.FRAME_IMPORTED, object=slug, details=details)
        said = f"{slug}: frame {kept.frame.name} with {kept.frame.n_units} units"
    for remark in (found.notice, *found.remarks):
        if remark:
            click.echo(remark, err=True)
    click.echo(f"{said}, {kept.n_unreachable} of them without a number")
    click.echo(
        f"numbers left out: {found.n_repeated} given twice, {found.n_shared} of another unit,"
        f" {found.n_unusable} no numbers, {kept.n_forbidden} never to be called"
    )


@click.command()
@click.argument("slug")
@click.option(
    "--method",
    type=click.Choice([str(each) for each in Method]),
    default=str(Method.SIMPLE),
    show_default=True,
)
@click.option("--frame", "frame_name", default="", help="To draw from; of generated numbers none.")
@click.option("-n", "n", type=click.IntRange(1, MOST_CASES), help="Cases.")
@click.option("--seed", type=click.IntRange(0, SEEDS - 1), help="Otherwise one is made and kept.")
@click.option("--replicates", type=click.IntRange(1), default=1, show_default=True, help="Parts to release.")
@click.option("--order-by", default="", help="Column that a systematic sample is spread over.")
@click.option(
    "--allocation",
    type=click.Choice([str(each) for each in Allocation]),
    default=str(Allocation.PROPORTIONAL),
    show_default=True,
)
@click.option(
    "--stratum", "strata", multiple=True, metavar="NAME=NUMBER", help="Its cases, or its deviation."
)
@click.option("--least", type=click.IntRange(0), default=1, show_default=True, help="From every stratum.")
@click.option("--block", "blocks", multiple=True, metavar="DIGITS", help="First digits of generated numbers.")
@click.pass_obj
def draw(
    runtime: Runtime,
    slug: str,
    method: Method,
    frame_name: str,
    n: int | None,
    seed: int | None,
    replicates: int,
    order_by: str,
    allocation: Allocation,
    strata: tuple[str, ...],
    least: int,
    blocks: tuple[str, ...],
) -> None:
    """Draw a sample for survey SLUG and make its cases; nobody is called until they are released."""
    numbers = _numbers(strata)
    is_given = method == Method.STRATIFIED and allocation == Allocation.GIVEN
    given = {name: int(number) for name, number in numbers.items()} if is_given else {}
    if n is None and not is_given:
        raise click.UsageError("say how many cases with -n")
    design = Design(
        method=Method(method),
        n=sum(given.values()) if n is None else n,
        frame=frame_name,
        seed=seed,
        n_replicates=replicates,
        order_by=order_by,
        allocation=Allocation(allocation),
        given=given,
        deviations=numbers if allocation == Allocation.NEYMAN else {},
        least=least,
        blocks=blocks,
    )
    with runtime.database.writing() as session:
        drawn = services.draw_sample(session, survey=get_survey(session, slug), design=design)
        details = {"draw": drawn.id, "method": drawn.method, "n": drawn.n_cases, "seed": drawn.seed}
        record(session, actor=COMMAND_LINE, action=Action.SAMPLE_DRAWN, object=slug, details=details)
        said = f"{slug}: sample {drawn.id}, {drawn.n_cases} cases in {drawn.n_replicates} replicates"
        said = f"{said}, seed {drawn.seed}"
    click.echo(said)


@click.command()
@click.argument("slug")
@click.argument("draw_id", metavar="SAMPLE", type=click.IntRange(1))
@click.argument("through", type=click.IntRange(1))
@click.pass_obj
def release(runtime: Runtime, slug: str, draw_id: int, through: int) -> None:
    """Let the replicates 1 to THROUGH of SAMPLE be called."""
    with runtime.database.writing() as session:
        survey = get_survey(session, slug)
        drawn = queries.find_draw(session, survey, draw_id)
        if drawn is None:
            raise DrawRefused("draw", f"survey {slug} has no sample {draw_id}")
        n = services.release_replicates(session, survey=survey, draw=drawn, through=through)
        details = {"draw": draw_id, "through": through, "n": n}
        record(session, actor=COMMAND_LINE, action=Action.REPLICATES_RELEASED, object=slug, details=details)
        unfillable = [cell.name for cell in queries.list_unfillable(session, survey)]
    click.echo(f"{slug}: {n} cases released")
    for name in unfillable:
        click.echo(f"no case can fill the quota {name}", err=True)


def _numbers(strata: Iterable[str]) -> dict[str, float]:
    found = {}
    for each in strata:
        name, sign, number = each.rpartition("=")
        try:
            found[name] = float(number)
        except ValueError:
            sign = ""
        if not sign or not math.isfinite(found[name]):
            raise click.BadParameter(f"expected NAME=NUMBER, got {each!r}", param_hint="--stratum")
    return found
