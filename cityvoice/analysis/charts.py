"""Results as figures for the web: the same figures that the report prints."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

from cityvoice.analysis.ratings import from_worst_to_best, is_rating, rating_scale
from cityvoice.analysis.types import VariableResult
from cityvoice.figures.dots import DotFigure, DotRow, DotSection
from cityvoice.figures.likert import LikertFigure, LikertRow
from cityvoice.figures.numbers import NumberFormat
from cityvoice.figures.reading import Reading
from cityvoice.figures.words import words_in
from cityvoice.questionnaire.variables import VariableKind

Gettext = Callable[[str], str]


@dataclass(frozen=True)
class QuestionPanel:
    """One question on the results page: its figure, and the results of its variables."""

    question: str
    wording: str
    figure: LikertFigure | DotFigure | None
    results: tuple[VariableResult, ...]


def panels(results: Sequence[VariableResult], numbers: NumberFormat, gettext: Gettext) -> list[QuestionPanel]:
    """Results by question, in the questionnaire's order; a table's columns of different kinds stand apart."""
    grouped: dict[Hashable, list[VariableResult]] = {}
    for result in results:
        variable = result.variable
        codes = tuple(option.code for option in variable.options)
        grouped.setdefault((variable.question, variable.kind, codes), []).append(result)
    parts = [(group[0].variable, tuple(group)) for group in grouped.values()]
    first = {variable.question: variable.name for variable, _ in reversed(parts)}
    return [
        _panel(
            variable.question if first[variable.question] == variable.name else variable.name,
            group,
            numbers,
            gettext,
        )
        for variable, group in parts
    ]


def _panel(
    question: str, results: tuple[VariableResult, ...], numbers: NumberFormat, gettext: Gettext
) -> QuestionPanel:
    first = results[0]
    figure: LikertFigure | DotFigure | None = None
    if all(map(is_rating, results)):
        figure = _likert(results, numbers, gettext)
    elif first.variable.kind is VariableKind.FLAG:
        rows = [DotRow(result.label, Reading.of(result.options[0].estimate)) for result in results]
        figure = _dots(
            first.wording, sorted(rows, key=lambda row: -(row.reading.value or 0)), numbers, gettext
        )
    elif len(results) == 1 and first.options:
        rows = [DotRow(option.label, Reading.of(option.estimate)) for option in first.options]
        figure = _dots(first.wording, rows, numbers, gettext)
    return QuestionPanel(question, first.wording, figure, results)


def _likert(results: Sequence[VariableResult], numbers: NumberFormat, gettext: Gettext) -> LikertFigure:
    rows = tuple(
        LikertRow(
            result.label,
            tuple(option.estimate.value for option in from_worst_to_best(result)),
            Reading.of(result.box.estimate),
        )
        for result in results
        if result.box is not None
    )
    scale = rating_scale(results[0], gettext)
    return LikertFigure(results[0].wording, scale, rows, numbers, words_in(gettext))


def _dots(title: str, rows: Sequence[DotRow], numbers: NumberFormat, gettext: Gettext) -> DotFigure:
    return DotFigure(
        title=title,
        measure="%",
        sections=(DotSection(tuple(rows)),),
        numbers=numbers,
        words=words_in(gettext),
        has_bars=True,
    )
