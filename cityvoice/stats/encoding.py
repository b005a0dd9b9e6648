"""Dictionary encoding: every categorical column becomes small integers once, and all else works on them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from cityvoice.stats.errors import StatsError

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

MISSING = -1
BLOCK = 2**18  # rows
CROSS_TABLE = 2**22  # combinations counted in a table; beyond, by sorting
DIRECT_TABLE = 2**16  # integers no further apart than that are counted in a table, however few rows there are


@dataclass(frozen=True, eq=False)
class Codes:
    """A categorical column: ``levels[codes[i]]`` is the value of row i, code -1 is missing.

    Codes may be of any signed type that holds ``len(levels)``: a file is read into one byte a row.
    """

    codes: npt.NDArray[np.signedinteger[Any]]
    levels: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.codes)

    @property
    def is_missing(self) -> BoolArray:
        missing: BoolArray = self.codes < 0
        return missing


@dataclass(frozen=True, eq=False)
class Scale:
    """Whole numbers of a narrow range in one byte a row: row i is ``low + codes[i]``, code -1 is missing.

    Parameters
    ----------
    codes : int8 array, shape (n,)
    low : int
    size : int
        Numbers from `low` to ``low + size - 1``, whether they occur or not; at most 127.
    """

    codes: npt.NDArray[np.int8]
    low: int
    size: int

    def __len__(self) -> int:
        return len(self.codes)

    @property
    def is_missing(self) -> BoolArray:
        missing: BoolArray = self.codes < 0
        return missing

    @property
    def values(self) -> FloatArray:
        """The number that each code stands for."""
        return np.arange(self.low, self.low + self.size, dtype=float)

    @property
    def numbers(self) -> FloatArray:
        """The column as floats, NaN where missing."""
        return np.append(self.values, np.nan)[self.codes]

    def as_codes(self) -> Codes:
        """The column as categories: the numbers that occur, in their order."""
        used = np.bincount(self.codes.astype(np.int64) + 1, minlength=self.size + 1)[1:] > 0
        lookup = np.append(np.where(used, np.cumsum(used) - 1, MISSING), MISSING).astype(np.int8)
        return Codes(lookup[self.codes], tuple(str(self.low + k) for k in np.flatnonzero(used).tolist()))


def checked(codes: Codes, where: str) -> Codes:
    """The same codes, of which each stands for a level or for a missing value.

    Raises
    ------
    StatsError
        ``codes-range``.
    """
    size = len(codes.levels)
    stray = (codes.codes < MISSING) | (codes.codes >= size)
    if stray.any():
        row = int(np.argmax(stray))
        raise StatsError(
            "codes-range", f"{where}, row {row}", f"codes from -1 to {size - 1}", str(codes.codes[row]),
            "Each code stands for one of the levels; -1 is missing.",
        )  # fmt: skip
    return codes


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
        Strings, numbers or a pandas categorical, NaN and None are missing; or `Codes` or `Scale`.
    levels : sequence of str, optional
        The only levels allowed, in this order; a value outside them gets code -1.
    """
    codes, categories = _codes_and_categories(values)
    names = tuple(level_name(level) for level in categories)
    if levels is None:
        return Codes(codes, names)
    wanted = {level: position for position, level in enumerate(levels)}
    lookup = np.array([wanted.get(name, MISSING) for name in names] + [MISSING], dtype=np.int64)
    return Codes(lookup[codes], tuple(levels))


def row_codes(values: Any) -> npt.NDArray[Any]:
    """The codes of `encode` without the names, which nobody reads where every row is a unit."""
    return _codes_and_categories(values)[0]


def _codes_and_categories(values: Any) -> tuple[npt.NDArray[Any], Iterable[Any]]:
    if isinstance(values, Scale):
        values = values.as_codes()
    if isinstance(values, Codes):
        return values.codes, values.levels
    column = values if isinstance(values, pd.Categorical) else pd.Series(values)
    counted = _count_whole_numbers(column.to_numpy()) if isinstance(column.dtype, np.dtype) else None
    if counted is not None:
        return counted
    categorical = column if isinstance(column, pd.Categorical) else pd.Categorical(column)
    return np.asarray(categorical.codes, dtype=np.int64), categorical.categories


def _count_whole_numbers(values: npt.NDArray[Any]) -> tuple[npt.NDArray[Any], IntArray] | None:
    """Codes and distinct values of integers that are not far apart, by a table; None for all others."""
    if values.dtype.kind not in "iu" or values.dtype == np.uint64 or values.size == 0:
        return None
    low, high = int(values.min()), int(values.max())
    if high - low > max(4 * values.size, DIRECT_TABLE):
        return None
    codes, used = _renumbered(values, low, high - low + 1, np.int32)
    return codes, np.flatnonzero(used) + low


def compact(codes: npt.NDArray[Any]) -> tuple[IntArray, int]:
    """Renumber codes to 0..k-1 in their order and return k."""
    distinct, inverse = np.unique(codes, return_inverse=True)
    return inverse.astype(np.int64).reshape(codes.shape), len(distinct)


def cross(columns: Iterable[npt.NDArray[Any]]) -> tuple[IntArray, int]:
    """Code the combinations of several code columns that occur; -1 takes part as a value of its own."""
    combined: npt.NDArray[Any] | None = None
    size = 1
    for column in columns:
        inner, n_inner = _from_zero(np.asarray(column))
        width = np.int32 if size * n_inner < 2**31 else np.int64  # half the memory traffic where it fits
        if combined is None:
            combined = inner.astype(width)
        else:
            combined = combined.astype(width, copy=False)
            combined *= n_inner
            combined += inner
        size *= n_inner
        if size > CROSS_TABLE:
            combined, size = compact(combined)
    if combined is None:
        raise ValueError("cross() needs at least one column")
    return _compact_small(combined, size)


def _from_zero(column: npt.NDArray[Any]) -> tuple[npt.NDArray[Any], int]:
    if column.size == 0:
        return column, 1
    low, high = int(column.min()), int(column.max())
    if high - low > CROSS_TABLE:
        return compact(column)
    width = (
        np.int32 if column.dtype.itemsize < 4 else np.int64
    )  # a difference of small integers may not fit them
    return np.subtract(column, low, dtype=width) if low else column, high - low + 1


def _compact_small(codes: npt.NDArray[Any], size: int) -> tuple[IntArray, int]:
    renumbered, used = _renumbered(codes, 0, size, np.int64)
    return renumbered, int(used.sum())


def _renumbered(
    values: npt.NDArray[Any], low: int, size: int, kind: Any
) -> tuple[npt.NDArray[Any], BoolArray]:
    """Values from `low` to ``low + size - 1`` as codes of those that occur, and which occur."""
    used = np.zeros(size, dtype=bool)
    for rows in row_blocks(len(values)):
        used[values[rows].astype(np.int64) - low] = True
    position = (np.cumsum(used) - 1).astype(kind)
    codes = np.empty(len(values), dtype=kind)
    for rows in row_blocks(len(values)):
        position.take(values[rows].astype(np.int64) - low, out=codes[rows], mode="clip")
    return codes, used


def row_blocks(n_rows: int) -> list[slice]:
    """Rows in blocks that stay in a processor's cache: to touch new memory costs more than the arithmetic."""
    return [slice(start, start + BLOCK) for start in range(0, n_rows, BLOCK)]


def weighted_counts(codes: IntArray, weights: FloatArray, size: int) -> FloatArray:
    """Sum of weights by code 0..size-1."""
    return np.bincount(codes, weights=weights, minlength=size).astype(np.float64, copy=False)


def group_sums(groups: IntArray, values: FloatArray, n_groups: int) -> FloatArray:
    """Sum of rows by group, shape (n_groups, p)."""
    sums = np.empty((n_groups, values.shape[1]))
    for column in range(values.shape[1]):
        sums[:, column] = np.bincount(groups, weights=values[:, column], minlength=n_groups)
    return sums
