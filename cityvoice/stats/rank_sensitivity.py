"""How far a ranking hangs on sampling error and on the choices behind it.

Each draw moves the indicators by their sampling error, draws weights around the nominal ones, and takes one
of the ways to normalise and aggregate; the ranks of all draws make the intervals.

References
----------
Saisana, Saltelli and Tarantola (2005), doi:10.1111/j.1467-985X.2005.00350.x; Goldstein and Spiegelhalter
(1996), doi:10.2307/2983325.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cityvoice.stats.composite import (
    Aggregation,
    CompositeIndex,
    IndexSpec,
    Normalisation,
    aggregate,
    composite_index,
    normalise,
    ranks_of,
)
from cityvoice.stats.encoding import FloatArray, IntArray
from cityvoice.stats.errors import EstimationError
from cityvoice.stats.indicator_table import Indicators

ALTERNATIVES = (
    IndexSpec(Normalisation.MINMAX, Aggregation.ARITHMETIC),
    IndexSpec(Normalisation.MINMAX, Aggregation.GEOMETRIC, low=1.0),
    IndexSpec(Normalisation.ZSCORE, Aggregation.ARITHMETIC),
    IndexSpec(Normalisation.RANK, Aggregation.ARITHMETIC),
    IndexSpec(Normalisation.RANK, Aggregation.GEOMETRIC),
)


@dataclass(frozen=True, slots=True)
class RankInterval:
    """Rank of a unit under the nominal index and over all draws."""

    unit: str
    rank: int
    median: float
    low: int
    high: int
    first: float  # share of draws in which it is the best
    last: float

    @property
    def is_settled(self) -> bool:
        """Whether every draw inside the interval gives one rank."""
        return self.low == self.high


@dataclass(frozen=True, eq=False)
class RankSensitivity:
    """Ranks of a composite index over draws.

    Parameters
    ----------
    index : CompositeIndex
        The nominal one.
    ranks : int array, shape (n_draws, m)
    level : float
        Share of draws inside each interval.
    """

    index: CompositeIndex
    ranks: IntArray
    level: float

    @property
    def intervals(self) -> tuple[RankInterval, ...]:
        tail = (1 - self.level) / 2
        low, median, high = np.quantile(self.ranks, [tail, 0.5, 1 - tail], axis=0, method="inverted_cdf")
        worst = self.ranks.shape[1]
        first, last = (self.ranks == 1).mean(axis=0), (self.ranks == worst).mean(axis=0)
        return tuple(
            RankInterval(
                unit, int(self.index.ranks[k]), float(median[k]), int(low[k]), int(high[k]),
                float(first[k]), float(last[k]),
            )
            for k, unit in enumerate(self.index.indicators.units)
        )  # fmt: skip

    @property
    def mean_shift(self) -> float:
        """Mean absolute change of rank against the nominal index: 0 says the choices do not matter."""
        return float(np.abs(self.ranks - self.index.ranks).mean())

    def to_frame(self) -> pd.DataFrame:
        names = RankInterval.__slots__
        return pd.DataFrame([[getattr(one, name) for name in names] for one in self.intervals], columns=names)


def rank_intervals(
    indicators: Indicators,
    spec: IndexSpec | None = None,
    *,
    alternatives: Sequence[IndexSpec] = ALTERNATIVES,
    concentration: float = 50.0,
    n_draws: int = 2000,
    level: float = 0.9,
    seed: int,
) -> RankSensitivity:
    """Draw indices and rank their units.

    Parameters
    ----------
    alternatives : sequence of IndexSpec
        Ways to normalise and aggregate, taken equally often; their own weights do not count.
    concentration : float
        Of the Dirichlet distribution around the nominal weights: 50 lets an equal weight of 1/8 move by
        about 0.05; infinity holds weights still.
    """
    if n_draws < 1 or not 0 < level < 1 or not concentration > 0 or not alternatives:
        raise EstimationError(
            "ranks-options", "rank_intervals", "draws, a level inside (0, 1) and alternatives",
            f"{n_draws} draws, level {level}, concentration {concentration}",
        )  # fmt: skip
    nominal = composite_index(indicators, spec)
    rng = np.random.default_rng(seed)
    tables = _moved(indicators, n_draws, rng)
    weights = _drawn_weights(nominal.weights, concentration, n_draws, rng)
    chosen = rng.integers(0, len(alternatives), n_draws)
    ranks = np.empty((n_draws, len(indicators.units)), dtype=np.int64)
    for draw in range(n_draws):
        way = alternatives[chosen[draw]]
        ranks[draw] = ranks_of(aggregate(normalise(tables[draw], way), weights[draw], way.aggregation))
    return RankSensitivity(nominal, ranks, level)


def _moved(indicators: Indicators, n_draws: int, rng: np.random.Generator) -> FloatArray:
    """Oriented tables with their sampling error, shape (draws, m, k)."""
    m, k = indicators.values.shape
    if indicators.covariance is None:
        return np.broadcast_to(indicators.oriented, (n_draws, m, k))
    centre = indicators.values.T.ravel()
    drawn = rng.multivariate_normal(centre, indicators.covariance, n_draws, method="eigh")
    tables = drawn.reshape(n_draws, k, m).transpose(0, 2, 1)
    return np.asarray(tables * np.array(indicators.directions))


def _drawn_weights(
    weights: FloatArray, concentration: float, n_draws: int, rng: np.random.Generator
) -> FloatArray:
    """Dirichlet weights; a nominal weight of zero stays zero."""
    drawn = np.tile(weights, (n_draws, 1))
    used = weights > 0
    if np.isfinite(concentration):
        drawn[:, used] = rng.dirichlet(weights[used] * concentration, n_draws)
    return drawn
