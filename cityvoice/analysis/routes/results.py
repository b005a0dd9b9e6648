"""Results of a survey, whole and by groups, and their downloads."""

from flask import Response, abort, current_app, render_template
from flask_babel import gettext as _

from cityvoice.accounts.guards import ANALYSIS, allows
from cityvoice.analysis import exports, services
from cityvoice.analysis.breakdowns import find_breakdowns
from cityvoice.analysis.charts import panels
from cityvoice.analysis.errors import NoAnswers
from cityvoice.analysis.queries import find_population_reference
from cityvoice.analysis.routes import bp
from cityvoice.analysis.tabulation import Tabulation
from cityvoice.figures import theme
from cityvoice.figures.numbers import number_format
from cityvoice.questionnaire.variables import Variable
from cityvoice.surveys.guards import survey_or_404
from cityvoice.surveys.models import Survey
from cityvoice.surveys.published import data_questionnaire
from cityvoice.surveys.queries import count_counted
from cityvoice.web.downloads import csv_response
from cityvoice.web.extensions import db
from cityvoice.web.locale import current_language

FEWEST = 2  # responses: one alone tells nothing of how much others differ


@bp.get("/surveys/<slug>/results")
@allows(*ANALYSIS)
def results(slug: str) -> str:
    survey = survey_or_404(slug)
    tabulation = _tabulation(survey)
    if tabulation is None:
        n_now = count_counted(db.session(), survey)
        return render_template("analysis/results.html", survey=survey, facts=None, n_now=n_now)
    return render_template(
        "analysis/results.html",
        survey=survey,
        facts=tabulation.facts,
        run=tabulation.data.run,
        n_now=count_counted(db.session(), survey),
        panels=panels(tabulation.results(), number_format(current_language()), _),
        breakdowns=_breakdowns(survey),
        themes=theme,
    )


@bp.get("/surveys/<slug>/results.csv")
@allows(*ANALYSIS)
def results_file(slug: str) -> Response:
    tabulation = _tabulation(survey_or_404(slug)) or abort(404)
    return csv_response(exports.results_csv(tabulation.results()), f"{slug}-results.csv")


@bp.get("/surveys/<slug>/variables/<name>.csv")
@allows(*ANALYSIS)
def variable_file(slug: str, name: str) -> Response:
    tabulation = _tabulation(survey_or_404(slug))
    if tabulation is None or name not in {variable.name for variable in tabulation.variables}:
        abort(404)
    return csv_response(exports.results_csv(tabulation.results([name])), f"{slug}-{name}.csv")


@bp.get("/surveys/<slug>/by/<name>")
@allows(*ANALYSIS)
def crossed(slug: str, name: str) -> str:
    survey = survey_or_404(slug)
    tabulation = _tabulation(survey)
    if tabulation is None or name not in {variable.name for variable in _breakdowns(survey)}:
        abort(404)
    breakdown = tabulation.breakdown(name)
    return render_template(
        "analysis/crossed.html",
        survey=survey,
        breakdown=breakdown,
        tables=tabulation.cross([breakdown]),
        breakdowns=_breakdowns(survey),
    )


@bp.get("/surveys/<slug>/by/<name>.csv")
@allows(*ANALYSIS)
def crossed_file(slug: str, name: str) -> Response:
    survey = survey_or_404(slug)
    tabulation = _tabulation(survey)
    if tabulation is None or name not in {variable.name for variable in _breakdowns(survey)}:
        abort(404)
    tables = tabulation.cross([tabulation.breakdown(name)])
    return csv_response(exports.cross_csv(tables), f"{slug}-by-{name}.csv")


def _tabulation(survey: Survey) -> Tabulation | None:
    storage = current_app.config["CITYVOICE"].storage
    if count_counted(db.session(), survey) < FEWEST:
        return None
    try:
        data = services.open_data(db.session(), survey=survey, storage=storage)
    except NoAnswers:
        return None
    return Tabulation(data, current_language())


def _breakdowns(survey: Survey) -> list[Variable]:
    reference = find_population_reference(db.session(), survey)
    return find_breakdowns(data_questionnaire(survey), list(reference.margins()) if reference else ())
