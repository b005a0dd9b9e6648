"""Confidence intervals. All use Student's t with the design's degrees of freedom."""

import numpy as np
from scipy import stats

from cityvoice.stats.encoding import FloatArray
from cityvoice.stats.errors import EstimationError

EDGE = 1e-12  # a share this near to 0 or 1 is at it, but for rounding


def t_quantile(level: float, df: FloatArray | float) -> FloatArray:
    """Two-sided critical value; NaN where df is not positive, the normal one where df is infinite."""
    if not 0 < level < 1:
        raise EstimationError(
            "level-range", "level", "a confidence level between 0 and 1, as 0.95", f"{level:g}"
        )
    distinct, position = np.unique(np.asarray(df, dtype=float), return_inverse=True)
    with np.errstate(invalid="ignore"):
        value: FloatArray = stats.t.ppf((1 + level) / 2, np.where(distinct > 0, distinct, np.nan))
    return value[position].reshape(np.shape(df))


def symmetric(value: FloatArray, se: FloatArray, critical: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Estimate plus and minus critical * se."""
    return value - critical * se, value + critical * se


def wilson_t(
    share: FloatArray, se: FloatArray, n_eff: FloatArray, critical: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Wilson's score interval with an effective base and a t quantile.

    The base is p(1-p)/se^2, the simple random sample with the same error. At 0 and 1, where se is 0,
    it is Kish's n_eff. A share that calibration pins (0 < p < 1, se = 0) has the point for an interval.

    References
    ----------
    Franco, Little, Louis and Slud (2019), Journal of Survey Statistics and Methodology 7, 334-364; Korn
    and Graubard (1998), Survey Methodology 24, 193-201.
    """
    at_zero, at_one = share <= EDGE, share >= 1 - EDGE
    edge = at_zero | at_one
    with np.errstate(divide="ignore", invalid="ignore"):
        base = np.where(edge, n_eff, share * (1 - share) / np.square(se))
        square = np.square(critical) / base
        centre = (share + square / 2) / (1 + square)
        half = np.sqrt(square * (share * (1 - share) + square / 4)) / (1 + square)
    pinned = np.isinf(base)
    low, high = np.clip(centre - half, 0, 1), np.clip(centre + half, 0, 1)
    low, high = np.where(at_zero, 0.0, low), np.where(at_one, 1.0, high)
    return np.where(pinned, share, low), np.where(pinned, share, high)
