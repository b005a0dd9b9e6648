"""Tables that share cells, and the sums that tie the cells together.

A cell is named by its levels alone, so the margin of one table is the same cell in every table that has it.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations, product
from typing import Any

import numpy as np
import pandas as pd

from cityvoice.stats.encoding import Codes, FloatArray
from cityvoice.stats.errors import EstimationError, MissingValuesError
from cityvoice.stats.frame import Frame

Cell = frozenset[tuple[str, str]]
TOTAL: Cell = frozenset()


@dataclass(frozen=True)
class Sum:
    """A cell that is the sum of others: a row, a column, a layer."""

    total: Cell
    parts: tuple[Cell, ...]

    @property
    def cells(self) -> tuple[Cell, ...]:
        return (self.total, *self.parts)


@dataclass(frozen=True, eq=False)
class LinkedTables:
    """Tables over a common set of people, with all their margins.

    Parameters
    ----------
    tables : tuple of tuple of str
        Variables of each table, e.g. ``(("district", "age"), ("district", "sex"))``.
    levels : mapping of variable to levels
    cells : mapping of Cell to float
        Counts, or amounts of at least 0.
    """

    tables: tuple[tuple[str, ...], ...]
    levels: Mapping[str, tuple[str, ...]]
    cells: Mapping[Cell, float]

    @cached_property
    def sums(self) -> tuple[Sum, ...]:
        """Every sum that a reader of the tables can form."""
        found: dict[tuple[Cell, str], Sum] = {}
        for table in self.tables:
            for cell in cells_of(table, self.levels):
                for name in sorted(set(table) - {variable for variable, _ in cell}):
                    parts = tuple(cell | {(name, level)} for level in self.levels[name])
                    found[cell, name] = Sum(cell, parts)
        return tuple(found.values())

    @cached_property
    def sums_of(self) -> Mapping[Cell, tuple[Sum, ...]]:
        """Sums that each cell takes part in."""
        by_cell: dict[Cell, list[Sum]] = {cell: [] for cell in self.cells}
        for one in self.sums:
            for cell in one.cells:
                by_cell[cell].append(one)
        return {cell: tuple(sums) for cell, sums in by_cell.items()}

    def to_frame(self, table: Sequence[str], hidden: Iterable[Cell] = ()) -> pd.DataFrame:
        """A table with margins, one row per cell; a hidden cell is NaN, a margin's level is empty."""
        secret = set(hidden)
        rows = []
        for cell in cells_of(table, self.levels):
            named = dict(cell)
            value = np.nan if cell in secret else self.cells[cell]
            rows.append([named.get(variable, "") for variable in table] + [value])
        return pd.DataFrame(rows, columns=[*table, "value"])


def cells_of(table: Sequence[str], levels: Mapping[str, Sequence[str]]) -> list[Cell]:
    """All cells of a table with its margins, the total first."""
    return [
        frozenset(zip(names, chosen, strict=True))
        for size in range(len(table) + 1)
        for names in combinations(table, size)
        for chosen in product(*(levels[name] for name in names))
    ]


def count_tables(data: Any, tables: Sequence[Sequence[str]], *, amounts: Any = None) -> LinkedTables:
    """Count people, or add up amounts, in all cells of the tables.

    Parameters
    ----------
    data : DataFrame or mapping of arrays, n rows
    tables : sequence of sequence of str
    amounts : array-like, shape (n,), optional
        Added up instead of counting.

    Raises
    ------
    MissingValuesError
        A missing value in a table's variable: tables would not add up to the same people.
    """
    frame = Frame(data)
    names = list(dict.fromkeys(name for table in tables for name in table))
    columns = {name: _complete(frame.codes(name), name) for name in names}
    size = np.ones(frame.n_rows) if amounts is None else _amounts(amounts, frame.n_rows)
    levels = {name: columns[name].levels for name in names}
    cells: dict[Cell, float] = {}
    for table in tables:
        for depth in range(len(table) + 1):
            for chosen in combinations(table, depth):
                cells |= _counted(chosen, columns, size)
    return LinkedTables(tuple(tuple(table) for table in tables), levels, cells)


def rows_of(data: Any, cell: Cell) -> Any:
    """Rows of the data that a cell counts, as a boolean array."""
    frame = Frame(data)
    inside = np.ones(frame.n_rows, dtype=bool)
    for name, level in cell:
        codes = frame.codes(name)
        inside &= codes.codes == codes.levels.index(level)
    return inside


def _counted(names: Sequence[str], columns: Mapping[str, Codes], size: FloatArray) -> dict[Cell, float]:
    code = np.zeros(len(size), dtype=np.int64)
    for name in names:
        code = code * len(columns[name].levels) + columns[name].codes
    keys = list(product(*(columns[name].levels for name in names)))
    totals = np.bincount(code, weights=size, minlength=len(keys))
    return {
        frozenset(zip(names, key, strict=True)): float(value) for key, value in zip(keys, totals, strict=True)
    }


def _complete(codes: Codes, name: Hashable) -> Codes:
    if codes.is_missing.any():
        raise MissingValuesError(
            "table-missing",
            f"column {name}, row {int(np.argmax(codes.is_missing))}",
            "a level in every row",
            f"{int(codes.is_missing.sum())} missing",
            'Give "no answer" a level of its own, or drop these rows from all tables.',
        )
    return codes


def _amounts(amounts: Any, n_rows: int) -> FloatArray:
    values = np.asarray(amounts, dtype=float)
    if values.shape != (n_rows,) or not np.isfinite(values).all() or (values < 0).any():
        raise EstimationError(
            "table-amounts", "amounts", f"{n_rows} finite numbers of at least 0", f"shape {values.shape}"
        )
    return values
