"""Answers from documents to arrays, one for each variable.

Documents whose answers all have the type of their column are read at once, by Arrow. Where one has not, such
as "refused" in place of a number, all are read one by one, to the same arrays.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
from pyarrow.json import ParseOptions, ReadOptions, read_json

from cityvoice.questionnaire.question import Answers
from cityvoice.questionnaire.variables import Variable, VariableKind

PIECE = 1 << 20  # bytes; pieces are parsed side by side, and the longest document must fit into one
MOST_BYTES = 4  # of a character
NUMBER, TEXT, CODES = pa.float64(), pa.string(), pa.list_(pa.string())


@dataclass(frozen=True)
class Column:
    """One variable of all documents.

    Attributes
    ----------
    values
        Numbers, texts or codes, or the lists of codes that were chosen; null where there are none.
    reasons
        Of numbers: the code that stands in place of one; None where no document holds any.
    """

    values: pa.Array
    reasons: Sequence[str | None] | None = None


def read_documents(asked: Sequence[Variable], documents: Sequence[str]) -> list[Column]:
    """A column for each variable, from answers as JSON."""
    table = _read_at_once(asked, documents)
    if table is None:
        return read_answers(asked, [json.loads(document) for document in documents])
    return [Column(table[variable.field].combine_chunks()) for variable in asked]


def read_answers(asked: Sequence[Variable], answers: Sequence[Answers]) -> list[Column]:
    """A column for each variable, document by document."""
    return [_column(variable, [each.get(variable.field) for each in answers]) for variable in asked]


def _read_at_once(asked: Sequence[Variable], documents: Sequence[str]) -> pa.Table | None:
    """None where a document, or a version of the questionnaire, has answers of other types."""
    types: dict[str, pa.DataType] = {variable.field: _type(variable) for variable in asked}
    if not documents or any(types[variable.field] != _type(variable) for variable in asked):
        return None
    lines = "\n".join(documents).encode()
    options = ParseOptions(explicit_schema=pa.schema(types.items()), unexpected_field_behavior="ignore")
    pieces = ReadOptions(block_size=max(PIECE, MOST_BYTES * max(map(len, documents)) + 1))
    try:
        table = read_json(pa.BufferReader(lines), pieces, options)
    except pa.ArrowException:
        return None
    return table if len(table) == len(documents) else None


def _type(variable: Variable) -> pa.DataType:
    if variable.kind is VariableKind.NUMERIC:
        return NUMBER
    return CODES if _is_of_list(variable) else TEXT


def _is_of_list(variable: Variable) -> bool:
    """Whether it is one option of a multiple choice, whose answer lists the chosen ones."""
    return variable.kind is VariableKind.FLAG and variable.field != variable.name


def _column(variable: Variable, answers: Sequence[Any]) -> Column:
    if variable.kind is VariableKind.NUMERIC:
        numbers = [float(answer) if isinstance(answer, (int, float)) else None for answer in answers]
        return Column(pa.array(numbers, NUMBER), [_text(answer) for answer in answers])
    if variable.kind is VariableKind.TEXT:
        return Column(pa.array([None if answer is None else str(answer) for answer in answers], TEXT))
    if _is_of_list(variable):
        return Column(pa.array([_list(answer) for answer in answers], CODES))
    return Column(pa.array([_text(answer) for answer in answers], TEXT))


def _text(answer: Any) -> str | None:
    return answer if isinstance(answer, str) else None


def _list(answer: Any) -> list[str] | None:
    """An earlier version may have asked for one option alone."""
    if isinstance(answer, str):
        return [answer]
    return [each for each in answer if isinstance(each, str)] if isinstance(answer, list) else None
