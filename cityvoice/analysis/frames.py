"""Answers in columns: one row per complete response, one column per variable of the questionnaire.

Columns beside the variables: ``_mode`` (categorical), ``_weight`` (base weight), ``_day`` (day answered).
A choice is categorical over all its codes, missing ones included; null says that it was not asked. A numeric
variable is a float column; why a number is missing stands in ``<name>.missing``.
"""

import hashlib
import json
from collections.abc import Iterable
from typing import Any

import pandas as pd

from cityvoice.questionnaire.model import Mode, Questionnaire
from cityvoice.questionnaire.variables import Variable, VariableKind, variables
from cityvoice.surveys.queries import AnswerRow

CHOSEN, NOT_CHOSEN = "1", "0"


def build_frame(questionnaire: Questionnaire, rows: Iterable[AnswerRow]) -> pd.DataFrame:
    """Columns of `rows`, in their order."""
    kept = list(rows)
    columns: dict[str, Any] = {
        "_mode": pd.Categorical([row.mode for row in kept], categories=list(Mode)),
        "_weight": pd.Series([row.base_weight for row in kept], dtype=float),
        "_day": pd.to_datetime(pd.Series([row.answered_on for row in kept], dtype=object)),
    }
    for variable in variables(questionnaire):
        columns |= _columns(variable, [row.answers.get(variable.field) for row in kept])
    return pd.DataFrame(columns)


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


def _columns(variable: Variable, answers: list[Any]) -> dict[str, Any]:
    match variable.kind:
        case VariableKind.NUMERIC:
            return _numeric(variable, answers)
        case VariableKind.TEXT:
            return {variable.name: pd.Series(answers, dtype="str")}
        case VariableKind.FLAG:
            return {variable.name: _flags(variable, answers)}
        case _:
            codes = [option.code for option in variable.options]
            return {variable.name: pd.Categorical(answers, categories=codes)}


def _numeric(variable: Variable, answers: list[Any]) -> dict[str, Any]:
    numbers = [float(answer) if isinstance(answer, (int, float)) else None for answer in answers]
    columns: dict[str, Any] = {variable.name: pd.Series(numbers, dtype=float)}
    if variable.missing_codes:
        kinds = [answer if isinstance(answer, str) else None for answer in answers]
        columns[f"{variable.name}.missing"] = pd.Categorical(kinds, categories=list(variable.missing_codes))
    return columns


def _flags(variable: Variable, answers: list[Any]) -> pd.Categorical:
    missing = list(variable.missing_codes)

    def flag(chosen: list[str] | None) -> str | None:
        if chosen is None:
            return None
        why = next((code for code in missing if code in chosen), None)
        return why or (CHOSEN if variable.code in chosen else NOT_CHOSEN)

    return pd.Categorical([flag(answer) for answer in answers], categories=[NOT_CHOSEN, CHOSEN, *missing])
