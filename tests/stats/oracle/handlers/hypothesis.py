"""Tests of hypotheses and the tables behind them."""

from typing import Any

import numpy as np

from cityvoice.stats.frame import Frame
from cityvoice.stats.hypothesis.goodness_of_fit import goodness_of_fit_test
from cityvoice.stats.hypothesis.independence import independence_test
from cityvoice.stats.hypothesis.multiplicity import adjust_p_values
from cityvoice.stats.hypothesis.rank_tests import rank_test
from cityvoice.stats.hypothesis.results import TestResult
from cityvoice.stats.hypothesis.t_tests import one_sample_t_test, two_sample_t_test
from tests.stats.oracle.context import Case
from tests.stats.oracle.registry import handles


def outcome(found: TestResult) -> dict[str, Any]:
    return {
        "statistic": found.statistic,
        "parameter": list(found.df),
        "p_value": found.p_value,
        "estimate": [found.estimate],
        "ci": [found.low, found.high],
    }


@handles("chisq")
def independence(case: Case) -> dict[str, Any]:
    row, column = case.op["vars"]
    statistic = case.op["statistic"]
    return outcome(
        independence_test(case.design, case.frame, row, column, statistic=statistic, compat=case.compat)
    )


@handles("gofchisq")
def goodness_of_fit(case: Case) -> dict[str, Any]:
    (variable,) = case.op["vars"]
    levels = Frame(case.frame).codes(variable).levels
    shares = dict(zip(levels, case.op["p"], strict=True))
    return outcome(goodness_of_fit_test(case.design, case.frame, variable, shares, compat=case.compat))


@handles("ttest")
def t_test(case: Case) -> dict[str, Any]:
    variable, group = (side.strip() for side in case.op["formula"].split("~"))
    if group in ("0", "1"):
        return outcome(one_sample_t_test(case.design, case.frame, variable))
    return outcome(two_sample_t_test(case.design, case.frame, variable, group))


@handles("ranktest")
def ranks(case: Case) -> dict[str, Any]:
    variable, group = (side.strip() for side in case.op["formula"].split("~"))
    found = rank_test(case.design, case.frame, variable, group, scores=case.op["test"])
    if len(found.df) == 1:
        return outcome(found)
    # the reference prints the degrees of freedom as the statistic and the chi-square as the parameter
    return {"statistic": found.df[0], "parameter": [found.statistic * found.df[0]], "p_value": found.p_value}


@handles("table")
def weighted_table(case: Case) -> dict[str, Any]:
    frame = Frame(case.frame)
    crossed = frame.crossed(tuple(reversed(case.op["vars"])))
    weights = np.where(crossed.is_missing, 0.0, case.design.domain_weights)
    freq = np.bincount(np.maximum(crossed.codes, 0), weights=weights, minlength=len(crossed.levels))
    parts = [level.split("|")[::-1] for level in crossed.levels]
    cells = {name: [part[k] for part in parts] for k, name in enumerate(case.op["vars"])}
    return {"cells": cells, "freq": freq.tolist()}


@handles("p_adjust")
def corrected(case: Case) -> dict[str, Any]:
    return {"p_adj": adjust_p_values(case.op["p"], case.op["method"]).tolist()}
