"""Auxiliary variables: columns of a linear predictor from a list of terms, and their known totals.

A list of terms is what a recipe or an area model names, ``("sex", "age * edu", "-1")``; each may be anything
that stands between the plus signs of a formula. All levels keep their column, also those nobody has.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from cityvoice.stats.encoding import Codes, FloatArray
from cityvoice.stats.errors import StatsError
from cityvoice.stats.formula.expressions import evaluate
from cityvoice.stats.formula.model_frame import ModelMatrix, ModelSpec
from cityvoice.stats.formula.terms import Formula, parse_formula
from cityvoice.stats.frame import Frame

NO_INTERCEPT = ("-1", "- 1", "0")


def formula_of(terms: Sequence[str], frame: Frame) -> Formula:
    """The terms as a formula; a term that is a column's name may hold any character."""
    texts = [term.strip() for term in terms]
    kept = [f"`{text}`" if text in frame.columns else text for text in texts if text not in NO_INTERCEPT]
    start = "0" if len(kept) < len(texts) else "1"
    return parse_formula("~ " + " + ".join([start, *(text for text in kept if text)]))


def auxiliary_matrix(frame: Frame, terms: Sequence[str]) -> ModelMatrix:
    """Columns of the terms, NaN in rows with a missing value.

    Raises
    ------
    StatsError
        An unknown column; neither a term nor the intercept.
    """
    formula = formula_of(terms, frame)
    if not formula.terms and not formula.has_intercept:
        raise StatsError("terms-empty", "terms", "at least one term or the intercept", "none")
    variables = {name: evaluate(name, frame) for name in formula.variables}
    levels = {name: variable.levels for name, variable in variables.items() if isinstance(variable, Codes)}
    return ModelSpec(formula, levels).matrix(frame)


def named_totals(matrix: ModelMatrix, totals: Mapping[str, float]) -> FloatArray:
    """Totals in the order of the columns; names and values must cover them exactly."""
    unknown = [name for name in totals if name not in matrix.names]
    absent = [name for name in matrix.names if name not in totals]
    if unknown or absent:
        raise StatsError(
            "totals-names",
            "totals",
            f"one total for each of {', '.join(matrix.names)}",
            f"missing {absent}, unknown {unknown}",
            "A level without respondents has no column: collapse it with a neighbour.",
        )
    return np.array([float(totals[name]) for name in matrix.names])
