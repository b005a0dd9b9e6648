"""Small-area estimates that add up to the city's own number.

Each value moves by its share of the gap t - sum w theta: theta_i + l_i (t - sum w theta), sum w l = 1.

References
----------
Wang, Fuller and Qu (2008), Survey Methodology 34, 29-36; Pfeffermann (2013), doi:10.1214/12-STS395;
Steorts and Ghosh (2013), doi:10.5705/ss.2012.053.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np

from cityvoice.stats.encoding import FloatArray
from cityvoice.stats.errors import EstimationError
from cityvoice.stats.results import EstimateTable
from cityvoice.stats.small_area import FayHerriot


class BenchmarkMethod(StrEnum):
    """Who bears the gap."""

    PRECISION = "precision"  # areas in proportion to w MSE: the least sure move most
    DIFFERENCE = "difference"  # all by the same amount
    RATIO = "ratio"  # all by the same factor


@dataclass(frozen=True, eq=False)
class Benchmarked:
    """Predictions of a model, moved to a known city value.

    Parameters
    ----------
    values, mse : float arrays, shape (m,)
        The MSE grows by l_i^2 times the expected square of the gap; a gap larger than expected counts
        as it is.
    gap : float
        Target less the sum of shares times predictions, before the move.
    """

    model: FayHerriot
    shares: FloatArray
    target: float
    gap: float
    values: FloatArray
    mse: FloatArray
    method: BenchmarkMethod

    def to_table(
        self,
        item: str,
        *,
        n: Any,
        n_eff: Any = None,
        statistic: str = "mean",
        by: str = "area",
        level: float = 0.95,
    ) -> EstimateTable:
        """As `FayHerriot.to_table`."""
        bases = n if n_eff is None else n_eff
        return self.model.tabulate(item, self.values, self.mse, n, bases, statistic, by, level)


def benchmark(
    model: FayHerriot,
    shares: Any,
    target: float,
    *,
    method: BenchmarkMethod | str = BenchmarkMethod.PRECISION,
) -> Benchmarked:
    """Move predictions so that sum shares * values is the target.

    Parameters
    ----------
    shares : array-like, shape (m,)
        Share of each area in the population; they must add to 1.
    target : float
        The city's direct estimate, or a known mean.
    """
    w = np.asarray(shares, dtype=float)
    _check_shares(w, len(model.areas))
    method = BenchmarkMethod(method)
    gap = float(target - w @ model.values)
    moves = _moves(model, w, method)
    surprise = max(_expected_square(model, w), gap**2)
    mse: FloatArray = model.mse + np.square(moves) * surprise
    return Benchmarked(model, w, float(target), gap, model.values + moves * gap, mse, method)


def _moves(model: FayHerriot, w: FloatArray, method: BenchmarkMethod) -> FloatArray:
    if method is BenchmarkMethod.DIFFERENCE:
        return np.full(len(w), 1 / float(w.sum()))
    if method is BenchmarkMethod.RATIO:
        whole = float(w @ model.values)
        if whole == 0 or (model.values < 0).any():
            raise EstimationError(
                "benchmark-ratio", "benchmark", "positive predictions", "a negative or zero one",
                'Use the method "precision" or "difference".',
            )  # fmt: skip
        factors: FloatArray = model.values / whole
        return factors
    weight = w * model.mse
    result: FloatArray = weight / float(w @ weight)
    return result


def _expected_square(model: FayHerriot, w: FloatArray) -> float:
    """E(sum w (y - theta-hat))^2 under the model: its gap to the direct estimate (Steorts and Ghosh 2013)."""
    pull = np.where(model.sampled, w * (1 - model.shrinkage), 0.0)
    spread = np.where(model.sampled, model.variance + model.sampling_variances, 0.0)
    through = pull @ model.matrix.values
    return float(np.square(pull) @ spread - through @ model.fit.covariance @ through)


def _check_shares(w: FloatArray, n_areas: int) -> None:
    if w.shape != (n_areas,) or not np.isfinite(w).all() or (w < 0).any() or abs(w.sum() - 1) > 1e-6:
        raise EstimationError(
            "benchmark-shares",
            "shares",
            f"{n_areas} population shares that add to 1",
            f"{w.size} numbers that add to {w.sum():g}",
        )
