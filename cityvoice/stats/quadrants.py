"""The four fields of an importance-performance map, and how surely a service lies in one."""

from enum import StrEnum
from typing import Any

import numpy as np
from scipy import integrate, stats

from cityvoice.stats.encoding import FloatArray


class Quadrant(StrEnum):
    CONCENTRATE = "concentrate here"  # important, done badly
    KEEP_UP = "keep up the good work"  # important, done well
    LOW_PRIORITY = "low priority"  # not important, done badly
    OVERKILL = "possible overkill"  # not important, done well


def quadrant_of(important: bool, good: bool) -> Quadrant:
    if important:
        return Quadrant.KEEP_UP if good else Quadrant.CONCENTRATE
    return Quadrant.OVERKILL if good else Quadrant.LOW_PRIORITY


def quadrant_chances(away: FloatArray, spread: FloatArray, df: float) -> dict[Quadrant, float]:
    """Probability of each quadrant, by the bivariate t (normal where df is not positive) around the place."""
    scale = np.sqrt(np.maximum(np.diag(spread), 1e-300))
    correlation = float(np.clip(spread[0, 1] / (scale[0] * scale[1]), -0.999999, 0.999999))
    ahead = away / scale
    side = _side(df)
    important, good = float(side.cdf(ahead[0])), float(side.cdf(ahead[1]))
    both = min(_both_positive(ahead, correlation, df), important, good)
    return {
        Quadrant.KEEP_UP: both,
        Quadrant.CONCENTRATE: max(important - both, 0.0),
        Quadrant.OVERKILL: max(good - both, 0.0),
        Quadrant.LOW_PRIORITY: max(1 - important - good + both, 0.0),
    }


def _both_positive(ahead: FloatArray, correlation: float, df: float) -> float:
    """P(t1 < a, t2 < b) of a bivariate t, over the conditional distribution of the second given the first."""
    side, inner = _side(df), _side(df + 1)
    rest = np.sqrt(1 - correlation**2)

    def second(share: float) -> float:
        first = float(side.ppf(share))
        widened = np.sqrt((df + first**2) / (df + 1)) if 0 < df < np.inf else 1.0
        return float(inner.cdf((ahead[1] - correlation * first) / (rest * widened)))

    found, _ = integrate.quad(second, 0.0, float(side.cdf(ahead[0])), epsabs=1e-10, limit=200)
    return float(found)


def _side(df: float) -> Any:
    return stats.t(df) if 0 < df < np.inf else stats.norm()
