"""Tails of sums of weighted chi-squares, the distributions of tests under a survey design.

A test that would be chi-squared under simple random sampling is under a design a sum of chi-squares of one
degree of freedom, weighted by the eigenvalues of a matrix of design effects (Rao and Scott 1981,
doi:10.1080/01621459.1981.10477633).
"""

import warnings
from typing import Literal

import numpy as np
from scipy import integrate, stats

from cityvoice.stats.davies import SignedSum, positive_tail
from cityvoice.stats.encoding import FloatArray
from cityvoice.stats.root_finding import find_root

Tail = Literal["satterthwaite", "saddlepoint", "exact"]

SERIES_ERROR = 1e-13
INTEGRAL_ERROR = 1e-7
MAX_TERMS = 5_000
LARGEST_CONDITION = 1e13
ROOT_ERROR = 1e-8


def chi_square_sum_tail(x: float, eigenvalues: FloatArray, method: Tail = "exact") -> float:
    """P(sum_j eigenvalue_j * chi2_1 > x).

    Parameters
    ----------
    x : float
    eigenvalues : float array, shape (k,)
    method : {"satterthwaite", "saddlepoint", "exact"}
        ``satterthwaite`` matches two moments; ``saddlepoint`` is good to about 3 % far into the tail
        (Kuonen 1999, doi:10.1093/biomet/86.4.929); ``exact`` sums Ruben's series or integrates.

    Returns
    -------
    float
        NaN where all eigenvalues are 0 or something is not finite.
    """
    weights = np.asarray(eigenvalues, dtype=float)
    if not np.isfinite(weights).all() or not weights.any() or not np.isfinite(x):
        return np.nan
    if method == "exact":
        return _exact_tail(x, weights)
    scale, df = moments(weights)
    rough = float(stats.chi2.sf(x / scale, df))
    return rough if method == "satterthwaite" else _or_else(_saddlepoint(x, weights), rough)


def f_sum_tail(
    x: float, eigenvalues: FloatArray, denominator_df: float, method: Tail = "saddlepoint"
) -> float:
    """P(sum_j eigenvalue_j * chi2_1 > x * chi2_d / d), the same with an estimated scale in the denominator.

    Parameters
    ----------
    denominator_df : float
        d; infinite for `chi_square_sum_tail`. The chi-square below counts whole degrees of freedom only.
    """
    if np.isinf(denominator_df):
        return chi_square_sum_tail(x, eigenvalues, method)
    weights = np.asarray(eigenvalues, dtype=float)
    if not np.isfinite(weights).all() or not weights.any() or not denominator_df > 0:
        return np.nan
    scale, df = moments(weights)
    rough = float(stats.f.sf(x / df / scale, df, denominator_df))
    if method == "satterthwaite":
        return rough
    signed = np.append(weights, -x / denominator_df)
    times = np.append(np.ones(len(weights)), np.floor(denominator_df))
    repeated = np.repeat(signed, times.astype(int))
    if method == "exact":
        tail = positive_tail(SignedSum(signed, times))
        return _imhof(0.0, repeated) if np.isnan(tail) else tail
    return _or_else(_saddlepoint(0.0, repeated), rough)


def moments(weights: FloatArray) -> tuple[float, float]:
    """Scale and degrees of freedom of the chi-square with the same mean and variance.

    References
    ----------
    Satterthwaite (1946), doi:10.2307/3002019.
    """
    mean, square = float(weights.mean()), float(np.square(weights).mean())
    return square / mean, len(weights) * mean**2 / square


def wald_statistic(away: FloatArray, covariance: FloatArray) -> float:
    """The square of a vector in units of its error, d' V^-1 d; NaN where V is singular or not finite."""
    if not is_regular(covariance):
        return np.nan
    return float(away @ np.linalg.solve(covariance, away))


def is_regular(covariance: FloatArray) -> bool:
    """Whether a covariance is finite and of full rank, whatever the units of its variables."""
    scale = np.sqrt(np.maximum(np.diag(covariance), 0.0))
    if not np.isfinite(covariance).all() or not (scale > 0).all():
        return False
    return bool(np.linalg.cond(covariance / np.outer(scale, scale)) < LARGEST_CONDITION)


def _or_else(value: float, otherwise: float) -> float:
    return otherwise if np.isnan(value) else value


def _saddlepoint(x: float, weights: FloatArray) -> float:
    """Lugannani and Rice's formula in the form of Barndorff-Nielsen; NaN at its removable singularity."""
    largest = float(weights.max())
    weights, x = weights / largest, x / largest

    def slope(at: float) -> float:
        return float((weights / (1 - 2 * at * weights)).sum()) - x

    low = _lower_limit(x, weights)
    high = 0.99999 / (2 * float(weights.max()))
    if slope(low) * slope(high) > 0:
        return np.nan
    root = find_root(slope, low, high, ROOT_ERROR)
    if abs(root) < 1e-4:
        return np.nan
    generating = -0.5 * float(np.log(1 - 2 * root * weights).sum())
    curvature = 2 * float(np.square(weights / (1 - 2 * root * weights)).sum())
    w = np.sign(root) * np.sqrt(2 * (root * x - generating))
    v = root * np.sqrt(curvature)
    return float(stats.norm.sf(w + np.log(v / w) / w))


def _lower_limit(x: float, weights: FloatArray) -> float:
    negative = weights[weights < 0]
    if negative.size:
        return 0.99999 * float((1 / (2 * negative)).max())
    return -0.01 if x > weights.sum() else -len(weights) / (2 * x)


def _exact_tail(x: float, weights: FloatArray) -> float:
    if (weights < 0).any():
        return _imhof(x, weights)
    if x <= 0:
        return 1.0
    series = _ruben(x, weights[weights > 0])
    return _imhof(x, weights) if np.isnan(series) else series


def _ruben(x: float, weights: FloatArray) -> float:
    """Mixture of central chi-squares, doi:10.1214/aoms/1177704580 (Ruben 1962); NaN if it converges slowly.

    The sum has the distribution of min(weight) * chi2 with k + 2m degrees of freedom with chance c_m. All
    terms are positive, so far tails keep their digits.
    """
    least, size = float(weights.min()), len(weights)
    gamma = 1 - least / weights
    chances, half_traces = np.zeros(MAX_TERMS), np.zeros(MAX_TERMS)
    chances[0] = np.sqrt(np.prod(least / weights))
    tail, powers = float(chances[0] * stats.chi2.sf(x / least, size)), np.ones(size)
    ratio = float(gamma.max())  # of the chances of far terms
    for m in range(1, MAX_TERMS):
        if chances[m - 1] * ratio <= SERIES_ERROR * tail * (1 - ratio):
            return tail
        powers = powers * gamma
        half_traces[m] = powers.sum() / 2
        chances[m] = half_traces[1 : m + 1] @ chances[:m][::-1] / m
        tail += float(chances[m] * stats.chi2.sf(x / least, size + 2 * m))
    return np.nan


def _imhof(x: float, weights: FloatArray) -> float:
    """Inversion of the characteristic function, doi:10.1093/biomet/48.3-4.419 (Imhof 1961).

    Where the integral does not settle, as with a single large weight, the saddlepoint's tail.
    """
    scale = float(np.abs(weights).max())
    weights, x = weights / scale, x / scale

    def integrand(u: float) -> float:
        angle = 0.5 * float(np.arctan(weights * u).sum()) - 0.5 * x * u
        damping = float(np.exp(0.25 * np.log1p(np.square(weights * u)).sum()))
        return float(np.sin(angle)) / (u * damping)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", integrate.IntegrationWarning)
        area, error = integrate.quad(integrand, 0, np.inf, limit=500, epsabs=1e-10)
    if error > INTEGRAL_ERROR:
        return _saddlepoint(x, weights)
    return float(np.clip(0.5 + area / np.pi, 0.0, 1.0))
