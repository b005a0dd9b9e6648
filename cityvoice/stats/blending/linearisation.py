"""From an inverse-propensity mean to totals of scores over both sources."""

import numpy as np

from cityvoice.stats.blending.propensity import Propensity, optin_scores
from cityvoice.stats.encoding import FloatArray


def linearised(propensity: Propensity, centred: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Scores of A and B whose totals approximate sum_A centred / p over sum_A 1 / p."""
    values, size = propensity.values, propensity.weights.sum()
    pull = pull_of(propensity, centred, values, propensity.slope)
    ours = centred / values - optin_scores(propensity, values, propensity.slope) @ pull
    return np.asarray(ours / size), np.asarray(propensity.reference_scores @ pull / size)


def pull_of(propensity: Propensity, centred: FloatArray, values: FloatArray, slope: FloatArray) -> FloatArray:
    """Effect of the estimating equations' value on sum_A centred / p, through the coefficients."""
    gradient = -(centred * slope / np.square(values)) @ propensity.joined.optin.values
    return np.asarray(np.linalg.solve(propensity.jacobian.T, gradient), dtype=float)
