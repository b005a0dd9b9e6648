"""Do groups differ in the ranks of an answer?

Answers become ranks estimated for the population, ranks become scores, and the mean scores of the groups are
compared with their covariance under the design.

References
----------
Lumley and Scott (2013), doi:10.1093/biomet/ast027.
"""

from collections.abc import Callable
from typing import Any, Literal

import numpy as np
from scipy import special, stats

from cityvoice.stats.design import SurveyDesign
from cityvoice.stats.encoding import FloatArray, IntArray, compact
from cityvoice.stats.errors import EstimationError
from cityvoice.stats.estimation import Linearised, covariance_of
from cityvoice.stats.formula.expressions import as_codes, evaluate, is_missing
from cityvoice.stats.frame import Frame
from cityvoice.stats.hypothesis.results import TestResult
from cityvoice.stats.intervals import t_quantile
from cityvoice.stats.quadratic_forms import wald_statistic

Scores = Literal["wilcoxon", "KruskalWallis", "vanderWaerden", "median"]
SCORES: dict[str, Callable[[FloatArray], FloatArray]] = {
    "wilcoxon": lambda rank: rank,
    "KruskalWallis": lambda rank: rank,
    "vanderWaerden": special.ndtri,
    "median": lambda rank: (rank > 0.5).astype(float),
}


def rank_test(
    design: SurveyDesign,
    data: Any,
    variable: str,
    group: str,
    *,
    scores: Scores = "wilcoxon",
    level: float = 0.95,
    compat: Literal["", "R"] = "",
) -> TestResult:
    """Test that all groups have the same distribution of an answer.

    Parameters
    ----------
    variable : str
        Numbers, or ordered levels. Rows missing on either variable stay out.
    scores : str
        Of the population rank u in (0, 1): u itself for ``wilcoxon`` and ``KruskalWallis``, normal
        quantiles for ``vanderWaerden``, u > 1/2 for ``median``.
    compat : {"", "R"}
        Tied answers share the middle of the population they stand for. ``R`` takes the unweighted mean of
        their places in the file's order, which depends on that order where weights differ.

    Returns
    -------
    TestResult
        For two groups a t, with the difference of mean scores (second less first); else an F on k - 1 and
        df - (k - 1) degrees of freedom.
    """
    frame = data if isinstance(data, Frame) else Frame(data)
    answers, groups = evaluate(variable, frame), as_codes(evaluate(group, frame))
    inside = design.active & ~is_missing(answers) & ~groups.is_missing
    base = design.subset(inside)
    member, n_groups = compact(groups.codes[inside])
    if n_groups < 2:
        raise EstimationError("groups-two", f"variable {group}", "at least two levels in use", str(n_groups))
    places = as_codes(answers).codes[inside]
    weights = base.weights[inside]
    ranks = population_ranks(places, weights, in_file_order=compat == "R")
    differences, influence = _differences(SCORES[scores](ranks), member, n_groups, weights)
    z = np.zeros((len(design), n_groups - 1))
    z[inside] = influence
    covariance = covariance_of(base, Linearised(np.zeros(n_groups - 1), z, lambda w: w @ z))
    hypothesis = f"{variable} is distributed alike in all groups of {group}"
    df = base.degrees_of_freedom - (n_groups - 1)
    return _result(f"Rank test ({scores})", hypothesis, differences, covariance, df, len(ranks), level)


def population_ranks(places: IntArray, weights: FloatArray, *, in_file_order: bool = False) -> FloatArray:
    """Share of the population below each answer plus half of its ties, shape (n,).

    Parameters
    ----------
    places : int array, shape (n,)
        Codes that order as the answers do.
    """
    codes, size = compact(places)
    if not in_file_order:
        held = np.bincount(codes, weights=weights, minlength=size)
        middles: FloatArray = (np.cumsum(held) - held / 2)[codes] / weights.sum()
        return middles
    order = np.argsort(codes, kind="stable")
    middle = np.empty(len(codes))
    middle[order] = np.cumsum(weights[order]) - weights[order] / 2
    means = np.bincount(codes, weights=middle, minlength=size) / np.bincount(codes, minlength=size)
    ranks: FloatArray = means[codes] / weights.sum()
    return ranks


def _differences(
    scores: FloatArray, member: IntArray, n_groups: int, weights: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Mean scores of the groups less the first's, and the influence of each row, shape (n, k - 1)."""
    sizes = np.bincount(member, weights=weights, minlength=n_groups)
    means = np.bincount(member, weights=weights * scores, minlength=n_groups) / sizes
    own = (scores - means[member]) / sizes[member]
    by_group = own[:, None] * (member[:, None] == np.arange(n_groups))
    return means[1:] - means[0], by_group[:, 1:] - by_group[:, [0]]


def _result(
    method: str,
    hypothesis: str,
    differences: FloatArray,
    covariance: FloatArray,
    df: float,
    n: int,
    level: float,
) -> TestResult:
    k = len(differences)
    square = wald_statistic(differences, covariance) / k
    if k > 1:
        p_value = float(stats.f.sf(square, k, df)) if df > 0 else np.nan
        return TestResult(method, hypothesis, square, (k, df), p_value, n)
    estimate, se = float(differences[0]), float(np.sqrt(covariance[0, 0]))
    t, half = np.copysign(np.sqrt(square), estimate), float(t_quantile(level, df)) * se
    p_value = float(2 * stats.t.sf(abs(t), df)) if df > 0 else np.nan
    bounds = (estimate - half, estimate + half)
    return TestResult(method, hypothesis, float(t), (df,), p_value, n, estimate, se, *bounds, level)
