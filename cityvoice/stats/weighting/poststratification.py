"""Poststratification: weights of each cell are scaled to the cell's known total."""

from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import numpy as np

from cityvoice.stats.calibrated import MarginAdjustment, safe_ratio
from cityvoice.stats.cells import Cells
from cityvoice.stats.results import WarningCode
from cityvoice.stats.weight_diagnostics import record_step
from cityvoice.stats.weighting.margins import Margin, fit_margins, level_fits
from cityvoice.stats.weighting.sample import Sample
from cityvoice.stats.weighting.steps import StepOutcome


@dataclass(frozen=True)
class Poststratify:
    """Scale to the totals of one margin, or of one cross of variables.

    Parameters
    ----------
    margin : Margin
    missing : {"error", "keep"}
        ``keep``: rows without a level keep their weight, and the targets are scaled to the rest.
    """

    margin: Margin
    missing: Literal["error", "keep"] = "error"
    kind: ClassVar[str] = "poststratify"

    @property
    def label(self) -> str:
        return f"poststratify by {self.margin.name}"

    def apply(self, sample: Sample) -> StepOutcome:
        cells = sample.cells(self.margin.variables)
        (fitted,) = fit_margins((self.margin,), cells, missing=self.missing)
        left_out = fitted.codes < 0
        kept_share = cells.weights[left_out].sum() / cells.weights.sum()
        factors = safe_ratio(fitted.targets * (1 - kept_share), fitted.sums(cells.weights))
        of_cell = np.append(factors, 1.0)[fitted.codes]
        after = sample.weights * of_cell[cells.of_row]
        n_kept = int(cells.n[left_out].sum())
        record = record_step(
            self.kind,
            self.label,
            sample.weights,
            after,
            levels=level_fits((fitted,), cells, cells.weights * of_cell),
            counts={"rows_missing_a_margin": n_kept} if n_kept else {},
            warnings=(WarningCode.MISSING_KEPT,) if n_kept else (),
        )
        found = Cells(cells.of_row, (fitted.codes,), (fitted.size,))
        return StepOutcome(after, record, MarginAdjustment(found, sample.weights, after))

    def to_dict(self) -> dict[str, Any]:
        return {"kind": self.kind, "margin": self.margin.to_dict(), "missing": self.missing}

    @classmethod
    def from_dict(cls, plain: dict[str, Any]) -> "Poststratify":
        return cls(Margin.from_dict(plain["margin"]), plain.get("missing", "error"))
