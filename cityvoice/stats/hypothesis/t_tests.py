"""Means against a value, and two groups against each other."""

from typing import Any

import numpy as np
from scipy import stats

from cityvoice.stats.design import SurveyDesign
from cityvoice.stats.encoding import BoolArray, FloatArray
from cityvoice.stats.errors import EstimationError
from cityvoice.stats.estimation import mean
from cityvoice.stats.formula.expressions import as_codes, as_numbers, evaluate, is_missing
from cityvoice.stats.frame import Frame
from cityvoice.stats.hypothesis.results import TestResult, undecided
from cityvoice.stats.intervals import t_quantile
from cityvoice.stats.regression.glm import glm
from cityvoice.stats.results import WarningCode


def one_sample_t_test(
    design: SurveyDesign, data: Any, variable: str, *, value: float = 0.0, level: float = 0.95
) -> TestResult:
    """Is a mean equal to a value?

    Parameters
    ----------
    variable : str
        A column or an expression: ``I(wave2 - wave1)``. Missing answers stay out.

    Notes
    -----
    One degree of freedom goes to the mean, as in the two-sample test: t with df - 1.
    """
    frame = data if isinstance(data, Frame) else Frame(data)
    y = as_numbers(evaluate(variable, frame))
    found = mean(design, {"y": y}, ["y"], missing="drop")
    estimate, se = float(found.values[0]), float(found.se[0])
    hypothesis, n = f"mean of {variable} = {value:g}", int(found.n[0])
    result = _result("One-sample t", hypothesis, estimate, se, found.df - 1, n, value, level)
    return undecided(result, WarningCode.CONSTANT) if _is_constant(y, design.active) else result


def two_sample_t_test(
    design: SurveyDesign, data: Any, variable: str, group: str, *, level: float = 0.95
) -> TestResult:
    """Have two groups the same mean? The estimate is the second group's mean less the first's.

    Raises
    ------
    EstimationError
        A grouping variable that has not two levels.
    """
    frame = data if isinstance(data, Frame) else Frame(data)
    groups, y = evaluate(group, frame), as_numbers(evaluate(variable, frame))
    answered = design.active & ~np.isnan(y)
    n_groups = len(np.unique(as_codes(groups).codes[answered & ~is_missing(groups)]))
    if n_groups != 2:
        raise EstimationError("groups-two", f"variable {group}", "two levels in use", str(n_groups))
    hypothesis = f"mean of {variable} is the same in both groups of {group}"
    if _is_constant(y, answered & ~is_missing(groups)):
        nothing = TestResult(
            "Two-sample t", hypothesis, np.nan, (np.nan,), np.nan, int(answered.sum()), 0.0, 0.0
        )
        return undecided(nothing, WarningCode.CONSTANT)
    model = glm(design, frame, f"{variable} ~ {group}")
    estimate, se = float(model.coefficients[1]), float(model.se[1])
    return _result("Two-sample t", hypothesis, estimate, se, model.residual_df, model.n, 0.0, level)


def _is_constant(y: FloatArray, rows: BoolArray) -> bool:
    answers = y[rows & ~np.isnan(y)]
    return answers.size > 0 and float(np.ptp(answers)) == 0


def _result(
    method: str, hypothesis: str, estimate: float, se: float, df: float, n: int, value: float, level: float
) -> TestResult:
    t = (estimate - value) / se if se > 0 else np.nan
    half = float(t_quantile(level, df)) * se
    p_value = float(2 * stats.t.sf(abs(t), df)) if df > 0 else np.nan
    notes = () if df > 0 else (WarningCode.NO_DF,)
    return TestResult(
        method, hypothesis, t, (df,), p_value, n, estimate, se, estimate - half, estimate + half, level, notes
    )
