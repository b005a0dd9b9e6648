"""From a Parquet file to a finished table: columns are read encoded, one byte a row for answers."""

import re
from collections.abc import Iterable, Iterator, Sequence
from os import PathLike
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa
from pyarrow.dataset import ParquetFileFormat, dataset

from cityvoice.stats.arrow_columns import encode_column
from cityvoice.stats.errors import StatsError
from cityvoice.stats.frame import Frame
from cityvoice.stats.items import items_from_frame
from cityvoice.stats.results import EstimateTable
from cityvoice.stats.sampling import SIMPLE, Sampling
from cityvoice.stats.scale.tables import tabulate_by_groups
from cityvoice.stats.tables import tabulate
from cityvoice.stats.variance_method import Variance
from cityvoice.stats.weighting.recipe import Recipe, apply_recipe

FilePath = str | PathLike[str]
NUMBERS, FEWEST = 2**25, 8  # values read at once, and the columns read at once of however many rows
OPERATORS = re.compile(r"[*:+]")  # between the variables of a term of a model


def tabulate_file(
    path: FilePath,
    items: Sequence[str],
    by: Sequence[str] = (),
    *,
    sampling: Sampling = SIMPLE,
    recipe: Recipe | None = None,
    level: float = 0.95,
    missing: Literal["error", "drop"] = "error",
    variance: Variance | None = None,
    overall: bool = True,
    memory_limit: str | None = None,
) -> EstimateTable:
    """Read a Parquet file, weight it, and estimate all items in all domains.

    Parameters
    ----------
    path : str or path
    items : sequence of str
        Columns of numbers give means; words, and yes and no, give the share of every level.
    by : sequence of str
        Columns whose levels are domains.
    sampling : Sampling
    recipe : Recipe, optional
        Run on the base weights; its columns are those of the file.
    level, missing, variance, overall
        As in `tabulate`.
    memory_limit : str, optional
        Such as ``2GB``, for a file larger than memory: DuckDB (extra ``scale``) groups and sums it within
        that limit. The numbers are the same; see `scale.tables` for what it does not cover.

    Raises
    ------
    StatsError
        A file that cannot be read, a column it lacks, and all that `apply_recipe` and `tabulate` raise.

    Examples
    --------
    >>> tabulate_file("answers.parquet", ["safety"], by=["district"],
    ...               sampling=Sampling("weight", strata=("stratum",), psu=("tract",)))  # doctest: +SKIP
    """
    if memory_limit is not None:
        return tabulate_by_groups(
            Path(path),
            items,
            by,
            sampling=sampling,
            recipe=recipe,
            level=level,
            missing=missing,
            variance=variance,
            overall=overall,
            memory_limit=memory_limit,
        )
    weighted_by = [] if recipe is None else columns_named_in(recipe, file_schema(path).names)
    frame = read_survey(path, [*items, *by, *sampling.columns, *weighted_by])
    design = sampling.design(frame)
    if recipe is not None:
        design = apply_recipe(recipe, frame, design.weights).design(design)
    domains = {name: frame.codes(name) for name in by}
    return tabulate(
        design,
        items_from_frame(frame, items),
        domains,
        level=level,
        missing=missing,
        variance=variance,
        overall=overall,
    )


def read_survey(path: FilePath, columns: Iterable[str] | None = None) -> Frame:
    """Columns of a Parquet file, encoded as they are read.

    Parameters
    ----------
    path : str or path
        A file, or a folder of files with the same columns.
    columns : iterable of str, optional
        All of them by default.

    Returns
    -------
    Frame
        Words as `Codes` (levels of a stored dictionary in its order, others sorted); whole numbers at most
        126 apart as `Scale`; other numbers as arrays, NaN where missing; anything else as pandas has it.

    Raises
    ------
    StatsError
        ``file-unreadable`` or ``column-unknown``.
    """
    schema = file_schema(path)
    wanted = schema.names if columns is None else list(dict.fromkeys(columns))
    for name in wanted:
        if name not in schema.names:
            raise StatsError("column-unknown", f"column {name} of {path}", f"one of {_listed(schema)}", name)
    words = {field.name for field in schema if pa.types.is_string(field.type)}
    data = dataset(path, format=ParquetFileFormat(dictionary_columns=sorted(words)))
    encoded: dict[str, Any] = {}
    width = max(FEWEST, NUMBERS // max(data.count_rows(), 1))
    for start in range(0, len(wanted), width):  # never is a large file in memory as it was stored
        table = data.to_table(columns=wanted[start : start + width])
        for name in table.column_names:
            encoded[name] = encode_column(table.column(name), is_sorted=name in words)
    return Frame(encoded)


def file_schema(path: FilePath) -> pa.Schema:
    """Names and types of a file's columns."""
    try:
        return dataset(path, format="parquet").schema
    except (OSError, pa.ArrowInvalid) as error:
        raise StatsError("file-unreadable", f"file {path}", "a Parquet file", str(error)) from error


def _listed(schema: pa.Schema) -> str:
    return ", ".join(schema.names)


def columns_named_in(recipe: Recipe, names: Iterable[str]) -> list[str]:
    """Which of some columns a recipe may need: those whose names its steps hold, alone or in a term."""
    said = set(_words_of(recipe.to_dict()))
    return [name for name in names if name in said]


def _words_of(plain: Any) -> Iterator[str]:
    if isinstance(plain, str):
        yield from (plain, *(part.strip() for part in OPERATORS.split(plain)))
    elif isinstance(plain, dict):
        yield from _words_of(list(plain.items()))
    elif isinstance(plain, list | tuple):
        for part in plain:
            yield from _words_of(part)
