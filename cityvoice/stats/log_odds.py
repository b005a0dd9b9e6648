"""Log-odds and likelihood intervals of a share, by the numerical path that R takes.

The log odds are fitted by iteratively reweighted least squares to a relative change of deviance of 1e-8, and
a likelihood interval is read off a profile of about a dozen points, through a cubic spline on a coarse grid.
Iterated to the end, the bounds would differ by up to 1e-4: less than any use of them, but more than agreement
with R's ``svyciprop`` to the last digits allows.
"""

from dataclasses import dataclass

import numpy as np
from scipy import stats

from cityvoice.stats.encoding import FloatArray

DEVIANCE_CHANGE = 1e-8
MAX_STEPS = 9


@dataclass(frozen=True)
class LogOdds:
    """An intercept-only logistic fit.

    Parameters
    ----------
    value : float
        Log odds where the iterations stopped.
    information : float
        Of the last working model, so of the iterate before `value`.
    met, not_met : float
        Sums of the weights, scaled to mean 1, of rows that meet the condition and that do not.
    """

    value: float
    information: float
    met: float
    not_met: float

    @property
    def share(self) -> float:
        return 1 / (1 + float(np.exp(-self.value)))

    def deviance(self, log_odds: float) -> float:
        """Binomial deviance at other log odds."""
        logs = self.met * -np.logaddexp(0, -log_odds) + self.not_met * -np.logaddexp(0, log_odds)
        return float(-2 * logs)


def fit_log_odds(met: FloatArray, weights: FloatArray) -> LogOdds:
    """Fit as R's ``glm`` does, from its starting values.

    Parameters
    ----------
    met : float array of 0 and 1, shape (n,)
    weights : float array, shape (n,), positive
    """
    scaled = weights / weights.mean()
    fit = LogOdds(0.0, 0.0, float(scaled @ met), float(scaled @ (1 - met)))
    mean = (scaled * met + 0.5) / (scaled + 1)
    slope = mean * (1 - mean)
    deviance = -2 * float(scaled @ np.where(met > 0, np.log(mean), np.log(1 - mean)))
    working = np.log(mean / (1 - mean)) + (met - mean) / slope
    information = float(scaled @ slope)
    value = float((scaled * slope) @ working) / information
    for _ in range(25):
        previous, deviance = deviance, fit.deviance(value)
        if abs(deviance - previous) / (abs(deviance) + 0.1) < DEVIANCE_CHANGE:
            break
        share = 1 / (1 + np.exp(-value))
        information = (fit.met + fit.not_met) * share * (1 - share)
        value += (fit.met - (fit.met + fit.not_met) * share) / information
    return LogOdds(float(value), float(information), fit.met, fit.not_met)


def refit_log_odds(shares: FloatArray, start: float) -> FloatArray:
    """Log odds of replicates, iterated from those of the sample; NaN where a share is 0 or 1.

    Parameters
    ----------
    shares : float array, shape (R,)
        Of the weight of each replicate that meets the condition.
    """
    values = np.where((shares > 0) & (shares < 1), start, np.nan)
    deviances, moving = _deviances(shares, values), ~np.isnan(values)
    for _ in range(25):
        chance = 1 / (1 + np.exp(-values))
        values = np.where(moving, values + (shares - chance) / (chance * (1 - chance)), values)
        previous, deviances = deviances, _deviances(shares, values)
        moving &= np.abs(deviances - previous) / (np.abs(deviances) + 0.1) >= DEVIANCE_CHANGE
        if not moving.any():
            break
    return values


def _deviances(shares: FloatArray, log_odds: FloatArray) -> FloatArray:
    result: FloatArray = 2 * (shares * np.logaddexp(0, -log_odds) + (1 - shares) * np.logaddexp(0, log_odds))
    return result


def logit_interval(fit: LogOdds, odds_se: float, critical: float) -> tuple[float, float]:
    """Interval of the share from one of the log odds."""
    half = critical * odds_se
    low, high = (1 / (1 + float(np.exp(-(fit.value + side * half)))) for side in (-1, 1))
    return low, high


def likelihood_interval(fit: LogOdds, odds_se: float, n: int, critical: float) -> tuple[float, float]:
    """Profile the deviance around the fit and read off where it meets the scaled critical value."""
    tail = stats.norm.cdf(-critical * odds_se * np.sqrt(fit.information))
    level = 1 - 2 * tail  # the rounding of this difference is part of the convention
    reach = float(np.sqrt(stats.f.ppf(1 - (1 - level) / 4, 1, n - 1)))
    points = _profile(fit, odds_se * reach / 5, reach, n / (n - 1))
    cutoff = float(stats.norm.ppf((1 - level) / 2))
    places = np.linspace(points[0, 0], points[0, -1], 3 * points.shape[1])
    heights = _spline(points[0], points[1], places)
    low, high = (1 / (1 + float(np.exp(-np.interp(c, heights, places)))) for c in (cutoff, -cutoff))
    return low, high


def _profile(fit: LogOdds, step: float, reach: float, dispersion: float) -> FloatArray:
    """Log odds and signed root deviances, shape (2, points), until they pass `reach` on either side."""
    best = fit.deviance(fit.value)
    points = [(fit.value, 0.0)]
    for side in (-1, 1):
        for count in range(1, MAX_STEPS + 1):
            place = fit.value + side * count * step
            height = side * float(np.sqrt(max((fit.deviance(place) - best) / dispersion, 0.0)))
            points.append((place, height))
            if abs(height) >= reach:
                break
    return np.array(sorted(points)).T


def _spline(x: FloatArray, y: FloatArray, at: FloatArray) -> FloatArray:
    """Cubic spline whose end pieces have the third derivative of the cubic through four end points.

    References
    ----------
    Forsythe, Malcolm and Moler (1977), Computer Methods for Mathematical Computations, chapter 4.
    """
    width, n = np.diff(x), len(x)
    slope = np.diff(y) / width
    system, right = np.zeros((n, n)), np.zeros(n)
    for i in range(1, n - 1):
        system[i, i - 1 : i + 2] = width[i - 1], 2 * (width[i - 1] + width[i]), width[i]
        right[i] = slope[i] - slope[i - 1]
    for row, first, at_end in ((0, 0, 0), (n - 1, n - 4, n - 2)):
        second = np.diff(slope[first : first + 3]) / (x[first + 2 : first + 4] - x[first : first + 2])
        third = (second[1] - second[0]) / (x[first + 3] - x[first])
        system[row, at_end : at_end + 2] = -1.0, 1.0
        right[row] = width[at_end] * third
    bend = np.linalg.solve(system, right)
    piece = np.clip(np.searchsorted(x, at, side="right") - 1, 0, n - 2)
    away, h = at - x[piece], width[piece]
    linear = slope[piece] - h * (bend[piece + 1] + 2 * bend[piece])
    cubic = (bend[piece + 1] - bend[piece]) / h
    result: FloatArray = y[piece] + away * (linear + away * (3 * bend[piece] + away * cubic))
    return result
