"""Answers for SPSS, Stata and data frames, with labels and with missing values that say why."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pyreadstat

from cityvoice.questionnaire.variables import VariableKind
from cityvoice.surveys.exports.coding import Coded, Value, coded
from cityvoice.surveys.exports.columns import Column, ResponseRow
from cityvoice.surveys.exports.foreign_names import spss_names, stata_names

SPSS_LABEL, SPSS_VALUE_LABEL = 256, 120  # bytes
SPSS_MISSING_TEXT = 8  # bytes of a text that may be user-missing
STATA_LABEL = 80  # characters
STATA_VALUE_LABEL = 32_000  # bytes
MOST_MISSING = 3  # discrete user-missing values of one SPSS variable
LETTERS = "abcdefghijklmnopqrstuvwxyz"  # of Stata's missing values
MEASURES = {
    VariableKind.NOMINAL: "nominal",
    VariableKind.FLAG: "nominal",
    VariableKind.ORDINAL: "ordinal",
    VariableKind.NUMERIC: "scale",
}


def write_parquet(path: Path, columns: Sequence[Column], rows: Iterable[ResponseRow]) -> None:
    """Codes as they are stored; why a number is missing stands in a column ``<name>.missing``."""
    kept = list(rows)
    series: dict[str, pd.Series] = {}
    for column in columns:
        values = [column.read(row) for row in kept]
        if column.kind is not VariableKind.NUMERIC:
            series[column.name] = pd.Series(values, dtype="str")
            continue
        series[column.name] = pd.Series([_measured(value) for value in values], dtype=float)
        if column.missing_codes:
            reasons = [value if isinstance(value, str) else None for value in values]
            series[f"{column.name}.missing"] = pd.Series(reasons, dtype="str")
    pd.DataFrame(series).to_parquet(path, index=False)


def write_sav(path: Path, columns: Sequence[Column], rows: Iterable[ResponseRow]) -> None:
    """An SPSS file.

    Codes of missing answers are user-missing: up to three, or the range they lie in; of texts, those of at
    most eight bytes.
    """
    names = spss_names([column.name for column in columns])
    kept = list(rows)
    found = {names[column.name]: coded(column, kept) for column in columns}
    pyreadstat.write_sav(
        pd.DataFrame({name: _series(each) for name, each in found.items()}),
        path,
        column_labels=[_cut(column.label, SPSS_LABEL) for column in columns],
        variable_value_labels={
            name: {value: _cut(words, SPSS_VALUE_LABEL) for value, words in each.labels.items()}
            for name, each in found.items()
            if each.labels
        },
        missing_ranges={name: ranges for name, each in found.items() if (ranges := _missing_ranges(each))},
        variable_measure={names[column.name]: MEASURES.get(column.kind, "nominal") for column in columns},
    )


def write_dta(path: Path, columns: Sequence[Column], rows: Iterable[ResponseRow]) -> None:
    """A Stata file. Codes of missing answers become ``.a``, ``.b``, ... in the questionnaire's order.

    Stata labels numbers alone: choices with codes such as A1 become 1, 2, ..., labelled "A1 Very good".
    """
    names = stata_names([column.name for column in columns])
    kept = list(rows)
    series: dict[str, pd.Series] = {}
    labels: dict[str, dict[Any, str]] = {}
    missing: dict[str, list[str]] = {}
    for column in columns:
        name, each = names[column.name], coded(column, kept, numbers_for_all=True)
        series[name] = _series(each)
        if not each.is_numeric or not each.labels:
            continue
        letters = dict(zip(each.missing, LETTERS, strict=False))
        labels[name] = {
            letters.get(value, value): _cut(words, STATA_VALUE_LABEL) for value, words in each.labels.items()
        }
        if letters:
            missing[name] = list(letters.values())
            series[name] = series[name].astype(object).map(lambda value, of=letters: of.get(value, value))
    pyreadstat.write_dta(
        pd.DataFrame(series),
        path,
        column_labels=[column.label[:STATA_LABEL] for column in columns],
        variable_value_labels=labels,
        missing_user_values=missing,
    )


def _series(each: Coded) -> pd.Series:
    return pd.Series(each.values, dtype=float if each.is_numeric else object)


def _measured(value: str | float | None) -> float | None:
    return None if isinstance(value, str) else value


def _cut(label: str, longest: int) -> str:
    """At most so many bytes, and no half letter at the end."""
    return label.encode()[:longest].decode(errors="ignore")


def _missing_ranges(each: Coded) -> list[Any]:
    if not each.is_numeric:
        return [text for text in each.missing if _is_short(text)][:MOST_MISSING]
    codes = sorted(_numbers(each.missing))
    if len(codes) <= MOST_MISSING:
        return list(codes)
    valid = set(_numbers([*each.values, *each.labels])) - set(codes)
    if any(codes[0] <= value <= codes[-1] for value in valid):
        return list(codes[:MOST_MISSING])
    return [{"lo": codes[0], "hi": codes[-1]}]


def _numbers(values: Iterable[Value]) -> list[float]:
    return [value for value in values if value is not None and not isinstance(value, str)]


def _is_short(code: str | float) -> bool:
    return len(str(code).encode()) <= SPSS_MISSING_TEXT
