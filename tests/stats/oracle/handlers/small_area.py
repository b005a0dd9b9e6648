"""The Fay-Herriot model."""

from typing import Any

from cityvoice.stats.small_area import fay_herriot
from tests.stats.oracle.context import Case
from tests.stats.oracle.registry import handles

METHODS = {"REML": "reml", "ML": "ml", "FH": "moment"}


@handles("fay_herriot")
def area_model(case: Case) -> dict[str, Any]:
    frame = case.read(case.op["data"])
    outcome, _, right = case.op["formula"].partition("~")
    terms = [term.strip() for term in right.split("+") if term.strip() != "1"]
    model = fay_herriot(
        frame[outcome.strip()],
        frame[case.op["vardir"]],
        frame,
        terms,
        method=METHODS[case.op["method"]],
    )
    return {
        "eblup": model.values.tolist(),
        "mse": model.mse.tolist(),
        "sigma2_u": model.variance,
        "terms": [f"X{name}" for name in model.matrix.names],
        "estimate": model.coefficients.tolist(),
        "se": model.coefficient_se.tolist(),
        "loglik": model.fit.log_likelihood,
        "aic": model.fit.aic,
        "bic": model.fit.bic,
    }
