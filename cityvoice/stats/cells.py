"""Distinct cells of crossed margins: all that raking and its residuals need to know of the rows."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import sparse

from cityvoice.stats.encoding import FloatArray, IntArray


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

    @property
    def n_cells(self) -> int:
        return len(self.levels[0])

    @property
    def n_columns(self) -> int:
        return sum(self.sizes)

    @cached_property
    def indicator(self) -> sparse.csr_array:
        """1 where a cell has a level, levels of all margins one after another, shape (K, cells)."""
        return level_indicator(self.levels, self.sizes)

    def margins_of_rows(self) -> tuple[IntArray, ...]:
        """Level of each row in each margin."""
        return tuple(level.take(self.of_row) for level in self.levels)


def level_indicator(levels: tuple[IntArray, ...], sizes: tuple[int, ...]) -> sparse.csr_array:
    """1 where a cell has a level, levels of all margins one after another, shape (K, cells)."""
    rows, columns, start = [], [], 0
    for level, size in zip(levels, sizes, strict=True):
        known = np.flatnonzero(level >= 0)
        rows.append(level[known] + start)
        columns.append(known)
        start += size
    at = (np.concatenate(rows), np.concatenate(columns))
    return sparse.coo_array((np.ones(len(at[0])), at), shape=(start, len(levels[0]))).tocsr()


def margin_inverse(indicator: sparse.csr_array, by_cell: FloatArray) -> FloatArray:
    """Generalised inverse of X' b X, shape (K, K); margins share their total, so it is singular.

    Parameters
    ----------
    indicator : sparse array, shape (K, cells)
    by_cell : float array, shape (cells,)
        Weight before the fit in each cell.
    """
    gram = (indicator @ sparse.diags_array(by_cell) @ indicator.T).toarray()
    scale = np.sqrt(np.maximum(np.diag(gram), np.finfo(float).tiny))
    inverse: FloatArray = np.linalg.pinv(gram / np.outer(scale, scale), rcond=1e-11, hermitian=True)
    rescaled: FloatArray = inverse / np.outer(scale, scale)
    return rescaled
