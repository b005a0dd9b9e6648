"""Correlations and the reliability of a scale, with standard errors under the design.

Both are smooth functions of the variances and covariances of the items, so their errors follow from the
errors of those by the delta method.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from cityvoice.stats.design import SurveyDesign
from cityvoice.stats.encoding import FloatArray
from cityvoice.stats.errors import EstimationError
from cityvoice.stats.estimates import Estimates
from cityvoice.stats.estimation import Missing, variance
from cityvoice.stats.multivariate.items import read_items


def correlation(
    design: SurveyDesign, data: Any, variables: Sequence[str], *, missing: Missing = "error"
) -> Estimates:
    """Pearson correlations of all pairs, terms ``a:b``; reshape the values to (p, p) for the matrix.

    Raises
    ------
    EstimationError
        A variable that does not vary in the domain.
    """
    moments, size = _moments(design, data, variables, missing)
    matrix = moments.values.reshape(size, size)
    spread = np.sqrt(np.diag(matrix))
    correlations = matrix / np.outer(spread, spread)
    gradient = np.zeros((size * size, size * size))
    for a in range(size):
        for b in range(size):
            row = a * size + b
            if a != b:
                gradient[row, row] = 1 / (spread[a] * spread[b])
                gradient[row, a * size + a] = -correlations[a, b] / (2 * matrix[a, a])
                gradient[row, b * size + b] = -correlations[a, b] / (2 * matrix[b, b])
    return _derived(moments, "correlation", moments.terms, correlations.ravel(), gradient)


def cronbach_alpha(
    design: SurveyDesign, data: Any, items: Sequence[str], *, missing: Missing = "error"
) -> Estimates:
    """How far items measure one thing: k/(k-1) * (1 - sum of item variances / variance of their sum).

    Parameters
    ----------
    items : sequence of str
        At least two numeric items, coded in one direction.

    References
    ----------
    Cronbach (1951), doi:10.1007/BF02310555.
    """
    if len(items) < 2:
        raise EstimationError("items-few", "Cronbach's alpha", "at least two items", str(len(items)))
    moments, size = _moments(design, data, items, missing)
    total, own = float(moments.values.sum()), np.eye(size).ravel()
    within = float(moments.values @ own)
    factor = size / (size - 1)
    gradient = factor * (within / total**2 - own / total)
    alpha = np.array([factor * (1 - within / total)])
    return _derived(moments, "alpha", ("alpha",), alpha, gradient[None, :])


def _moments(
    design: SurveyDesign, data: Any, variables: Sequence[str], missing: Missing
) -> tuple[Estimates, int]:
    columns, _ = read_items(design, data, variables, missing)
    return variance(design, data, variables, missing=missing), len(columns.names)


def _derived(
    moments: Estimates, statistic: str, terms: tuple[str, ...], values: FloatArray, gradient: FloatArray
) -> Estimates:
    every = np.ones(len(terms))
    return replace(
        moments,
        statistic=statistic,
        terms=terms,
        values=values,
        covariance=gradient @ moments.covariance @ gradient.T,
        n=moments.n[0] * every,
        n_eff=moments.n_eff[0] * every,
        design_deff=np.nan * every,
    )
