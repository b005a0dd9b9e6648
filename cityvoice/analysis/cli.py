"""Weighting and results from the command line."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
from sqlalchemy.orm import Session

from cityvoice.accounts.services import COMMAND_LINE, record
from cityvoice.accounts.types import Action
from cityvoice.analysis import exports, services
from cityvoice.analysis.errors import AnalysisError
from cityvoice.analysis.frames import valid_codes
from cityvoice.analysis.imports import Targets, read_targets
from cityvoice.analysis.margins import margin_candidates
from cityvoice.analysis.queries import find_population_reference
from cityvoice.analysis.tabulation import Tabulation
from cityvoice.analysis.types import VariableResult
from cityvoice.core.runtime import Runtime
from cityvoice.stats.results import Estimate
from cityvoice.surveys.models import Survey
from cityvoice.surveys.published import data_questionnaire
from cityvoice.surveys.queries import get_survey
from cityvoice.territory.services import LARGEST_TOTAL, declare_margin


class BadMargin(AnalysisError):
    """A control total on the command line that cannot be read."""


@click.group()
def weights() -> None:
    """Weighting of answers to what is known of the population."""


@weights.command("run")
@click.argument("slug")
@click.option(
    "--margin",
    "margins",
    multiple=True,
    metavar="VARIABLE=CODE:TOTAL,...",
    help="Control totals of a variable in people or per cent; VARIABLE=equal for equal shares. Repeatable.",
)
@click.option(
    "--targets",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A YAML file: source, reference_on, population, margins {variable: {code: total}}.",
)
@click.option(
    "--source", default="command line", show_default=True, help="Where the control totals come from."
)
@click.option(
    "--population",
    type=click.IntRange(1, LARGEST_TOTAL),
    help="People in the population, when totals are per cents.",
)
@click.option("--keep-untargeted", is_flag=True, help="Keep respondents without a category at their share.")
@click.pass_obj
def run_(
    runtime: Runtime,
    slug: str,
    margins: tuple[str, ...],
    targets: Path | None,
    source: str | None,
    population: int | None,
    keep_untargeted: bool,
) -> None:
    """Rake the answers of survey SLUG to control totals: those given here, and those declared before."""
    with runtime.database.writing() as session:
        survey = get_survey(session, slug)
        read = read_targets(targets) if targets else Targets({}, {})
        told = {"source": source, "population": population} | read.about
        given = [_parse_margin(survey, margin) for margin in margins]
        if len(dict(given)) < len(given):
            raise BadMargin("--margin: expected every variable once")
        totals = read.margins | dict(given)
        for variable, codes in totals.items():
            reference = declare_margin(session, slug=slug, variable=variable, totals=codes, **told)
            survey.population_reference_id = reference.id
            details = {"variable": variable, "totals": codes}
            action = Action.CONTROL_TOTALS_DECLARED
            record(session, actor=COMMAND_LINE, action=action, object=slug, details=details)
        lines = _weigh(session, runtime, survey, keep_untargeted)
    for line in lines:  # after the commit: a reader who hangs up must not undo it
        click.echo(line)


def _weigh(session: Session, runtime: Runtime, survey: Survey, keep_untargeted: bool) -> list[str]:
    run = services.run_weighting(
        session,
        survey=survey,
        storage=runtime.config.storage,
        actor=COMMAND_LINE,
        reference=find_population_reference(session, survey),
        keep_untargeted=keep_untargeted,
    )
    details = {"run": run.id, "weights_sha256": run.weights_sha256}
    record(session, actor=COMMAND_LINE, action=Action.WEIGHTS_COMPUTED, object=survey.slug, details=details)
    lines = [f"{survey.slug}: {run.snapshot.n_responses} responses, data {run.snapshot.sha256[:12]}"]
    for step in run.diagnostics["records"]:
        lines += _told_of_step(step)
    return lines


def _told_of_step(step: dict[str, Any]) -> Iterator[str]:
    after = step["after"]
    yield (
        f"{step['label']}: {'converged' if step['converged'] else 'NOT CONVERGED'} after"
        f" {step['iterations']} iterations; n_eff {after['n_eff']:.1f}, deff {after['kish_deff']:.3f}"
    )
    for level in step["levels"]:
        yield (
            f"  {level['margin']} = {level['level']}: n {level['n']}, {100 * level['before_share']:.2f} %"
            f" -> {100 * level['after_share']:.2f} % (population {100 * level['target_share']:.2f} %)"
        )


@click.group()
def results() -> None:
    """Weighted results."""


@results.command()
@click.argument("slug")
@click.option("--variable", "names", multiple=True, help="Only this variable; repeatable.")
@click.option("--language", default="en", show_default=True, help="Language of labels.")
@click.option("--csv", "as_csv", is_flag=True, help="As CSV, with every figure.")
@click.pass_obj
def show(runtime: Runtime, slug: str, names: tuple[str, ...], language: str, as_csv: bool) -> None:
    """Value, interval, n and n_eff of every question of survey SLUG."""
    with runtime.database.reading() as session:
        data = services.open_data(session, survey=get_survey(session, slug), storage=runtime.config.storage)
        found = Tabulation(data, language).results(names or None)
    if as_csv:
        click.echo(exports.results_csv(found), nl=False)
        return
    for result in found:
        _print_result(result)


def _print_result(result: VariableResult) -> None:
    click.echo(f"{result.variable.name}  {result.wording}")
    if result.label != result.wording:
        click.echo(f"  {result.label}")
    click.echo(f"  n {result.n}, n_eff {result.n_eff:.0f}, deff {result.deff:.3f}")
    for option in result.options:
        _print_share(f"{option.code} {option.label}", option.unweighted, option.estimate)
    if result.box is not None:
        _print_share(f"= {result.box.label}", result.box.unweighted, result.box.estimate)
    if result.mean is not None:
        mean = result.mean
        click.echo(f"  {mean.value:10.2f}  [{mean.low:.2f}, {mean.high:.2f}]  mean")


def _print_share(label: str, unweighted: float, estimate: Estimate) -> None:
    click.echo(
        f"  {100 * estimate.value:6.2f} %  [{100 * estimate.low:.2f}, {100 * estimate.high:.2f}]"
        f"  unweighted {100 * unweighted:6.2f} %  {label}"
    )


def _parse_margin(survey: Survey, text: str) -> tuple[str, dict[str, float]]:
    variable, separator, totals = text.partition("=")
    if not separator:
        raise BadMargin(f"--margin {text!r}: expected VARIABLE=CODE:TOTAL,... or VARIABLE=equal")
    if totals == "equal":
        codes = _codes(survey, variable)
        return variable, {code: 100 / len(codes) for code in codes}
    pairs = [_parse_total(text, pair) for pair in totals.split(",")]
    codes = [code for code, _total in pairs]
    if twice := [code for code in codes if codes.count(code) > 1]:
        raise BadMargin(f"--margin {text!r}: expected every code once, got {twice[0]} twice")
    return variable, dict(pairs)


def _parse_total(text: str, pair: str) -> tuple[str, float]:
    code, _, total = pair.rpartition(":")
    try:
        return code.strip(), float(total)
    except ValueError:
        raise BadMargin(f"--margin {text!r}: expected CODE:TOTAL with a number, got {pair!r}") from None


def _codes(survey: Survey, name: str) -> list[str]:
    candidates = {v.name: v for v in margin_candidates(data_questionnaire(survey))}
    if name not in candidates:
        raise BadMargin(
            f"--margin {name}: no choice question of that name; there are: {', '.join(candidates)}"
        )
    return valid_codes(candidates[name])
