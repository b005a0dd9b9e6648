"""A recipe run again in every replicate: on cells where it only needs cells, else row by row."""

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from cityvoice.stats.calibrated import safe_ratio
from cityvoice.stats.encoding import BoolArray, FloatArray, IntArray, cross
from cityvoice.stats.replicates import Replicates, ReplicateWeights
from cityvoice.stats.weighting.margins import FittedMargin, fit_margins
from cityvoice.stats.weighting.poststratification import Poststratify
from cityvoice.stats.weighting.raking import Rake
from cityvoice.stats.weighting.sample import Sample
from cityvoice.stats.weighting.steps import Step
from cityvoice.stats.weighting.trimming import CapAndRerake

REPLICATE_TOLERANCE = 1e-9  # of a cell, relative to the total: far below any standard error
MAX_SWEEPS = 200


@dataclass(frozen=True, eq=False)
class RepeatedRecipe:
    """The steps of a recipe with the sample they ran on.

    Parameters
    ----------
    steps : tuple of Step
    sample : Sample
        With the base weights.
    """

    steps: tuple[Step, ...]
    sample: Sample

    def replicate(self, unit_factors: FloatArray, unit_of_row: IntArray) -> ReplicateWeights:
        """Repeat all steps in every replicate."""
        if all(isinstance(step, Rake | Poststratify) for step in self.steps):
            return self._on_cells(unit_factors, unit_of_row)
        return self._row_by_row(unit_factors, unit_of_row)

    def loses_a_target(self, unit_factors: FloatArray, unit_of_row: IntArray) -> BoolArray:
        """Replicates without any respondent left for one of the targets, shape (R,)."""
        lost = np.zeros(unit_factors.shape[1], dtype=bool)
        n_units = len(unit_factors)
        for margin in (margin for step in self.steps for margin in _margins_of(step, self.sample)):
            at = (margin.codes + 1, unit_of_row)
            shape = (margin.size + 1, n_units)
            table = sparse.coo_array((self.sample.weights, at), shape=shape).tocsr()[1:]
            held = np.asarray(table @ np.ones(n_units)) > 0
            lost |= (np.asarray(table @ unit_factors)[held] <= 0).any(axis=0)
        return lost

    def _row_by_row(self, unit_factors: FloatArray, unit_of_row: IntArray) -> Replicates:
        n_replicates = unit_factors.shape[1]
        weights = np.empty((len(unit_of_row), n_replicates))
        for replicate in range(n_replicates):
            base = self.sample.weights * unit_factors[unit_of_row, replicate]
            sample = Sample(self.sample.frame, base, self.sample.compat, is_replicate=True)
            for step in self.steps:
                sample = sample.with_weights(step.apply(sample).weights)
            weights[:, replicate] = sample.weights
        return Replicates(weights, 1.0, np.ones(n_replicates), mse=True)

    def _on_cells(self, unit_factors: FloatArray, unit_of_row: IntArray) -> "CellWeights":
        fitted = [_fitted(step, self.sample) for step in self.steps]
        cells, n_cells = cross([margin.codes for margins in fitted for margin in margins])
        n_units = len(unit_factors)
        base = sparse.coo_array(
            (self.sample.weights, (cells, unit_of_row)), shape=(n_cells, n_units)
        ).tocsr()  # rows of one cell and unit are summed
        start = np.asarray(base @ unit_factors)
        full = np.asarray(base @ np.ones(n_units))
        current = start.copy()
        for margins in fitted:
            current = _fit_cells(current, full, margins, cells, n_cells)
            full = _fit_cells(full[:, None], full, margins, cells, n_cells)[:, 0]
        return CellWeights(self.sample.weights, unit_of_row, cells, unit_factors, safe_ratio(current, start))


def _margins_of(step: Step, sample: Sample) -> tuple[FittedMargin, ...]:
    """Margins a step fits, none for steps that work without."""
    if isinstance(step, CapAndRerake):
        return _fitted(step.rake, sample)
    return _fitted(step, sample) if isinstance(step, Rake | Poststratify) else ()


def _fitted(step: Step, sample: Sample) -> tuple[FittedMargin, ...]:
    if isinstance(step, Rake):
        return fit_margins(step.margins, sample, missing=step.missing, total_tolerance=step.total_tolerance)
    if isinstance(step, Poststratify):
        return fit_margins((step.margin,), sample, missing=step.missing)
    raise TypeError(f"{step.kind} does not work on cells")


def _fit_cells(
    start: FloatArray,
    full: FloatArray,
    margins: tuple[FittedMargin, ...],
    cells: IntArray,
    n_cells: int,
) -> FloatArray:
    """Rake every column of cell totals, shape (cells, R)."""
    first_row = np.zeros(n_cells, dtype=np.int64)
    first_row[cells] = np.arange(len(cells))
    levels = [margin.codes[first_row] for margin in margins]
    sums = [_indicator(codes, margin.size) for codes, margin in zip(levels, margins, strict=True)]
    current, limit = start, REPLICATE_TOLERANCE * float(full.sum())
    for _ in range(MAX_SWEEPS):
        previous = current
        for codes, adder, margin in zip(levels, sums, margins, strict=True):
            by_level = np.asarray(adder @ current)
            left_out = by_level[-1] / by_level.sum(axis=0)
            factors = safe_ratio(margin.targets[:, None] * (1 - left_out), by_level[:-1])
            current = current * np.vstack([factors, np.ones(current.shape[1])])[codes]
        if len(margins) == 1 or float(np.abs(current - previous).max()) < limit:
            break
    return current


def _indicator(codes: IntArray, size: int) -> sparse.csr_array:
    """Sum over cells by level, the missing ones last, shape (levels + 1, cells)."""
    rows = np.where(codes < 0, size, codes)
    at = (rows, np.arange(len(codes)))
    return sparse.coo_array((np.ones(len(codes)), at), shape=(size + 1, len(codes))).tocsr()


@dataclass(frozen=True, eq=False)
class CellWeights:
    """Replicate weights as base weight x factor of the unit x factor of the cell."""

    base: FloatArray
    unit_of_row: IntArray
    cell_of_row: IntArray
    unit_factors: FloatArray
    cell_factors: FloatArray

    @property
    def n_replicates(self) -> int:
        return int(self.unit_factors.shape[1])

    def block(self, rows: IntArray) -> FloatArray:
        weights = self.unit_factors[self.unit_of_row[rows]] * self.cell_factors[self.cell_of_row[rows]]
        weights *= self.base[rows, None]
        return weights


@dataclass(frozen=True, eq=False)
class FixedWeights:
    """Weights that no recipe has to be repeated for."""

    weights: FloatArray

    def loses_a_target(self, unit_factors: FloatArray, unit_of_row: IntArray) -> BoolArray:
        return np.zeros(unit_factors.shape[1], dtype=bool)

    def replicate(self, unit_factors: FloatArray, unit_of_row: IntArray) -> ReplicateWeights:
        one_cell = np.zeros(len(self.weights), dtype=np.int64)
        return CellWeights(
            self.weights, unit_of_row, one_cell, unit_factors, np.ones((1, unit_factors.shape[1]))
        )
