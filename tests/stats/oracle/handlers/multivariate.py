"""Scales, components, factors, correlation, agreement, inequality."""

from typing import Any

import numpy as np

from cityvoice.stats.design import SurveyDesign
from cityvoice.stats.encoding import FloatArray
from cityvoice.stats.inequality import gini
from cityvoice.stats.multivariate.agreement import kappa
from cityvoice.stats.multivariate.components import principal_components
from cityvoice.stats.multivariate.covariation import correlation, cronbach_alpha
from cityvoice.stats.multivariate.factors import factor_analysis
from cityvoice.stats.weight_diagnostics import diagnose
from tests.stats.oracle.context import Case
from tests.stats.oracle.registry import handles


def signed_as(columns: FloatArray, expected: Any) -> list[list[float]]:
    """The signs of components and factors are free: take those of the expected columns."""
    if expected is None or np.shape(expected) != columns.shape:
        return columns.tolist()
    agreement = (columns * np.array(expected)).sum(axis=0)
    return (columns * np.where(agreement < 0, -1, 1)).tolist()


@handles("cronbach_alpha")
def alpha(case: Case) -> dict[str, Any]:
    return {"alpha": cronbach_alpha(case.design, case.frame, case.op["vars"], missing="drop").values[0]}


@handles("cor")
def correlations(case: Case) -> dict[str, Any]:
    size = len(case.op["vars"])
    found = correlation(case.design, case.frame, case.op["vars"], missing="drop")
    return {"matrix": found.values.reshape(size, size).tolist()}


@handles("pca")
def components(case: Case) -> dict[str, Any]:
    found = principal_components(
        case.design,
        case.frame,
        case.op["vars"],
        centre=case.op["center"],
        scale=case.op["scale"],
        missing="drop",
        compat=case.compat,
    )
    return {
        "sdev": found.standard_deviations.tolist(),
        "rotation": signed_as(found.rotation, (case.expect or {}).get("rotation")),
        "center": found.centre.tolist(),
    }


@handles("factanal")
def factors(case: Case) -> dict[str, Any]:
    found = factor_analysis(
        case.design,
        case.frame,
        case.op["vars"],
        case.op["factors"],
        rotation=case.op["rotation"],
        missing="drop",
    )
    return {
        "loadings": signed_as(found.loadings, (case.expect or {}).get("loadings")),
        "uniquenesses": found.uniquenesses.tolist(),
        "n_obs": found.n_effective,
        "dof": found.df,
        "chisq": found.statistic,
        "p_value": found.p_value,
    }


@handles("kappa")
def agreement(case: Case) -> dict[str, Any]:
    found = kappa(case.design, case.frame, *case.op["vars"])
    return {"estimate": found.values[0], "se": found.se[0]}


@handles("gini")
def inequality(case: Case) -> dict[str, Any]:
    design = SurveyDesign(weights=case.frame[case.op["weights"]])
    return {"gini": gini(design, case.frame, case.op["var"], missing="drop").values[0]}


@handles("kish")
def weighting_loss(case: Case) -> dict[str, Any]:
    groups = case.frame.groupby(case.op["by"][0], observed=True)[case.op["weights"]]
    spread = {level: diagnose(weights.to_numpy(float)) for level, weights in groups}
    return {
        "groups": list(spread),
        "deff_w": [one.kish_deff for one in spread.values()],
        "ess": [one.n_eff for one in spread.values()],
    }
