"""Tables of a file larger than memory: the sums are made by DuckDB, the rest is that of `tabulate`."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np

from cityvoice.stats.cells import Cells
from cityvoice.stats.collapse import CellSums
from cityvoice.stats.collapsed_rows import is_collapsible
from cityvoice.stats.domains import DomainLevels
from cityvoice.stats.encoding import FloatArray, IntArray, group_sums
from cityvoice.stats.errors import EstimationError, MissingValuesError
from cityvoice.stats.evidence import Evidence
from cityvoice.stats.pairs import pair_up
from cityvoice.stats.results import EstimateTable
from cityvoice.stats.sampling import Sampling
from cityvoice.stats.scale.aggregates import EVERYONE, Aggregate, Column, aggregate
from cityvoice.stats.scale.collapsed_file import BASE, CELL, UNIT, WEIGHT, CollapsedFile, collapse_file
from cityvoice.stats.scale.columns import CodedColumn, Table
from cityvoice.stats.scale.connection import connection
from cityvoice.stats.scale.streams import Stream, sum_streamed
from cityvoice.stats.table_columns import Columns, table_columns
from cityvoice.stats.tables import joined
from cityvoice.stats.variance_method import Variance, VarianceMethod
from cityvoice.stats.weighting.recipe import Recipe

BATCH_NUMBERS = 4_000_000  # sums that one GROUP BY gives


def tabulate_by_groups(
    path: Path,
    items: Sequence[str],
    by: Sequence[str] = (),
    *,
    sampling: Sampling,
    recipe: Recipe | None = None,
    level: float = 0.95,
    missing: Literal["error", "drop"] = "error",
    variance: Variance | None = None,
    overall: bool = True,
    memory_limit: str,
) -> EstimateTable:
    """`survey_file.tabulate_file` on a file that need not fit in memory.

    Parameters
    ----------
    sampling : Sampling
        With PSUs of one stage: without them every row is a unit, and nothing is left to collapse.
    recipe : Recipe, optional
        Of raking and poststratification.
    memory_limit : str
        For DuckDB, what does not fit spills to a temporary folder. Beside it stand tables of the combinations
        of PSU and margin cell that occur, 200 to 300 bytes each: they do not grow with the rows.

    Raises
    ------
    StatsError
        As in memory; ``scale-not-installed``, ``scale-settings``, ``scale-memory``; and ``scale-design`` or
        ``scale-step`` for what needs all rows in memory.

    Notes
    -----
    Raking, sums by PSU and sums by margin cell are group-bys; replicates are added up as rows stream past.
    """
    with connection(memory_limit) as opened:
        table = Table.of(opened, path)
        columns = [Column.of(table, name) for name in items]
        sets = {name: table.coded(name) for name in by}
        file = collapse_file(table, sampling, recipe)
        if missing == "error":
            _refuse_missing(table, columns)
        return GroupedFile.of(file, variance).tabulate(columns, sets, level, overall=overall)


def _refuse_missing(table: Table, columns: Sequence[Column]) -> None:
    wanted = ", ".join(f"count_if(({column.sql}) IS NULL)" for column in columns)
    query = f"SELECT {wanted} FROM coded WHERE {WEIGHT} <> 0"
    found = table.connection.execute(query).fetchone() if columns else ()
    for column, n_absent in zip(columns, found, strict=True):
        if n_absent:
            raise MissingValuesError(
                "item-missing", f"item {column.item.name}", "an answer in every row",
                f"{n_absent} rows without one",
                'Pass missing="drop" to estimate among those who answered.',
            )  # fmt: skip


@dataclass(frozen=True, eq=False)
class GroupedFile:
    """A collapsed file and the way variances are made of its sums."""

    file: CollapsedFile
    method: VarianceMethod

    @classmethod
    def of(cls, file: CollapsedFile, asked: Variance | None) -> "GroupedFile":
        if not is_collapsible(file.design):
            raise EstimationError(
                "scale-design", "lonely_psu", "fail, remove or certainty", str(file.design.lonely_psu),
                "The other rules need all rows in memory.",
            )  # fmt: skip
        return cls(file, VarianceMethod.choose(file.design, asked))

    def tabulate(
        self, columns: Sequence[Column], sets: Mapping[str, CodedColumn], level: float, *, overall: bool
    ) -> EstimateTable:
        """Whole sample first; as in memory it is the sum of domains that leave no row out."""
        parts = next((name for name, domains in sets.items() if overall and self._covers(domains)), None)
        first: list[Columns] = []
        rest: list[Columns] = []
        everyone = DomainLevels("", EVERYONE.levels, np.zeros(1, dtype=np.int64))
        every = {"": EVERYONE, **sets} if overall and parts is None else sets
        for name, domains in every.items():
            for batch in self._batches(columns, domains):
                terms = [term for column in batch for term in column.terms]
                present, evidence = self._gather(domains, batch)
                described = DomainLevels(name, domains.levels, present)
                (rest if name else first).append(
                    table_columns(self.method.measure(evidence), terms, described, level)
                )
                if name == parts:
                    whole = self.method.measure(evidence.without_domains())
                    first.append(table_columns(whole, terms, everyone, level))
        return joined(first + rest)

    def _covers(self, domains: CodedColumn) -> bool:
        query = f"SELECT count(*) FROM coded WHERE {WEIGHT} <> 0 AND {domains.sql} IS NULL"
        return self._count(query) == 0 and len(domains.levels) > 0

    def _count(self, query: str) -> int:
        return int(self.file.table.connection.execute(query).fetchone()[0])

    def _batches(self, columns: Sequence[Column], domains: CodedColumn) -> Iterator[list[Column]]:
        """As many items at a time as a table of their sums has room for."""
        room = BATCH_NUMBERS // max(self._n_groups(domains), 1)
        batch: list[Column] = []
        for column in columns:
            if batch and sum(len(each.terms) + 4 for each in (*batch, column)) > room:
                yield batch
                batch = []
            batch.append(column)
        if batch:
            yield batch

    def _n_groups(self, domains: CodedColumn) -> int:
        """Rows of the largest table of sums."""
        plan, group = self.method.plan, CELL if self.file.rows.margins else UNIT
        if plan is not None:
            return len(domains.levels) * plan.weights.n_replicates
        return self._count(f"SELECT count(*) FROM (SELECT DISTINCT {domains.sql} AS d, {group} FROM coded)")

    def _gather(self, domains: CodedColumn, columns: Sequence[Column]) -> tuple[IntArray, Evidence]:
        found = aggregate(self.file.table, UNIT, WEIGHT, domains, columns)
        evidence = Evidence(found.pairs, found.sums, found.bases)
        if self.method.plan is not None:
            replicated = sum_streamed(self.method.plan, Stream(self.file, domains, columns), found.present)
            return found.present, replace(evidence, replicated=replicated)
        return found.present, replace(evidence, cells=self._sum_cells(domains, columns))

    def _sum_cells(self, domains: CodedColumn, columns: Sequence[Column]) -> tuple[CellSums, ...]:
        """Sums by domain and margin cell, in the weights of each fit."""
        margins, weights = self.file.rows.margins, self.file.design.weights
        if not margins:
            return ()
        found = aggregate(self.file.table, CELL, BASE, domains, columns, with_moments=False)
        some_row = self.file.row_of_cell
        return tuple(
            _in_cells(found, fit.cells, fit.cells.of_row[some_row], self.file.factors(weights * fit.ratio))
            for fit in margins
        )


def _in_cells(found: Aggregate, cells: Cells, cell_of: IntArray, factors: FloatArray) -> CellSums:
    """Sums of base weights in finer cells, brought to the weights and the cells of one fit."""
    finer = found.pairs.unit
    pairs, position = pair_up(found.pairs.domain, found.pairs.n_domains, cell_of[finer], cells.n_cells)
    weight = factors[finer][:, None]
    values = group_sums(position, found.sums.values * weight, pairs.n_pairs)
    answered = group_sums(position, found.sums.answered * weight, pairs.n_pairs)
    return CellSums(pairs, replace(found.sums, values=values, answered=answered))
