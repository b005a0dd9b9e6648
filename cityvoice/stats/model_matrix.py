"""Design matrices from terms: categorical columns treatment-coded, interactions as products.

A factor inside a term is coded by contrasts with its first level when the term without it is in the model
too, and by one column per level otherwise, so the columns stay independent (Chambers and Hastie 1992).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np

from cityvoice.stats.encoding import BoolArray, FloatArray
from cityvoice.stats.errors import StatsError
from cityvoice.stats.frame import Frame

INTERCEPT = "(Intercept)"
Term = frozenset[str]


@dataclass(frozen=True, eq=False)
class ModelMatrix:
    """Columns of a linear predictor.

    Parameters
    ----------
    names : tuple of str
        ``(Intercept)``, ``sexM``, ``age25-34``, ``sexM:age25-34``.
    values : float array, shape (n, p); NaN in rows with a missing value.
    """

    names: tuple[str, ...]
    values: FloatArray

    @property
    def is_missing(self) -> BoolArray:
        missing: BoolArray = np.asarray(np.isnan(self.values).any(axis=1), dtype=bool)
        return missing


def expand_terms(terms: Sequence[str]) -> tuple[bool, list[tuple[str, ...]]]:
    """Intercept or not, and terms as tuples of variables, lower orders first.

    ``a:b`` is an interaction, ``a * b`` stands for a, b and a:b, ``-1`` and ``0`` drop the intercept.
    """
    intercept, found = True, list[tuple[str, ...]]()
    for term in terms:
        text = term.strip()
        if text in ("-1", "0"):
            intercept = False
        elif text not in ("1", ""):
            parts = [tuple(sorted_unique(part.split(":"))) for part in text.split("*")]
            for size in range(1, len(parts) + 1):
                found += [tuple(sorted_unique(sum(chosen, ()))) for chosen in combinations(parts, size)]
    distinct = {frozenset(term): term for term in reversed(found)}
    ordered = [term for term in dict.fromkeys(found) if distinct.get(frozenset(term)) == term]
    return intercept, sorted(ordered, key=len)


def sorted_unique(names: Sequence[str]) -> list[str]:
    """Names stripped, each once, in the order given."""
    return list(dict.fromkeys(name.strip() for name in names))


def model_matrix(frame: Frame, terms: Sequence[str]) -> ModelMatrix:
    """Build the columns of the terms, in their order.

    Raises
    ------
    StatsError
        An unknown column.
    """
    intercept, expanded = expand_terms(terms)
    present: set[Term] = {frozenset(term) for term in expanded} | ({frozenset()} if intercept else set())
    blocks = [([INTERCEPT], np.ones((frame.n_rows, 1)))] if intercept else []
    blocks += [_term_columns(frame, term, present) for term in expanded]
    if not blocks:
        raise StatsError("terms-empty", "terms", "at least one term or the intercept", "none")
    names = tuple(name for labels, _ in blocks for name in labels)
    return ModelMatrix(names, np.hstack([values for _, values in blocks]))


def _term_columns(frame: Frame, term: tuple[str, ...], present: set[Term]) -> tuple[list[str], FloatArray]:
    labels, values = [""], np.ones((frame.n_rows, 1))
    for variable in term:
        own_labels, own = _variable_columns(frame, variable, frozenset(term) - {variable} in present)
        # the first factor varies fastest
        labels = [f"{a}:{b}" if a else b for b in own_labels for a in labels]
        values = (own[:, :, None] * values[:, None, :]).reshape(frame.n_rows, -1)
    return labels, values


def _variable_columns(frame: Frame, name: str, by_contrasts: bool) -> tuple[list[str], FloatArray]:
    if frame.is_numeric(name):
        return [name], frame.numbers(name)[:, None]
    codes = frame.codes(name)
    first = 1 if by_contrasts else 0
    columns = (codes.codes[:, None] == np.arange(first, len(codes.levels))).astype(float)
    columns[codes.is_missing] = np.nan
    return [f"{name}{level}" for level in codes.levels[first:]], columns


def named_totals(matrix: ModelMatrix, totals: dict[str, Any]) -> FloatArray:
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
