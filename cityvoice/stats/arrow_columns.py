"""Columns of an Arrow table as the estimators want them, without a Python object per row."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from cityvoice.stats.encoding import MISSING, Codes, FloatArray, Scale, encode, level_name

LARGEST_SCALE = 126  # numbers further apart do not fit one byte beside a code for missing


def encode_column(column: pa.ChunkedArray, *, is_sorted: bool) -> Codes | Scale | npt.NDArray[Any]:
    """`Codes` for words, `Scale` for whole numbers of a narrow range, else an array.

    Parameters
    ----------
    column : ChunkedArray
    is_sorted : bool
        Sort the levels of words: their dictionary was made by reading and has no order of its own.
    """
    kind = column.type
    if pa.types.is_dictionary(kind):
        return _words(column, is_sorted)
    if pa.types.is_integer(kind):
        return _whole_numbers(column)
    if pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        return _floats(column)
    if pa.types.is_boolean(kind) and column.null_count == 0:
        flags: npt.NDArray[Any] = column.to_numpy()
        return flags
    return encode(column.to_pandas())


def _words(column: pa.ChunkedArray, is_sorted: bool) -> Codes:
    chunks = column.unify_dictionaries().chunks
    if not chunks or chunks[0].dictionary.null_count:
        return encode(column.to_pandas())
    names = [level_name(value) for value in chunks[0].dictionary.to_pylist()]
    order = sorted(range(len(names)), key=names.__getitem__) if is_sorted else list(range(len(names)))
    narrow = next(kind for kind in (np.int8, np.int16, np.int32) if len(names) <= np.iinfo(kind).max)
    lookup = np.full(len(names) + 1, MISSING, dtype=narrow)
    lookup[order] = np.arange(len(names))
    codes = [lookup.take(chunk.indices.fill_null(MISSING).to_numpy(), mode="wrap") for chunk in chunks]
    return Codes(np.concatenate(codes), tuple(names[position] for position in order))


def _whole_numbers(column: pa.ChunkedArray) -> Scale | npt.NDArray[Any]:
    """Missing values become one less than the smallest, so that taking that off leaves -1 for them."""
    ends = pc.min_max(column)
    low, high = ends["min"].as_py(), ends["max"].as_py()
    if low is None or (high - low > LARGEST_SCALE and column.null_count):
        return _floats(column)
    if high - low > LARGEST_SCALE:
        numbers: npt.NDArray[Any] = column.to_numpy()
        return numbers
    if low - 1 < np.iinfo(column.type.to_pandas_dtype()).min:
        column = column.cast(pa.int64())
    codes = np.empty(len(column), dtype=np.int8)
    start = 0
    for chunk in column.chunks:
        values = chunk.fill_null(low - 1).to_numpy()
        part = codes[start : start + len(values)]
        np.subtract(values, values.dtype.type(low), out=part, casting="unsafe")
        start += len(values)
    return Scale(codes, low, high - low + 1)


def _floats(column: pa.ChunkedArray) -> FloatArray:
    values: FloatArray = column.cast(pa.float64()).to_numpy()
    return values
