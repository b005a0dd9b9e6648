"""Rubin's rules: one answer from the analyses of several completed data sets.

With m estimates q_k, their mean within-variance U and their between-variance B, the total variance is
T = U + (1 + 1/m) B and r = (1 + 1/m) B / U is its relative increase.

References
----------
Rubin (1987), doi:10.1002/9780470316696; Barnard and Rubin (1999), doi:10.1093/biomet/86.4.948.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from cityvoice.stats.assembly import assemble
from cityvoice.stats.encoding import FloatArray
from cityvoice.stats.errors import EstimationError
from cityvoice.stats.estimates import Estimates
from cityvoice.stats.intervals import symmetric, t_quantile
from cityvoice.stats.options import check_option
from cityvoice.stats.results import EstimateTable

DfRule = Literal["mitools", "barnard-rubin"]


@dataclass(frozen=True, eq=False)
class Pooled:
    """Estimates pooled over imputations.

    Parameters
    ----------
    terms : tuple of str, length p
    values : float array, shape (p,)
    within, between : float arrays, shape (p, p)
    n_imputations : int
    complete_df : float
        Degrees of freedom if nothing were missing.
    df_rule : {"mitools", "barnard-rubin"}
        Share of missing information in the complete-data df: B / (U + B) as R's mitools has it, or
        (1 + 1/m) B / T as Barnard and Rubin have it, a little fewer degrees of freedom.
    """

    terms: tuple[str, ...]
    values: FloatArray
    within: FloatArray
    between: FloatArray
    n_imputations: int
    complete_df: float
    n: FloatArray
    n_eff: FloatArray
    df_rule: DfRule = "mitools"

    @property
    def covariance(self) -> FloatArray:
        return self.within + (1 + 1 / self.n_imputations) * self.between

    @property
    def se(self) -> FloatArray:
        return np.sqrt(np.diag(self.covariance))

    @property
    def relative_increase(self) -> FloatArray:
        """Of variance by what is missing, r, shape (p,)."""
        with np.errstate(divide="ignore", invalid="ignore"):
            grown = (1 + 1 / self.n_imputations) * np.diag(self.between) / np.diag(self.within)
        return np.where(np.diag(self.between) == 0, 0.0, grown)

    @property
    def df(self) -> FloatArray:
        """Barnard and Rubin's degrees of freedom, shape (p,); Rubin's own when `complete_df` is infinite."""
        with np.errstate(divide="ignore"):
            by_imputation = (self.n_imputations - 1) * np.square(1 + 1 / self.relative_increase)
        if math.isinf(self.complete_df):
            return np.asarray(by_imputation)
        complete = self.complete_df
        observed = (complete + 1) / (complete + 3) * complete * (1 - self._missing_share)
        return np.asarray(1 / (1 / observed + 1 / by_imputation))

    @property
    def _missing_share(self) -> FloatArray:
        between, within = np.diag(self.between), np.diag(self.within)
        factor = 1.0 if self.df_rule == "mitools" else 1 + 1 / self.n_imputations
        return np.asarray(factor * between / (within + factor * between))

    @property
    def missing_information(self) -> FloatArray:
        """Fraction of information lost to what is missing, shape (p,)."""
        r = self.relative_increase
        return np.asarray((r + 2 / (self.df + 3)) / (r + 1))

    def interval(self, level: float = 0.95) -> FloatArray:
        """Low and high by Student's t, shape (p, 2)."""
        return np.column_stack(symmetric(self.values, self.se, t_quantile(level, self.df)))

    def to_table(self, item: str = "", *, statistic: str = "mean", level: float = 0.95) -> EstimateTable:
        return EstimateTable.from_estimates(
            assemble(
                item or term, statistic, float(self.values[k]), float(self.se[k]), df=float(self.df[k]),
                n=int(self.n[k]), n_eff=float(self.n_eff[k]), term=term, level=level, variance="rubin",
            )
            for k, term in enumerate(self.terms)
        )  # fmt: skip


def pool(
    estimates: Sequence[Estimates], *, complete_df: float | None = None, df_rule: DfRule = "mitools"
) -> Pooled:
    """Pool estimates of the same terms, one per completed data set.

    Parameters
    ----------
    complete_df : float, optional
        Defaults to the design's degrees of freedom.
    """
    df = complete_df if complete_df is not None else min(e.df for e in estimates)
    smallest = {name: np.min([getattr(e, name) for e in estimates], axis=0) for name in ("n", "n_eff")}
    return pool_arrays(
        estimates[0].terms, [e.values for e in estimates], [e.covariance for e in estimates],
        complete_df=df, df_rule=df_rule, **smallest,
    )  # fmt: skip


def pool_arrays(
    terms: Sequence[str],
    values: Any,
    covariances: Any,
    *,
    complete_df: float = math.inf,
    n: Any = 0,
    n_eff: Any = 0,
    df_rule: DfRule = "mitools",
) -> Pooled:
    """Pool coefficients of any model.

    Parameters
    ----------
    values : array-like, shape (m, p)
    covariances : array-like, shape (m, p, p)
    n, n_eff : int or array-like, shape (p,)
        Bases of the estimates, for the table.
    """
    check_option("df_rule", df_rule, DfRule)
    each, spread = np.asarray(values, dtype=float), np.asarray(covariances, dtype=float)
    m, p = each.shape
    if m < 2 or spread.shape != (m, p, p) or len(terms) != p:
        raise EstimationError(
            "pool-shape", "pooling", "at least two analyses of the same terms",
            f"{m} analyses of {p} values, covariances of shape {spread.shape}, {len(terms)} terms",
        )  # fmt: skip
    between = np.atleast_2d(np.cov(each, rowvar=False))
    count, effective = (np.broadcast_to(np.asarray(base, dtype=float), (p,)) for base in (n, n_eff))
    return Pooled(
        tuple(terms),
        each.mean(axis=0),
        spread.mean(axis=0),
        between,
        m,
        complete_df,
        count,
        effective,
        df_rule,
    )
