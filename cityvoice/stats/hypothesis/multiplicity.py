"""Many tests at once: p-values corrected so that a table of findings keeps its promise."""

from collections.abc import Sequence
from typing import Literal

import numpy as np

from cityvoice.stats.encoding import FloatArray
from cityvoice.stats.errors import EstimationError

Method = Literal["none", "bonferroni", "holm", "hochberg", "hommel", "BH", "fdr", "BY"]
METHODS = ("none", "bonferroni", "holm", "hochberg", "hommel", "BH", "fdr", "BY")


def adjust_p_values(p_values: Sequence[float] | FloatArray, method: Method = "holm") -> FloatArray:
    """Corrected p-values in the order given; a missing one stays missing and does not count.

    Parameters
    ----------
    p_values : array-like, shape (m,)
    method : str
        The chance of any false finding: ``bonferroni``, ``holm`` (1979), and under independence or positive
        dependence ``hochberg`` (1988, doi:10.1093/biomet/75.4.800) and ``hommel`` (1988,
        doi:10.1093/biomet/75.2.383). The expected share of false findings: ``BH`` or ``fdr`` (1995,
        doi:10.1111/j.2517-6161.1995.tb02031.x), ``BY`` (2001, doi:10.1214/aos/1013699998).

    Raises
    ------
    EstimationError
        A value outside 0 to 1, or an unknown method.
    """
    values = np.asarray(p_values, dtype=float)
    given = ~np.isnan(values)
    if method not in METHODS:
        raise EstimationError("method-unknown", "p-value correction", f"one of {', '.join(METHODS)}", method)
    if ((values[given] < 0) | (values[given] > 1)).any():
        raise EstimationError("p-value-range", "p-values", "numbers from 0 to 1", "others")
    adjusted = values.copy()
    if given.any():
        adjusted[given] = _adjusted(values[given], method)
    return adjusted


def _adjusted(p: FloatArray, method: str) -> FloatArray:
    m = len(p)
    order = np.argsort(p, kind="stable")
    ranks = np.arange(1, m + 1)
    sorted_p = p[order]
    if method == "hommel":
        result = _hommel(sorted_p)
    elif method in ("none", "bonferroni"):
        result = sorted_p * (m if method == "bonferroni" else 1)
    elif method == "holm":
        result = np.maximum.accumulate((m - ranks + 1) * sorted_p)
    else:
        factor = {"hochberg": m - ranks + 1.0, "BY": (1 / ranks).sum() * m / ranks}.get(method, m / ranks)
        result = np.minimum.accumulate((factor * sorted_p)[::-1])[::-1]
    adjusted = np.empty(m)
    adjusted[order] = np.minimum(result, 1.0)
    return adjusted


def _hommel(p: FloatArray) -> FloatArray:
    """Closed Simes tests, by Wright's algorithm (1992, doi:10.2307/2532694); `p` ascending."""
    m = len(p)
    ranks = np.arange(1, m + 1)
    least = float((m * p / ranks).min())
    q, adjusted = np.full(m, least), np.full(m, least)
    for size in range(m - 1, 1, -1):
        head, tail = slice(0, m - size + 1), slice(m - size + 1, m)
        simes = float((size * p[tail] / np.arange(2, size + 1)).min())
        q[head] = np.minimum(size * p[head], simes)
        q[tail] = q[m - size]
        adjusted = np.maximum(adjusted, q)
    result: FloatArray = np.maximum(adjusted, p)
    return result
