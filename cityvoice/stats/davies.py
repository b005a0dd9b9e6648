"""P(sum_j lambda_j chi2(n_j) > 0) by inversion of the characteristic function with a bound on the error.

References
----------
Davies (1980), Algorithm AS 155, doi:10.2307/2346911. Truncation point, range and step follow the paper, so
that results agree with implementations of it to more digits than the bound promises.
"""

from dataclasses import dataclass

import numpy as np

from cityvoice.stats.encoding import FloatArray

ACCURACY = 1e-7
MAX_TERMS = 10_000
PI = 3.14159265358979  # as the published algorithm has it; in a tail of 1e-8 the missing digits show


@dataclass(frozen=True, eq=False)
class SignedSum:
    """A sum of independent chi-squares with weights of both signs.

    Parameters
    ----------
    weights : float array, shape (k,)
    df : float array, shape (k,)
        Whole numbers.
    """

    weights: FloatArray
    df: FloatArray

    @property
    def mean(self) -> float:
        return float(self.weights @ self.df)

    @property
    def sd(self) -> float:
        return float(np.sqrt(2 * np.square(self.weights) @ self.df))

    def tail_bound(self, u: float) -> tuple[float, float]:
        """Chernoff's bound at `u`, and the point beyond which it holds."""
        x = 2 * u * self.weights
        rest = 1 - x
        point = float((self.weights * self.df / rest).sum())
        exponent = float((self.df * (np.square(x) / rest + np.log1p(-x) + x)).sum())
        return _exp(-0.5 * exponent), point

    def truncation_bound(self, u: float) -> float:
        """Bound on the integral beyond `u`."""
        x = np.square(2 * u * self.weights)
        large = x > 1
        inner = float(self.df[~large] @ np.log1p(x[~large]))
        outer = inner + float(self.df[large] @ np.log(x[large]))
        whole = inner + float(self.df[large] @ np.log1p(x[large]))
        n_large = float(self.df[large].sum())
        first = _exp(-0.25 * outer) / PI * 2 / n_large if n_large else 1.0
        second = 2.5 * _exp(-0.25 * whole) / PI if whole > 1 else 1.0
        return min(first, second, 1.0)


def _exp(x: float) -> float:
    return 0.0 if x < -50 else float(np.exp(x))


def positive_tail(total: SignedSum, accuracy: float = ACCURACY) -> float:
    """P(sum > 0); NaN where the integral needs more than `MAX_TERMS` terms."""
    end = _truncation_point(total, accuracy / 2)
    start = 4.5 / total.sd
    above = _cutoff(total, accuracy / 2, start)
    below = -_cutoff(total, accuracy / 2, -start)
    if above < 0 or below < 0:
        return 0.0 if above < 0 else 1.0
    step = 2 * PI / max(above, below)
    if end / step > MAX_TERMS:
        return np.nan
    u = (np.arange(int(np.floor(end / step + 0.5)), -1, -1) + 0.5) * step
    x = 2 * u[:, None] * total.weights
    damping = np.exp(-0.25 * (np.log1p(np.square(x)) @ total.df))
    waves = np.sin(0.5 * (np.arctan(x) @ total.df))
    return float(0.5 + np.cumsum(step / PI * damping / u * waves)[-1])


def _truncation_point(total: SignedSum, accuracy: float) -> float:
    """A point whose truncation error is below `accuracy`, while a tenth less would be too early."""
    end = 16 / total.sd
    u = end / 4
    if total.truncation_bound(u) > accuracy:
        while total.truncation_bound(end) > accuracy:
            end *= 4
    else:
        while total.truncation_bound(u) <= accuracy:
            end, u = u, u / 4
    for divisor in (2.0, 1.4, 1.2, 1.1):
        if total.truncation_bound(end / divisor) <= accuracy:
            end /= divisor
    return end


def _cutoff(total: SignedSum, accuracy: float, start: float) -> float:
    """A point beyond which the sum lies with a chance below `accuracy`; above for start > 0, else below."""
    extreme = max(float(total.weights.max()), 0.0) if start > 0 else min(float(total.weights.min()), 0.0)
    mean = total.mean
    near, far, at_near = 0.0, start, mean

    def bound(u: float) -> tuple[float, float]:
        return total.tail_bound(u / (1 + 2 * u * extreme))

    chance, at_far = bound(far)
    while chance > accuracy:
        near, at_near, far = far, at_far, 2 * far
        chance, at_far = bound(far)
    while (at_near - mean) / (at_far - mean) < 0.9:
        middle = (near + far) / 2
        chance, at_middle = bound(middle)
        if chance > accuracy:
            near, at_near = middle, at_middle
        else:
            far, at_far = middle, at_middle
    return at_far
