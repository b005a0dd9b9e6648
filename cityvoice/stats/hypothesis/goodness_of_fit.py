"""Does a variable have the distribution it is said to have?"""

from collections.abc import Mapping
from typing import Any, Literal

import numpy as np
from scipy import stats

from cityvoice.stats.design import SurveyDesign
from cityvoice.stats.encoding import BoolArray, Codes, FloatArray
from cityvoice.stats.errors import EstimationError
from cityvoice.stats.estimation import total
from cityvoice.stats.formula.expressions import as_codes, evaluate
from cityvoice.stats.frame import Frame
from cityvoice.stats.hypothesis.results import TestResult
from cityvoice.stats.options import check_option
from cityvoice.stats.quadratic_forms import moments
from cityvoice.stats.results import WarningCode

NAME = "Rao-Scott goodness of fit"
NO_VARIANCE = 1e-20


def goodness_of_fit_test(
    design: SurveyDesign,
    data: Any,
    variable: str,
    shares: Mapping[str, float],
    *,
    compat: Literal["", "R"] = "",
) -> TestResult:
    """Pearson's test of one distribution, against a chi-square with the same two moments.

    Parameters
    ----------
    shares : mapping of level to share
        Scaled to sum to 1; every level in use needs a positive one.
    compat : {"", "R"}
        R's ``svygofchisq`` hands the shares in the variance to the levels in alphabetical order, which is a
        mistake where the levels have another order; ``R`` repeats it.

    Returns
    -------
    TestResult
        `statistic` sum (O - E)^2 / E of the population's totals; `df` the scale by which it is divided and
        the degrees of freedom. NaN where the design pins the distribution, as strata do to their own shares.

    References
    ----------
    Rao and Scott (1981), doi:10.1080/01621459.1981.10477633.
    """
    check_option("compat", compat, ("", "R"))
    frame = data if isinstance(data, Frame) else Frame(data)
    codes = as_codes(evaluate(variable, frame))
    inside = design.active & ~codes.is_missing
    expected = _expected(codes, variable, shares, inside)
    base = design.subset(inside)
    observed = total(base, {variable: Codes(np.maximum(codes.codes, 0), codes.levels)}, [variable])
    size = float(observed.values.sum())
    statistic = float((np.square(observed.values - size * expected) / (size * expected)).sum())
    # gradient of (O - E) / sqrt(E), E = share * sum(O)
    assigned = expected[np.argsort(np.array(codes.levels))] if compat == "R" else expected
    root = np.sqrt(size * assigned)
    gradient = np.diag(1 / root) - ((observed.values + size * assigned) / (2 * size * root))[:, None]
    covariance = gradient @ observed.covariance @ gradient.T
    hypothesis = f"{variable} has the given distribution"
    if np.trace(covariance) <= NO_VARIANCE * size**2 or not base.degrees_of_freedom > 0:
        notes = (WarningCode.PINNED if base.degrees_of_freedom > 0 else WarningCode.NO_DF,)
        return TestResult(
            NAME, hypothesis, statistic, (np.nan, np.nan), np.nan, int(inside.sum()), notes=notes
        )
    scale, df = moments(np.asarray(np.linalg.eigvalsh(covariance), dtype=float))
    p_value = float(stats.chi2.sf(statistic / scale, df))
    return TestResult(NAME, hypothesis, statistic, (scale, df), p_value, int(inside.sum()))


def _expected(codes: Codes, variable: str, shares: Mapping[str, float], inside: BoolArray) -> FloatArray:
    if not inside.any():
        raise EstimationError("domain-empty", f"variable {variable}", "answers", "none")
    used = [codes.levels[k] for k in np.unique(codes.codes[inside])]
    absent = [level for level in used if not shares.get(level, 0) > 0]
    unknown = [level for level in shares if level not in codes.levels]
    if absent or unknown:
        raise EstimationError(
            "shares-levels",
            f"shares of {variable}",
            f"a positive share for each of {', '.join(used)}",
            f"none for {absent}, unknown {unknown}",
        )
    expected = np.array([float(shares.get(level, 0.0)) for level in codes.levels])
    if not (expected > 0).all():
        level = codes.levels[int(np.argmin(expected))]
        raise EstimationError("shares-levels", f"shares of {variable}", "positive shares", f"0 for {level}")
    scaled: FloatArray = expected / expected.sum()
    return scaled
