"""Batch variance on collapsed tables: one pass over the rows, all the algebra on sums by PSU and by cell.

Rows are summed once into pairs (domain, PSU) x term, and, for calibrated weights, into pairs
(domain, margin cell) x term. Scores, residuals and variances of every item in every domain follow from
these small tables; they equal the row-by-row formula to rounding.
"""

from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

import numpy as np
from scipy import sparse

from cityvoice.stats.calibrated import MarginAdjustment
from cityvoice.stats.design import LonelyPsu, SurveyDesign
from cityvoice.stats.encoding import BoolArray, FloatArray, IntArray
from cityvoice.stats.errors import LonelyPsuError
from cityvoice.stats.items import Item
from cityvoice.stats.pairs import Pairs, pair_up
from cityvoice.stats.sums import TermSums, sum_terms

PINNED = 1e-13  # a variance below this part of the uncalibrated one is rounding: the term is pinned


def is_collapsible(design: SurveyDesign) -> bool:
    """Whether the fast path covers the design; the others go row by row."""
    one_stage = len(design.stages) == 1 or bool(np.isinf(design.stages[0].unit_population).all())
    plain_rule = design.lonely_psu in (LonelyPsu.FAIL, LonelyPsu.REMOVE, LonelyPsu.CERTAINTY)
    margins_only = all(isinstance(adjustment, MarginAdjustment) for adjustment in design.adjustments)
    return (
        one_stage
        and not design.pps
        and margins_only
        and plain_rule
        and not design.adjust_domain_lonely
        and design.replicates is None
    )


@dataclass(frozen=True, eq=False)
class CollapsedDesign:
    """A design ready for batches: its units in the order of strata, and its calibration as small matrices."""

    design: SurveyDesign

    @cached_property
    def unit_order(self) -> IntArray:
        return np.argsort(self.design.stages[0].unit_stratum, kind="stable")

    @cached_property
    def stratum(self) -> IntArray:
        """Stratum of each unit, in unit order: ascending."""
        return self.design.stages[0].unit_stratum[self.unit_order]

    @cached_property
    def unit_of_row(self) -> IntArray:
        rank = np.empty_like(self.unit_order)
        rank[self.unit_order] = np.arange(len(self.unit_order))
        return rank[self.design.stages[0].units]

    @cached_property
    def n_units(self) -> int:
        return self.design.stages[0].n_units

    @cached_property
    def stratum_scale(self) -> FloatArray:
        """(1 - n/N) n / (n - 1) of each stratum; 0 for a stratum with one unit."""
        stage = self.design.stages[0]
        free = np.zeros(stage.n_strata)
        free[stage.unit_stratum] = stage.free_fraction
        free = np.where(free < 1e-7, 0.0, free)
        n = stage.n_sampled
        return np.where(n > 1, free * n / np.maximum(n - 1, 1), 0.0)

    def check_lonely(self, pairs: Pairs) -> None:
        """Refuse strata with one unit that hold respondents, under the rule "fail"."""
        stage = self.design.stages[0]
        free = np.zeros(stage.n_strata)
        free[stage.unit_stratum] = stage.free_fraction
        lonely = (stage.n_sampled == 1) & (free >= 1e-7)
        seen = lonely[self.stratum[pairs.unit]]
        if self.design.lonely_psu is LonelyPsu.FAIL and seen.any():
            raise LonelyPsuError(
                "lonely-psu",
                f"stratum number {int(self.stratum[pairs.unit[np.argmax(seen)]]) + 1}",
                "at least two sampled units in each stratum",
                "one unit",
                'Merge strata that are alike, or choose lonely_psu="adjust" (the cautious rule).',
            )

    @cached_property
    def margins(self) -> tuple[MarginAdjustment, ...]:
        return tuple(a for a in self.design.adjustments if isinstance(a, MarginAdjustment))

    @cached_property
    def spans(self) -> tuple[slice, ...]:
        """Columns of each adjustment in the matrices below."""
        ends = np.cumsum([0, *(adjustment.n_columns for adjustment in self.margins)])
        return tuple(slice(int(a), int(b)) for a, b in pairwise(ends))

    @cached_property
    def unit_categories(self) -> FloatArray:
        """Sum of weight after each adjustment by unit and category, centred in strata, shape (units, K)."""
        blocks = []
        for adjustment in self.margins:
            for codes, size in zip(adjustment.margins, adjustment.sizes, strict=True):
                key = self.unit_of_row * (size + 1) + codes + 1
                table = np.bincount(key, weights=adjustment.after, minlength=self.n_units * (size + 1))
                blocks.append(table.reshape(-1, size + 1)[:, 1:])
        table = np.hstack(blocks)
        starts = np.searchsorted(self.stratum, np.arange(len(self.stratum_scale)))
        means = np.add.reduceat(table, starts) / np.diff(np.append(starts, self.n_units))[:, None]
        return table - means[self.stratum]

    @cached_property
    def scaled_categories(self) -> FloatArray:
        return self.unit_categories * self.stratum_scale[self.stratum][:, None]

    @cached_property
    def category_gram(self) -> FloatArray:
        return self.unit_categories.T @ self.scaled_categories

    def cross_gram(self, later: int, earlier: int) -> FloatArray:
        """X_later' diag(before_later / after_later * after_earlier) X_earlier."""
        right = self.margins[earlier]
        blocks = []
        for codes, size in zip(right.margins, right.sizes, strict=True):
            columns = (codes[:, None] == np.arange(size)) * right.after[:, None]
            left = self.margins[later]
            blocks.append(left.category_sums(columns * left.ratio[:, None]))
        return np.hstack(blocks)


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


def sum_cells(
    collapsed: CollapsedDesign, items: tuple[Item, ...], domains: IntArray, n_domains: int
) -> tuple[CellSums, ...]:
    """Sums by margin cell, one for each adjustment of the design."""
    found = []
    for adjustment in collapsed.margins:
        pairs = pair_up(domains, n_domains, adjustment.cells.of_row, adjustment.cells.n_cells)
        weights = collapsed.design.weights * adjustment.ratio
        found.append(CellSums(pairs, sum_terms(items, pairs, weights)))
    return tuple(found)


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
    n = collapsed.design.stages[0].n_sampled[stratum][:, None]
    spread = np.add.reduceat(np.square(scores), starts) - np.square(np.add.reduceat(scores, starts)) / n
    scaled = spread * collapsed.stratum_scale[stratum][:, None]
    result: FloatArray = np.add.reduceat(scaled, np.searchsorted(starts, pairs.starts))
    return result


def _calibration_change(
    collapsed: CollapsedDesign, batch: Batch, pairs: Pairs, scores: FloatArray, cells: tuple[CellSums, ...]
) -> FloatArray:
    """-2 beta'c + beta'G beta: what residuals take off the variance, shape (D, C)."""
    beta = np.zeros((collapsed.unit_categories.shape[1], *batch.value.shape))
    for position, (adjustment, own) in enumerate(zip(collapsed.margins, cells, strict=True)):
        fitted = _category_scores(adjustment.cells.indicator, own, batch)
        for earlier in range(position):
            gram = collapsed.cross_gram(position, earlier)
            fitted -= np.tensordot(gram, beta[collapsed.spans[earlier]], axes=1)
        beta[collapsed.spans[position]] = np.tensordot(adjustment.inverse, fitted, axes=1)
    change = np.empty(batch.value.shape)
    for domain, (start, end) in enumerate(pairs.bounds):
        crossed = collapsed.scaled_categories[pairs.unit[start:end]].T @ scores[start:end]
        slope = beta[:, domain]
        change[domain] = np.einsum("kc,kc->c", slope, collapsed.category_gram @ slope - 2 * crossed)
    return change


def _category_scores(indicator: sparse.csr_array, cells: CellSums, batch: Batch) -> FloatArray:
    """X' (before/after) * scores of each domain and term, shape (K, D, C)."""
    scores = _scores(cells.sums, cells.pairs, batch)
    result = np.empty((indicator.shape[0], *batch.value.shape))
    for domain, (start, end) in enumerate(cells.pairs.bounds):
        result[:, domain] = indicator[:, cells.pairs.unit[start:end]] @ scores[start:end]
    return result
