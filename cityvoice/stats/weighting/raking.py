"""Raking: weights are multiplied, margin by margin, until all margins hold (Deming and Stephan 1940)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import numpy as np

from cityvoice.stats.calibrated import Adjustment, MarginAdjustment, RakingSweeps, safe_ratio
from cityvoice.stats.cells import Cells
from cityvoice.stats.encoding import FloatArray, IntArray, weighted_counts
from cityvoice.stats.errors import ConvergenceError, InfeasibleError, WeightingError
from cityvoice.stats.results import WarningCode
from cityvoice.stats.weight_diagnostics import record_step
from cityvoice.stats.weighting.margins import (
    FittedMargin,
    Margin,
    fit_margins,
    level_fits,
    neighbour,
    variables_of,
)
from cityvoice.stats.weighting.sample import Sample, SampleCells
from cityvoice.stats.weighting.steps import StepOutcome

MARGIN_TOLERANCE = 1e-6  # how far a level may be from its target, as a share of the population


@dataclass(frozen=True)
class Rake:
    """Rake to several margins at once.

    Parameters
    ----------
    margins : tuple of Margin
    missing : {"error", "keep"}
        Rows without a level in a margin. ``keep``: such rows are left out of that margin's fit and
        keep, as a group, their current weighted share; the margin's targets are scaled to the rest.
    tolerance : float
        The iterations end when no cell of the crossed margins moved by more than this in a sweep,
        relative to the total of the weights (1 and more: in absolute units).
    max_iterations : int
    on_failure : {"error", "warn"}
        What to do when the tolerance was not reached.
    total_tolerance : float
        How far, relatively, the totals of the margins may differ.
    """

    margins: tuple[Margin, ...]
    missing: Literal["error", "keep"] = "error"
    tolerance: float = 1e-10
    max_iterations: int = 500
    on_failure: Literal["error", "warn"] = "error"
    total_tolerance: float = 1e-6
    kind: ClassVar[str] = "rake"

    @property
    def label(self) -> str:
        return "rake to " + ", ".join(margin.name for margin in self.margins)

    def apply(self, sample: Sample) -> StepOutcome:
        cells = sample.cells(variables_of(self.margins))
        margins = fit_margins(self.margins, cells, missing=self.missing, total_tolerance=self.total_tolerance)
        levels, targets = tuple(m.codes for m in margins), [m.targets for m in margins]
        fit = rake_cells(cells.weights, levels, targets, StopRule(self.tolerance, self.max_iterations))
        by_cell = cells.weights * fit.factors
        met = fit.converged and _largest_gap(margins, by_cell) <= max(MARGIN_TOLERANCE, self.tolerance)
        if not met and self.on_failure != "warn" and not sample.is_replicate:
            raise _failure(margins, cells, by_cell, fit)
        after = sample.weights * fit.factors.take(cells.of_row)
        n_kept = int(cells.n[np.any([codes < 0 for codes in levels], axis=0)].sum())
        found = Cells(cells.of_row, levels, tuple(margin.size for margin in margins))
        adjustment: Adjustment = MarginAdjustment(found, sample.weights, after)
        if sample.compat == "R":
            trail = tuple(sample.weights * factors[cells.of_row] for factors in fit.trail)
            adjustment = RakingSweeps(found.margins_of_rows(), trail)
        record = record_step(
            self.kind,
            self.label,
            sample.weights,
            after,
            converged=met,
            iterations=fit.iterations,
            largest_change=fit.largest_change,
            levels=level_fits(margins, cells, by_cell),
            counts={"cells": cells.n_cells} | ({"rows_missing_a_margin": n_kept} if n_kept else {}),
            warnings=(WarningCode.MISSING_KEPT,) if n_kept else (),
        )
        return StepOutcome(after, record, adjustment)

    def to_dict(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "margins": [margin.to_dict() for margin in self.margins],
            "missing": self.missing,
            "tolerance": self.tolerance,
            "max_iterations": self.max_iterations,
            "on_failure": self.on_failure,
            "total_tolerance": self.total_tolerance,
        }

    @classmethod
    def from_dict(cls, plain: dict[str, Any]) -> "Rake":
        rest = {key: value for key, value in plain.items() if key not in ("kind", "margins")}
        return cls(tuple(Margin.from_dict(margin) for margin in plain["margins"]), **rest)


@dataclass(frozen=True)
class StopRule:
    tolerance: float
    max_iterations: int


@dataclass(frozen=True, eq=False)
class CellFit:
    """Factor of each cell, after each margin of the last sweep too, and how the iterations ended."""

    factors: FloatArray
    trail: tuple[FloatArray, ...]
    converged: bool
    iterations: int
    largest_change: float


def rake_cells(
    base: FloatArray, levels: Sequence[IntArray], targets: list[FloatArray], stop: StopRule
) -> CellFit:
    """Iterative proportional fitting on the distinct cells of the crossed margins.

    Parameters
    ----------
    base : float array, shape (cells,)
        Weight in each cell.
    levels : sequence of int arrays, shape (cells,)
        Level of each cell in each margin, -1 for none.
    targets : list of float arrays
        Total of each level, per margin.
    """
    total = float(base.sum())
    limit = stop.tolerance if stop.tolerance >= 1 else stop.tolerance * total
    current, change = base.copy(), np.inf
    trail: list[FloatArray] = []
    iteration = 0
    while change >= limit and iteration < stop.max_iterations:
        previous, trail = current, []
        for codes, target in zip(levels, targets, strict=True):
            current = current * _margin_factors(current, codes, target)[codes]
            trail.append(safe_ratio(current, base))
        change = float(np.abs(current - previous).max(initial=0.0))
        iteration += 1
    return CellFit(trail[-1], tuple(trail), change < limit, iteration, change / total)


def _margin_factors(current: FloatArray, codes: IntArray, target: FloatArray) -> FloatArray:
    """Factor of each level, and 1 in the last place, where code -1 points."""
    sums = weighted_counts(codes + 1, current, len(target) + 1)
    left_out = sums[0] / sums.sum()
    return np.append(safe_ratio(target * (1 - left_out), sums[1:]), 1.0)


def _gaps(margin: FittedMargin, by_cell: FloatArray) -> FloatArray:
    """Distance of each level from its target, as a share of the population."""
    reached, left_out = margin.sums(by_cell), by_cell[margin.codes < 0].sum() / by_cell.sum()
    gaps: FloatArray = np.abs(reached - margin.targets * (1 - left_out)) / margin.targets.sum()
    return gaps


def _largest_gap(margins: tuple[FittedMargin, ...], by_cell: FloatArray) -> float:
    """Sweeps may come to rest in a circle when margins contradict each other: stillness is not enough."""
    return max(float(_gaps(margin, by_cell).max()) for margin in margins)


def _failure(
    margins: tuple[FittedMargin, ...], cells: SampleCells, after: FloatArray, fit: CellFit
) -> WeightingError:
    """Name the level furthest from its target, and one to collapse it with."""
    worst = max(margins, key=lambda margin: float(_gaps(margin, after).max()))
    level = int(_gaps(worst, after).argmax())
    kind, code = (
        (InfeasibleError, "raking-infeasible")
        if fit.converged
        else (ConvergenceError, "raking-not-converged")
    )
    n = worst.counts(cells)
    partner = neighbour(level, n, worst.targets)
    labels = worst.margin.labels
    return kind(
        code,
        f"margin {worst.margin.name}, level {labels[level]} (n = {n[level]})",
        f"a total of {worst.targets[level]:g}",
        f"{worst.sums(after)[level]:g} after {fit.iterations} sweeps",
        f'Collapse "{labels[level]}" with "{labels[partner]}", or drop a margin that contradicts it.',
    )
