"""DuckDB, which only the extra ``scale`` brings."""

from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryDirectory
from typing import Any

from cityvoice.stats.errors import StatsError

OFFLINE = {"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}


@contextmanager
def connection(memory_limit: str) -> Iterator[Any]:
    """A database of its own; what does not fit in `memory_limit` goes to a temporary folder, gone afterwards.

    Raises
    ------
    StatsError
        DuckDB is not installed, refuses the limit, cannot read the file, or runs out of memory.
    """
    duckdb = _duckdb()
    with TemporaryDirectory(prefix="cityvoice-") as folder:
        settings = OFFLINE | {"memory_limit": memory_limit, "temp_directory": folder}
        try:
            opened = duckdb.connect(":memory:", config=settings)
        except duckdb.Error as refused:
            raise StatsError(
                "scale-settings", "memory_limit", 'a size such as "2GB"', f"{memory_limit} ({refused})"
            ) from refused
        with opened, _errors_of(duckdb, memory_limit):
            opened.execute("SET enable_progress_bar = false")
            yield opened


@contextmanager
def _errors_of(duckdb: Any, memory_limit: str) -> Iterator[None]:
    try:
        yield
    except duckdb.OutOfMemoryException as failed:
        raise StatsError(
            "scale-memory", "memory_limit", f"work within {memory_limit}", str(failed),
            "Raise memory_limit, or ask for fewer domains at once.",
        ) from failed  # fmt: skip
    except duckdb.IOException as failed:
        raise StatsError("file-unreadable", "path", "a Parquet file", str(failed)) from failed
    except duckdb.Error as failed:
        raise StatsError(
            "scale-query", "cityvoice.stats.scale", "columns that DuckDB can count", str(failed)
        ) from failed


def _duckdb() -> Any:
    try:
        import duckdb
    except ImportError as absent:
        raise StatsError(
            "scale-not-installed",
            "cityvoice.stats.scale",
            "the package duckdb",
            "none",
            'Install it with: pip install "cityvoice[scale]"',
        ) from absent
    return duckdb
