"""Columns of a file as SQL: codes of levels, numbers, and the names they go by."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
from pyarrow.dataset import dataset

from cityvoice.stats.encoding import encode
from cityvoice.stats.errors import EstimationError, StatsError

MAX_LEVELS = 1000  # more are a number or a free text by mistake
NUMBER = re.compile(r"U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|FLOAT|DOUBLE|DECIMAL.*")


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def literal(value: Any) -> str:
    """A value of a column in SQL; dates and the like as text, which DuckDB reads as their type."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int):
        return repr(value)
    text = "'" + str(value).replace("'", "''") + "'"
    return f"CAST({text} AS DOUBLE)" if isinstance(value, float) else text


@dataclass(frozen=True)
class CodedColumn:
    """A categorical column.

    Parameters
    ----------
    levels : tuple of str
    sql : str
        Gives the position of a row's level, NULL where it has none.
    """

    levels: tuple[str, ...]
    sql: str


@dataclass(frozen=True)
class Table:
    """The answers as DuckDB sees them, under the name ``answers``.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
    path : Path
    types : mapping of column name to DuckDB's type
    """

    connection: Any
    path: Path
    types: dict[str, str]

    @classmethod
    def of(cls, connection: Any, path: Path) -> "Table":
        """Open a Parquet file, or a folder of files with the same columns."""
        files = path / "**" / "*.parquet" if path.is_dir() else path
        connection.execute(f"CREATE TEMP VIEW answers AS SELECT * FROM read_parquet({literal(files)})")
        described = connection.execute("DESCRIBE answers").fetchall()
        return cls(connection, path, {row[0]: row[1] for row in described})

    def checked(self, name: str) -> str:
        """The column's quoted name; StatsError where there is none."""
        if name not in self.types:
            raise StatsError(
                "column-unknown", f"column {name} of {self.path}", f"one of {', '.join(self.types)}", name
            )
        return quoted(name)

    def is_number(self, name: str) -> bool:
        self.checked(name)
        return NUMBER.fullmatch(self.types[name]) is not None

    def number(self, name: str) -> str:
        """The column as a number, NULL where it is missing or NaN."""
        if not self.is_number(name):
            raise EstimationError("column-type", f"column {name}", "numbers", self.types[name])
        number = f"CAST({quoted(name)} AS DOUBLE)"
        is_float = self.types[name] in ("FLOAT", "DOUBLE")
        return f"nullif({number}, CAST('NaN' AS DOUBLE))" if is_float else number

    def coded(self, name: str) -> CodedColumn:
        """Codes of a categorical column: levels of a stored dictionary in its order, others sorted."""
        column = self.checked(name)
        query = f"SELECT DISTINCT {column} FROM answers WHERE {column} IS NOT NULL LIMIT {MAX_LEVELS + 1}"
        values = self.connection.execute(query).df().iloc[:, 0]
        if len(values) > MAX_LEVELS:
            raise EstimationError(
                "column-levels", f"column {name}", f"at most {MAX_LEVELS} levels", "more",
                "Numbers and free texts are no categories.",
            )  # fmt: skip
        encoded = encode(self.in_stored_order(name, values))
        pairs = zip(values.tolist(), encoded.codes.tolist(), strict=True)
        cases = [f"WHEN {literal(value)} THEN {code}" for value, code in pairs if code >= 0]
        sql = f"CASE {column} {' '.join(cases)} END" if cases else "CAST(NULL AS INTEGER)"
        return CodedColumn(encoded.levels, sql)

    def in_stored_order(self, name: str, values: pd.Series) -> Any:
        """The values, as a categorical in the order of the column's dictionary where the file stores one."""
        stored = dataset(self.path, format="parquet")
        if not pa.types.is_dictionary(stored.schema.field(name).type):
            return values
        levels: dict[Any, None] = {}
        for batch in stored.to_batches(columns=[name]):
            levels |= dict.fromkeys(batch.column(0).dictionary.to_pylist())
        return pd.Categorical(values, categories=list(levels))


def filled(column: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    """Numbers of a result; sums over nothing are 0."""
    return np.ma.filled(np.ma.asarray(column).astype(float), 0.0)
