"""Do groups differ in the ranks of an answer?

Answers become ranks estimated for the population, ranks become scores, and the mean scores of the groups are
compared with their covariance under the design.

References
----------
Lumley and Scott (2013), Biometrika 100, 831-842.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Literal

import numpy as np
from scipy import special, stats

from cityvoice.stats.design import SurveyDesign
from cityvoice.stats.encoding import FloatArray, IntArray, compact
from cityvoice.stats.errors import EstimationError
from cityvoice.stats.estimation import Linearised, covariance_of
from cityvoice.stats.formula.expressions import as_codes, evaluate, finite, is_missing
from cityvoice.stats.frame import Frame
from cityvoice.stats.hypothesis.results import TestResult, undecided
from cityvoice.stats.intervals import t_quantile
from cityvoice.stats.options import check_option
from cityvoice.stats.quadratic_forms import wald_statistic
from cityvoice.stats.results import WarningCode

SAME_WEIGHT = 1e-9  # relative: below it two weights differ by rounding alone

Scores = Literal["wilcoxon", "KruskalWallis", "vanderWaerden", "median"]
Ties = Literal["mean-place", "population"]
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
    ties: Ties = "mean-place",
    level: float = 0.95,
) -> TestResult:
    """Test that all groups have the same distribution of an answer.

    Parameters
    ----------
    variable : str
        Numbers, or ordered levels. Rows missing on either variable stay out.
    scores : str
        Of the population rank u in (0, 1): u itself for ``wilcoxon`` and ``KruskalWallis``, normal
        quantiles for ``vanderWaerden``, u > 1/2 for ``median``.
    ties : {"mean-place", "population"}
        Equal answers share one rank. ``mean-place``, R's rule: the plain mean of the places they take in the
        order of the file; where their weights differ it depends on that order, and the result's notes say
        ``depends-on-row-order``. ``population``: the middle of the population they stand for, in any order.

    Returns
    -------
    TestResult
        For two groups a t, with the difference of mean scores (second less first); else an F on k - 1 and
        df - (k - 1) degrees of freedom.
    """
    check_option("scores", scores, Scores)
    check_option("ties", ties, Ties)
    frame = data if isinstance(data, Frame) else Frame(data)
    answers, groups = finite(evaluate(variable, frame), variable), as_codes(evaluate(group, frame))
    inside = design.active & ~is_missing(answers) & ~groups.is_missing
    base = design.subset(inside)
    member, n_groups = compact(groups.codes[inside])
    if n_groups < 2:
        raise EstimationError("groups-two", f"variable {group}", "at least two levels in use", str(n_groups))
    places = as_codes(answers).codes[inside]
    weights = base.weights[inside]
    ranks = population_ranks(places, weights, ties)
    scored = SCORES[scores](ranks)
    differences, influence = _differences(scored, member, n_groups, weights)
    z = np.zeros((len(design), n_groups - 1))
    z[inside] = influence
    covariance = covariance_of(base, Linearised(np.zeros(n_groups - 1), z, lambda w: w @ z))
    hypothesis = f"{variable} is distributed alike in all groups of {group}"
    df = base.degrees_of_freedom - (n_groups - 1)
    found = _result(f"Rank test ({scores})", hypothesis, differences, covariance, df, len(ranks), level)
    if np.ptp(scored) == 0:
        return undecided(found, WarningCode.CONSTANT)
    by_order = ties == "mean-place" and _unequal_within_ties(places, weights)
    return replace(found, notes=(*found.notes, WarningCode.ROW_ORDER)) if by_order else found


def population_ranks(places: IntArray, weights: FloatArray, ties: Ties = "mean-place") -> FloatArray:
    """Share of the population below each answer plus half of its ties, shape (n,).

    Parameters
    ----------
    places : int array, shape (n,)
        Codes that order as the answers do.
    """
    codes, size = compact(places)
    if ties == "population":
        held = np.bincount(codes, weights=weights, minlength=size)
        middles: FloatArray = (np.cumsum(held) - held / 2)[codes] / weights.sum()
        return middles
    order = np.argsort(codes, kind="stable")
    middle = np.empty(len(codes))
    middle[order] = np.cumsum(weights[order]) - weights[order] / 2
    means = np.bincount(codes, weights=middle, minlength=size) / np.bincount(codes, minlength=size)
    ranks: FloatArray = means[codes] / weights.sum()
    return ranks


def _unequal_within_ties(places: IntArray, weights: FloatArray) -> bool:
    codes, size = compact(places)
    lowest, highest = np.full(size, np.inf), np.full(size, -np.inf)
    np.minimum.at(lowest, codes, weights)
    np.maximum.at(highest, codes, weights)
    return bool((highest > lowest * (1 + SAME_WEIGHT)).any())


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
