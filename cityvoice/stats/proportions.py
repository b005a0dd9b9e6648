"""Intervals for a proportion, by every method in use."""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from scipy import stats

from cityvoice.stats.design import SurveyDesign
from cityvoice.stats.encoding import BoolArray, FloatArray
from cityvoice.stats.errors import EstimationError
from cityvoice.stats.estimates import Estimates
from cityvoice.stats.estimation import Missing, mean
from cityvoice.stats.intervals import t_quantile
from cityvoice.stats.log_odds import fit_log_odds, likelihood_interval, logit_interval, refit_log_odds
from cityvoice.stats.replicates import Replicates
from cityvoice.stats.results import Estimate, WarningCode, reliability_of

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
    n_eff, design_deff : float
        Kish's effective base, and the design effect of the share.
    method : str
    level : float
    notes : tuple of WarningCode
    """

    value: float
    se: float
    low: float
    high: float
    df: float
    n: int
    n_eff: float
    design_deff: float
    method: str
    level: float
    variance: str
    notes: tuple[WarningCode, ...] = ()

    def to_estimate(self, item: str = "", term: str = "") -> Estimate:
        """The same as an `Estimate` with its reliability, for a dict, a sentence or a table."""
        width, kish = (self.high - self.low) / 2, self.n / self.n_eff if self.n_eff else np.nan
        band = reliability_of(value=self.value, se=self.se, half_width=width, n_eff=self.n_eff, is_share=True)
        return Estimate(
            item, "share", term or item, self.value, self.se, self.low, self.high, self.df, self.level,
            self.n, self.n_eff, kish, self.design_deff, band, method=self.method, variance=self.variance,
            notes=self.notes,
        )  # fmt: skip


def proportion(
    design: SurveyDesign,
    condition: Any,
    *,
    method: Method = "wilson",
    level: float = 0.95,
    missing: Missing = "error",
) -> Proportion:
    """Estimate the share of the population that meets a condition.

    Parameters
    ----------
    condition : array-like, shape (n,)
        1 or True where met, 0 or False where not, NaN where unknown.
    method : str
        ``logit`` (t interval of the fitted log odds), ``xlogit`` (the same by formula), ``likelihood``
        (profile of the scaled binomial likelihood), ``asin`` (of the arcsine root), ``beta`` (Korn and
        Graubard 1998), ``mean`` (symmetric), ``wilson`` (score interval with the effective base).

    Notes
    -----
    ``logit`` and ``likelihood`` take R's numerical path (see `log_odds`).
    At 0 and 1 the standard error is 0 and every method but ``wilson`` of `tables` gives NaN or the point.
    """
    values = np.asarray(condition, dtype=float)
    if not (np.isin(values, (0.0, 1.0)) | np.isnan(values)).all():
        raise EstimationError(
            "condition-values", "condition", "1 where met, 0 where not, NaN where unknown", "other numbers"
        )
    estimate = mean(design, {"condition": values}, ["condition"], missing=missing)
    value, se, n = float(estimate.values[0]), float(estimate.se[0]), int(estimate.n[0])
    _check_method(method)
    if method in BY_LOG_ODDS:
        inside = 0 < value < 1
        low, high = _by_log_odds(design, values, estimate, method, level) if inside else (np.nan, np.nan)
    else:
        low, high = share_interval(value, se, n, estimate.df, method=method, level=level)
    fixed = (WarningCode.CONSTANT,) if n and value in (0.0, 1.0) else ()
    return Proportion(
        value, se, low, high, estimate.df, n, float(estimate.n_eff[0]), float(estimate.design_deff[0]),
        method, level, estimate.variance_method, (*estimate.notes[0], *fixed),
    )  # fmt: skip


def _check_method(method: str) -> None:
    known = (*METHODS, *BY_LOG_ODDS)
    if method not in known:
        raise EstimationError("proportion-method", f"method {method}", f"one of {', '.join(known)}", method)


def _by_log_odds(
    design: SurveyDesign, values: FloatArray, estimate: Estimates, method: str, level: float
) -> tuple[float, float]:
    rows = design.active & ~np.isnan(values)
    fit = fit_log_odds(values[rows], design.weights[rows])
    critical = float(t_quantile(level, estimate.df))
    odds_se = float(estimate.se[0]) / (fit.share * (1 - fit.share))
    if design.replicates is not None:
        odds_se = _replicated_odds_se(design.replicates, values, rows, fit.value)
    if method == "logit":
        return logit_interval(fit, odds_se, critical)
    return likelihood_interval(fit, odds_se, int(estimate.n[0]), critical)


def _replicated_odds_se(replicates: Replicates, values: FloatArray, rows: BoolArray, full: float) -> float:
    """Error of the log odds, fitted anew in each replicate; NaN where one of them has a share of 0 or 1."""
    weights = replicates.weights[rows]
    odds = refit_log_odds(values[rows] @ weights / weights.sum(axis=0), full)[:, None]
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


def _xlogit(share: Any, se: Any, _n: int, _df: float, critical: float, _level: float) -> tuple[float, float]:
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


METHODS = {
    "mean": _mean,
    "xlogit": _xlogit,
    "asin": _asin,
    "beta": _beta,
    "wilson": _wilson,
}
BY_LOG_ODDS = ("logit", "likelihood")  # these need the answers, not only the share and its error
