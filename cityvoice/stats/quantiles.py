"""Weighted quantiles with intervals."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from cityvoice.stats.assembly import assemble
from cityvoice.stats.design import SurveyDesign
from cityvoice.stats.encoding import FloatArray
from cityvoice.stats.errors import EstimationError, MissingValuesError
from cityvoice.stats.estimation import Missing, mean
from cityvoice.stats.frame import read_columns
from cityvoice.stats.intervals import t_quantile
from cityvoice.stats.proportions import share_interval
from cityvoice.stats.quantile_rules import RULES, Rule
from cityvoice.stats.results import EstimateTable, WarningCode
from cityvoice.stats.root_finding import find_root
from cityvoice.stats.weight_diagnostics import kish

IntervalType = Literal["mean", "beta", "xlogit", "asin", "score", "quantile"]


@dataclass(frozen=True, eq=False)
class Quantiles:
    """Quantiles of one variable; arrays of shape (q,), `interval` of shape (q, 2).

    A bound is NaN where the interval of the distribution function leaves [0, 1].
    """

    variable: str
    quantiles: tuple[float, ...]
    values: FloatArray
    interval: FloatArray
    se: FloatArray
    df: float
    rule: str
    interval_type: str
    n: int = 0
    n_eff: float = 0.0
    level: float = 0.95
    variance: str = "linearised"
    notes: tuple[WarningCode, ...] = ()

    def to_table(self) -> EstimateTable:
        """One row per quantile, terms ``p50``."""
        rows = [
            assemble(
                self.variable, "quantile", float(value), float(se), df=self.df, n=self.n, n_eff=self.n_eff,
                term=f"p{100 * p:g}", level=self.level, method=f"{self.rule} {self.interval_type}",
                variance=self.variance, notes=self.notes,
            )
            for p, value, se in zip(self.quantiles, self.values, self.se, strict=True)
        ]  # fmt: skip
        bounds = zip(rows, self.interval, strict=True)
        return EstimateTable.from_estimates(replace(r, low=float(b[0]), high=float(b[1])) for r, b in bounds)


def quantile(
    design: SurveyDesign,
    data: Any,
    variables: Sequence[str],
    quantiles: Sequence[float],
    *,
    rule: str = "math",
    interval_type: IntervalType = "mean",
    level: float = 0.95,
    missing: Missing = "error",
) -> list[Quantiles]:
    """Quantiles of numeric variables.

    Parameters
    ----------
    quantiles : sequence of float in (0, 1)
    rule : str
        One of `RULES`; the default is R's.
    interval_type : str
        ``mean``, ``beta``, ``xlogit``, ``asin``: Woodruff's interval, the share below the quantile with an
        interval of that kind, turned back through the rule. ``score``: inverted score test (Fuller).
        ``quantile``: from replicates of the quantile itself.

    Notes
    -----
    The standard error is the width of the interval over twice the t quantile.
    """
    if rule not in RULES:
        raise EstimationError("quantile-rule", f"rule {rule}", f"one of {', '.join(RULES)}", rule)
    outside = [p for p in quantiles if not 0 <= p <= 1]
    if outside or not len(quantiles):
        raise EstimationError("quantile-range", "quantiles", "numbers from 0 to 1", f"{list(quantiles)}")
    columns = read_columns(data, variables)
    absent = columns.is_missing & design.active
    if absent.any() and missing != "drop":
        raise MissingValuesError(
            "data-missing",
            f"row {int(np.argmax(absent))}",
            "a value in every row",
            f"{int(absent.sum())} rows without one",
            'Pass missing="drop" to estimate among those who answered.',
        )
    base = design.subset(~columns.is_missing)
    return [
        _quantiles_of(base, name, column, tuple(quantiles), rule, interval_type, level)
        for name, column in zip(columns.names, columns.values.T, strict=True)
    ]


def _quantiles_of(
    base: SurveyDesign,
    name: str,
    column: FloatArray,
    quantiles: tuple[float, ...],
    rule: str,
    interval_type: IntervalType,
    level: float,
) -> Quantiles:
    compute, df = RULES[rule], base.degrees_of_freedom
    critical = float(t_quantile(level, df))
    n, n_eff = int(base.active.sum()), kish(base.weights[base.active])[0]
    notes = () if n else (WarningCode.EMPTY_DOMAIN,)
    values = np.full(len(quantiles), np.nan)
    bounds = np.full((len(quantiles), 2), np.nan)
    for position, p in enumerate(quantiles if n else ()):
        values[position] = compute(column[base.active], base.weights[base.active], p)
        bounds[position] = _interval(base, column, values[position], p, compute, interval_type, level)
    se = (bounds[:, 1] - bounds[:, 0]) / (2 * critical)
    variance = "linearised" if base.replicates is None else "replicates"
    return Quantiles(
        name, quantiles, values, bounds, se, df, rule, interval_type, n, n_eff, level, variance, notes
    )


def _interval(
    base: SurveyDesign,
    column: FloatArray,
    value: float,
    p: float,
    compute: Rule,
    interval_type: IntervalType,
    level: float,
) -> tuple[float, float]:
    if interval_type == "quantile":
        return _from_replicates(base, column, value, p, compute, level)
    if interval_type == "score":
        return _from_score(base, column, p, compute, level)
    below = {"below": np.where(base.active, column <= value, 0.0).astype(float)}
    share = mean(base, below, ["below"])
    n = int(base.active.sum())
    limits = share_interval(
        float(share.values[0]), float(share.se[0]), n, share.df, method=interval_type, level=level
    )
    weights, values = base.weights[base.active], column[base.active]
    low = compute(values, weights, limits[0]) if limits[0] >= 0 else np.nan
    high = compute(values, weights, limits[1]) if limits[1] <= 1 else np.nan
    return low, high


def _from_replicates(
    base: SurveyDesign, column: FloatArray, value: float, p: float, compute: Rule, level: float
) -> tuple[float, float]:
    if base.replicates is None:
        raise EstimationError("quantile-interval", "interval_type", "replicate weights", "a design without")
    rows = base.active
    replicated = [compute(column[rows], weights[rows], p) for weights in base.replicates.weights.T]
    spread = base.replicates.covariance(np.array(replicated)[:, None], np.array([value]))
    half = float(np.sqrt(spread[0, 0]) * t_quantile(level, base.degrees_of_freedom))
    return value - half, value + half


def _from_score(
    base: SurveyDesign, column: FloatArray, p: float, compute: Rule, level: float
) -> tuple[float, float]:
    """Values where the score test of P(x > theta) = 1 - p is at its critical points (Fuller 2009, 1.3)."""
    values = column[base.active]
    critical = float(t_quantile(level, base.degrees_of_freedom))
    spread = float(np.subtract(*np.quantile(values, (0.75, 0.25))))
    ends = (float(values.min()) + spread / 100, float(values.max()) - spread / 100)
    tolerance = 1 / (100 * np.sqrt(len(values)))

    def test(theta: float) -> float:
        above = np.where(base.active, (column > theta) - (1 - p), 0.0)
        score = mean(base, {"above": above}, ["above"])
        return float(score.values[0] / score.se[0])

    roots = [find_root(lambda x, c=c: test(x) - c, *ends, tolerance) for c in (critical, -critical)]  # type: ignore[misc]
    weights = base.weights[base.active]
    low, high = (compute(values, weights, float((values <= root).mean())) for root in roots)
    return low, high
