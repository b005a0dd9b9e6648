"""Weighted counts of many coded columns by group: columns are counted several at a time.

Two questions of five levels and a missing one make 36 combinations. To count those takes hardly longer than
to count one question, and the counts of each question are sums of them.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from math import prod
from os import cpu_count
from typing import Any

import numpy as np
import numpy.typing as npt

from cityvoice.stats.encoding import FloatArray, weighted_counts

TABLE = 2**19  # numbers in a joint table: what a processor's cache holds
ROWS_PER_ENTRY = 16  # to take a column's counts out of an entry costs as much as to count so many rows
ROWS = 2**19  # rows whose keys are made at once
THREADED_ROWS, MAX_THREADS = (
    2**22,
    4,
)  # NumPy counts without holding the interpreter; few rows are not worth it


@dataclass(frozen=True, eq=False)
class CodedColumn:
    """Codes from 0 to size - 1, and -1 for missing."""

    codes: npt.NDArray[Any]
    size: int

    @property
    def width(self) -> int:
        return self.size + 1


@dataclass(frozen=True, eq=False)
class JointCounts:
    """Weighted counts of the combinations of some columns.

    Parameters
    ----------
    positions : tuple of int
        Which of the columns.
    widths : tuple of int
        Levels of each, the missing one included, which comes first.
    table : float array, shape (groups, product of widths)
    """

    positions: tuple[int, ...]
    widths: tuple[int, ...]
    table: FloatArray

    def selectors(self) -> Iterator[tuple[int, FloatArray]]:
        """Position of each column, and what turns joint counts into its own, shape (joint, size)."""
        places = np.unravel_index(np.arange(prod(self.widths)), self.widths)
        for position, width, place in zip(self.positions, self.widths, places, strict=True):
            yield position, (place[:, None] == np.arange(1, width)).astype(float)


def joint_counts(
    groups: npt.NDArray[Any], n_groups: int, weights: FloatArray, columns: Sequence[CodedColumn]
) -> Iterator[JointCounts]:
    """Sum of weights by group and level of every column.

    Parameters
    ----------
    groups : int array, shape (n,)
        Codes from 0 to n_groups - 1.
    weights : float array, shape (n,)
    """
    room = min(TABLE, len(groups) // ROWS_PER_ENTRY)
    bundles = _bundles([column.width for column in columns], n_groups, room)

    def count(bundle: tuple[int, ...]) -> JointCounts:
        chosen = [columns[position] for position in bundle]
        table = _joint_table(groups, n_groups, weights, chosen)
        return JointCounts(bundle, tuple(column.width for column in chosen), table)

    if len(groups) < THREADED_ROWS:
        yield from map(count, bundles)
        return
    with ThreadPoolExecutor(min(cpu_count() or 1, MAX_THREADS)) as threads:
        yield from threads.map(count, bundles)


def _bundles(widths: Sequence[int], n_groups: int, room: int) -> list[tuple[int, ...]]:
    """Columns that follow each other, as many as a joint table has room for."""
    bundles: list[list[int]] = []
    size = room + 1
    for position, width in enumerate(widths):
        size *= width
        if size > room:
            bundles.append([])
            size = n_groups * width
        bundles[-1].append(position)
    return [tuple(bundle) for bundle in bundles]


def _joint_table(
    groups: npt.NDArray[Any],
    n_groups: int,
    weights: FloatArray,
    columns: Sequence[CodedColumn],
) -> FloatArray:
    """Counts of the combinations, block by block in the same memory: new memory costs more than to count."""
    width = prod(column.width for column in columns)
    narrow = next(kind for kind in (np.int8, np.int16, np.int32, np.int64) if width <= np.iinfo(kind).max)
    keys = np.empty(min(len(groups), ROWS), dtype=np.int64)
    joints = np.empty(len(keys), dtype=narrow)
    counts: FloatArray | None = None
    for start in range(0, len(groups), ROWS):
        rows = slice(start, start + ROWS)
        size = len(groups[rows])
        key, joint = keys[:size], joints[:size]
        np.multiply(groups[rows], width, out=key)
        _join_codes(columns, rows, joint)
        np.add(key, joint, out=key)
        part = weighted_counts(key, weights[rows], n_groups * width)
        counts = part if counts is None else np.add(counts, part, out=counts)
    if counts is None:
        return np.zeros((n_groups, width))
    return counts.reshape(n_groups, width)


def _join_codes(columns: Sequence[CodedColumn], rows: slice, joint: npt.NDArray[Any]) -> None:
    """Combination of levels in each row, the missing level first."""
    narrow = joint.dtype.type
    np.add(columns[0].codes[rows], 1, out=joint, casting="unsafe")
    for column in columns[1:]:
        joint *= narrow(column.width)
        np.add(joint, column.codes[rows], out=joint, casting="unsafe")
        joint += narrow(1)
