"""What a weighting step did, in numbers a person can check."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np
import pandas as pd

from cityvoice.stats.encoding import FloatArray
from cityvoice.stats.results import WarningCode

EXTREME = 10  # times the mean: one respondent who speaks for ten is worth a look
THIN_CELL = 30  # a level with fewer respondents makes weights jump; the usual rule of thumb


@dataclass(frozen=True, slots=True)
class WeightDiagnostics:
    """Spread of a set of weights (Kish 1965): n_eff = (sum w)^2 / sum w^2, deff = n / n_eff."""

    n: int  # rows with a weight other than zero
    total: float
    n_eff: float
    kish_deff: float
    smallest: float  # smallest weight other than zero
    largest: float

    @property
    def max_to_min(self) -> float:
        return self.largest / self.smallest

    @property
    def efficiency(self) -> float:
        """n_eff / n."""
        return 1 / self.kish_deff


def kish(weights: FloatArray) -> tuple[float, float]:
    """Effective n and design effect of unequal weights, over rows with weight; scale does not matter."""
    used = _present(weights)
    if used.size == 0:
        return 0.0, float("nan")
    scaled = used / max(float(used.max()), -float(used.min()))
    n_eff = float(scaled.sum() ** 2 / (scaled @ scaled))
    return n_eff, float(used.size / n_eff) if n_eff else float("inf")


def _present(weights: FloatArray) -> FloatArray:
    """Weights other than zero; no copy where all are."""
    return weights if weights.all() else weights[weights != 0]


def diagnose(weights: FloatArray) -> WeightDiagnostics:
    used = _present(weights)
    n_eff, deff = kish(used)
    return WeightDiagnostics(
        n=int(used.size),
        total=float(weights.sum()),
        n_eff=n_eff,
        kish_deff=deff,
        smallest=float(used.min(initial=np.inf)),
        largest=float(used.max(initial=-np.inf)),
    )


@dataclass(frozen=True, slots=True)
class LevelFit:
    """One level of a margin: the sample against the population, before and after the step.

    `target`, `before` and `after` are weighted totals; the shares are of the margin's total.
    """

    margin: str
    level: str
    n: int
    target: float
    before: float
    after: float
    target_share: float
    before_share: float
    after_share: float

    @property
    def is_thin(self) -> bool:
        return self.n < THIN_CELL


@dataclass(frozen=True)
class StepRecord:
    """The trace of one step, for the audit.

    `factor_low` and `factor_high` bound weight after / weight before; `largest_change` is the last
    relative change when the iterations stopped; `counts` holds what only this kind of step counts.
    """

    kind: str
    label: str
    converged: bool
    iterations: int
    largest_change: float
    before: WeightDiagnostics
    after: WeightDiagnostics
    factor_low: float
    factor_high: float
    levels: tuple[LevelFit, ...] = ()
    counts: Mapping[str, float] = field(default_factory=dict)
    warnings: tuple[WarningCode, ...] = ()

    @property
    def thin_cells(self) -> tuple[LevelFit, ...]:
        return tuple(level for level in self.levels if level.is_thin)

    def to_frame(self) -> pd.DataFrame:
        """One row per level of the step's margins."""
        names = [column.name for column in fields(LevelFit)]
        rows = [[getattr(level, name) for name in names] for level in self.levels]
        return pd.DataFrame(rows, columns=names)

    def to_dict(self) -> dict[str, Any]:
        """Plain types only, ready for JSON."""
        plain: dict[str, Any] = {
            name: getattr(self, name)
            for name in ("kind", "label", "converged", "iterations", "largest_change")
        }
        plain |= {"factor_low": self.factor_low, "factor_high": self.factor_high}
        for name in ("before", "after"):
            spread = getattr(self, name)
            plain[name] = {column.name: getattr(spread, column.name) for column in fields(WeightDiagnostics)}
        plain["levels"] = self.to_frame().to_dict("records")
        plain["thin_cells"] = [f"{cell.margin}={cell.level}" for cell in self.thin_cells]
        plain["counts"] = dict(self.counts)
        plain["warnings"] = [str(code) for code in self.warnings]
        return plain


def record_step(
    kind: str,
    label: str,
    before: FloatArray,
    after: FloatArray,
    *,
    converged: bool = True,
    iterations: int = 1,
    largest_change: float = 0.0,
    levels: tuple[LevelFit, ...] = (),
    counts: Mapping[str, float] | None = None,
    warnings: tuple[WarningCode, ...] = (),
) -> StepRecord:
    """Record of a step, with what can be read off any pair of weights."""
    used = (before != 0) & (after != 0)
    factors = after / before if used.all() else after[used] / before[used]
    found = list(warnings)
    if any(level.is_thin for level in levels):
        found.append(WarningCode.THIN_CELL)
    spread = diagnose(after)
    if spread.n and spread.largest > EXTREME * spread.total / spread.n:
        found.append(WarningCode.EXTREME_WEIGHTS)
    if spread.smallest < 0:
        found.append(WarningCode.NEGATIVE_WEIGHTS)
    if not converged:
        found.append(WarningCode.NOT_CONVERGED)
    return StepRecord(
        kind=kind,
        label=label,
        converged=converged,
        iterations=iterations,
        largest_change=largest_change,
        before=diagnose(before),
        after=spread,
        factor_low=float(factors.min(initial=np.inf)),
        factor_high=float(factors.max(initial=-np.inf)),
        levels=levels,
        counts=counts or {},
        warnings=tuple(dict.fromkeys(found)),
    )
