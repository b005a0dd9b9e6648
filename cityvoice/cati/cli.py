"""Interviewing by phone from the command line."""

import math
from collections.abc import Iterable
from dataclasses import fields
from pathlib import Path
from typing import IO, BinaryIO

import click
import yaml

from cityvoice.accounts.services import COMMAND_LINE, record
from cityvoice.accounts.types import Action
from cityvoice.cati import queries, services
from cityvoice.cati.documents import rates_csv
from cityvoice.cati.errors import DrawRefused, PlanRefused
from cityvoice.cati.imports.frames import read_frame
from cityvoice.cati.imports.numbers import read_numbers
from cityvoice.cati.plans import Plan, plan_of_rules
from cityvoice.cati.services.designs import MOST_CASES, SEEDS, Design
from cityvoice.cati.services.rates import outcome_rates
from cityvoice.cati.types import Method
from cityvoice.core.runtime import Runtime
from cityvoice.fieldwork.allocation import Allocation
from cityvoice.fieldwork.hours import HoursError
from cityvoice.stats.dispositions import Edition
from cityvoice.surveys.published import current_questionnaire
from cityvoice.surveys.queries import get_survey

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def cati() -> None:
    """Interviewing by phone: frames, samples, the calling plan."""


@cati.command()
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
    for remark in found.remarks:
        click.echo(remark, err=True)
    click.echo(f"{said}, {kept.n_unreachable} of them without a number")
    click.echo(
        f"numbers left out: {found.n_repeated} given twice, {found.n_shared} of another unit,"
        f" {found.n_unusable} no numbers, {kept.n_forbidden} never to be called"
    )


@cati.command()
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


@cati.command()
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


@cati.command("never-call")
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


@cati.command()
@click.argument("slug")
@click.option("--rules", type=click.File("rb"), help="Change these rules; YAML as it is shown.")
@click.pass_obj
def plan(runtime: Runtime, slug: str, rules: BinaryIO | None) -> None:
    """Show the calling plan of survey SLUG where it differs from the usual one, or change it."""
    if rules is None:
        with runtime.database.reading() as session:
            shown = services.plan_of(session, get_survey(session, slug)).to_rules()
        click.echo(yaml.safe_dump(shown, allow_unicode=True, sort_keys=False), nl=False)
        return
    made = _read_rules(rules.read())
    with runtime.database.writing() as session:
        services.change_plan(session, survey=get_survey(session, slug), plan=made)
        record(session, actor=COMMAND_LINE, action=Action.CALLING_PLAN_CHANGED, object=slug)
    click.echo(f"{slug}: the calling plan is changed")


@cati.command()
@click.argument("slug")
@click.option(
    "--edition",
    type=click.Choice([str(each) for each in Edition]),
    help="Of AAPOR's definitions; else as planned.",
)
@click.option("--e", "e", type=click.FloatRange(0, 1), help="Share of the unknown that is eligible.")
@click.option("--weighted", is_flag=True, help="Cases count by their base weights.")
@click.option("--csv", "as_csv", is_flag=True, help="With numerators, denominators and cases by code.")
@click.pass_obj
def rates(
    runtime: Runtime, slug: str, edition: str | None, e: float | None, weighted: bool, as_csv: bool
) -> None:
    """Show AAPOR's outcome rates of survey SLUG; without --e the share is the plan's, else estimated."""
    with runtime.database.reading() as session:
        survey = get_survey(session, slug)
        planned = services.plan_of(session, survey)
        tables = outcome_rates(
            session,
            survey=survey,
            edition=edition or planned.edition,
            e=planned.eligibility if e is None else e,
            is_weighted=weighted,
        )
    if as_csv:
        click.echo(rates_csv(tables), nl=False)
        return
    for table in tables:
        where = f"wave {table.wave}, {table.mode or 'all modes'}, {table.n_cases} cases"
        click.echo(f"{where}, {table.n_open} of them open")
        for rate in table.rates.rates.values():
            click.echo(f"{rate.name}\t{rate.value:.4f}\t{rate.numerator:g}/{rate.denominator:g}")
    if not tables:
        click.echo(f"{slug}: nobody was sampled", err=True)


@cati.command()
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


def _lines(files: Iterable[IO[bytes]]) -> list[str]:
    try:
        return [line for file in files for line in file.read().decode("utf-8-sig").splitlines()]
    except UnicodeDecodeError:
        raise click.BadParameter("expected text in UTF-8", param_hint="FILES") from None


def _read_rules(content: bytes) -> Plan:
    try:
        rules = yaml.safe_load(content) or {}
        if not isinstance(rules, dict):
            raise PlanRefused("rules", "expected rules such as 'max_calls: 8'")
        if unknown := sorted(set(rules) - {each.name for each in fields(Plan)}):
            raise PlanRefused(unknown[0], f"there is no rule {unknown[0]!r}")
        return plan_of_rules(rules)
    except yaml.YAMLError as error:
        raise PlanRefused("rules", f"expected YAML: {error}") from None
    except (HoursError, TypeError, ValueError) as error:
        raise PlanRefused("rules", str(error)) from None
