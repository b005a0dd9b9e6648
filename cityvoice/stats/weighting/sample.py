"""What a weighting step works on: columns and current weights."""

from dataclasses import dataclass, replace

from cityvoice.stats.encoding import Codes, FloatArray
from cityvoice.stats.errors import WeightingError
from cityvoice.stats.frame import Frame


@dataclass(frozen=True, eq=False)
class Sample:
    """Columns of a sample and the weights as they stand.

    Parameters
    ----------
    frame : Frame of n rows
    weights : float array, shape (n,)
    compat : str
        ``R`` leaves variance adjustments by the conventions of R's survey package.
    is_replicate : bool
        A replicate may lack a level that the sample has; its target is then left out.
    """

    frame: Frame
    weights: FloatArray
    compat: str = ""
    is_replicate: bool = False

    def with_weights(self, weights: FloatArray) -> "Sample":
        return replace(self, weights=weights)

    def codes(self, name: str) -> Codes:
        encoded = self.frame.codes(name)
        if len(encoded) != len(self.weights):
            raise WeightingError(
                "column-length", f"column {name}", f"{len(self.weights)} rows", f"{len(encoded)}"
            )
        return encoded

    def crossed(self, names: tuple[str, ...]) -> Codes:
        for name in names:
            self.codes(name)
        return self.frame.crossed(names)
