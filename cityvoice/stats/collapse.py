"""Means and variances from collapsed tables: sums by (domain, PSU) and by (domain, margin cell), never rows.

Where the sums come from (arrays in memory, a database) is not known here. Scores, residuals and variances of
every item in every domain follow from the tables; they equal the row-by-row formula to rounding.
"""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from scipy import sparse

from cityvoice.stats.design import LonelyPsu
from cityvoice.stats.encoding import BoolArray, FloatArray, IntArray
from cityvoice.stats.errors import LonelyPsuError
from cityvoice.stats.pairs import Pairs
from cityvoice.stats.products import slim_cross_product
from cityvoice.stats.sums import TermSums

PINNED = 1e-13  # a variance below this part of the uncalibrated one is rounding: the term is pinned
NO_SAMPLING = 1e-7  # a stratum with less than this left to sample is a census


@dataclass(frozen=True, eq=False)
class MarginFit:
    """One calibration to margins (see `MarginAdjustment`), as sums.

    Parameters
    ----------
    indicator : sparse array, shape (K, cells)
        1 where a cell of the crossed margins has a level; levels of all margins one after another.
    inverse : float array, shape (K, K)
        Generalised inverse of X' b X, b the weights before the fit.
    unit_levels : float array, shape (units, K)
        Sum of the weights after the fit by unit and level.
    earlier : tuple of float arrays, shape (K, K_e)
        For each fit e before this one X' diag(before / after * after_e) X_e.
    """

    indicator: sparse.csr_array
    inverse: FloatArray
    unit_levels: FloatArray
    earlier: tuple[FloatArray, ...] = ()


@dataclass(frozen=True, eq=False)
class CollapsedDesign:
    """A one-stage design as tables of its units and strata.

    Parameters
    ----------
    stratum : int array, shape (units,)
        Stratum of each unit, ascending: units are in the order of their strata, also in all tables.
    n_sampled : float array, shape (H,)
        Units sampled in each stratum.
    free_fraction : float array, shape (H,)
        1 - n/N of each stratum.
    lonely_psu : LonelyPsu
        FAIL, REMOVE or CERTAINTY; the other rules need the rows.
    fits : tuple of MarginFit
        In the order of the steps that weighted the sample.
    """

    stratum: IntArray
    n_sampled: FloatArray
    free_fraction: FloatArray
    lonely_psu: LonelyPsu = LonelyPsu.FAIL
    fits: tuple[MarginFit, ...] = ()

    @property
    def n_units(self) -> int:
        return len(self.stratum)

    @cached_property
    def stratum_scale(self) -> FloatArray:
        """(1 - n/N) n / (n - 1) of each stratum; 0 for a stratum with one unit."""
        free = np.where(self.free_fraction < NO_SAMPLING, 0.0, self.free_fraction)
        n = self.n_sampled
        return np.where(n > 1, free * n / np.maximum(n - 1, 1), 0.0)

    @cached_property
    def lonely(self) -> BoolArray:
        """Strata with one unit, shape (H,)."""
        found: BoolArray = (self.n_sampled == 1) & (self.free_fraction >= NO_SAMPLING)
        return found

    def check_lonely(self, pairs: Pairs) -> None:
        """Refuse strata with one unit that hold respondents, under the rule "fail"."""
        self.check_strata(self.stratum[pairs.unit])

    def check_strata(self, strata: IntArray) -> None:
        """The same of strata that are known to hold respondents."""
        seen = self.lonely[strata]
        if self.lonely_psu is LonelyPsu.FAIL and seen.any():
            raise LonelyPsuError(
                "lonely-psu",
                f"stratum number {int(strata[np.argmax(seen)]) + 1}",
                "at least two sampled units in each stratum",
                "one unit",
                'Merge strata that are alike, or choose lonely_psu="adjust" (the cautious rule).',
            )

    def degrees_of_freedom(self, pairs: Pairs) -> FloatArray:
        """PSUs less strata with respondents in each domain, shape (D,)."""
        units = np.bincount(pairs.domain, minlength=pairs.n_domains)
        strata = count_distinct(pairs.domain, self.stratum[pairs.unit], pairs.n_domains)
        return (units - strata).astype(float)

    @cached_property
    def unit_categories(self) -> FloatArray:
        """Sums of weight by unit and level, centred in strata, shape (units, K of all fits)."""
        table = np.hstack([fit.unit_levels for fit in self.fits])
        starts = np.searchsorted(self.stratum, np.arange(len(self.n_sampled)))
        means = np.add.reduceat(table, starts) / np.diff(np.append(starts, self.n_units))[:, None]
        centred: FloatArray = table - means[self.stratum]
        return centred

    @cached_property
    def scaled_categories(self) -> FloatArray:
        return self.unit_categories * self.stratum_scale[self.stratum][:, None]

    @cached_property
    def category_gram(self) -> FloatArray:
        return slim_cross_product(self.unit_categories, self.scaled_categories)


def count_distinct(domain: IntArray, label: IntArray, n_domains: int) -> IntArray:
    """Number of distinct labels in each domain."""
    size = int(label.max(initial=0)) + 2
    keys = np.unique(domain * size + label + 1)
    return np.bincount(keys // size, minlength=n_domains)


@dataclass(frozen=True, eq=False)
class Batch:
    """Means of a batch of terms by domain, with their variances; all arrays have shape (D, C)."""

    numerator: FloatArray
    denominator: FloatArray
    value: FloatArray
    variance: FloatArray
    pinned: BoolArray


def means(sums: TermSums, pairs: Pairs) -> Batch:
    """Means without variances, which are NaN."""
    numerator = np.add.reduceat(sums.values, pairs.starts)
    denominator = np.add.reduceat(sums.answered, pairs.starts)[:, sums.item_of]
    with np.errstate(invalid="ignore", divide="ignore"):
        value = numerator / denominator
    unknown = np.full_like(value, np.nan)
    return Batch(numerator, denominator, value, unknown, np.zeros(value.shape, dtype=bool))


@dataclass(frozen=True, eq=False)
class CellSums:
    """Sums by pairs of a domain and a cell of one adjustment's margins, in the weights of its fit."""

    pairs: Pairs
    sums: TermSums

    def without_domains(self) -> "CellSums":
        pairs, position = self.pairs.without_domains()
        return CellSums(pairs, self.sums.without_domains(position, pairs.n_pairs))


def linearised_batch(
    collapsed: CollapsedDesign, sums: TermSums, pairs: Pairs, cells: tuple[CellSums, ...]
) -> Batch:
    """Means with linearised variances, credited with the residuals of all adjustments."""
    batch = means(sums, pairs)
    with np.errstate(invalid="ignore", divide="ignore"):
        scores = _scores(sums, pairs, batch)
        raw = _unit_variance(collapsed, pairs, scores)
        variance = raw
        if cells:
            variance = raw + _calibration_change(collapsed, batch, pairs, scores, cells)
    pinned = (variance <= PINNED * raw) & (raw > 0)
    return replace(batch, variance=np.where(pinned, 0.0, variance), pinned=pinned)


def _scores(sums: TermSums, pairs: Pairs, batch: Batch) -> FloatArray:
    """Linearised mean by pair: (sum wy - mean * sum w) / denominator, shape (Q, C)."""
    away = sums.values - batch.value[pairs.domain] * sums.answered[:, sums.item_of]
    result: FloatArray = away / batch.denominator[pairs.domain]
    return result


def _unit_variance(collapsed: CollapsedDesign, pairs: Pairs, scores: FloatArray) -> FloatArray:
    """Sum over strata of scale * (sum of squares - squared sum / n), by domain."""
    n_strata = len(collapsed.stratum_scale)
    group = pairs.domain * n_strata + collapsed.stratum[pairs.unit]
    starts = np.flatnonzero(np.diff(group, prepend=-1))
    stratum = group[starts] % n_strata
    n = collapsed.n_sampled[stratum][:, None]
    spread = np.add.reduceat(np.square(scores), starts) - np.square(np.add.reduceat(scores, starts)) / n
    scaled = spread * collapsed.stratum_scale[stratum][:, None]
    result: FloatArray = np.add.reduceat(scaled, np.searchsorted(starts, pairs.starts))
    return result


def _calibration_change(
    collapsed: CollapsedDesign, batch: Batch, pairs: Pairs, scores: FloatArray, cells: tuple[CellSums, ...]
) -> FloatArray:
    """-2 beta'c + beta'G beta: what residuals take off the variance, shape (D, C)."""
    explained = [
        _category_scores(fit.indicator, own, batch) for fit, own in zip(collapsed.fits, cells, strict=True)
    ]
    change = np.empty(batch.value.shape)
    for domain, (start, end) in enumerate(pairs.bounds):
        slope = _slope(collapsed.fits, [fitted[:, domain] for fitted in explained])
        crossed = collapsed.scaled_categories[pairs.unit[start:end]].T @ scores[start:end]
        change[domain] = np.einsum("kc,kc->c", slope, collapsed.category_gram @ slope - 2 * crossed)
    return change


def _slope(fits: tuple[MarginFit, ...], fitted: list[FloatArray]) -> FloatArray:
    """Coefficients of the scores on the levels, fit by fit of what is left, shape (K, C)."""
    slopes: list[FloatArray] = []
    for fit, own in zip(fits, fitted, strict=True):
        for gram, slope in zip(fit.earlier, slopes, strict=True):
            own = own - gram @ slope
        slopes.append(fit.inverse @ own)
    return np.vstack(slopes)


def _category_scores(indicator: sparse.csr_array, cells: CellSums, batch: Batch) -> FloatArray:
    """X' (before/after) * scores of each domain and term, shape (K, D, C)."""
    scores = _scores(cells.sums, cells.pairs, batch)
    result = np.empty((indicator.shape[0], *batch.value.shape))
    for domain, (start, end) in enumerate(cells.pairs.bounds):
        result[:, domain] = indicator[:, cells.pairs.unit[start:end]] @ scores[start:end]
    return result
