"""Answers as a workbook: a sheet of codes, a sheet in words, a sheet that explains both."""

from collections.abc import Iterable, Iterator, Sequence
from typing import BinaryIO

from cityvoice.surveys.exports.columns import Column, ResponseRow
from cityvoice.surveys.exports.sheets import workbook


def write_xlsx(out: BinaryIO, columns: Sequence[Column], rows: Iterable[ResponseRow]) -> None:
    """Write three sheets: ``answers`` (codes), ``in words``, ``codebook``.

    Raises
    ------
    TooLargeForFormat
        when there are more responses or columns than a sheet has room for.
    """
    names = [column.name for column in columns]
    with workbook(out, ("answers", "in words", "codebook")) as (write_codes, write_words, explain):
        write_codes(names)
        write_words(names)
        for row in rows:
            values = [column.read(row) for column in columns]
            write_codes(values)
            write_words([_label(column, value) for column, value in zip(columns, values, strict=True)])
        for line in _codebook(columns):
            explain(line)


def _label(column: Column, value: str | float | None) -> str | float | None:
    return column.labels.get(value, value) if isinstance(value, str) else value


def _codebook(columns: Sequence[Column]) -> Iterator[tuple[str, ...]]:
    yield ("column", "label", "kind", "code", "meaning", "missing")
    for column in columns:
        yield (column.name, column.label, column.kind.value)
        for code, label in column.labels.items():
            yield ("", "", "", code, label, "yes" if code in column.missing_codes else "")
