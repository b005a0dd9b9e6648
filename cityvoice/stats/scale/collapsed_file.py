"""A file collapsed to the distinct combinations of PSU and margin cell: its design, without its rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from cityvoice.stats.calibrated import Adjustment, safe_ratio
from cityvoice.stats.collapsed_rows import CollapsedRows
from cityvoice.stats.design import SurveyDesign
from cityvoice.stats.encoding import Codes, FloatArray, IntArray, cross, weighted_counts
from cityvoice.stats.errors import DesignError, EstimationError, MissingValuesError
from cityvoice.stats.frame import Frame
from cityvoice.stats.sampling import Sampling
from cityvoice.stats.scale.columns import CodedColumn, Table, quoted
from cityvoice.stats.weighting.margins import variables_of
from cityvoice.stats.weighting.poststratification import Poststratify
from cityvoice.stats.weighting.raking import Rake
from cityvoice.stats.weighting.recipe import Recipe
from cityvoice.stats.weighting.repeated import RepeatedRecipe
from cityvoice.stats.weighting.sample import Sample

OWN = "cityvoice:"  # before every name of ours, so that none meets a column of the file
PSU, STRATUM = f"{OWN}psu", f"{OWN}stratum"
UNIT, CELL, BASE, WEIGHT, FACTOR, ID = (
    quoted(OWN + name) for name in ("unit", "cell", "base", "weight", "factor", "id")
)


@dataclass(frozen=True)
class Keys:
    """What the file is grouped by, as SQL of its columns by our names."""

    weight: str
    units: Mapping[str, str]
    cells: Mapping[str, str]
    margins: Mapping[str, CodedColumn]
    fpc: str | None

    @classmethod
    def of(cls, table: Table, sampling: Sampling, recipe: Recipe | None) -> "Keys":
        """Raise EstimationError for a design or a recipe that needs more of a row than its PSU and cell."""
        if not sampling.psu or len(sampling.fpc) > 1:
            raise EstimationError(
                "scale-design", "sampling", "a column of PSUs and at most one of populations",
                f"psu {sampling.psu}, fpc {sampling.fpc}",
                "Where every row is a unit, or later stages count, a table of units is as large as the file.",
            )  # fmt: skip
        units = {PSU: table.checked(sampling.psu[0])}
        if sampling.strata:
            units[STRATUM] = table.checked(sampling.strata[0])
        margins = {name: table.coded(name) for name in _margin_variables(recipe)}
        return cls(
            table.number(sampling.weights) if sampling.weights else "1.0",
            units,
            {f"{OWN}margin:{name}": f"coalesce({column.sql}, -1)" for name, column in margins.items()},
            margins,
            table.number(sampling.fpc[0]) if sampling.fpc else None,
        )


def _margin_variables(recipe: Recipe | None) -> tuple[str, ...]:
    names: dict[str, None] = {}
    for step in recipe.steps if recipe is not None else ():
        if not isinstance(step, Rake | Poststratify):
            raise EstimationError(
                "scale-step", f"recipe, step {step.label}", "raking and poststratification", step.kind,
                "Other steps need all rows in memory.",
            )  # fmt: skip
        margins = step.margins if isinstance(step, Rake) else (step.margin,)
        names |= dict.fromkeys(variables_of(margins))
    return tuple(names)


@dataclass(frozen=True, eq=False)
class CollapsedFile:
    """The weighted design of the combinations, and what leads from a row of the file to them.

    Parameters
    ----------
    table : Table
        Its connection has a view ``coded``: the answers with unit, cell, base weight and weight.
    design : SurveyDesign
        One row per combination of unit and cell, with the sum of its weights.
    base : float array, shape (combinations,)
        Weights before the recipe.
    cells : int array, shape (combinations,)
        Cell of the crossed margins.
    """

    table: Table
    design: SurveyDesign
    base: FloatArray
    cells: IntArray

    @cached_property
    def rows(self) -> CollapsedRows:
        return CollapsedRows(self.design)

    @cached_property
    def n_cells(self) -> int:
        return int(self.cells.max()) + 1

    @cached_property
    def row_of_cell(self) -> IntArray:
        """Some combination of each cell."""
        rows = np.zeros(self.n_cells, dtype=np.int64)
        rows[self.cells] = np.arange(len(self.cells))
        return rows

    def factors(self, weights: FloatArray) -> FloatArray:
        """What turns a base weight into one of these weights, by cell."""
        top, bottom = (weighted_counts(self.cells, each, self.n_cells) for each in (weights, self.base))
        return safe_ratio(top, bottom)


def collapse_file(table: Table, sampling: Sampling, recipe: Recipe | None) -> CollapsedFile:
    """Group the file once, run the recipe on the groups, and lead every row to its group.

    Raises
    ------
    EstimationError, DesignError, MissingValuesError
    """
    keys = Keys.of(table, sampling, recipe)
    _check_rows(table, sampling, keys)
    groups = _combinations(table, keys)
    strata = [table.in_stored_order(sampling.strata[0], groups[STRATUM])] if sampling.strata else []
    drawn = SurveyDesign(
        weights=groups["weight"],
        strata=tuple(strata),
        psu=table.in_stored_order(sampling.psu[0], groups[PSU]),
        fpc=_fpc(groups) if keys.fpc else None,
        nest=sampling.nest,
        lonely_psu=sampling.lonely_psu,
    )
    codes = [groups[name].to_numpy(dtype=np.int64) for name in keys.cells]
    levels = [column.levels for column in keys.margins.values()]
    frame = Frame(dict(zip(keys.margins, map(Codes, codes, levels), strict=True)))
    design = drawn
    if recipe is not None and recipe.steps:
        counts = groups["n"].to_numpy(dtype=np.int64)
        design = _weighted(drawn, recipe, Sample(frame, drawn.weights, counts=counts))
    cells = cross(codes)[0] if codes else np.zeros(len(groups), dtype=np.int64)
    collapsed = CollapsedFile(table, design, drawn.weights, cells)
    _lead_rows(collapsed, keys)
    return collapsed


def _weighted(drawn: SurveyDesign, recipe: Recipe, start: Sample) -> SurveyDesign:
    """The design after the recipe, which only looks at margin cells."""
    sample = start
    adjustments: list[Adjustment] = []
    for step in recipe.steps:
        outcome = step.apply(sample)
        sample = sample.with_weights(outcome.weights)
        if outcome.adjustment is not None:
            adjustments.append(outcome.adjustment)
    return drawn.reweight(sample.weights, adjustments).repeating(RepeatedRecipe(recipe.steps, start))


def _check_rows(table: Table, sampling: Sampling, keys: Keys) -> None:
    """Refuse missing values, a file without rows, and negative weights."""
    wanted = {f"weights {sampling.weights}": f"{keys.weight} IS NULL OR isinf({keys.weight})"}
    wanted |= {f"psu {sampling.psu[0]}": f"{keys.units[PSU]} IS NULL"}
    if sampling.strata:
        wanted |= {f"strata {sampling.strata[0]}": f"{keys.units[STRATUM]} IS NULL"}
    counts = ", ".join(f"count_if({condition})" for condition in wanted.values())
    query = f"SELECT {counts}, min({keys.weight}) FROM answers"
    *found, smallest = table.connection.execute(query).fetchone()
    for place, n_bad in zip(wanted, found, strict=True):
        if n_bad:
            raise MissingValuesError(
                "design-missing", f"column of {place}", "a value in every row",
                f"{n_bad} rows without a finite one",
                "A person who was not asked has weight 0, not a missing one.",
            )  # fmt: skip
    if smallest is None:
        raise DesignError("design-empty", f"file {table.path}", "rows", "none")
    if smallest < 0:
        raise DesignError(
            "weights-negative", f"column {sampling.weights}", "weights of at least 0", f"{smallest:g}"
        )


def _combinations(table: Table, keys: Keys) -> pd.DataFrame:
    """Sums of weights by PSU and margin cell, kept in DuckDB as ``combinations``."""
    columns = [f"{sql} AS {quoted(name)}" for name, sql in [*keys.units.items(), *keys.cells.items()]]
    columns += [f"sum({keys.weight}) AS weight", f"count_if({keys.weight} <> 0) AS n"]
    if keys.fpc is not None:
        columns += [f"min({keys.fpc}) AS fpc", f"max({keys.fpc}) AS fpc_to"]
    by = ", ".join(map(quoted, [*keys.units, *keys.cells]))
    grouped = f"SELECT {', '.join(columns)} FROM answers GROUP BY {by}"
    table.connection.execute(
        f"CREATE TEMP TABLE combinations AS SELECT *, row_number() OVER () - 1 AS {ID} FROM ({grouped})"
    )
    found: pd.DataFrame = table.connection.execute(f"SELECT * FROM combinations ORDER BY {ID}").df()
    return found


def _fpc(groups: pd.DataFrame) -> FloatArray:
    if not groups["fpc"].equals(groups["fpc_to"]):
        raise DesignError("fpc-varies", "fpc", "one value per sampled unit", "several within a unit")
    values: FloatArray = groups["fpc"].to_numpy(dtype=float)
    return values


def _lead_rows(collapsed: CollapsedFile, keys: Keys) -> None:
    """Make the view ``coded``: the answers with unit, cell, base weight and weight."""
    connection = collapsed.table.connection
    _number_combinations(collapsed)
    _distinct(connection, "units", keys.units, [UNIT])
    _distinct(connection, "cells", keys.cells, [CELL, FACTOR])
    connection.execute("DROP TABLE combinations")
    connection.execute(
        f"CREATE TEMP VIEW coded AS SELECT answers.*, {UNIT}, {CELL}, {keys.weight} AS {BASE}, "
        f"{keys.weight} * {FACTOR} AS {WEIGHT} FROM answers "
        f"JOIN units ON {_same(keys.units)} JOIN cells ON {_same(keys.cells)}"
    )


def _number_combinations(collapsed: CollapsedFile) -> None:
    """Add unit, cell and the factor of the weighting to the table of combinations."""
    numbers = pd.DataFrame(
        {
            "id": np.arange(len(collapsed.base)),
            "unit": collapsed.rows.of_row,
            "cell": collapsed.cells,
            "factor": collapsed.factors(collapsed.design.weights)[collapsed.cells],
        }
    )
    connection = collapsed.table.connection
    connection.register("numbers", numbers)
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE combinations AS SELECT combinations.*, unit AS {UNIT}, "
        f"cell AS {CELL}, factor AS {FACTOR} FROM combinations JOIN numbers ON {ID} = id"
    )
    connection.unregister("numbers")


def _distinct(connection: Any, name: str, keys: Mapping[str, str], numbers: Sequence[str]) -> None:
    """A table of what leads from some columns of the file to our numbers, which they determine."""
    columns = [quoted(key) for key in keys]
    wanted = ", ".join([*columns, *(f"any_value({number}) AS {number}" for number in numbers)])
    grouped = f"GROUP BY {', '.join(columns)}" if columns else ""
    connection.execute(f"CREATE TEMP TABLE {name} AS SELECT {wanted} FROM combinations {grouped}")


def _same(keys: Mapping[str, str]) -> str:
    return " AND ".join(f"{sql} = {quoted(name)}" for name, sql in keys.items()) or "TRUE"
