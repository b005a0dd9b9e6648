"""The regression behind a mode effect: one per mode, both asked about everyone."""

import numpy as np

from cityvoice.stats.design import SurveyDesign
from cityvoice.stats.encoding import BoolArray, FloatArray
from cityvoice.stats.estimates import Estimates
from cityvoice.stats.estimation import Linearised, linearised_estimates

TERMS = ("raw", "adjusted", "composition")


def adjusted_difference(base: SurveyDesign, y: FloatArray, x: FloatArray, in_mode: BoolArray) -> Estimates:
    """Raw, adjusted and composition effect with their covariance."""
    active = base.active.astype(float)
    sides = (active * in_mode, active * ~in_mode)

    def parts(weights: FloatArray) -> tuple[FloatArray, FloatArray, list[FloatArray]]:
        means = np.array([weights @ (y * side) / (weights @ side) for side in sides])
        centre = (weights * active) @ x / (weights @ active)
        slopes = [_slopes(weights * side, x, y) for side in sides]
        return means, centre, slopes

    def of_weights(weights: FloatArray) -> FloatArray:
        means, centre, slopes = parts(weights)
        raw, adjusted = means[0] - means[1], centre @ (slopes[0] - slopes[1])
        return np.array([raw, adjusted, raw - adjusted])

    weights = base.domain_weights
    scores = _scores(y, x, weights, active, sides, parts(weights))
    return linearised_estimates("contrast", TERMS, base, Linearised(of_weights(weights), scores, of_weights))


def _scores(
    y: FloatArray,
    x: FloatArray,
    weights: FloatArray,
    active: FloatArray,
    sides: tuple[FloatArray, FloatArray],
    parts: tuple[FloatArray, FloatArray, list[FloatArray]],
) -> FloatArray:
    """Scores of the raw and adjusted effect: means, regressions at the common centre, and the centre."""
    means, centre, slopes = parts
    raw = np.zeros(len(y))
    adjusted = active * ((x - centre) @ (slopes[0] - slopes[1])) / (weights @ active)
    for sign, side, mean, slope in zip((1, -1), sides, means, slopes, strict=True):
        raw += sign * side * (y - mean) / (weights @ side)
        information = (x * (weights * side)[:, None]).T @ x
        adjusted += sign * side * (x @ np.linalg.solve(information, centre)) * (y - x @ slope)
    return np.column_stack([raw, adjusted, raw - adjusted])


def _slopes(weights: FloatArray, x: FloatArray, y: FloatArray) -> FloatArray:
    """Least squares; of least norm in a replicate that loses a level of one mode."""
    information = (x * weights[:, None]).T @ x
    return np.asarray(np.linalg.lstsq(information, x.T @ (weights * y), rcond=None)[0])


def imbalance(weights: FloatArray, x: FloatArray, in_mode: BoolArray) -> float:
    """Largest standardised difference of a column between the modes."""
    means, spreads = [], []
    for rows in (in_mode, ~in_mode):
        share = weights * rows / (weights * rows).sum()
        mean = share @ x
        means.append(mean)
        spreads.append(share @ np.square(x - mean))
    pooled = np.sqrt((spreads[0] + spreads[1]) / 2)
    away = np.abs(means[0] - means[1])
    return float(np.divide(away, pooled, out=np.zeros_like(away), where=pooled > 0).max())
