"""Dictionary encoding: every categorical column becomes small integers once, and all else works on them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

MISSING = -1


@dataclass(frozen=True, eq=False)
class Codes:
    """A categorical column: ``levels[codes[i]]`` is the value of row i, code -1 is missing."""

    codes: IntArray
    levels: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.codes)

    @property
    def is_missing(self) -> BoolArray:
        return self.codes < 0


def level_name(value: Any) -> str:
    """Level as text: 1.0 and 1 are both ``"1"``, because a column turns to floats when a value is missing."""
    if isinstance(value, (float, np.floating)) and float(value).is_integer():
        return str(int(value))
    return str(value)


def encode(values: Any, levels: Sequence[str] | None = None) -> Codes:
    """Encode a column; levels keep the order of the categories, else they are sorted.

    Parameters
    ----------
    values : array-like, shape (n,)
        Strings, numbers or a pandas categorical; NaN and None are missing.
    levels : sequence of str, optional
        The only levels allowed, in this order; a value outside them gets code -1.
    """
    categorical = pd.Categorical(pd.Series(values)) if not isinstance(values, pd.Categorical) else values
    names = [level_name(level) for level in categorical.categories]
    codes = np.asarray(categorical.codes, dtype=np.int64)
    if levels is None:
        return Codes(codes, tuple(names))
    wanted = {level: position for position, level in enumerate(levels)}
    lookup = np.array([wanted.get(name, MISSING) for name in names] + [MISSING], dtype=np.int64)
    return Codes(lookup[codes], tuple(levels))


def compact(codes: IntArray) -> tuple[IntArray, int]:
    """Renumber codes to 0..k-1 in their order and return k."""
    distinct, inverse = np.unique(codes, return_inverse=True)
    return inverse.astype(np.int64).reshape(codes.shape), len(distinct)


def cross(columns: Iterable[IntArray]) -> tuple[IntArray, int]:
    """Code the combinations of several code columns that occur; -1 takes part as a value of its own."""
    combined: IntArray | None = None
    size = 0
    for column in columns:
        inner, n_inner = _from_zero(np.asarray(column, dtype=np.int64))
        if combined is None:
            combined, size = inner, n_inner
            continue
        combined, size = combined * n_inner + inner, size * n_inner
        if size > 2**22:
            combined, size = compact(combined)
    if combined is None:
        raise ValueError("cross() needs at least one column")
    return _compact_small(combined, size)


def _from_zero(column: IntArray) -> tuple[IntArray, int]:
    if column.size == 0:
        return column, 1
    low, high = int(column.min()), int(column.max())
    if high - low > 2**22:
        return compact(column)
    return column - low, high - low + 1


def _compact_small(codes: IntArray, size: int) -> tuple[IntArray, int]:
    if size > 2**22:
        return compact(codes)
    used = np.bincount(codes, minlength=size) > 0
    renumbered = np.cumsum(used) - 1
    return renumbered[codes].astype(np.int64), int(used.sum())


def weighted_counts(codes: IntArray, weights: FloatArray, size: int) -> FloatArray:
    """Sum of weights by code 0..size-1."""
    return np.bincount(codes, weights=weights, minlength=size).astype(np.float64, copy=False)


def group_sums(groups: IntArray, values: FloatArray, n_groups: int) -> FloatArray:
    """Sum of rows by group, shape (n_groups, p)."""
    sums = np.empty((n_groups, values.shape[1]))
    for column in range(values.shape[1]):
        sums[:, column] = np.bincount(groups, weights=values[:, column], minlength=n_groups)
    return sums
