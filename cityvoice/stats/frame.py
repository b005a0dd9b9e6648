"""Columns of a data set as the estimators see them: numbers or codes, encoded once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from cityvoice.stats.encoding import BoolArray, Codes, FloatArray, Scale, checked, encode
from cityvoice.stats.errors import StatsError


@dataclass(frozen=True, eq=False)
class Frame:
    """Read-only view of a DataFrame or a mapping of arrays.

    Numeric columns and `Scale` are numbers; boolean ones count as 0 and 1; `Codes` and all others are
    categorical.
    """

    columns: Mapping[str, Any] | pd.DataFrame
    _encoded: dict[str, Codes] = field(default_factory=dict, repr=False)

    @property
    def n_rows(self) -> int:
        if isinstance(self.columns, pd.DataFrame):
            return len(self.columns)
        return len(next(iter(self.columns.values())))

    def column(self, name: str) -> Any:
        if name not in self.columns:
            known = ", ".join(map(str, self.columns))
            raise StatsError("column-unknown", f"column {name}", f"one of {known}", name)
        return self.columns[name]

    def is_numeric(self, name: str) -> bool:
        column = self.column(name)
        if isinstance(column, Codes | Scale):
            return isinstance(column, Scale)
        return bool(pd.api.types.is_numeric_dtype(getattr(column, "dtype", np.asarray(column).dtype)))

    def numbers(self, name: str) -> FloatArray:
        """Values as floats, missing as NaN."""
        column = self.column(name)
        if isinstance(column, Scale):
            return column.numbers
        values: FloatArray = pd.Series(column).to_numpy(dtype=float, na_value=np.nan)
        return values

    def codes(self, name: str) -> Codes:
        if name not in self._encoded:
            column = self.column(name)
            self._encoded[name] = (
                checked(column, f"column {name}") if isinstance(column, Codes) else encode(column)
            )
        return self._encoded[name]

    def crossed(self, names: Sequence[str]) -> Codes:
        """Combinations of levels labelled ``a|b``, the last name varying fastest; missing where any is."""
        first = self.codes(names[0])
        if len(names) == 1:
            return first
        codes, levels, missing = first.codes, list(first.levels), first.is_missing
        for name in names[1:]:
            other = self.codes(name)
            codes = codes.astype(np.int64) * len(other.levels) + other.codes
            levels = [f"{left}|{right}" for left in levels for right in other.levels]
            missing = missing | other.is_missing
        return Codes(np.where(missing, -1, codes), tuple(levels))


@dataclass(frozen=True, eq=False)
class Columns:
    """Variables of one call as a matrix: numbers as they are, categories as indicators.

    Parameters
    ----------
    names : tuple of str
        ``api00``, ``sexF``, ``sexM``.
    values : float array, shape (n, p); NaN where missing.
    """

    names: tuple[str, ...]
    values: FloatArray

    @property
    def is_missing(self) -> BoolArray:
        """Rows with any value missing: all variables of a call share one base."""
        missing: BoolArray = np.asarray(np.isnan(self.values).any(axis=1), dtype=bool)
        return missing


def read_columns(data: Any, variables: Sequence[str]) -> Columns:
    """Collect variables of a frame for an estimator."""
    frame = data if isinstance(data, Frame) else Frame(data)
    if not variables:
        raise StatsError("variables-none", "variables", "at least one column", "none")
    names: list[str] = []
    blocks: list[FloatArray] = []
    for name in variables:
        if frame.is_numeric(name):
            names.append(name)
            blocks.append(frame.numbers(name)[:, None])
            continue
        codes = frame.codes(name)
        indicators = (codes.codes[:, None] == np.arange(len(codes.levels))).astype(float)
        indicators[codes.is_missing] = np.nan
        names += [f"{name}{level}" for level in codes.levels]
        blocks.append(indicators)
    values = np.hstack(blocks)
    if np.isinf(values).any():
        column = names[int(np.argmax(np.isinf(values).any(axis=0)))]
        raise StatsError("column-infinite", f"column {column}", "finite numbers or NaN", "infinity")
    return Columns(tuple(names), values)
