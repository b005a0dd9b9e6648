"""Quantiles and proportions."""

from typing import Any

import numpy as np

from cityvoice.stats.proportions import proportion
from cityvoice.stats.quantiles import quantile
from tests.stats.oracle.context import Case
from tests.stats.oracle.designs import used_columns
from tests.stats.oracle.registry import handles


@handles("quantile")
def quantiles(case: Case) -> dict[str, Any]:
    found = quantile(
        case.design,
        case.frame,
        case.op["vars"],
        case.op["quantiles"],
        rule=case.op["qrule"],
        interval_type=case.op["interval_type"],
        level=1 - case.op["alpha"],
        missing="drop" if case.op["na_rm"] else "error",
    )
    got: dict[str, Any] = {
        one.variable: {
            "quantiles": list(one.quantiles),
            "estimate": one.values.tolist(),
            "ci": one.interval.tolist(),
            "se": one.se.tolist(),
        }
        for one in found
    }
    return got | {"df": case.design.degrees_of_freedom}


@handles("ciprop")
def interval_of_proportion(case: Case) -> dict[str, Any]:
    condition = case.frame.eval(case.op["expr_py"], engine="python").to_numpy(float)
    used = used_columns(case.op["expr_py"], case.frame)
    condition = np.where(case.frame[used].notna().all(axis=1), condition, np.nan)
    options = {"method": case.op["method"], "level": case.op["level"]}
    found = proportion(case.design, condition, missing="drop", **options)
    return {"estimate": found.value, "ci": [found.low, found.high], "df": case.design.degrees_of_freedom}
