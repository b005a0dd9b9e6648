"""Intervals for a proportion, by every method in use."""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from scipy import optimize, stats

from cityvoice.stats.design import SurveyDesign
from cityvoice.stats.encoding import BoolArray, FloatArray
from cityvoice.stats.errors import EstimationError
from cityvoice.stats.estimation import Missing, mean
from cityvoice.stats.intervals import t_quantile
from cityvoice.stats.r_proportions import fit_log_odds, likelihood_interval, logit_interval
from cityvoice.stats.replicates import Replicates

Method = Literal["logit", "likelihood", "asin", "beta", "mean", "xlogit", "wilson"]


@dataclass(frozen=True)
class Proportion:
    """A proportion with its interval.

    Parameters
    ----------
    value, se, low, high : float
    df : float
    n : int
        Rows that answered.
    method : str
    level : float
    """

    value: float
    se: float
    low: float
    high: float
    df: float
    n: int
    method: str
    level: float


def proportion(
    design: SurveyDesign,
    condition: Any,
    *,
    method: Method = "wilson",
    level: float = 0.95,
    missing: Missing = "error",
    compat: str = "",
) -> Proportion:
    """Estimate the share of the population that meets a condition.

    Parameters
    ----------
    condition : array-like, shape (n,)
        1 or True where met, 0 or False where not, NaN where unknown.
    method : str
        ``logit`` and ``xlogit`` (t interval of the log odds), ``likelihood`` (profile of the scaled
        binomial likelihood), ``asin`` (of the arcsine root), ``beta`` (Korn and Graubard 1998), ``mean``
        (symmetric), ``wilson`` (score interval with the effective base).
    compat : {"", "R"}
        ``R``: ``logit`` and ``likelihood`` by R's numerical path (see `r_proportions`).

    Notes
    -----
    At 0 and 1 the standard error is 0 and every method but ``wilson`` of `tables` gives NaN or the point.
    """
    values = np.asarray(condition, dtype=float)
    estimate = mean(design, {"condition": values}, ["condition"], missing=missing)
    value, se, n = float(estimate.values[0]), float(estimate.se[0]), int(estimate.n[0])
    if compat == "R" and method in ("logit", "likelihood") and 0 < value < 1:
        low, high = _as_r(design, values, se, n, estimate.df, method, level)
    else:
        low, high = share_interval(value, se, n, estimate.df, method=method, level=level)
    return Proportion(value, se, low, high, estimate.df, n, method, level)


def _as_r(
    design: SurveyDesign, values: FloatArray, se: float, n: int, df: float, method: str, level: float
) -> tuple[float, float]:
    rows = design.active & ~np.isnan(values)
    fit = fit_log_odds(values[rows], design.weights[rows])
    critical = float(t_quantile(level, df))
    odds_se = se / (fit.share * (1 - fit.share))
    if design.replicates is not None:
        odds_se = _replicated_odds_se(design.replicates, values, rows, fit.value)
    if method == "logit":
        return logit_interval(fit, odds_se, critical)
    return likelihood_interval(fit, odds_se, n, critical)


def _replicated_odds_se(replicates: Replicates, values: FloatArray, rows: BoolArray, full: float) -> float:
    """Error of the log odds, which R fits anew in each replicate."""
    weights = replicates.weights[rows]
    shares = values[rows] @ weights / weights.sum(axis=0)
    odds = np.log(shares / (1 - shares))[:, None]
    return float(np.sqrt(replicates.covariance(odds, np.array([full]))[0, 0]))


def share_interval(
    share: float, se: float, n: int, df: float, *, method: str, level: float
) -> tuple[float, float]:
    """Interval of a share from its standard error.

    Parameters
    ----------
    n : int
        Rows behind the share; used by ``beta`` only.
    df : float
        Degrees of freedom of the design.
    """
    if method not in METHODS:
        raise EstimationError("proportion-method", f"method {method}", f"one of {', '.join(METHODS)}", method)
    critical = float(t_quantile(level, df))
    with np.errstate(divide="ignore", invalid="ignore"):
        return METHODS[method](np.float64(share), np.float64(se), n, df, critical, level)


def _mean(share: Any, se: Any, _n: int, _df: float, critical: float, _level: float) -> tuple[float, float]:
    return float(share - critical * se), float(share + critical * se)


def _logit(share: Any, se: Any, _n: int, _df: float, critical: float, _level: float) -> tuple[float, float]:
    centre = np.log(share / (1 - share))
    half = critical * se / (share * (1 - share))
    return float(1 / (1 + np.exp(half - centre))), float(1 / (1 + np.exp(-half - centre)))


def _asin(share: Any, se: Any, _n: int, _df: float, critical: float, _level: float) -> tuple[float, float]:
    centre = np.arcsin(np.sqrt(share))
    half = critical * se / (2 * np.sqrt(share * (1 - share)))
    return float(np.sin(centre - half) ** 2), float(np.sin(centre + half) ** 2)


def _beta(share: Any, se: Any, n: int, df: float, _critical: float, level: float) -> tuple[float, float]:
    alpha = 1 - level
    shrunk = stats.t.ppf(alpha / 2, n - 1) / stats.t.ppf(alpha / 2, df)
    base = share * (1 - share) / se**2 * shrunk**2
    low = stats.beta.ppf(alpha / 2, base * share, base * (1 - share) + 1)
    high = stats.beta.ppf(1 - alpha / 2, base * share + 1, base * (1 - share))
    return float(low), float(high)


def _wilson(share: Any, se: Any, _n: int, _df: float, critical: float, _level: float) -> tuple[float, float]:
    base = share * (1 - share) / se**2
    square = critical**2 / base
    centre = (share + square / 2) / (1 + square)
    half = np.sqrt(square * (share * (1 - share) + square / 4)) / (1 + square)
    return float(centre - half), float(centre + half)


def _likelihood(
    share: Any, se: Any, _n: int, _df: float, critical: float, _level: float
) -> tuple[float, float]:
    """Where twice the drop of the binomial log likelihood with the effective base meets critical^2."""
    base = share * (1 - share) / se**2
    if not np.isfinite(base):
        return float("nan"), float("nan")

    def drop(p: float) -> float:
        deviance = share * np.log(share / p) + (1 - share) * np.log((1 - share) / (1 - p))
        return float(2 * base * deviance - critical**2)

    low = optimize.brentq(drop, 1e-12 * share, share, xtol=1e-14, rtol=1e-14)
    high = optimize.brentq(drop, share, 1 - 1e-12 * (1 - share), xtol=1e-14, rtol=1e-14)
    return float(low), float(high)


METHODS = {
    "mean": _mean,
    "logit": _logit,
    "xlogit": _logit,
    "asin": _asin,
    "beta": _beta,
    "wilson": _wilson,
    "likelihood": _likelihood,
}
