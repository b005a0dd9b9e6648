"""Estimates and models pooled over completed data sets."""

import math
import re
from typing import Any

from cityvoice.stats import estimation
from cityvoice.stats.design import SurveyDesign
from cityvoice.stats.pooling import Pooled, pool_arrays
from cityvoice.stats.regression.glm import glm
from tests.stats.oracle.context import Case
from tests.stats.oracle.designs import BuiltDesign, build_design
from tests.stats.oracle.registry import handles

MANY = re.compile(r"\{(\d+)\.\.(\d+)\}")


def completed(case: Case) -> list[BuiltDesign]:
    """The design over each file that ``mi_{1..5}.csv`` stands for."""
    description = case.op["design"]
    found = MANY.search(description["data"])
    assert found is not None
    numbers = range(int(found[1]), int(found[2]) + 1)
    designs = {
        str(k): {"lonely_psu": "fail"} | description | {"data": MANY.sub(str(k), description["data"])}
        for k in numbers
    }
    return [build_design({"designs": designs, "cases": []}, name, case.suite.data_dir) for name in designs]


def shown(pooled: Pooled) -> dict[str, Any]:
    return {
        "terms": list(pooled.terms),
        "estimate": pooled.values.tolist(),
        "se": pooled.se.tolist(),
        "df": pooled.df.tolist(),
        "missinfo": pooled.missing_information.tolist(),
        "ci": pooled.interval().tolist(),
        "vcov": pooled.covariance.tolist(),
    }


@handles("mi_mean")
def means(case: Case) -> dict[str, Any]:
    found = [estimation.mean(one.design, one.frame, case.op["vars"]) for one in completed(case)]
    values, spread = [one.values for one in found], [one.covariance for one in found]
    complete = case.op.get("df_complete", math.inf)
    return shown(pool_arrays(found[0].terms, values, spread, complete_df=complete))


def fitted(design: SurveyDesign, frame: Any, case: Case) -> Any:
    return glm(design, frame, case.op["formula"], family=case.op.get("family", "gaussian"))


@handles("mi_glm")
def models(case: Case) -> dict[str, Any]:
    found = [fitted(one.design, one.frame, case) for one in completed(case)]
    values, spread = [one.coefficients for one in found], [one.covariance for one in found]
    complete = case.op.get("df_complete", math.inf)
    return shown(pool_arrays(found[0].terms, values, spread, complete_df=complete))
