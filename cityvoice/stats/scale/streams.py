"""Sums in every replicate: rows pass by in batches, and each batch is weighted and added up."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from cityvoice.stats.encoding import FloatArray, IntArray
from cityvoice.stats.errors import EstimationError
from cityvoice.stats.items import CategoricalItem, Item, NumericItem
from cityvoice.stats.replicated import ReplicatedSums, ReplicatePlan, sum_replicates
from cityvoice.stats.scale.aggregates import Column
from cityvoice.stats.scale.collapsed_file import BASE, CELL, UNIT, WEIGHT, CollapsedFile
from cityvoice.stats.scale.columns import CodedColumn
from cityvoice.stats.weighting.repeated import CellWeights

ROWS = 2**16  # of one batch


@dataclass(frozen=True, eq=False)
class Stream:
    """Rows of the file as numbers."""

    file: CollapsedFile
    domains: CodedColumn
    columns: Sequence[Column]

    def __iter__(self) -> Iterator[Any]:
        wanted = [f"{self.domains.sql} AS d", f"{UNIT} AS u", f"{CELL} AS c", f"{BASE} AS b"]
        wanted += [f"{column.sql} AS y{k}" for k, column in enumerate(self.columns)]
        query = f"SELECT {', '.join(wanted)} FROM coded WHERE {WEIGHT} <> 0"
        yield from self.file.table.connection.sql(query).to_arrow_reader(ROWS)

    def items(self, batch: Any) -> tuple[Item, ...]:
        """The items with the answers of one batch."""
        return tuple(_filled(column.item, batch.column(f"y{k}")) for k, column in enumerate(self.columns))


def sum_streamed(plan: ReplicatePlan, stream: Stream, present: IntArray) -> ReplicatedSums:
    """As `sum_replicates`, in memory that does not grow with the file.

    Parameters
    ----------
    plan : ReplicatePlan
        Of the collapsed file's design.
    present : int array
        Codes of the domains that have rows.
    """
    weights = plan.weights
    if not isinstance(weights, CellWeights):
        raise EstimationError("scale-replicates", "variance", "a jackknife of PSUs", plan.name)
    cells = weights.cell_of_row[stream.file.row_of_cell]
    units = stream.file.rows.unit_order
    dense = np.full(len(stream.domains.levels) + 1, -1, dtype=np.int64)
    dense[present] = np.arange(len(present))
    total: ReplicatedSums | None = None
    for batch in stream:
        unit, cell, base = (batch.column(name).to_numpy() for name in "ucb")
        own = replace(weights, base=base, unit_of_row=units[unit], cell_of_row=cells[cell])
        domains = dense[_codes(batch.column("d"))]
        part = sum_replicates(replace(plan, weights=own), stream.items(batch), domains, len(present))
        total = part if total is None else _added(total, part)
    if total is None:
        raise EstimationError("file-empty", "answers", "rows with a weight other than zero", "none")
    return total


def _added(one: ReplicatedSums, other: ReplicatedSums) -> ReplicatedSums:
    return replace(one, values=one.values + other.values, answered=one.answered + other.answered)


def _filled(item: Item, answers: Any) -> Item:
    if isinstance(item, CategoricalItem):
        return replace(item, codes=_codes(answers))
    numbers: FloatArray = answers.to_numpy(zero_copy_only=False).astype(float)  # NULL becomes NaN
    return NumericItem(item.name, numbers)


def _codes(column: Any) -> IntArray:
    codes: IntArray = column.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
    return codes
