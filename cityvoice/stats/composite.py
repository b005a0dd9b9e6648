"""A composite index of the quality of life: normalise indicators, weight them, add them up.

An index is a choice as much as a measurement, so it comes with `rank_sensitivity.rank_intervals`.

References
----------
OECD and JRC (2008), Handbook on Constructing Composite Indicators, doi:10.1787/9789264043466-en.
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import pandas as pd
from scipy import stats

from cityvoice.stats.encoding import FloatArray, IntArray
from cityvoice.stats.errors import EstimationError
from cityvoice.stats.indicator_table import Indicators


class Normalisation(StrEnum):
    MINMAX = "minmax"  # worst unit to best unit on a scale from `low` to `high`
    ZSCORE = "zscore"  # distance from the mean in standard deviations (n - 1)
    RANK = "rank"  # 1 for the worst unit, ties share their mean rank


class Aggregation(StrEnum):
    ARITHMETIC = "arithmetic"  # a good indicator makes up for a bad one
    GEOMETRIC = "geometric"  # it does so less and less; needs positive values


class Weighting(StrEnum):
    EQUAL = "equal"
    PCA = "pca"  # squared loadings on the first principal component


@dataclass(frozen=True)
class IndexSpec:
    """How an index is made.

    Parameters
    ----------
    low, high : float
        Ends of the scale of ``minmax``.
    weights : Weighting or tuple of float
        Given weights are scaled to add to 1.
    """

    normalisation: Normalisation | str = Normalisation.MINMAX
    aggregation: Aggregation | str = Aggregation.ARITHMETIC
    weights: Weighting | str | tuple[float, ...] = Weighting.EQUAL
    low: float = 0.0
    high: float = 100.0


@dataclass(frozen=True, eq=False)
class CompositeIndex:
    """An index of m units.

    Parameters
    ----------
    values : float array, shape (m,)
    ranks : int array, shape (m,)
        1 is the best; ties share the better rank.
    normalised : float array, shape (m, k)
    weights : float array, shape (k,)
    """

    indicators: Indicators
    spec: IndexSpec
    values: FloatArray
    ranks: IntArray
    normalised: FloatArray
    weights: FloatArray

    def to_frame(self) -> pd.DataFrame:
        """One row per unit: index, rank, and the normalised indicators."""
        parts = pd.DataFrame(self.normalised, columns=list(self.indicators.names))
        head = pd.DataFrame({"unit": self.indicators.units, "index": self.values, "rank": self.ranks})
        return pd.concat([head, parts], axis=1)


def composite_index(indicators: Indicators, spec: IndexSpec | None = None) -> CompositeIndex:
    """Make the index.

    Raises
    ------
    EstimationError
        An indicator on which all units are alike, weights that are negative, or a geometric mean of values
        that are not positive.
    """
    spec = spec or IndexSpec()
    oriented = indicators.oriented
    alike = np.ptp(oriented, axis=0) == 0
    if alike.any():
        name = indicators.names[int(np.argmax(alike))]
        raise EstimationError("index-constant", f"indicator {name}", "units that differ", "one value for all")
    normalised = normalise(oriented, spec)
    weights = _weights(oriented, spec)
    values = aggregate(normalised, weights, spec.aggregation)
    return CompositeIndex(indicators, spec, values, ranks_of(values), normalised, weights)


def normalise(values: FloatArray, spec: IndexSpec) -> FloatArray:
    """Columns on a common scale, more being better."""
    match Normalisation(spec.normalisation):
        case Normalisation.RANK:
            return np.asarray(stats.rankdata(values, axis=0))
        case Normalisation.ZSCORE:
            return np.asarray((values - values.mean(axis=0)) / values.std(axis=0, ddof=1))
    unit = (values - values.min(axis=0)) / np.ptp(values, axis=0)
    return np.asarray(spec.low + (spec.high - spec.low) * unit)


def aggregate(normalised: FloatArray, weights: FloatArray, how: Aggregation | str) -> FloatArray:
    """Weighted arithmetic or geometric mean of each row; weights add to 1."""
    if Aggregation(how) is Aggregation.ARITHMETIC:
        return np.asarray(normalised @ weights)
    if (normalised <= 0).any():
        raise EstimationError(
            "index-geometric",
            "aggregation",
            "positive normalised values",
            f"{normalised.min():g}",
            "Use minmax with low=1, or ranks.",
        )
    return np.exp(np.log(normalised) @ weights)


def ranks_of(values: FloatArray) -> IntArray:
    """1 for the highest value; ties share the better rank."""
    return np.asarray(stats.rankdata(-values, method="min"), dtype=np.int64)


@dataclass(frozen=True, eq=False)
class FirstComponent:
    """First principal component of standardised indicators.

    Parameters
    ----------
    loadings : float array, shape (k,)
        Of unit length; their sum is positive.
    scores : float array, shape (m,)
    explained : float
        Share of the total variance.
    """

    loadings: FloatArray
    scores: FloatArray
    explained: float


def first_component(values: FloatArray) -> FirstComponent:
    """What the indicators have in common, by the singular value decomposition."""
    standard = normalise(values, IndexSpec(Normalisation.ZSCORE))
    _, lengths, rows = np.linalg.svd(standard, full_matrices=False)
    loadings = rows[0] if rows[0].sum() >= 0 else -rows[0]
    return FirstComponent(loadings, standard @ loadings, float(lengths[0] ** 2 / np.square(lengths).sum()))


def _weights(values: FloatArray, spec: IndexSpec) -> FloatArray:
    size = values.shape[1]
    if isinstance(spec.weights, str):
        if Weighting(spec.weights) is Weighting.EQUAL:
            return np.full(size, 1 / size)
        return np.square(first_component(values).loadings)
    weights = np.asarray(spec.weights, dtype=float)
    if weights.shape != (size,) or not np.isfinite(weights).all() or (weights < 0).any() or not weights.any():
        raise EstimationError(
            "index-weights", "weights", f"{size} weights of at least 0, not all 0", str(spec.weights)
        )
    return np.asarray(weights / weights.sum())
