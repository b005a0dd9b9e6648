"""What every step of a recipe has in common."""

from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

from cityvoice.stats.calibrated import Adjustment
from cityvoice.stats.encoding import FloatArray
from cityvoice.stats.weight_diagnostics import StepRecord
from cityvoice.stats.weighting.sample import Sample


@dataclass(frozen=True, eq=False)
class StepOutcome:
    """New weights, the record of how they came about, and what the variance must know."""

    weights: FloatArray
    record: StepRecord
    adjustment: Adjustment | None = None


class Step(Protocol):
    """A frozen description of one adjustment; it holds no data."""

    kind: ClassVar[str]

    @property
    def label(self) -> str: ...

    def apply(self, sample: Sample) -> StepOutcome: ...

    def to_dict(self) -> dict[str, Any]: ...
