"""Are two categorical variables independent? Pearson's test as Rao and Scott correct it, and Wald's.

References
----------
Rao and Scott (1984), doi:10.1214/aos/1176346391; Koch, Freeman and Freeman (1975), International Statistical
Review 43, 59-78.
"""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from scipy import stats

from cityvoice.stats.design import SurveyDesign
from cityvoice.stats.encoding import FloatArray
from cityvoice.stats.hypothesis.crosstab import Crosstab, crosstab, interaction_basis
from cityvoice.stats.hypothesis.results import TestResult
from cityvoice.stats.options import check_option
from cityvoice.stats.quadratic_forms import Tail, f_sum_tail, wald_statistic

Reference = Literal["F", "Chisq", "lincom", "saddlepoint", "Wald", "adjWald"]
NAMES: dict[str, str] = {
    "F": "Pearson's X2: Rao-Scott second-order F",
    "Chisq": "Pearson's X2: Rao-Scott first-order chi-square",
    "lincom": "Pearson's X2: exact sum of chi-squares",
    "saddlepoint": "Pearson's X2: saddlepoint of a sum of chi-squares",
    "Wald": "Wald F of the differences from independence",
    "adjWald": "Wald F adjusted for few PSUs",
}


@dataclass(frozen=True, eq=False)
class PearsonParts:
    """Pearson's statistic of a table and the design effects behind it.

    Parameters
    ----------
    statistic : float
        n * sum (p_ij - p_i. p_.j)^2 / (p_i. p_.j).
    effects : float array, shape ((r-1)(c-1),)
        Eigenvalues of Delta = (C' D^-1 C / n)^-1 C' D^-1 V D^-1 C.
    trace, trace_square : float
        Of Delta and of Delta^2.
    """

    statistic: float
    effects: FloatArray
    trace: float
    trace_square: float


def independence_test(
    design: SurveyDesign,
    data: Any,
    row: str,
    column: str,
    *,
    statistic: Reference = "F",
    compat: Literal["", "R"] = "",
) -> TestResult:
    """Test the independence of two variables.

    Parameters
    ----------
    statistic : str
        ``F``, the default, holds its level best with few PSUs (Thomas and Rao 1987, JASA 82,
        630-636). ``lincom`` and ``saddlepoint`` use the whole spectrum of design effects. ``Wald`` and
        ``adjWald`` suffer from sparse tables.
    compat : {"", "R"}
        ``R`` multiplies X2 by all rows of the design, also those without an answer. F is the same.

    Notes
    -----
    Answers missing on either variable stay out; levels that nobody has are left out.
    """
    check_option("statistic", statistic, Reference)
    check_option("compat", compat, ("", "R"))
    table = crosstab(design, data, row, column)
    hypothesis = f"{row} and {column} are independent"
    if statistic in ("Wald", "adjWald"):
        value, df, p_value = _wald(table, adjusted=statistic == "adjWald")
    else:
        n = table.n_carried if compat == "R" else table.n
        value, df, p_value = _rao_scott(pearson_parts(table, n), table.df, statistic)
    return TestResult(NAMES[statistic], hypothesis, value, df, p_value, table.n)


def pearson_parts(table: Crosstab, n: int) -> PearsonParts:
    shares = table.shares()
    p = shares.values
    square = p.reshape(table.n_columns, table.n_rows)
    expected = np.outer(square.sum(axis=1), square.sum(axis=0)).ravel()
    statistic = n * float((np.square(p - expected) / expected).sum())
    contrasts = interaction_basis(table.n_rows, table.n_columns)
    inverse = np.divide(1.0, p, out=np.zeros_like(p), where=p > 0)
    weighted = contrasts * inverse[:, None]
    delta = np.linalg.solve(contrasts.T @ weighted / n, weighted.T @ shares.covariance @ weighted)
    finite = bool(np.isfinite(delta).all())
    effects = np.linalg.eigvals(delta).real if finite else np.full(len(delta), np.nan)
    return PearsonParts(statistic, effects, float(np.trace(delta)), float((delta * delta.T).sum()))


def _rao_scott(parts: PearsonParts, df: float, reference: str) -> tuple[float, tuple[float, ...], float]:
    k = len(parts.effects)
    if reference == "F":
        numerator = parts.trace**2 / parts.trace_square
        value = parts.statistic / parts.trace
        p_value = float(stats.f.sf(value, numerator, numerator * df)) if df > 0 else np.nan
        return value, (numerator, numerator * df), p_value
    if reference == "Chisq":
        return parts.statistic, (float(k),), float(stats.chi2.sf(parts.statistic / (parts.trace / k), k))
    tail: Tail = "exact" if reference == "lincom" else "saddlepoint"
    denominator = parts.trace**2 / parts.trace_square * df
    return parts.statistic, (), f_sum_tail(parts.statistic, parts.effects, denominator, tail)


def _wald(table: Crosstab, *, adjusted: bool) -> tuple[float, tuple[float, ...], float]:
    """Wald's test that all totals equal the product of their margins over the whole."""
    cells = table.totals()
    rows, columns = table.n_rows, table.n_columns
    i, j = np.tile(np.arange(rows), columns), np.repeat(np.arange(columns), rows)
    same_row, same_column = (i[:, None] == i).astype(float), (j[:, None] == j).astype(float)
    of_row, of_column, whole = same_row @ cells.values, same_column @ cells.values, cells.values.sum()
    away = cells.values - of_row * of_column / whole
    gradient = np.eye(len(i)) - (same_row * of_column[:, None] + same_column * of_row[:, None]) / whole
    gradient += (of_row * of_column / whole**2)[:, None]
    used = (i > 0) & (j > 0)
    covariance = (gradient @ cells.covariance @ gradient.T)[np.ix_(used, used)]
    k, df = float((rows - 1) * (columns - 1)), table.df
    value = wald_statistic(away[used], covariance) / k
    if adjusted:
        value, df = value * (df - k + 1) / df if df > 0 else np.nan, df - k + 1
    return value, (k, df), float(stats.f.sf(value, k, df)) if df > 0 else np.nan
