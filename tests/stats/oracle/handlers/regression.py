"""Regression models and tests of their terms."""

import re
from typing import Any

import pandas as pd

from cityvoice.stats.regression.glm import GlmResult, glm
from cityvoice.stats.regression.loglinear import compare_loglinear, loglinear
from cityvoice.stats.regression.ordinal import ordinal
from cityvoice.stats.regression.term_tests import likelihood_ratio_test, wald_test
from tests.stats.oracle.context import Case
from tests.stats.oracle.registry import handles

FAMILY = re.compile(r"(?P<family>[\w.]+)(?:\(\s*(?:link\s*=\s*)?[\"']?(?P<link>[\w./^]+)?[\"']?\s*\))?")


def fitted_model(case: Case) -> GlmResult:
    """The model of a case; a link stands beside the family or in its parentheses, as in R."""
    found = FAMILY.fullmatch(case.op.get("family", "gaussian"))
    assert found is not None
    link = case.op.get("link") or found["link"]
    return glm(case.design, case.frame, case.op["formula"], family=found["family"], link=link)


@handles("glm")
def regression(case: Case) -> dict[str, Any]:
    model = fitted_model(case)
    shown = len((case.expect or {}).get("fitted_head", []))
    return {
        "terms": list(model.terms),
        "estimate": model.coefficients.tolist(),
        "se": model.se.tolist(),
        "t": model.t.tolist(),
        "p": model.p_values.tolist(),
        "df_residual": model.residual_df,
        "ci": model.interval().tolist(),
        "vcov": model.covariance.tolist(),
        "deviance": model.deviance,
        "null_deviance": model.null_deviance,
        # R gives none for replicate designs
        "dispersion": model.dispersion if case.design.replicates is None else None,
        "n_obs": model.n,
        "fitted_head": model.fitted[:shown].tolist(),
    }


@handles("glm_predict")
def prediction(case: Case) -> dict[str, Any]:
    model, new = fitted_model(case), pd.DataFrame(case.op["newdata"])
    means, predictors = model.predict(new), model.predict(new, on_link=True)
    return {
        "estimate": means.values.tolist(),
        "se": means.se.tolist(),
        "link": predictors.values.tolist(),
        "se_link": predictors.se.tolist(),
    }


@handles("regterm")
def term_test(case: Case) -> dict[str, Any]:
    model, terms = fitted_model(case), case.op["terms"]
    if case.op["method"] == "LRT":
        found = likelihood_ratio_test(case.design, case.frame, model, terms)
        own = {"chisq": found.statistic, "lambda": found.design_effects.tolist()}
    else:
        found = wald_test(model, terms)
        own = {"F": found.statistic}
    return own | {"df": found.numerator_df, "ddf": found.denominator_df, "p_value": found.p_value}


@handles("olr")
def ordered_answers(case: Case) -> dict[str, Any]:
    found = ordinal(
        case.design,
        case.frame,
        case.op["formula"],
        link=case.op.get("method", "logistic"),
        compat=case.compat,
    ).estimates
    return {"terms": list(found.terms), "estimate": found.values.tolist(), "se": found.se.tolist()}


@handles("loglin")
def loglinear_models(case: Case) -> dict[str, Any]:
    larger = loglinear(case.design, case.frame, case.op["formula"])
    compared = compare_loglinear(loglinear(case.design, case.frame, case.op["null"]), larger)
    p_deviance, p_score = (compared.p_values(value) for value in (compared.deviance, compared.score))
    shown = ("first_order", "F", "saddlepoint")
    return {
        "terms": list(larger.estimates.terms),
        "estimate": larger.estimates.values.tolist(),
        "se": larger.estimates.se.tolist(),
        "deviance_stat": compared.deviance,
        "score_stat": compared.score,
        "p_dev": [None, *(p_deviance[name] for name in shown)],
        "p_score": [None, *(p_score[name] for name in shown)],
    }
