"""Sums by domain and PSU, or by domain and margin cell: one GROUP BY for a batch of items."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from cityvoice.stats.encoding import FloatArray, IntArray
from cityvoice.stats.errors import EstimationError
from cityvoice.stats.items import CategoricalItem, Item, NumericItem
from cityvoice.stats.pairs import Pairs
from cityvoice.stats.scale.collapsed_file import WEIGHT
from cityvoice.stats.scale.columns import CodedColumn, Table, filled
from cityvoice.stats.sums import Bases, TermSums

EVERYONE = CodedColumn(("",), "0")  # the whole sample as a single domain


@dataclass(frozen=True)
class Column:
    """An item without rows, and the SQL of its code or number."""

    item: Item
    sql: str

    @classmethod
    def of(cls, table: Table, name: str) -> "Column":
        """A mean of a column of numbers, shares of the levels of any other."""
        if table.is_number(name):
            return cls(NumericItem(name, np.empty(0)), table.number(name))
        coded = table.coded(name)
        return cls(CategoricalItem(name, np.empty(0, np.int64), coded.levels), coded.sql)

    @property
    def terms(self) -> list[tuple[str, str, str]]:
        return [(self.item.name, *term) for term in self.item.terms]

    def sums(self, y: str) -> list[str]:
        """SQL for the sums of w * y of every term, and of w among those who answered.

        With ``if``, because DuckDB takes several times as long for ``FILTER`` here.
        """
        answered = f"sum(if({y} IS NULL, 0, w))"
        if isinstance(self.item, CategoricalItem):
            return [*(f"sum(if({y} = {code}, w, 0))" for code in range(len(self.item.levels))), answered]
        return [f"sum(w * {y})", answered]

    def moments(self, y: str) -> list[str]:
        """SQL for what is wanted by domain alone: answers, sum of w^2, and of a number the sum of w * y^2."""
        square = [] if isinstance(self.item, CategoricalItem) else [f"sum(w * {y} * {y})"]
        return [f"count({y})", f"sum(if({y} IS NULL, 0, w * w))", *square]


@dataclass(frozen=True, eq=False)
class Aggregate:
    """What one GROUP BY gave.

    Parameters
    ----------
    present : int array, shape (D,)
        Codes of domains that have rows.
    """

    present: IntArray
    pairs: Pairs
    sums: TermSums
    bases: Bases


def aggregate(
    table: Table,
    group: str,
    weight: str,
    domains: CodedColumn,
    columns: Sequence[Column],
    *,
    with_moments: bool = True,
) -> Aggregate:
    """Weighted sums of all columns by domain and group, over rows with a weight other than zero.

    Parameters
    ----------
    group, weight : str
        Columns of ``coded``: unit and weight, or cell and base weight.
    with_moments : bool
        Else bases and squares are zero.
    """
    inner = [f"{domains.sql} AS d", f"{group} AS g", f"{weight} AS w"]
    inner += [f"{column.sql} AS y{k}" for k, column in enumerate(columns)]
    parts = [(column.sums(f"y{k}"), column.moments(f"y{k}")) for k, column in enumerate(columns)]
    outer = [sql for sums, moments in parts for sql in (*sums, *(moments if with_moments else ()))]
    named = [f"{sql} AS c{k}" for k, sql in enumerate(outer)]
    found = table.connection.execute(
        f"SELECT d, g, {', '.join(named)} FROM (SELECT {', '.join(inner)} FROM coded WHERE {WEIGHT} <> 0) "
        "WHERE d IS NOT NULL GROUP BY d, g ORDER BY d, g"
    ).fetchnumpy()
    present, domain = np.unique(found["d"].astype(np.int64), return_inverse=True)
    pairs = Pairs(domain, found["g"].astype(np.int64), len(present))
    numbers = iter([filled(found[f"c{k}"]) for k in range(len(outer))])
    read = [_read(column, numbers, pairs, with_moments) for column in columns]
    values, answered, squares, n, weight_squares = zip(*read, strict=True)
    item_of = np.repeat(np.arange(len(columns)), [len(column.terms) for column in columns])
    sums = TermSums(np.hstack(values), np.column_stack(answered), np.hstack(squares), item_of)
    return Aggregate(present, pairs, sums, Bases(np.column_stack(n), np.column_stack(weight_squares)))


def _read(
    column: Column, numbers: Iterator[FloatArray], pairs: Pairs, with_moments: bool
) -> tuple[FloatArray, ...]:
    """Values and answered by pair; squares, n and squared weights by domain."""
    values = np.array([next(numbers) for _ in column.terms]).reshape(len(column.terms), pairs.n_pairs).T
    if not np.isfinite(values).all():
        raise EstimationError(
            "item-infinite", f"item {column.item.name}", "finite numbers or NaN", "infinity"
        )
    answered = next(numbers)
    if not with_moments:
        nothing = np.zeros(pairs.n_domains)
        return values, answered, np.zeros((pairs.n_domains, values.shape[1])), nothing, nothing
    n, weight_squares = (np.add.reduceat(next(numbers), pairs.starts) for _ in range(2))
    # a share's y^2 is its y
    squares = values if isinstance(column.item, CategoricalItem) else next(numbers)[:, None]
    return values, answered, np.add.reduceat(squares, pairs.starts), n, weight_squares
