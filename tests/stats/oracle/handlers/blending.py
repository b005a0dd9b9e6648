"""Opt-in samples blended with a probability sample."""

from typing import Any

import numpy as np

from cityvoice.stats.blending.estimators import (
    BlendedMean,
    doubly_robust,
    inverse_propensity,
    mass_imputation,
)
from cityvoice.stats.blending.propensity import Propensity, fit_propensity_to_opt_in
from cityvoice.stats.blending.reference import KnownTotals, ProbabilitySample, Reference
from tests.stats.oracle.context import Case
from tests.stats.oracle.registry import handles

METHODS = {"mle": "pseudo-likelihood", "gee1": "calibration", "gee2": "moment"}


def right_side(formula: str) -> list[str]:
    return formula.partition("~")[2].replace("-", "+ -").replace("- 1", "-1").split("+")


def left_side(formula: str) -> str:
    return formula.partition("~")[0].strip()


def reference_of(case: Case) -> Reference:
    if "pop_totals" in case.op:
        return KnownTotals(case.op["pop_totals"])
    return ProbabilitySample(case.design, case.frame)


def propensity_of(case: Case) -> Propensity:
    return fit_propensity_to_opt_in(
        case.read(case.op["optin"]),
        reference_of(case),
        right_side(case.op["selection"]),
        link=case.op.get("link", "logit"),
        method=METHODS["gee1" if "pop_totals" in case.op else case.op.get("est", "mle")],
    )


def shown(blended: BlendedMean) -> dict[str, Any]:
    one = blended.estimate
    return {"estimate": [one.value], "se": [one.se], "ci": [[one.low, one.high]]}


@handles("nonprob_ipw")
def weighting(case: Case) -> dict[str, Any]:
    optin, propensity = case.read(case.op["optin"]), propensity_of(case)
    got = shown(inverse_propensity(optin, case.op["target"], propensity, df=np.inf, compat=case.compat))
    expect = case.expect or {}
    return got | {
        "weights_sum": propensity.weights.sum(),
        "weights_head": propensity.weights[: len(expect.get("weights_head", []))].tolist(),
        "weights": propensity.weights.tolist(),
        "n": len(optin),
    }


@handles("nonprob_mass_imputation")
def imputing(case: Case) -> dict[str, Any]:
    formula = case.op["outcome"]
    return shown(
        mass_imputation(
            case.read(case.op["optin"]),
            left_side(formula),
            reference_of(case),
            right_side(formula),
            family=case.op.get("family", "gaussian").removeprefix("quasi"),
            df=np.inf,
        )
    )


@handles("nonprob_dr")
def both(case: Case) -> dict[str, Any]:
    formula = case.op["outcome"]
    return shown(
        doubly_robust(
            case.read(case.op["optin"]),
            left_side(formula),
            propensity_of(case),
            reference_of(case),
            right_side(formula),
            family=case.op.get("family", "gaussian").removeprefix("quasi"),
            df=np.inf,
            compat=case.compat,
        )
    )


@handles("naive_mean")
def naive(case: Case) -> dict[str, Any]:
    answers = case.read(case.op["optin"])[case.op["target"]].to_numpy(float)
    return {"estimate": np.mean(answers), "truth": case.op.get("truth")}
