"""A data frame of responses, and what is read from its columns."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from cityvoice.analysis.frames.reading import CODES, TEXT, Column, read_answers, read_documents
from cityvoice.questionnaire.kinds import Mode
from cityvoice.questionnaire.model import Questionnaire
from cityvoice.questionnaire.variables import Variable, VariableKind, variables
from cityvoice.surveys.queries import AnswerRow, DocumentRow

CHOSEN, NOT_CHOSEN = "1", "0"

Series = Any  # what a column of a data frame is made of


def build_frame(questionnaire: Questionnaire, rows: Iterable[AnswerRow]) -> pd.DataFrame:
    """Columns of `rows`, in their order."""
    kept = list(rows)
    columns = read_answers(variables(questionnaire), [row.answers for row in kept])
    about = _about(
        [row.mode for row in kept], [row.base_weight for row in kept], [row.answered_on for row in kept]
    )
    return _frame(questionnaire, about, columns)


def frame_of_documents(questionnaire: Questionnaire, rows: Sequence[DocumentRow]) -> pd.DataFrame:
    """The same of one response or more whose answers are not parsed yet, named by the response's number."""
    modes, weights, days, documents, numbers, _ = zip(*rows, strict=True)
    columns = read_documents(variables(questionnaire), documents)
    frame = _frame(questionnaire, _about(modes, weights, days), columns)
    return frame.set_index(np.array(numbers, dtype=np.int64))


def with_all_columns(frame: pd.DataFrame, questionnaire: Questionnaire) -> pd.DataFrame:
    """The frame of an earlier snapshot with a column for every variable asked now, empty where new."""
    empty = build_frame(questionnaire, ())
    new = empty[[name for name in empty if name not in frame]].reindex(frame.index)
    return pd.concat([frame, new.astype(new.dtypes.to_dict())], axis=1) if len(new.columns) else frame


def content_digest(questionnaire_sha256: str, rows: Iterable[AnswerRow]) -> str:
    """A hash of what was asked and answered, whatever order the answers came in."""
    lines = sorted(
        json.dumps([row.mode, row.base_weight, str(row.answered_on), row.answers], sort_keys=True)
        for row in rows
    )
    digest = hashlib.sha256(questionnaire_sha256.encode())
    for line in lines:
        digest.update(line.encode() + b"\n")
    return digest.hexdigest()


def valid_codes(variable: Variable) -> list[str]:
    """Codes that are answers, in the questionnaire's order; those of missing values are left out."""
    if variable.kind is VariableKind.FLAG:
        return [CHOSEN]
    return [option.code for option in variable.options if option.missing is None]


def valid(frame: pd.DataFrame, variable: Variable) -> pd.Series:
    """A variable's column with every kind of missing as null."""
    column = frame[variable.name]
    if not variable.missing_codes or variable.kind is VariableKind.NUMERIC:
        return column
    return column.where(~column.isin(list(variable.missing_codes)))


def _about(modes: Any, weights: Sequence[float], days: Any) -> dict[str, Series]:
    """Columns of modes, base weights and days, sequences in the order of the rows."""
    return {
        "_mode": _choices(list(Mode), pa.array(modes, TEXT)),
        "_weight": pd.Series(weights, dtype=float),
        "_day": pd.to_datetime(pd.Series(days, dtype=object)),
    }


def _frame(
    questionnaire: Questionnaire, about: Mapping[str, Series], columns: Iterable[Column]
) -> pd.DataFrame:
    series = dict(about)
    for variable, column in zip(variables(questionnaire), columns, strict=True):
        series |= _series(variable, column)
    return pd.DataFrame(series, copy=False)


def _series(variable: Variable, column: Column) -> dict[str, Series]:
    match variable.kind:
        case VariableKind.NUMERIC:
            return _numeric(variable, column)
        case VariableKind.TEXT:
            return {variable.name: column.values.to_pandas().astype("str")}
        case VariableKind.FLAG:
            return {variable.name: _flags(variable, column.values)}
        case _:
            return {variable.name: _choices([option.code for option in variable.options], column.values)}


def _numeric(variable: Variable, column: Column) -> dict[str, Series]:
    columns: dict[str, Series] = {variable.name: column.values.to_pandas()}
    if variable.missing_codes:
        reasons = pa.array(column.reasons or [None] * len(column.values), TEXT)
        columns[f"{variable.name}.missing"] = _choices(list(variable.missing_codes), reasons)
    return columns


def _choices(codes: Sequence[str], answers: pa.Array) -> Series:
    positions: Any = pc.index_in(answers, pa.array(codes, answers.type)).fill_null(-1)
    return _categorical(positions.to_numpy(), codes)


def _flags(variable: Variable, answers: pa.Array) -> Series:
    """Not chosen where something else was; the first missing code that was chosen says why there is none."""
    missing = list(variable.missing_codes)
    found: Any = np.where(pc.is_null(answers).to_numpy(zero_copy_only=False), -1, 0)
    found[_rows_with(variable.code, answers)] = 1
    for position in reversed(range(len(missing))):
        found[_rows_with(missing[position], answers)] = 2 + position
    return _categorical(found, [NOT_CHOSEN, CHOSEN, *missing])


def _categorical(positions: Any, codes: Any) -> Series:
    return pd.Categorical.from_codes(positions, categories=codes)


def _rows_with(code: str | None, answers: pa.Array) -> Any:
    """Rows whose answer is the code, or holds it."""
    if answers.type != CODES:
        return pc.indices_nonzero(pc.equal(answers, code)).to_numpy()
    held = pc.equal(answers.flatten(), code)
    return pc.list_parent_indices(answers).filter(held).to_numpy()
