"""Trimming: extreme weights are cut, and what was cut goes to the others."""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from cityvoice.stats.encoding import BoolArray, FloatArray
from cityvoice.stats.errors import ConvergenceError, WeightingError
from cityvoice.stats.results import WarningCode
from cityvoice.stats.weight_diagnostics import record_step
from cityvoice.stats.weighting.margins import fit_margins, level_fits, variables_of
from cityvoice.stats.weighting.raking import Rake
from cityvoice.stats.weighting.sample import Sample
from cityvoice.stats.weighting.steps import StepOutcome


@dataclass(frozen=True)
class Trim:
    """Cut weights to bounds and share the difference equally among rows that were not cut.

    Parameters
    ----------
    lower, upper : float, optional
        In units of the weights.
    strict : bool
        Repeat until no weight is outside; a row once cut takes no part in later sharing.
    """

    lower: float | None = None
    upper: float | None = None
    strict: bool = True
    kind: ClassVar[str] = "trim"

    @property
    def label(self) -> str:
        low = "-" if self.lower is None else f"{self.lower:g}"
        high = "-" if self.upper is None else f"{self.upper:g}"
        return f"trim weights to {low} .. {high}"

    def apply(self, sample: Sample) -> StepOutcome:
        after, n_cut = trim_weights(sample.weights, self.lower, self.upper, strict=self.strict)
        record = record_step(
            self.kind,
            self.label,
            sample.weights,
            after,
            counts={"rows_cut": n_cut, "share_cut": n_cut / max(int((sample.weights != 0).sum()), 1)},
        )
        return StepOutcome(after, record)

    def to_dict(self) -> dict[str, Any]:
        return {"kind": self.kind, "lower": self.lower, "upper": self.upper, "strict": self.strict}

    @classmethod
    def from_dict(cls, plain: dict[str, Any]) -> "Trim":
        return cls(plain.get("lower"), plain.get("upper"), plain.get("strict", True))


def trim_weights(
    weights: FloatArray, lower: float | None, upper: float | None, *, strict: bool
) -> tuple[FloatArray, int]:
    """Trimmed weights and the number of rows cut; rows with weight 0 are not part of the sample.

    Raises
    ------
    WeightingError
        No row is left between the bounds to take what was cut.
    """
    low = -np.inf if lower is None else lower
    high = np.inf if upper is None else upper
    if not low <= high:
        raise WeightingError(
            "trim-bounds", "trim", "a lower bound not above the upper", f"{low:g} and {high:g}"
        )
    present = weights != 0
    cut = np.zeros(len(weights), dtype=bool)
    current = weights.copy()
    outside = present & ((current < low) | (current > high))
    while outside.any():
        cut |= outside
        bounded = np.where(outside, np.clip(current, low, high), current)
        takers = present & ~cut
        if not takers.any():
            raise WeightingError(
                "trim-impossible",
                "trim",
                f"rows with weights between {low:g} and {high:g}",
                f"none left; the mean weight is {weights[present].mean():g}",
                "The mean weight must lie between the bounds.",
            )
        bounded[takers] += (current - bounded)[outside].sum() / takers.sum()
        current = bounded
        outside = present & ((current < low) | (current > high)) if strict else np.zeros_like(cut)
    return current, int(cut.sum())


@dataclass(frozen=True)
class CapAndRerake:
    """Rake, cap weights at a multiple of the mean, and repeat until margins and cap both hold.

    Parameters
    ----------
    rake : Rake
    cap : float
        Largest weight as a multiple of the mean weight, e.g. 5.
    max_rounds : int
    """

    rake: Rake
    cap: float = 5.0
    max_rounds: int = 100
    kind: ClassVar[str] = "cap_and_rerake"

    @property
    def label(self) -> str:
        return f"{self.rake.label}, no weight above {self.cap:g} times the mean"

    def apply(self, sample: Sample) -> StepOutcome:
        current = self.rake.apply(sample)
        n_capped, rounds = 0, 1
        while (excess := _above(current.weights, self.cap)).any():
            if rounds == self.max_rounds:
                raise ConvergenceError(
                    "cap-infeasible",
                    f"cap {self.cap:g} times the mean",
                    "weights that meet margins and cap",
                    f"{int(excess.sum())} weights above the cap after {rounds} rounds",
                    "Raise the cap or collapse thin levels.",
                )
            n_capped = max(n_capped, int(excess.sum()))
            capped = _capped(current.weights, self.cap)
            current = self.rake.apply(sample.with_weights(capped))
            rounds += 1
        cells = sample.cells(variables_of(self.rake.margins))
        margins = fit_margins(
            self.rake.margins, cells, missing=self.rake.missing, total_tolerance=self.rake.total_tolerance
        )
        record = record_step(
            self.kind,
            self.label,
            sample.weights,
            current.weights,
            iterations=rounds,
            largest_change=current.record.largest_change,
            levels=level_fits(margins, cells, cells.sums(current.weights)),
            counts={"rows_capped": n_capped},
            warnings=(WarningCode.CAPPED,) if n_capped else (),
        )
        return StepOutcome(current.weights, record, current.adjustment)

    def to_dict(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "rake": self.rake.to_dict(),
            "cap": self.cap,
            "max_rounds": self.max_rounds,
        }

    @classmethod
    def from_dict(cls, plain: dict[str, Any]) -> "CapAndRerake":
        return cls(Rake.from_dict(plain["rake"]), plain["cap"], plain["max_rounds"])


SLACK = 1e-6  # a weight this little above the cap, relatively, counts as at the cap


def _limit(weights: FloatArray, cap: float) -> float:
    return cap * float(weights[weights != 0].mean())


def _above(weights: FloatArray, cap: float) -> BoolArray:
    above: BoolArray = weights > _limit(weights, cap) * (1 + SLACK)
    return above


def _capped(weights: FloatArray, cap: float) -> FloatArray:
    return np.minimum(weights, _limit(weights, cap))
