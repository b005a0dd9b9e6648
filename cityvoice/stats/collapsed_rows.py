"""From the rows of a design to its collapsed tables."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import sparse

from cityvoice.stats.calibrated import MarginAdjustment
from cityvoice.stats.cells import Cells
from cityvoice.stats.collapse import CellSums, CollapsedDesign, MarginFit
from cityvoice.stats.design import LonelyPsu, SurveyDesign
from cityvoice.stats.domains import Domains
from cityvoice.stats.encoding import FloatArray, IntArray
from cityvoice.stats.items import Item
from cityvoice.stats.joint_counts import CodedColumn, joint_counts
from cityvoice.stats.pairs import pair_up
from cityvoice.stats.products import slim_product
from cityvoice.stats.sums import sum_terms


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
class CollapsedRows:
    """A design whose rows are to be summed by unit and by margin cell."""

    design: SurveyDesign

    @cached_property
    def of_row(self) -> IntArray:
        """Unit of each row, units in the order of their strata."""
        stage, order = self.design.stages[0], self.unit_order
        if np.array_equal(order, np.arange(len(order))):
            return stage.units
        rank = np.empty_like(order)
        rank[order] = np.arange(len(order))
        return rank.take(stage.units)

    @cached_property
    def are_units(self) -> bool:
        """Whether each row was drawn by itself, and no weight was fitted to margins."""
        return not self.margins and self.design.stages[0].n_units == len(self.design)

    @cached_property
    def stratum_of_row(self) -> IntArray:
        stage = self.design.stages[0]
        return stage.unit_stratum.take(stage.units)

    @cached_property
    def unit_order(self) -> IntArray:
        return np.argsort(self.design.stages[0].unit_stratum, kind="stable")

    @cached_property
    def margins(self) -> tuple[MarginAdjustment, ...]:
        return tuple(a for a in self.design.adjustments if isinstance(a, MarginAdjustment))

    @cached_property
    def collapsed(self) -> CollapsedDesign:
        stage = self.design.stages[0]
        free = np.zeros(stage.n_strata)
        free[stage.unit_stratum] = stage.free_fraction
        fits = tuple(self._fit(position) for position in range(len(self.margins)))
        return CollapsedDesign(
            stage.unit_stratum[self.unit_order], stage.n_sampled, free, self.design.lonely_psu, fits
        )

    def _fit(self, position: int) -> MarginFit:
        own = self.margins[position]
        earlier = tuple(_cross_gram(own, other) for other in self.margins[:position])
        return MarginFit(own.cells.indicator, own.inverse, self._unit_levels(own.cells, own.after), earlier)

    def _unit_levels(self, cells: Cells, weights: FloatArray) -> FloatArray:
        n_units = self.design.stages[0].n_units
        codes = [
            level.astype(np.int16 if size < 2**15 else np.int64).take(cells.of_row)
            for level, size in zip(cells.levels, cells.sizes, strict=True)
        ]
        columns = [CodedColumn(*column) for column in zip(codes, cells.sizes, strict=True)]
        blocks = [np.empty((n_units, size)) for size in cells.sizes]
        for counts in joint_counts(self.of_row, n_units, weights, columns):
            for position, selector in counts.selectors():
                blocks[position] = slim_product(counts.table, selector)
        return np.hstack(blocks)

    def sum_cells(self, items: Sequence[Item], domains: Domains) -> tuple[CellSums, ...]:
        """Sums by domain and margin cell, one table for each adjustment of the design."""
        found = []
        for adjustment in self.margins:
            cells = adjustment.cells
            pairs, of_row = pair_up(domains.dense, domains.n_present, cells.of_row, cells.n_cells)
            weights = self.design.weights * adjustment.ratio
            found.append(CellSums(pairs, sum_terms(items, pairs, of_row, weights)))
        return tuple(found)


def _cross_gram(later: MarginAdjustment, earlier: MarginAdjustment) -> FloatArray:
    """X_later' diag(before_later / after_later * after_earlier) X_earlier."""
    at = (later.cells.of_row, earlier.cells.of_row)
    shape = (later.cells.n_cells, earlier.cells.n_cells)
    by_cells = sparse.coo_array((later.ratio * earlier.after, at), shape=shape).tocsr()
    gram: FloatArray = (later.cells.indicator @ by_cells @ earlier.cells.indicator.T).toarray()
    return gram
