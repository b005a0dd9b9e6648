"""What a generalised linear model found: coefficients with their errors, tests, predictions."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import stats

from cityvoice.stats.encoding import BoolArray, FloatArray, IntArray
from cityvoice.stats.estimates import Estimates
from cityvoice.stats.formula.model_frame import ModelSpec
from cityvoice.stats.frame import Frame
from cityvoice.stats.intervals import symmetric, t_quantile
from cityvoice.stats.regression.families import Family


@dataclass(frozen=True, eq=False)
class GlmResult:
    """A fitted model.

    Parameters
    ----------
    terms : tuple of str, length p
        Names of the coefficients.
    assign : int array, shape (p,)
        Number of the formula's term that each belongs to, 0 for the intercept.
    coefficients : float array, shape (p,)
    covariance : float array, shape (p, p)
        Under the design.
    model_covariance : float array, shape (p, p)
        (X' W X)^-1 of the working model, weights scaled to mean 1: what the errors would be without a design.
    residual_df : float
        Degrees of freedom of the design less the other coefficients: df + 1 - p.
    deviance, null_deviance : float
        With weights scaled to mean 1 over the rows of the design.
    dispersion : float
        Variance of the Pearson residuals, by the same weights.
    n : int
        Rows in the fit.
    fitted : float array, shape (n,)
        Means of the rows in the fit.
    rows : bool array
        Rows of the data in the fit.
    scale : float
        Mean weight, by which weights were divided.
    """

    spec: ModelSpec
    family: Family
    terms: tuple[str, ...]
    assign: IntArray
    coefficients: FloatArray
    covariance: FloatArray
    model_covariance: FloatArray
    residual_df: float
    deviance: float
    null_deviance: float
    dispersion: float
    n: int
    n_eff: float
    fitted: FloatArray
    rows: BoolArray
    scale: float
    variance_method: str

    @property
    def se(self) -> FloatArray:
        return np.sqrt(np.maximum(np.diag(self.covariance), 0.0))

    @property
    def t(self) -> FloatArray:
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio: FloatArray = self.coefficients / self.se
        return ratio

    @property
    def p_values(self) -> FloatArray:
        """Two-sided, by Student's t with `residual_df`; NaN without degrees of freedom."""
        df = self.residual_df if self.residual_df > 0 else np.nan
        values: FloatArray = 2 * stats.t.sf(np.abs(self.t), df)
        return values

    def interval(self, level: float = 0.95) -> FloatArray:
        """Wald intervals of the coefficients, shape (p, 2)."""
        return np.column_stack(symmetric(self.coefficients, self.se, t_quantile(level, self.residual_df)))

    def estimates(self) -> Estimates:
        """The coefficients as `Estimates`, for contrasts and tables."""
        every = np.ones(len(self.terms))
        return Estimates(
            "coefficient", self.terms, self.coefficients, self.covariance, self.residual_df, self.n * every,
            self.n_eff * every, np.nan * every, variance_method=self.variance_method,
        )  # fmt: skip

    def predict(self, data: Any, *, on_link: bool = False) -> Estimates:
        """Means, or linear predictors, for new rows, with the error of the estimated mean.

        Parameters
        ----------
        data : DataFrame or mapping of arrays, m rows
            Variables of the formula without the response.

        Returns
        -------
        Estimates
            Terms ``1`` to ``m``; the error of a mean follows by the delta method.
        """
        frame = data if isinstance(data, Frame) else Frame(data)
        x = self.spec.matrix(frame).values
        predictor = x @ self.coefficients + self.spec.offset(frame)
        values = predictor if on_link else self.family.link.inverse(predictor)
        gradient = x if on_link else x * self.family.link.slope(predictor)[:, None]
        every = np.ones(len(values))
        return Estimates(
            "prediction", tuple(str(k + 1) for k in range(len(values))), values,
            gradient @ self.covariance @ gradient.T, self.residual_df, self.n * every, self.n_eff * every,
            np.nan * every, variance_method=self.variance_method,
        )  # fmt: skip
