"""Indicators of several units, ready for a composite index."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cityvoice.stats.encoding import FloatArray
from cityvoice.stats.errors import EstimationError
from cityvoice.stats.estimation import Grouped


@dataclass(frozen=True, eq=False)
class Indicators:
    """A table of indicators to be made into an index.

    Parameters
    ----------
    units : tuple of str, length m
        Districts, cities or waves.
    names : tuple of str, length k
    values : float array, shape (m, k)
    directions : tuple of {1, -1}, length k
        -1 where less is better; all 1 when left out.
    covariance : float array, shape (k m, k m), optional
        Sampling covariance, units varying fastest (the order of `estimation.grouped`).
    """

    units: tuple[str, ...]
    names: tuple[str, ...]
    values: FloatArray
    directions: tuple[int, ...] = ()
    covariance: FloatArray | None = None

    def __post_init__(self) -> None:
        values = np.asarray(self.values, dtype=float)
        directions = self.directions or (1,) * len(self.names)
        object.__setattr__(self, "values", values)
        object.__setattr__(self, "directions", directions)
        shape = (len(self.units), len(self.names))
        if values.shape != shape or len(directions) != shape[1] or set(directions) - {1, -1}:
            raise EstimationError(
                "index-shape", "indicators", f"a table of {shape} with directions 1 or -1", f"{values.shape}"
            )
        if not np.isfinite(values).all():
            row, column = np.argwhere(~np.isfinite(values))[0]
            raise EstimationError(
                "index-missing",
                f"{self.units[row]}, {self.names[column]}",
                "a finite value",
                f"{values[row, column]}",
                "Impute it or leave the indicator out; an index over different indicators does not compare.",
            )

    @classmethod
    def from_grouped(
        cls, means: Grouped, names: Sequence[str], directions: Sequence[int] = ()
    ) -> "Indicators":
        """Means by district, with their sampling covariance."""
        units = tuple(".".join(group) for group in means.groups)
        values = means.estimates.values.reshape(len(names), len(units)).T
        return cls(units, tuple(names), values, tuple(directions), means.estimates.covariance)

    @property
    def oriented(self) -> FloatArray:
        """Values with their sign turned where less is better."""
        return np.asarray(self.values * np.array(self.directions), dtype=float)
