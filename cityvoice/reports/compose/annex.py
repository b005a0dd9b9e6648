"""The annex: every answer of every closed question, weighted and as it came."""

from collections.abc import Iterable, Iterator
from itertools import groupby

from cityvoice.analysis.types import VariableResult
from cityvoice.figures.reading import Reading
from cityvoice.questionnaire.variables import VariableKind
from cityvoice.reports.compose.questions import base, missing, verbatim
from cityvoice.reports.compose.voice import Voice
from cityvoice.reports.document import AnnexRow, AnnexTable


def annex(results: Iterable[VariableResult], voice: Voice) -> Iterator[AnnexTable]:
    for code, group in groupby(results, key=_table_of):
        first, *others = group
        if first.options:
            note = ". ".join(part for part in (base(first, voice), missing(first, voice)) if part)
            wording = first.wording if others else verbatim(first)
            rows = tuple(row for result in (first, *others) for row in _rows(result))
            yield AnnexTable(code, wording, rows, f"{note}.")


def _table_of(result: VariableResult) -> str:
    """The options of a multiple choice stand in one table, every other variable in its own."""
    variable = result.variable
    return variable.question if variable.kind is VariableKind.FLAG else variable.name


def _rows(result: VariableResult) -> Iterator[AnnexRow]:
    for option in result.options:
        yield AnnexRow(option.label, option.n, option.unweighted, Reading.of(option.estimate))
    if result.box is not None:
        n = round(result.box.unweighted * result.n)
        yield AnnexRow(result.box.label, n, result.box.unweighted, Reading.of(result.box.estimate))
