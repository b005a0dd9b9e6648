"""Factor analysis by maximum likelihood on the correlations of the population.

References
----------
Lawley and Maxwell (1971), Factor Analysis as a Statistical Method; Joereskog (1967), Psychometrika 32,
443-482; Kaiser (1958), doi:10.1007/BF02289233, for the rotation.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from scipy import optimize, stats

from cityvoice.stats.design import SurveyDesign
from cityvoice.stats.encoding import FloatArray
from cityvoice.stats.errors import ConvergenceError, EstimationError
from cityvoice.stats.estimation import Missing, variance
from cityvoice.stats.multivariate.items import read_items
from cityvoice.stats.options import check_option

LEAST_UNIQUENESS = 0.005
ROTATION_CHANGE = 1e-5
MAX_ROTATIONS = 1000


@dataclass(frozen=True, eq=False)
class Factors:
    """A fitted model.

    Parameters
    ----------
    loadings : float array, shape (p, k)
        Correlations of items and factors; the factor that explains most first, sums not negative.
    uniquenesses : float array, shape (p,)
        Share of each item's variance that the factors leave.
    n_effective : float
        Base of the test.
    statistic, df, p_value : float
        Bartlett's test that k factors are enough; NaN where df is not positive.
    """

    variables: tuple[str, ...]
    loadings: FloatArray
    uniquenesses: FloatArray
    n_effective: float
    statistic: float
    df: int
    p_value: float


def factor_analysis(
    design: SurveyDesign,
    data: Any,
    variables: Sequence[str],
    n_factors: int,
    *,
    rotation: Literal["none", "varimax"] = "varimax",
    missing: Missing = "error",
) -> Factors:
    """Fit k factors.

    Notes
    -----
    The effective base is the least over the items of 1 + 2 (s^2 / se(s^2))^2, the simple random sample that
    would know the variance as well as the design does.

    Raises
    ------
    EstimationError
        More factors than p items can carry, a constant item.
    """
    check_option("rotation", rotation, ("none", "varimax"))
    names = read_items(design, data, variables, missing)[0].names
    moments, size = variance(design, data, variables, missing=missing), len(names)
    covariance = moments.values.reshape(size, size)
    own, error = np.diag(covariance), np.diag(moments.se.reshape(size, size))
    df = ((size - n_factors) ** 2 - size - n_factors) // 2
    if n_factors < 1 or df < 0:
        raise EstimationError(
            "factors-many",
            "factor analysis",
            "items enough for the factors",
            f"{size} items for {n_factors} factors",
        )
    correlations = covariance / np.sqrt(np.outer(own, own))
    uniquenesses, criterion = _fit(correlations, n_factors)
    loadings = _sorted(_loadings(correlations, uniquenesses, n_factors))
    if rotation == "varimax" and n_factors > 1:
        loadings = _sorted(loadings @ varimax(loadings))
    n_effective = 1 + float((2 * np.square(own / error)).min())
    statistic = (n_effective - 1 - (2 * size + 5) / 6 - 2 * n_factors / 3) * criterion
    p_value = float(stats.chi2.sf(statistic, df)) if df else np.nan
    return Factors(names, loadings, uniquenesses, n_effective, statistic if df else np.nan, df, p_value)


def _scaled_spectrum(correlations: FloatArray, uniquenesses: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Eigenvalues, largest first, and vectors of the matrix divided by the root uniquenesses."""
    root = np.sqrt(uniquenesses)
    values, vectors = np.linalg.eigh(correlations / np.outer(root, root))
    return values[::-1], vectors[:, ::-1]


def _loadings(correlations: FloatArray, uniquenesses: FloatArray, n_factors: int) -> FloatArray:
    values, vectors = _scaled_spectrum(correlations, uniquenesses)
    lengths = np.sqrt(np.maximum(values[:n_factors] - 1, 0))
    result: FloatArray = np.sqrt(uniquenesses)[:, None] * vectors[:, :n_factors] * lengths
    return result


def _fit(correlations: FloatArray, n_factors: int) -> tuple[FloatArray, float]:
    """Uniquenesses that minimise the likelihood's distance, and that distance."""
    size = len(correlations)

    def distance(uniquenesses: FloatArray) -> float:
        rest = _scaled_spectrum(correlations, uniquenesses)[0][n_factors:]
        return float((rest - np.log(rest)).sum()) + n_factors - size

    def gradient(uniquenesses: FloatArray) -> FloatArray:
        loadings = _loadings(correlations, uniquenesses, n_factors)
        misfit = np.square(loadings).sum(axis=1) + uniquenesses - np.diag(correlations)
        result: FloatArray = misfit / np.square(uniquenesses)
        return result

    start = (1 - 0.5 * n_factors / size) / np.diag(np.linalg.inv(correlations))
    found = optimize.minimize(
        distance,
        np.clip(start, LEAST_UNIQUENESS, 1.0),
        jac=gradient,
        method="L-BFGS-B",
        bounds=[(LEAST_UNIQUENESS, 1.0)] * size,
        options={"ftol": 1e-14, "gtol": 1e-10, "maxiter": 1000},
    )
    if not np.isfinite(found.fun):
        raise ConvergenceError(
            "factors-diverge", "factor analysis", "a finite likelihood", str(found.message)
        )
    return np.asarray(found.x, dtype=float), float(found.fun)


def varimax(loadings: FloatArray) -> FloatArray:
    """Rotation after which squared loadings vary most, rows scaled to unit length; shape (k, k)."""
    length = np.sqrt(np.square(loadings).sum(axis=1))[:, None]
    x = np.divide(loadings, length, out=np.zeros_like(loadings), where=length > 0)
    turn, criterion = np.eye(x.shape[1]), 0.0
    for _ in range(MAX_ROTATIONS):
        z = x @ turn
        u, strength, v = np.linalg.svd(x.T @ (z**3 - z * np.square(z).mean(axis=0)))
        turn, previous, criterion = u @ v, criterion, float(strength.sum())
        if criterion < previous * (1 + ROTATION_CHANGE):
            break
    return np.asarray(turn)


def _sorted(loadings: FloatArray) -> FloatArray:
    ordered = loadings[:, np.argsort(-np.square(loadings).sum(axis=0), kind="stable")]
    result: FloatArray = ordered * np.where(ordered.sum(axis=0) < 0, -1.0, 1.0)
    return result
