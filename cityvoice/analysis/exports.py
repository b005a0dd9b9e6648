"""Tables as CSV: one row a figure, codes beside labels, decimal points, UTF-8 that Excel recognises."""

import csv
import io
import math
from collections.abc import Iterable, Iterator, Sequence

from cityvoice.analysis.models import WeightingRun
from cityvoice.analysis.types import CrossTabulation, VariableResult
from cityvoice.stats.results import Estimate

BYTE_ORDER_MARK = "\ufeff"
ESTIMATE_COLUMNS = ("value", "low", "high", "se", "df", "n", "n_eff", "kish_deff", "reliability", "method")
RESULT_COLUMNS = ("variable", "wording", "label", "statistic", "code", "answer", "n_answer", "unweighted")
SAMPLE_COLUMNS = (
    "step",
    "margin",
    "level",
    "n",
    "target",
    "before",
    "after",
    "target_share",
    "before_share",
    "after_share",
)
CROSS_COLUMNS = ("variable", "label", "statistic", "breakdown", "code", "category")


def results_csv(results: Iterable[VariableResult]) -> str:
    return to_csv((*RESULT_COLUMNS, *ESTIMATE_COLUMNS), _result_rows(results))


def cross_csv(tables: Iterable[CrossTabulation]) -> str:
    return to_csv((*CROSS_COLUMNS, *ESTIMATE_COLUMNS), _cross_rows(tables))


def sample_csv(run: WeightingRun) -> str:
    """The sample against the population, before and after every step of a weighting run."""
    return to_csv(SAMPLE_COLUMNS, _sample_rows(run))


def _sample_rows(run: WeightingRun) -> Iterator[tuple[object, ...]]:
    for record in run.diagnostics["records"]:
        for level in record["levels"]:
            yield (record["label"], *(level[column] for column in SAMPLE_COLUMNS[1:]))


def to_csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return BYTE_ORDER_MARK + buffer.getvalue()


def _result_rows(results: Iterable[VariableResult]) -> Iterator[tuple[object, ...]]:
    for result in results:
        start = (result.variable.name, result.wording, result.label)
        for option in result.options:
            answer = (option.code, option.label, option.n, option.unweighted)
            yield (*start, "share", *answer, *_estimate(option.estimate))
        if result.box is not None:
            codes = " ".join(result.box.codes)
            counted = (codes, result.box.label, "", result.box.unweighted)
            yield (*start, "share of set", *counted, *_estimate(result.box.estimate))
        if result.mean is not None:
            yield (*start, "mean", "", "", "", result.unweighted_mean, *_estimate(result.mean))


def _cross_rows(tables: Iterable[CrossTabulation]) -> Iterator[tuple[object, ...]]:
    for table in tables:
        for (code, category), estimate in zip(table.breakdown.categories, table.estimates, strict=True):
            start = (table.variable.name, table.label, table.statistic, table.breakdown.variable.name)
            yield (*start, code, category, *_estimate(estimate))


def _estimate(estimate: Estimate) -> tuple[object, ...]:
    return tuple(getattr(estimate, column) for column in ESTIMATE_COLUMNS)


def _cell(value: object) -> object:
    """Undefined numbers are empty; text that a spreadsheet would run as a formula is disarmed."""
    if isinstance(value, float):
        return "" if math.isnan(value) else f"{value:.10g}"
    if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r")):
        return f"'{value}"
    return value
