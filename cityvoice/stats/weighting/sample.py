"""What a weighting step works on: columns and current weights."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from cityvoice.stats.encoding import BoolArray, Codes, FloatArray, IntArray, cross, weighted_counts
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
    counts : int array, shape (n,), optional
        Respondents with weight behind each row, where rows are groups of respondents.
    """

    frame: Frame
    weights: FloatArray
    compat: str = ""
    is_replicate: bool = False
    counts: IntArray | None = None

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

    def cells(self, names: Iterable[str]) -> "SampleCells":
        """The sample collapsed to the combinations of levels that occur in some columns."""
        columns = {name: self.codes(name) for name in names}
        of_row, n_cells = cross(column.codes for column in columns.values())
        some_row = np.zeros(n_cells, dtype=np.int64)
        some_row[of_row] = np.arange(len(of_row))
        seen = {name: Codes(column.codes[some_row], column.levels) for name, column in columns.items()}
        return SampleCells(self, of_row, Frame(seen))


@dataclass(frozen=True, eq=False)
class SampleCells:
    """Cells of a sample: all that margins need to know of its rows.

    Parameters
    ----------
    sample : Sample
    of_row : int array, shape (n,)
        Cell of each row.
    frame : Frame of one row per cell
    """

    sample: Sample
    of_row: IntArray
    frame: Frame

    @property
    def n_cells(self) -> int:
        return self.frame.n_rows

    @cached_property
    def weights(self) -> FloatArray:
        return self.sums(self.sample.weights)

    def sums(self, weights: FloatArray) -> FloatArray:
        """Sum of weights by cell."""
        return weighted_counts(self.of_row, weights, self.n_cells)

    @cached_property
    def n(self) -> IntArray:
        """Respondents of each cell with a weight other than zero."""
        if self.sample.counts is not None:
            return self.sums(self.sample.counts.astype(float)).astype(np.int64)
        present = self.sample.weights != 0
        rows = self.of_row if present.all() else self.of_row[present]
        return np.bincount(rows, minlength=self.n_cells)

    def first_row(self, cells: BoolArray) -> int:
        """The first row with weight that lies in one of the cells marked."""
        return int(np.argmax(cells[self.of_row] & (self.sample.weights != 0)))
