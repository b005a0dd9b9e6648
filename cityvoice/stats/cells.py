"""Distinct cells of crossed margins: all that raking and its residuals need to know of the rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import sparse

from cityvoice.stats.encoding import IntArray, cross


@dataclass(frozen=True, eq=False)
class Cells:
    """Cells that occur.

    Parameters
    ----------
    of_row : int array, shape (n,)
    levels : tuple of int arrays, shape (cells,)
        Level of each cell in each margin, -1 for none.
    sizes : tuple of int
        Number of levels of each margin.
    """

    of_row: IntArray
    levels: tuple[IntArray, ...]
    sizes: tuple[int, ...]

    @classmethod
    def of(cls, margins: Sequence[IntArray], sizes: Sequence[int]) -> "Cells":
        of_row, n_cells = cross(margins)
        some_row = np.zeros(n_cells, dtype=np.int64)
        some_row[of_row] = np.arange(len(of_row))
        return cls(of_row, tuple(codes[some_row] for codes in margins), tuple(sizes))

    @property
    def n_cells(self) -> int:
        return len(self.levels[0])

    @cached_property
    def indicator(self) -> sparse.csr_array:
        """1 where a cell has a level, levels of all margins one after another, shape (K, cells)."""
        rows, columns, start = [], [], 0
        for level, size in zip(self.levels, self.sizes, strict=True):
            known = np.flatnonzero(level >= 0)
            rows.append(level[known] + start)
            columns.append(known)
            start += size
        at = (np.concatenate(rows), np.concatenate(columns))
        return sparse.coo_array((np.ones(len(at[0])), at), shape=(start, self.n_cells)).tocsr()
