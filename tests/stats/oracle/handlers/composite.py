"""Composite indices over weighted means by group."""

from typing import Any

from cityvoice.stats import estimation
from cityvoice.stats.composite import CompositeIndex, IndexSpec, composite_index, first_component
from cityvoice.stats.design import SurveyDesign
from cityvoice.stats.indicator_table import Indicators
from tests.stats.oracle.context import Case
from tests.stats.oracle.registry import handles

SPECS = {
    "minmax 0-100": IndexSpec("minmax"),
    "minmax 1-100 (1+99*x)": IndexSpec("minmax", low=1.0),
    "zscore (n-1 sd)": IndexSpec("zscore"),
    "zscore": IndexSpec("zscore"),
    "rank (average ties, 1=lowest)": IndexSpec("rank"),
}


def indicators_of(case: Case) -> Indicators:
    frame = case.read(case.op["data"])
    column = case.op.get("weights")
    design = SurveyDesign(weights=frame[column] if column else [1.0] * len(frame))
    parts = [
        estimation.grouped(design, frame, [name], case.op["by"], missing="drop") for name in case.op["vars"]
    ]
    units = tuple(".".join(group) for group in parts[0].groups)
    columns = [part.estimates.values for part in parts]
    return Indicators(units, tuple(case.op["vars"]), [list(row) for row in zip(*columns, strict=True)])


@handles("group_means")
def group_means(case: Case) -> dict[str, Any]:
    table = indicators_of(case)
    return {"rows": list(table.units), "matrix": table.values.tolist()}


def index_of(case: Case) -> CompositeIndex:
    """Over the table of the suite's `group_means`, to which its composites refer."""
    source = next(other for other in case.suite.cases if other.op["fn"] == "group_means")
    spec = SPECS[case.op["norm"]]
    how = "geometric" if case.op["agg"] == "geometric" else "arithmetic"
    return composite_index(indicators_of(source), IndexSpec(spec.normalisation, how, low=spec.low))


@handles("composite")
def composite(case: Case) -> dict[str, Any]:
    found = index_of(case)
    if "principal component" not in case.op["agg"]:
        return {"index": found.values.tolist(), "ranks": found.ranks.tolist()}
    first = first_component(found.indicators.values)
    return {"index": first.scores.tolist(), "loadings": first.loadings.tolist(), "explained": first.explained}
