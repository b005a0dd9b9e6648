"""The likelihood of ordered answers under a cumulative link."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy import special, stats

from cityvoice.stats.encoding import FloatArray, IntArray

Cumulative = Literal["logistic", "probit"]
Function = Callable[[FloatArray], FloatArray]

# distribution, density and slope of the density
CUMULATIVE: dict[str, tuple[Function, Function, Function]] = {
    "logistic": (
        special.expit,
        lambda z: special.expit(z) * special.expit(-z),
        lambda z: special.expit(z) * special.expit(-z) * (special.expit(-z) - special.expit(z)),
    ),
    "probit": (special.ndtr, stats.norm.pdf, lambda z: -z * stats.norm.pdf(z)),
}


@dataclass(frozen=True, eq=False)
class CumulativeLikelihood:
    """Rows with their answers 0..K-1; parameters are slopes, then thresholds."""

    answers: IntArray
    x: FloatArray
    n_levels: int
    link: str

    def edges(self) -> tuple[FloatArray, FloatArray]:
        """Gradients of the upper and the lower edge of each row's interval; zero where it is infinite."""
        thresholds = np.eye(self.n_levels - 1)
        above = np.vstack([thresholds, np.zeros(self.n_levels - 1)])[self.answers]
        below = np.vstack([np.zeros(self.n_levels - 1), thresholds])[self.answers]
        has_upper = (self.answers < self.n_levels - 1)[:, None]
        has_lower = (self.answers > 0)[:, None]
        return np.hstack([-self.x * has_upper, above]), np.hstack([-self.x * has_lower, below])

    def chances(self, at: FloatArray) -> FloatArray:
        cdf = CUMULATIVE[self.link][0]
        upper, lower = (edge @ at for edge in self.edges())
        high = np.where(self.answers < self.n_levels - 1, cdf(upper), 1.0)
        low = np.where(self.answers > 0, cdf(lower), 0.0)
        chances: FloatArray = high - low
        return chances

    def value(self, at: FloatArray, weights: FloatArray) -> float:
        chances = self.chances(at)[weights > 0]
        return float(weights[weights > 0] @ np.log(chances)) if (chances > 0).all() else -np.inf

    def derivatives(self, at: FloatArray, weights: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Scores of each row, shape (n, p), and the observed information, shape (p, p)."""
        _, density, slope = CUMULATIVE[self.link]
        upper, lower = self.edges()
        chances = self.chances(at)
        top, bottom = density(upper @ at) / chances, density(lower @ at) / chances
        curve_top, curve_bottom = slope(upper @ at) / chances, slope(lower @ at) / chances
        scores = upper * top[:, None] - lower * bottom[:, None]
        second = upper.T @ (upper * (weights * curve_top)[:, None])
        second -= lower.T @ (lower * (weights * curve_bottom)[:, None])
        return scores, scores.T @ (scores * weights[:, None]) - second
