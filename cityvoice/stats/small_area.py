"""Small areas: the Fay-Herriot model lends a district the strength of all districts.

The direct estimate of area i is y_i = theta_i + e_i with known sampling variance D_i, and
theta_i = x_i' beta + u_i, u_i ~ N(0, A). The EBLUP is x_i' b + g_i (y_i - x_i' b), g_i = A / (A + D_i).

References
----------
Fay and Herriot (1979), doi:10.1080/01621459.1979.10482505; Prasad and Rao (1990),
doi:10.1080/01621459.1990.10475320; Datta and Lahiri (2000), Statistica Sinica 10, 613-627;
Datta, Rao and Smith (2005), Biometrika 92, 183-196.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any

import numpy as np

from cityvoice.stats.area_variance import VarianceFit, fit_variance
from cityvoice.stats.assembly import assemble
from cityvoice.stats.encoding import BoolArray, FloatArray
from cityvoice.stats.errors import EstimationError
from cityvoice.stats.formula.auxiliaries import auxiliary_matrix
from cityvoice.stats.formula.model_frame import ModelMatrix
from cityvoice.stats.frame import Frame
from cityvoice.stats.results import EstimateTable, WarningCode


class AreaMethod(StrEnum):
    """How the variance between areas is estimated."""

    REML = "reml"  # least biased with few districts; the default
    ML = "ml"
    MOMENT = "moment"  # Fay and Herriot's own equation; needs no normality


@dataclass(frozen=True, eq=False)
class FayHerriot:
    """A fitted area-level model.

    Parameters
    ----------
    areas : tuple of str, length m
    direct, sampling_variances : float arrays, shape (m,)
        NaN for an area without a sample.
    matrix : ModelMatrix
        Covariates, shape (m, p).
    fit : VarianceFit
        Variance between areas and the coefficients that go with it.
    """

    areas: tuple[str, ...]
    direct: FloatArray
    sampling_variances: FloatArray
    matrix: ModelMatrix
    method: AreaMethod
    fit: VarianceFit

    @property
    def variance(self) -> float:
        """A, the variance between areas that covariates do not explain."""
        return self.fit.variance

    @property
    def coefficients(self) -> FloatArray:
        return self.fit.coefficients

    @property
    def coefficient_se(self) -> FloatArray:
        return np.sqrt(np.diag(self.fit.covariance))

    @property
    def sampled(self) -> BoolArray:
        """Areas with a direct estimate."""
        return np.isfinite(self.direct)

    @cached_property
    def shrinkage(self) -> FloatArray:
        """Weight g of the direct estimate, shape (m,): 0 is purely synthetic."""
        with np.errstate(invalid="ignore"):
            share = self.variance / (self.variance + self.sampling_variances)
        return np.where(self.sampled, share, 0.0)

    @cached_property
    def synthetic(self) -> FloatArray:
        """What the covariates alone say, x' b, shape (m,)."""
        result: FloatArray = self.matrix.values @ self.coefficients
        return result

    @cached_property
    def values(self) -> FloatArray:
        """EBLUP, shape (m,)."""
        residual = np.where(self.sampled, self.direct - self.synthetic, 0.0)
        result: FloatArray = self.synthetic + self.shrinkage * residual
        return result

    @cached_property
    def mse(self) -> FloatArray:
        """Estimated mean squared error, shape (m,): g1 + g2 + 2 g3, corrected for the bias of A.

        An area without a sample has A + x' V(b) x.
        """
        x, pull = self.matrix.values, 1 - self.shrinkage
        leverage = np.einsum("ij,jk,ik->i", x, self.fit.covariance, x)
        known = np.where(self.sampled, self.sampling_variances, 1.0)
        g1 = self.shrinkage * known
        g3 = np.square(pull) * self.fit.variance_of_variance / (self.variance + known)
        bias = self.fit.bias * np.square(pull)
        seen = g1 + np.square(pull) * leverage + 2 * g3 - bias
        return np.asarray(np.where(self.sampled, seen, self.variance + leverage), dtype=float)

    @property
    def at_boundary(self) -> bool:
        """A = 0: no area keeps anything of its own estimate, all are synthetic."""
        return self.variance == 0.0

    @property
    def is_synthetic(self) -> BoolArray:
        return ~self.sampled | self.at_boundary

    def to_table(
        self,
        item: str,
        *,
        n: Any,
        n_eff: Any = None,
        statistic: str = "mean",
        by: str = "area",
        level: float = 0.95,
    ) -> EstimateTable:
        """Estimates by area; se is the root of the MSE, df is m - p.

        Parameters
        ----------
        n, n_eff : array-like, shape (m,)
            Answers and Kish's effective answers behind each direct estimate; `n_eff` defaults to `n`.
            The table shows what the model's MSE is worth in effective answers: n_eff D / MSE, and for
            an area without a sample the same with the median of n_eff D.
        """
        return self.tabulate(
            item, self.values, self.mse, n, n if n_eff is None else n_eff, statistic, by, level
        )

    def tabulate(
        self,
        item: str,
        values: FloatArray,
        mse: FloatArray,
        n: Any,
        n_eff: Any,
        statistic: str,
        by: str,
        level: float,
    ) -> EstimateTable:
        """`to_table` for predictions made from this model, such as benchmarked ones."""
        m, p = self.matrix.values[self.sampled].shape
        counts = np.asarray(n, dtype=float)
        unit = np.asarray(n_eff, dtype=float) * self.sampling_variances
        worth = np.where(self.sampled, unit, np.nanmedian(unit)) / mse
        rows = [
            assemble(
                item, statistic, float(values[k]), float(np.sqrt(mse[k])), df=m - p,
                n=int(np.nan_to_num(counts[k])), n_eff=float(worth[k]), level=level,
                variance=f"fay-herriot-{self.method}", domain=((by, area),),
                notes=(WarningCode.SYNTHETIC,) if self.is_synthetic[k] else (),
            )
            for k, area in enumerate(self.areas)
        ]  # fmt: skip
        return EstimateTable.from_estimates(rows)


def fay_herriot(
    direct: Any,
    sampling_variances: Any,
    covariates: Any,
    terms: Sequence[str] = (),
    *,
    areas: Sequence[str] | None = None,
    method: AreaMethod | str = AreaMethod.REML,
) -> FayHerriot:
    """Fit the area-level model and predict every area.

    Parameters
    ----------
    direct, sampling_variances : array-like, shape (m,)
        Design-based estimates and their variances; NaN in both for an area without a sample.
    covariates : DataFrame or mapping of arrays, m rows
        Known for every area, such as the share of people aged 65 and over in the register.
    terms : sequence of str
        Columns of the covariates; none gives a common mean.
    areas : sequence of str, optional
        Names; else numbers from 1.

    Raises
    ------
    EstimationError
        A variance that is not positive, a covariate that is missing or collinear, too few areas.
    """
    y, variances = np.asarray(direct, dtype=float), np.asarray(sampling_variances, dtype=float)
    names = tuple(map(str, areas if areas is not None else range(1, len(y) + 1)))
    matrix = _matrix(covariates, terms, len(y))
    _check_areas(y, variances, names, matrix)
    seen = np.isfinite(y)
    method = AreaMethod(method)
    fit = fit_variance(y[seen], variances[seen], matrix.values[seen], str(method))
    return FayHerriot(names, y, np.where(seen, variances, np.nan), matrix, method, fit)


def _matrix(covariates: Any, terms: Sequence[str], n_areas: int) -> ModelMatrix:
    if not terms:
        return auxiliary_matrix(Frame({"": np.zeros(n_areas)}), ())
    return auxiliary_matrix(covariates if isinstance(covariates, Frame) else Frame(covariates), terms)


def _check_areas(y: FloatArray, variances: FloatArray, names: tuple[str, ...], matrix: ModelMatrix) -> None:
    if not len(y) == len(variances) == len(names) == len(matrix.values):
        lengths = f"{len(y)} estimates, {len(variances)} variances, {len(names)} names"
        raise EstimationError("area-length", "areas", "one of each per area", lengths)
    seen = np.isfinite(y)
    bad = seen & ~(np.isfinite(variances) & (variances > 0))
    if bad.any():
        k = int(np.argmax(bad))
        raise EstimationError(
            "area-variance",
            f"area {names[k]}",
            "a positive sampling variance",
            f"{variances[k]:g}",
            "Give an area without a sample, or with a variance of zero by chance, the estimate NaN.",
        )
    absent = matrix.is_missing | np.isinf(matrix.values).any(axis=1)
    if absent.any():
        place = f"area {names[int(np.argmax(absent))]}"
        raise EstimationError("area-covariate", place, "a finite value of every covariate", "none")
    x = matrix.values[seen]
    if len(x) <= x.shape[1] or np.linalg.matrix_rank(x) < x.shape[1]:
        raise EstimationError(
            "area-rank",
            "covariates",
            f"more than {x.shape[1]} sampled areas and covariates that are not collinear",
            f"{len(x)} areas, rank {np.linalg.matrix_rank(x) if len(x) else 0}",
            "Use fewer covariates.",
        )
