"""The calling plan and what came of the calls: commands."""

from dataclasses import fields
from typing import BinaryIO

import click
import yaml

from cityvoice.accounts.services import COMMAND_LINE, record
from cityvoice.accounts.types import Action
from cityvoice.cati import services
from cityvoice.cati.documents import rates_csv
from cityvoice.cati.errors import PlanRefused
from cityvoice.cati.plans import Plan, plan_of_rules
from cityvoice.cati.services.rates import outcome_rates
from cityvoice.core.runtime import Runtime
from cityvoice.fieldwork.hours import HoursError
from cityvoice.stats.dispositions import Edition
from cityvoice.surveys.queries import get_survey


@click.command()
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


@click.command()
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
