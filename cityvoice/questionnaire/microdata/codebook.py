"""Reads a codebook of survey microdata: what the columns mean.

Three kinds are understood:

* JSON: ``{"missing": "NA", "scales": {"rating5": {"1": "Poor", ...}}, "variables": [{"name": "q1", "label":
  "As a place to live", "scale": "rating5"}, ...]}``. A scale may be empty; a variable may have a ``role``:
  case_id, mode, weight or ignored;
* a CSV dictionary with the columns ``name`` and ``description``; it may describe more than the data hold;
* our own questionnaire document in YAML or JSON.

A column without a scale is explained by its data: `cityvoice.questionnaire.microdata.discovery`.
"""

import io
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain
from typing import Any

from cityvoice.questionnaire.document import load_document
from cityvoice.questionnaire.errors import CodebookError, DocumentError, Problem
from cityvoice.questionnaire.flat import flatten
from cityvoice.questionnaire.microdata.scales import Scale, read_scale
from cityvoice.questionnaire.model import Questionnaire
from cityvoice.questionnaire.notation import parse_mapping
from cityvoice.questionnaire.question import Text
from cityvoice.questionnaire.tabular import Row, UnreadableTable, read_rows
from cityvoice.questionnaire.variables import variables

_NAMES = ("name", "variable", "nazwa", "zmienna")
_LABELS = ("description", "label", "opis", "etykieta")
_POLISH = re.compile("[ąćęłńóśźż]", re.IGNORECASE)
_NOT_ASKED_IN_R = "NA"  # what R writes into the cells that CSV dictionaries describe


class Role(StrEnum):
    QUESTION = "question"
    CASE_ID = "case_id"
    MODE = "mode"
    WEIGHT = "weight"
    IGNORED = "ignored"


@dataclass(frozen=True)
class Column:
    """One column of the data, as its codebook describes it."""

    header: str
    label: str = ""
    role: Role | None = None  # None: not stated
    scale: Scale | None = None  # None: not declared, so the data will tell


@dataclass(frozen=True)
class Codebook:
    """What is known of microdata before they are read."""

    title: Text
    columns: Mapping[str, Column]  # by header
    not_asked: frozenset[str] = frozenset({""})  # cells that mean that the question was not asked
    complete: bool = True  # every column described must be in the data
    missing_codes: frozenset[str] = frozenset()  # of all its scales together
    questionnaire: Questionnaire | None = None  # where the codebook is a questionnaire itself

    @property
    def language(self) -> str:
        return next(iter(self.title.translations))


def read_codebook(source: str) -> Codebook:
    """The codebook in the text of a file, whichever of the three kinds it is.

    Raises
    ------
    CodebookError
        With every problem and its path in the codebook.
    """
    source = source.removeprefix("\ufeff")
    rows = _dictionary_rows(source)
    try:
        if rows is not None:
            return _from_dictionary(rows)
        document = parse_mapping(source)
        if isinstance(document, Mapping) and "sections" in document:
            questions = {key: value for key, value in document.items() if key != "survey"}
            return from_questionnaire(load_document(questions))
    except UnreadableTable as error:
        raise CodebookError([Problem(f"row {error.row}", error.message)]) from error
    except DocumentError as error:
        raise CodebookError(error.problems) from error
    return _from_scales(document)


def from_questionnaire(questionnaire: Questionnaire) -> Codebook:
    """The codebook of data collected with `questionnaire`: one column for each of its variables."""
    names = [variable.name for variable in variables(flatten(questionnaire))]
    columns = {name: Column(name, role=Role.QUESTION) for name in names}
    return Codebook(title=questionnaire.title, columns=columns, questionnaire=questionnaire)


def _title(words: str, labels: Iterable[str]) -> Text:
    """The title, in the language that the labels seem to be in."""
    return Text({"pl" if any(map(_POLISH.search, (words, *labels))) else "en": words})


def _dictionary_rows(source: str) -> Iterator[Row] | None:
    """The rows of a CSV dictionary; None when the text is something else."""
    rows = read_rows(io.StringIO(source, newline=""))
    try:
        header = next(rows)
    except (UnreadableTable, StopIteration):
        return None
    known = {cell.strip().casefold() for cell in header.cells}
    is_dictionary = not known.isdisjoint(_NAMES) and not known.isdisjoint(_LABELS)
    return chain([header], rows) if is_dictionary else None


def _from_dictionary(rows: Iterator[Row]) -> Codebook:
    """Descriptions only. Where a name is described twice, the first description stands."""
    header = [cell.strip().casefold() for cell in next(rows).cells]
    name_place = next(header.index(word) for word in _NAMES if word in header)
    label_place = next(header.index(word) for word in _LABELS if word in header)
    columns: dict[str, Column] = {}
    for row in rows:
        if len(row.cells) != len(header):
            message = f"expected {len(header)} fields, found {len(row.cells)}"
            raise CodebookError([Problem(f"row {row.number}", message)])
        name = row.cells[name_place].strip()
        columns.setdefault(name, Column(name, " ".join(row.cells[label_place].split())))
    return Codebook(
        title=_title("Microdata", (column.label for column in columns.values())),
        columns=columns,
        not_asked=frozenset({"", _NOT_ASKED_IN_R}),
        complete=False,
    )


def _from_scales(document: Any) -> Codebook:
    if not isinstance(document, Mapping) or not isinstance(document.get("variables"), list):
        message = (
            "expected a codebook: JSON with variables, a CSV with name and description, or a questionnaire"
        )
        raise CodebookError([Problem("", message)])
    problems: list[Problem] = []
    labels = [str(each.get("label", "")) for each in document["variables"] if isinstance(each, Mapping)]
    title = _title(str(document.get("title") or document.get("source") or "Microdata"), labels)
    if isinstance(document.get("language"), str):
        title = Text({document["language"]: title.in_("")})
    scales = _scales(document.get("scales", {}), title, problems)
    columns: dict[str, Column] = {}
    for place, each in enumerate(document["variables"]):
        column = _column(each, f"variables[{place}]", scales, problems)
        if column.header in columns:
            problems.append(Problem(f"variables[{place}].name", f"{column.header!r} is described twice"))
        columns[column.header] = column
    if problems:
        raise CodebookError(problems)
    return Codebook(
        title=title,
        columns=columns,
        # Where a token says "not asked", an empty cell says nothing: it is a mistake of the data.
        not_asked=frozenset(_tokens(document.get("missing")) or ("",)),
        missing_codes=frozenset(
            option.code for scale in scales.values() for option in scale.options if option.missing
        ),
    )


def _scales(document: Any, title: Text, problems: list[Problem]) -> dict[str, Scale]:
    if not isinstance(document, Mapping):
        problems.append(Problem("scales", "expected a mapping of scale names to scales"))
        return {}
    language = next(iter(title.translations))
    read = {
        str(name): read_scale(each, f"scales.{name}", language, problems) for name, each in document.items()
    }
    return {name: scale for name, scale in read.items() if scale is not None}


def _column(document: Any, path: str, scales: Mapping[str, Scale], problems: list[Problem]) -> Column:
    if not isinstance(document, Mapping) or not str(document.get("name", "")).strip():
        problems.append(Problem(f"{path}.name", "is missing"))
        return Column(path)
    role, scale = str(document.get("role") or ""), str(document.get("scale") or "")
    if role and role not in set(Role):
        problems.append(Problem(f"{path}.role", f"expected one of {', '.join(Role)}, found {role!r}"))
    if scale and scale not in scales:
        problems.append(Problem(f"{path}.scale", f"there is no scale {scale!r} among the codebook's scales"))
    return Column(
        header=str(document["name"]).strip(),
        label=" ".join(str(document.get("label") or "").split()),
        role=Role(role) if role in set(Role) else None,
        scale=scales.get(scale),
    )


def _tokens(missing: Any) -> list[str]:
    values = missing if isinstance(missing, list) else [missing]
    return [str(value).strip() for value in values if value is not None]
