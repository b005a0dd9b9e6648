"""Calibration to totals of any auxiliary variables: linear (GREG), raking, logit, with or without bounds."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import numpy as np
from scipy import linalg

from cityvoice.stats.calibrated import MatrixAdjustment
from cityvoice.stats.encoding import FloatArray, encode
from cityvoice.stats.errors import ConvergenceError, InfeasibleError, MissingValuesError, WeightingError
from cityvoice.stats.formula.auxiliaries import auxiliary_matrix, named_totals
from cityvoice.stats.formula.model_frame import ModelMatrix
from cityvoice.stats.options import check_option
from cityvoice.stats.weight_diagnostics import record_step
from cityvoice.stats.weighting.distances import Distance, DistanceName
from cityvoice.stats.weighting.sample import Sample
from cityvoice.stats.weighting.steps import StepOutcome

UNWEIGHTED = 20.0  # targets this many times the sample's totals: the weights do not expand it


@dataclass(frozen=True)
class Calibrate:
    """Move weights as little as possible so that totals of auxiliary variables hold.

    Parameters
    ----------
    terms : tuple of str
        ``("sex * age", "district", "income")``; ``"-1"`` drops the intercept.
    totals : mapping of column name to population total
        Column names are those of the model matrix: ``(Intercept)``, ``sexM``, ``sexM:age25-34``, ``income``.
    distance : {"linear", "raking", "logit"}
    bounds : (lower, upper), optional
        Of weight after / weight before, or of the weight itself when ``bounds_on="weight"``.
    cluster : str, optional
        Column whose units all get one factor (persons of a household).
    variance_of : mapping of column name to number, optional
        Model variance as a combination of columns, e.g. ``{"enroll": 1}`` gives the ratio estimator.
    tolerance : float
        Largest ``|total - target| / (1 + |target|)`` at which the iterations end.
    on_failure : {"error", "warn"}
    """

    terms: tuple[str, ...]
    totals: Mapping[str, float]
    distance: DistanceName = "linear"
    bounds: tuple[float, float] | None = None
    bounds_on: Literal["factor", "weight"] = "factor"
    cluster: str | None = None
    variance_of: Mapping[str, float] | None = None
    tolerance: float = 1e-10
    max_iterations: int = 200
    on_failure: Literal["error", "warn"] = "error"
    kind: ClassVar[str] = "calibrate"

    @property
    def label(self) -> str:
        limits = f", bounded {self.bounds[0]:g} to {self.bounds[1]:g}" if self.bounds else ""
        return f"calibrate ({self.distance}{limits}) to " + ", ".join(self.terms)

    def apply(self, sample: Sample) -> StepOutcome:
        matrix = auxiliary_matrix(sample.frame, self.terms)
        active = sample.weights != 0
        if np.isinf(matrix.values[active]).any():
            raise WeightingError("calibration-infinite", "auxiliary variables", "finite numbers", "infinity")
        if (matrix.is_missing & active).any():
            raise MissingValuesError(
                "calibration-missing",
                f"row {int(np.argmax(matrix.is_missing & active))}",
                "a value of every auxiliary variable",
                f"{int((matrix.is_missing & active).sum())} rows without one",
            )
        targets = named_totals(matrix, self.totals)
        if not np.isfinite(targets).all():
            name = matrix.names[int(np.argmax(~np.isfinite(targets)))]
            raise WeightingError(
                "calibration-total", f"total {name}", "a finite number", str(self.totals[name])
            )
        values, weights = np.where(active[:, None], matrix.values, 0.0), sample.weights
        if self.cluster is not None:
            values, weights = _by_cluster(sample, self.cluster, values, weights)
        spread = self._model_variance(matrix, values)
        fit = calibrate_factors(
            values, weights, targets, self._distance(weights), spread, self.tolerance, self.max_iterations
        )
        after = sample.weights * fit.factors
        if not fit.converged and self.on_failure != "warn" and not sample.is_replicate:
            raise self._failure(matrix, values, after, targets, fit)
        record = record_step(
            self.kind,
            self.label,
            sample.weights,
            after,
            converged=fit.converged,
            iterations=fit.iterations,
            largest_change=fit.misfit,
            counts={"targets": len(targets)},
        )
        adjustment = MatrixAdjustment(values, weights, weights * fit.factors, spread)
        return StepOutcome(after, record, adjustment)

    def _distance(self, weights: FloatArray) -> Distance:
        check_option("bounds_on", self.bounds_on, ("factor", "weight"))
        low, high = self.bounds if self.bounds is not None else (-np.inf, np.inf)
        lower, upper = np.asarray(low, dtype=float), np.asarray(high, dtype=float)
        if self.bounds_on == "weight":
            positive = np.where(weights > 0, weights, 1.0)
            lower, upper = lower / positive, upper / positive
        return Distance(self.distance, lower, upper)

    def _model_variance(self, matrix: ModelMatrix, values: FloatArray) -> FloatArray:
        if self.variance_of is None:
            return np.ones(len(values))
        mix = np.array([float(self.variance_of.get(name, 0.0)) for name in matrix.names])
        spread: FloatArray = values @ mix
        if (spread <= 0).any():
            raise WeightingError(
                "variance-not-positive",
                "variance_of",
                "a positive variance in every row",
                f"{spread.min():g}",
            )
        return spread

    def _failure(
        self,
        matrix: ModelMatrix,
        values: FloatArray,
        after: FloatArray,
        targets: FloatArray,
        fit: "CalibrationFit",
    ) -> WeightingError:
        reached = after @ values
        worst = int(np.argmax(np.abs(reached - targets) / (1 + np.abs(targets))))
        n = int(((values[:, worst] != 0) & (after != 0)).sum())
        where, expected = f"total {matrix.names[worst]} (n = {n})", f"{targets[worst]:g}"
        got = f"{reached[worst]:g} after {fit.iterations} iterations"
        if np.linalg.matrix_rank(values) < len(targets):
            hint = "Columns follow from each other, and their totals contradict it: leave one of them out."
            return InfeasibleError("calibration-collinear", where, expected, got, hint)
        hint = f"Widen the bounds, collapse the level with {_neighbour(matrix, worst)}, or drop the total."
        kind = InfeasibleError if self.bounds is not None else ConvergenceError
        return kind("calibration-infeasible", where, expected, got, hint)

    def to_dict(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "terms": list(self.terms),
            "totals": dict(self.totals),
            "distance": self.distance,
            "bounds": list(self.bounds) if self.bounds is not None else None,
            "bounds_on": self.bounds_on,
            "cluster": self.cluster,
            "variance_of": dict(self.variance_of) if self.variance_of is not None else None,
            "tolerance": self.tolerance,
            "max_iterations": self.max_iterations,
            "on_failure": self.on_failure,
        }

    @classmethod
    def from_dict(cls, plain: dict[str, Any]) -> "Calibrate":
        rest = {key: value for key, value in plain.items() if key not in ("kind", "terms", "bounds")}
        bounds = plain.get("bounds")
        return cls(tuple(plain["terms"]), bounds=tuple(bounds) if bounds else None, **rest)


def _neighbour(matrix: ModelMatrix, column: int) -> str:
    """The level to collapse with: the nearest of the same variable, else its reference."""
    others = np.flatnonzero(matrix.assign == matrix.assign[column])
    others = others[others != column]
    if not others.size:
        return "the first level"
    return matrix.names[int(others[np.argmin(np.abs(others - column))])]


@dataclass(frozen=True, eq=False)
class CalibrationFit:
    """Factor g of each row, and how the iterations ended."""

    factors: FloatArray
    converged: bool
    iterations: int
    misfit: float


def calibrate_factors(
    values: FloatArray,
    weights: FloatArray,
    targets: FloatArray,
    distance: Distance,
    spread: FloatArray,
    tolerance: float,
    max_iterations: int,
) -> CalibrationFit:
    """Newton's method for the multipliers of the calibration equations, with halved steps.

    Parameters
    ----------
    values : float array, shape (n, K)
    weights : float array, shape (n,)
    targets : float array, shape (K,)
    spread : float array, shape (n,)
        Model variance of each row.
    """
    lift = _lift(weights @ values, targets)
    weights = weights * lift
    multipliers = np.zeros(len(targets))
    u = np.zeros(len(weights))
    misfit = targets - weights @ values
    error, iteration = np.inf, 0
    least = 2 if distance.is_linear else 1  # the second step takes away the rounding of the first
    while (error >= tolerance or iteration < least) and iteration < max_iterations:
        slopes = weights * distance.slopes(u) / spread
        hessian = (values * slopes[:, None]).T @ values
        step = linalg.pinvh(hessian, rtol=256 * np.finfo(float).eps) @ misfit
        for _ in range(60):
            u = values @ (multipliers + step) / spread
            if np.isfinite(distance.factors(u)).all() and np.isfinite(distance.slopes(u)).all():
                break
            step = step / 2
        multipliers = multipliers + step
        misfit = targets - (weights * distance.factors(u)) @ values
        error = float((np.abs(misfit) / (1 + np.abs(targets))).max())
        iteration += 1
    return CalibrationFit(lift * distance.factors(u), error < tolerance, iteration, error)


def _lift(totals: FloatArray, targets: FloatArray) -> float:
    """Common factor for weights that do not expand to the population yet; 1 for those that do.

    From weights of 1 the first Newton step would overshoot. Bounds then count from the lifted weights.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        ratios = targets / totals
    return float(ratios.mean()) if np.isfinite(ratios).all() and ratios.min() > UNWEIGHTED else 1.0


def _by_cluster(
    sample: Sample, name: str, values: FloatArray, weights: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Columns and weights averaged over the rows of each cluster."""
    codes = encode(sample.frame.column(name)).codes
    size = int(codes.max()) + 1
    counts = np.bincount(codes, minlength=size)
    means = [np.bincount(codes, weights=column, minlength=size) / counts for column in (*values.T, weights)]
    averaged = np.column_stack(means)[codes]
    return averaged[:, :-1], averaged[:, -1]
