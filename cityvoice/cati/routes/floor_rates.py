"""AAPOR's outcome rates as a page and as a file."""

import math
from dataclasses import dataclass

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cityvoice.accounts.guards import ANALYSIS, allows
from cityvoice.accounts.types import Role
from cityvoice.cati import services
from cityvoice.cati.documents import rates_csv
from cityvoice.cati.routes import bp
from cityvoice.cati.services.rates import RateTable, outcome_rates
from cityvoice.cati.words.floor import classes, rate_names, samples
from cityvoice.stats.dispositions import Disposition, Edition
from cityvoice.surveys.guards import survey_or_404
from cityvoice.surveys.models import Survey
from cityvoice.web.downloads import csv_response
from cityvoice.web.extensions import db


@dataclass(frozen=True)
class Wanted:
    """Which rates; `problem` says what of the address cannot be read."""

    edition: Edition
    e: float | None
    typed_e: str
    is_weighted: bool
    problem: str = ""

    def tables(self, survey: Survey) -> list[RateTable]:
        if self.problem:
            return []
        return outcome_rates(
            db.session(), survey=survey, edition=self.edition, e=self.e, is_weighted=self.is_weighted
        )


@bp.get("/<slug>/floor/rates")
@allows(Role.SUPERVISOR, *ANALYSIS)
def rates(slug: str) -> ResponseReturnValue:
    survey = survey_or_404(slug)
    wanted = _wanted(survey)
    page = render_template(
        "cati/floor/rates.html",
        survey=survey,
        wanted=wanted,
        tables=wanted.tables(survey),
        classes=classes,
        dispositions=Disposition,
        rate_names=rate_names,
        samples=samples,
    )
    return page, 422 if wanted.problem else 200


@bp.get("/<slug>/floor/rates.csv")
@allows(Role.SUPERVISOR, *ANALYSIS)
def rates_file(slug: str) -> ResponseReturnValue:
    survey = survey_or_404(slug)
    wanted = _wanted(survey)
    if wanted.problem:
        return Response(wanted.problem, 422, mimetype="text/plain")
    return csv_response(rates_csv(wanted.tables(survey)), f"{slug}-rates.csv")


def _wanted(survey: Survey) -> Wanted:
    """As asked for, else as the calling plan says."""
    plan = services.plan_of(db.session(), survey)
    edition = request.args.get("edition", plan.edition)
    usual = "" if plan.eligibility is None else f"{plan.eligibility:g}"
    typed = request.args.get("e", usual).strip()
    e, problem = _read_share(typed)
    if edition not in set(Edition):
        edition, problem = plan.edition, _("The edition is 9 or 10.")
    return Wanted(Edition(edition), e, typed, request.args.get("weighted") == "1", problem)


def _read_share(typed: str) -> tuple[float | None, str]:
    if not typed:
        return None, ""
    try:
        share = float(typed.replace(",", "."))
    except ValueError:
        share = math.nan
    if not 0 <= share <= 1:
        return None, _("e is a share from 0 to 1, for example 0.35. Leave it empty to have it estimated.")
    return share, ""
