"""Weights after the steps of a design, replicate weights, non-response."""

from typing import Any

import numpy as np

from cityvoice.stats import estimation
from cityvoice.stats.design import SurveyDesign
from cityvoice.stats.formula.auxiliaries import auxiliary_matrix
from cityvoice.stats.frame import Frame
from cityvoice.stats.replication import jackknife
from cityvoice.stats.weight_diagnostics import diagnose
from cityvoice.stats.weighting.nonresponse import (
    PropensityClasses,
    WeightingClasses,
    class_factors,
    fit_propensity,
    propensity_classes,
)
from cityvoice.stats.weighting.recipe import Recipe, apply_recipe, reweight_design
from tests.stats.oracle.context import Case
from tests.stats.oracle.registry import handles


@handles("weights")
def weights(case: Case) -> dict[str, Any]:
    found = case.design.weights
    spread = diagnose(found)
    shown = (case.expect or {}).get("weights_index0")
    return {
        "n": len(found),
        "sum": found.sum(),
        "sum_sq": np.square(found).sum(),
        "min": found.min(),
        "max": found.max(),
        "kish_deff": len(found) * np.square(found).sum() / found.sum() ** 2,
        "kish_ess": spread.n_eff,
        "weights": (found if shown is None else found[shown]).tolist(),
        "weights_index0": shown,
    }


@handles("repweights")
def replicate_weights(case: Case) -> dict[str, Any]:
    replicates = case.design.replicates
    assert replicates is not None
    return {
        "n": replicates.weights.shape[0],
        "R": replicates.weights.shape[1],
        "scale": replicates.scale * replicates.rscales[0] / (case.expect or {})["rscales"][0],
        "rscales": (replicates.rscales * (case.expect or {})["rscales"][0] / replicates.rscales[0]).tolist(),
        "mse": replicates.mse,
        "df": replicates.degrees_of_freedom,
        "col_sums": replicates.weights.sum(axis=0).tolist(),
    }


def names_of(columns: str | list[str]) -> tuple[str, ...]:
    """One column or several."""
    return (columns,) if isinstance(columns, str) else tuple(columns)


@handles("nr_class")
def weighting_classes(case: Case) -> dict[str, Any]:
    base = case.frame[case.op["base_weight"]].to_numpy(float)
    step = WeightingClasses(case.op["resp"], names_of(case.op["classes"]))
    adjusted = apply_recipe(Recipe((step,)), case.frame, base).weights
    respondents = adjusted[adjusted > 0]
    return {
        "weights": respondents.tolist(),
        "sum": respondents.sum(),
        "kish_deff": diagnose(respondents).kish_deff,
        "n": len(respondents),
    }


@handles("nr_propensity")
def propensity(case: Case) -> dict[str, Any]:
    frame = Frame(case.frame)
    response, _, predictors = case.op["formula"].partition("~")
    terms = tuple(term.strip() for term in predictors.split("+"))
    answered = frame.numbers(response.strip())
    base = frame.numbers("bw")
    case_weights = frame.numbers(case.op["weights"]) if case.op.get("weights") else None
    fit = fit_propensity(auxiliary_matrix(frame, terms), answered, case_weights)
    classes = propensity_classes(fit.propensity, 5)
    step = PropensityClasses(response.strip(), terms, weighted=case_weights is not None)
    adjusted = apply_recipe(Recipe((step,)), frame, base).weights
    inverse = (base / fit.propensity)[answered == 1]
    return {
        "coef": fit.coefficients.tolist(),
        "terms": list(fit.names),
        "p_head": fit.propensity[: len((case.expect or {}).get("p_head", []))].tolist(),
        "class_sizes": np.bincount(classes).tolist(),
        "class_factor": class_factors(classes, 5, base, answered).tolist(),
        "weights": adjusted[answered == 1].tolist(),
        "ipw_sum": inverse.sum(),
        "ipw_kish": diagnose(inverse).kish_deff,
        "r_indicator": fit.r_indicator(base),
    }


@handles("response_rate")
def response_rate(case: Case) -> dict[str, Any]:
    groups = Frame(case.frame).crossed(names_of(case.op["by"]))
    answered, base = case.frame["resp"].to_numpy(float), case.frame["bw"].to_numpy(float)
    size = len(groups.levels)
    everyone = np.bincount(groups.codes, minlength=size)
    return {
        "groups": list(groups.levels),
        "rr": (np.bincount(groups.codes, weights=answered, minlength=size) / everyone).tolist(),
        "rr_w": (1 / class_factors(groups.codes, size, base, answered)).tolist(),
    }


@handles("nr_class_replicates")
def class_replicates(case: Case) -> dict[str, Any]:
    frame = case.frame
    sampled = SurveyDesign(
        weights=frame[case.op["base_weight"]],
        strata=frame["district"].astype(str),
        psu=frame["tract"].astype(str),
    )
    step = WeightingClasses(case.op["resp"], names_of(case.op["classes"]))
    design = reweight_design(Recipe((step,)), frame, jackknife(sampled))
    design = design.subset(frame[case.op["resp"]] == 1)
    names = case.op["estimate"].removeprefix("mean ").partition(" among")[0].split(", ")
    each = [estimation.mean(design, frame, [name], missing="drop") for name in names]
    return {
        "estimate": [one.values[0] for one in each],
        "se": [one.se[0] for one in each],
        "sum_weights": design.weights.sum(),
    }
