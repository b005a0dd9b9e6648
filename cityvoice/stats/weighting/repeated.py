"""A recipe run again in every replicate: on cells where it only needs cells, else row by row."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from cityvoice.stats.calibrated import safe_ratio
from cityvoice.stats.cells import level_indicator
from cityvoice.stats.encoding import BoolArray, FloatArray, IntArray
from cityvoice.stats.replicates import Replicates, ReplicateWeights
from cityvoice.stats.weighting.margins import FittedMargin, Margin, fit_margins, variables_of
from cityvoice.stats.weighting.poststratification import Poststratify
from cityvoice.stats.weighting.raking import Rake
from cityvoice.stats.weighting.sample import Sample, SampleCells
from cityvoice.stats.weighting.steps import Step
from cityvoice.stats.weighting.trimming import CapAndRerake

REPLICATE_TOLERANCE = 1e-9  # of a cell, relative to the total: far below any standard error
MAX_SWEEPS = 200
REPLICATES = 50  # raked at once: their cells stay in a processor's cache


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
        fits = [fit for fit in map(_margins_of, self.steps) if fit is not None]
        if not fits:
            return lost
        cells = self._cells(fits)
        by_unit = _cells_by_units(cells, unit_of_row, len(unit_factors))
        for fitted in (margin for fit in fits for margin in fit.on(cells)):
            table = level_indicator((fitted.codes,), (fitted.size,)) @ by_unit
            held = np.asarray(table.sum(axis=1)).ravel() > 0
            lost |= (np.asarray(table @ unit_factors)[held] <= 0).any(axis=0)
        return lost

    def _cells(self, fits: Sequence["_Margins"]) -> SampleCells:
        return self.sample.cells(variables_of(margin for fit in fits for margin in fit.margins))

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
        fits = [fit for fit in map(_margins_of, self.steps) if fit is not None]
        cells = self._cells(fits)
        base = _cells_by_units(cells, unit_of_row, len(unit_factors))
        factors = np.empty((cells.n_cells, unit_factors.shape[1]))
        for first in range(0, factors.shape[1], REPLICATES):
            some = slice(first, first + REPLICATES)
            factors[:, some] = self._cell_factors(cells, fits, np.asarray(base @ unit_factors[:, some]))
        return CellWeights(self.sample.weights, unit_of_row, cells.of_row, unit_factors, factors)

    @staticmethod
    def _cell_factors(cells: SampleCells, fits: Sequence["_Margins"], start: FloatArray) -> FloatArray:
        """What all steps together multiply each cell by, in every replicate, shape (cells, R)."""
        current, full = start, cells.weights
        for margins in (fit.on(cells) for fit in fits):
            current = _fit_cells(current, full, margins)
            full = _fit_cells(full[:, None], full, margins)[:, 0]
        return safe_ratio(current, start)


@dataclass(frozen=True)
class _Margins:
    """Margins that a step fits."""

    margins: tuple[Margin, ...]
    missing: str
    total_tolerance: float

    def on(self, cells: SampleCells) -> tuple[FittedMargin, ...]:
        return fit_margins(self.margins, cells, missing=self.missing, total_tolerance=self.total_tolerance)


def _margins_of(step: Step) -> _Margins | None:
    """None for steps that work without."""
    if isinstance(step, CapAndRerake):
        step = step.rake
    if isinstance(step, Poststratify):
        return _Margins((step.margin,), step.missing, np.inf)
    return _Margins(step.margins, step.missing, step.total_tolerance) if isinstance(step, Rake) else None


def _cells_by_units(cells: SampleCells, unit_of_row: IntArray, n_units: int) -> sparse.csr_array:
    """Sum of weights by cell and unit."""
    at = (cells.of_row.astype(np.int32), unit_of_row.astype(np.int32))
    return sparse.coo_array((cells.sample.weights, at), shape=(cells.n_cells, n_units)).tocsr()


def _fit_cells(start: FloatArray, full: FloatArray, margins: tuple[FittedMargin, ...]) -> FloatArray:
    """Rake every column of cell totals, shape (cells, R)."""
    sums = [_indicator(margin.codes, margin.size) for margin in margins]
    current, limit = start, REPLICATE_TOLERANCE * float(full.sum())
    for _ in range(MAX_SWEEPS):
        previous = current
        for adder, margin in zip(sums, margins, strict=True):
            by_level = np.asarray(adder @ current)
            left_out = by_level[-1] / by_level.sum(axis=0)
            factors = safe_ratio(margin.targets[:, None] * (1 - left_out), by_level[:-1])
            current = current * np.vstack([factors, np.ones(current.shape[1])])[margin.codes]
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
        weights = self.unit_factors.take(self.unit_of_row[rows], axis=0)
        weights *= self.cell_factors.take(self.cell_of_row[rows], axis=0)
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
