"""Control totals and weighting runs."""

from flask import Response, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from cityvoice.accounts.guards import ANALYSIS, allows
from cityvoice.accounts.services import record
from cityvoice.accounts.types import Action
from cityvoice.analysis import exports, queries, services
from cityvoice.analysis.breakdowns import find_breakdowns
from cityvoice.analysis.errors import MarginsDoNotFit, NoAnswers
from cityvoice.analysis.forms import MarginForm, WeightingForm, read_totals
from cityvoice.analysis.frames import valid_codes
from cityvoice.analysis.margins import margin_candidates
from cityvoice.analysis.messages import describe, describe_totals
from cityvoice.analysis.queries import find_population_reference
from cityvoice.analysis.routes import bp
from cityvoice.questionnaire.variables import Variable
from cityvoice.stats.errors import StatsError
from cityvoice.surveys.guards import survey_or_404
from cityvoice.surveys.models import Survey
from cityvoice.surveys.published import data_questionnaire
from cityvoice.territory.errors import ControlTotalsError
from cityvoice.territory.models import PopulationReference
from cityvoice.territory.services import declare_margin, withdraw_margin
from cityvoice.web.downloads import csv_response
from cityvoice.web.extensions import db
from cityvoice.web.locale import current_language
from cityvoice.web.transactions import writes


@bp.get("/surveys/<slug>/weighting")
@allows(*ANALYSIS)
def weighting(slug: str) -> str:
    survey = survey_or_404(slug)
    last = queries.find_latest_run(db.session(), survey)
    as_before = {"keep_untargeted": last is not None and services.kept_untargeted(last)}
    return _weighting_page(survey, WeightingForm(data=as_before), [])


@bp.get("/surveys/<slug>/weighting.csv")
@allows(*ANALYSIS)
def weighting_file(slug: str) -> Response:
    run = queries.find_latest_run(db.session(), survey_or_404(slug)) or abort(404)
    return csv_response(exports.sample_csv(run), f"{slug}-sample.csv")


@bp.post("/surveys/<slug>/weighting")
@allows(*ANALYSIS)
@writes
def weigh(slug: str) -> ResponseReturnValue:
    survey, form = survey_or_404(slug), WeightingForm()
    try:
        run = services.run_weighting(
            db.session(),
            survey=survey,
            storage=current_app.config["CITYVOICE"].storage,
            actor=current_user.email,
            reference=find_population_reference(db.session(), survey),
            keep_untargeted=form.keep_untargeted.data,
        )
    except MarginsDoNotFit as error:
        return _weighting_page(survey, form, [describe(problem) for problem in error.problems]), 422
    except NoAnswers:
        return _weighting_page(survey, form, [_("Nobody has completed the survey yet.")]), 422
    except StatsError as error:
        problem = _("The weights could not be computed: %(why)s", why=error)
        return _weighting_page(survey, form, [problem]), 422
    details = {"run": run.id, "weights_sha256": run.weights_sha256}
    record(
        db.session(), actor=current_user.email, action=Action.WEIGHTS_COMPUTED, object=slug, details=details
    )
    flash(_("The weights are computed. Read what they did below, then the results."))
    return redirect(url_for(".weighting", slug=slug))


@bp.route("/surveys/<slug>/margins/<name>", methods=["GET", "POST"])
@allows(*ANALYSIS)
@writes
def margin(slug: str, name: str) -> ResponseReturnValue:
    survey = survey_or_404(slug)
    variable, reference = _candidate(survey, name), find_population_reference(db.session(), survey)
    form = MarginForm(obj=reference)
    typed = _typed(variable, reference)
    errors: dict[str, str] = {}
    if form.is_submitted():
        typed = request.form.to_dict()
        totals, errors = read_totals(typed, _labels(variable))
        if form.validate() and not errors:
            try:
                _declare(survey, variable, totals, form)
            except ControlTotalsError as error:
                form.form_errors.append(describe_totals(error))
            else:
                flash(_("The control totals are saved."))
                return redirect(url_for(".weighting", slug=slug))
    page = render_template(
        "analysis/margin.html",
        survey=survey,
        variable=variable,
        label=variable.label.in_(current_language()),
        codes=_labels(variable),
        form=form,
        typed=typed,
        errors=errors,
        is_declared=reference is not None and name in reference.margins(),
    )
    return page, 422 if form.errors or errors else 200


@bp.post("/surveys/<slug>/margins/<name>/withdraw")
@allows(*ANALYSIS)
@writes
def withdraw(slug: str, name: str) -> ResponseReturnValue:
    survey = survey_or_404(slug)
    _candidate(survey, name)
    reference = find_population_reference(db.session(), survey)
    if reference is not None and name in reference.margins():
        withdraw_margin(db.session(), reference, name)
        details = {"variable": name}
        action = Action.CONTROL_TOTALS_WITHDRAWN
        record(db.session(), actor=current_user.email, action=action, object=slug, details=details)
    flash(_("The control totals are withdrawn."))
    return redirect(url_for(".weighting", slug=slug))


def _candidate(survey: Survey, name: str) -> Variable:
    for variable in margin_candidates(data_questionnaire(survey)):
        if variable.name == name:
            return variable
    abort(404)


def _labels(variable: Variable) -> dict[str, str]:
    labels = {option.code: option.label.in_(current_language()) for option in variable.options}
    return {code: labels[code] for code in valid_codes(variable)}


def _typed(variable: Variable, reference: PopulationReference | None) -> dict[str, str]:
    totals = reference.margins().get(variable.name, {}) if reference else {}
    return {f"total:{code}": f"{total:.10g}" for code, total in totals.items()}


def _declare(survey: Survey, variable: Variable, totals: dict[str, float], form: MarginForm) -> None:
    reference = declare_margin(
        db.session(),
        slug=survey.slug,
        variable=variable.name,
        totals=totals,
        source=form.source.data,
        reference_on=form.reference_on.data,
        population=form.population.data,
    )
    survey.population_reference_id = reference.id
    details = {"variable": variable.name, "totals": totals}
    action = Action.CONTROL_TOTALS_DECLARED
    record(db.session(), actor=current_user.email, action=action, object=survey.slug, details=details)


def _weighting_page(survey: Survey, form: WeightingForm, problems: list[str]) -> str:
    questionnaire, language = data_questionnaire(survey), current_language()
    reference = find_population_reference(db.session(), survey)
    labels = {
        variable.name: {option.code: option.label.in_(language) for option in variable.options}
        for variable in margin_candidates(questionnaire)
    }
    return render_template(
        "analysis/weighting.html",
        survey=survey,
        reference=reference,
        margins=reference.margins() if reference else {},
        candidates=margin_candidates(questionnaire),
        suggested={variable.name for variable in find_breakdowns(questionnaire)},
        labels=labels,
        run=queries.find_latest_run(db.session(), survey),
        form=form,
        problems=problems,
    )
