"""How much of the variance of an answer is due to who asked: the intraclass correlation of interviewers.

Kish's rho_int is estimated by one-way analysis of variance, interviewers being random groups of unequal size:
rho = s_a^2 / (s_a^2 + MSW) with s_a^2 = (MSB - MSW) / n_0. Respondents have to be given to interviewers at
random, as a call queue does; where interviewers work in districts of their own, rho holds the districts too.

References
----------
Kish (1962), Journal of the American Statistical Association 57, 92-115; Donner (1986), International
Statistical Review 54, 67-82 (the estimator); Wald (1940), Annals of Mathematical Statistics 11, 96-99 (the
interval, exact for normal answers and unequal workloads); West and Blom (2017), doi:10.1093/jssam/smw024.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import optimize, stats

from cityvoice.stats.encoding import FloatArray
from cityvoice.stats.errors import EstimationError
from cityvoice.stats.hypothesis.multiplicity import adjust_p_values

FEWEST_GROUPS = 2
LARGEST_RATIO = 1e6  # of the two variances: an intraclass correlation of 1


@dataclass(frozen=True, slots=True)
class InterviewerEffect:
    """Intraclass correlation of one item.

    Parameters
    ----------
    n, n_interviewers : int
        Answers, and who asked.
    mean_workload : float
        Answers per interviewer.
    icc, low, high : float
        rho_int and its interval; the estimate and both ends may be below 0.
    f, df_between, df_within, p_value : float
        F-test of no effect.
    deff : float
        1 + (mean workload - 1) rho: by how much interviewers widen the variance of a mean; at least 1.
    """

    item: str
    n: int
    n_interviewers: int
    mean_workload: float
    icc: float
    low: float
    high: float
    f: float
    df_between: int
    df_within: int
    p_value: float
    deff: float


def interviewer_effect(
    values: npt.ArrayLike, interviewers: Sequence[object], *, item: str = "", level: float = 0.95
) -> InterviewerEffect:
    """Interviewer effect on one item.

    Parameters
    ----------
    values : (n,) array of numbers
        A number, a point of a scale, or 0 and 1; NaN is no answer and is left out.
    interviewers : (n,) sequence
        Who asked.
    level : float
        Of the interval.

    Raises
    ------
    EstimationError
        Fewer than two interviewers, nobody with two answers, or answers that are all the same.
    """
    numbers = np.asarray(values, dtype=float)
    if len(numbers) != len(interviewers):
        raise EstimationError("effect-length", item, f"{len(numbers)} interviewers", str(len(interviewers)))
    is_valid = np.isfinite(numbers)
    names = np.asarray([str(name) for name in interviewers], dtype=object)[is_valid]
    _, codes = np.unique(names.astype(str), return_inverse=True)
    return _effect(numbers[is_valid], codes, item, level)


def interviewer_effects(
    items: Mapping[str, npt.ArrayLike], interviewers: Sequence[object], *, level: float = 0.95
) -> tuple[tuple[InterviewerEffect, float], ...]:
    """`interviewer_effect` of every item that has one, with its p-value adjusted by Holm's method."""
    found = []
    for item, values in items.items():
        try:
            found.append(interviewer_effect(values, interviewers, item=item, level=level))
        except EstimationError:
            continue
    if not found:
        return ()
    adjusted = adjust_p_values([effect.p_value for effect in found], "holm")
    return tuple(zip(found, map(float, adjusted), strict=True))


def _effect(values: FloatArray, codes: npt.NDArray[np.intp], item: str, level: float) -> InterviewerEffect:
    sizes = np.bincount(codes).astype(float)
    n, k = len(values), len(sizes)
    if k < FEWEST_GROUPS or n <= k:
        got = f"{n} answers to {k} interviewers"
        raise EstimationError("effect-groups", item, "two interviewers, and several answers to one", got)
    means = np.bincount(codes, values) / sizes
    within = float(((values - means[codes]) ** 2).sum()) / (n - k)
    between = float((sizes * (means - values.mean()) ** 2).sum()) / (k - 1)
    if within <= 0:
        raise EstimationError("effect-constant", item, "answers that differ within interviewers", "none")
    n_0 = (n - float((sizes**2).sum()) / n) / (k - 1)
    ratio = (between - within) / n_0 / within
    low, high = _interval(means, sizes, within, n - k, level)
    f, icc = between / within, ratio / (1 + ratio)
    return InterviewerEffect(
        item=item,
        n=n,
        n_interviewers=k,
        mean_workload=n / k,
        icc=icc,
        low=min(low, icc),  # below the smallest ratio that workloads allow there is no other end
        high=high,
        f=f,
        df_between=k - 1,
        df_within=n - k,
        p_value=float(stats.f.sf(f, k - 1, n - k)),
        deff=max(1.0, 1 + (n / k - 1) * icc),
    )


def _interval(
    means: FloatArray, sizes: FloatArray, within: float, df_within: int, level: float
) -> tuple[float, float]:
    """Wald's: the ratios of variances for which the weighted means vary as F says that they may."""
    k = len(sizes)
    tail = (1 - level) / 2
    smallest = -1 / float(sizes.max())

    def excess(ratio: float, quantile: float) -> float:
        weights = sizes / (1 + ratio * sizes)
        centre = (weights * means).sum() / weights.sum()
        return float((weights * (means - centre) ** 2).sum() / (k - 1) / within - quantile)

    def solve(quantile: float) -> float:
        start = smallest * (1 - 1e-9)
        if excess(start, quantile) <= 0:
            return smallest
        if excess(LARGEST_RATIO, quantile) >= 0:
            return LARGEST_RATIO
        return float(optimize.brentq(excess, start, LARGEST_RATIO, args=(quantile,), xtol=1e-12))

    low, high = (solve(float(stats.f.ppf(each, k - 1, df_within))) for each in (1 - tail, tail))
    return low / (1 + low), high / (1 + high)
