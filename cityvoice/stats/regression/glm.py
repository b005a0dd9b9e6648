"""Generalised linear models under a survey design.

Coefficients solve the weighted estimating equations sum_i w_i x_i (y_i - mu_i) / (V(mu_i) g'(mu_i)) = 0.
Their covariance is that of the total of the influences A^-1 u_i under the design (Binder 1983,
doi:10.2307/1402588), or comes from refitting with replicate weights.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from cityvoice.stats.design import SurveyDesign
from cityvoice.stats.encoding import Codes, FloatArray
from cityvoice.stats.errors import EstimationError
from cityvoice.stats.estimation import Linearised, covariance_of
from cityvoice.stats.formula.expressions import as_numbers
from cityvoice.stats.formula.model_frame import INTERCEPT, ModelFrame, model_frame
from cityvoice.stats.formula.terms import Formula
from cityvoice.stats.regression.families import Family, family_of
from cityvoice.stats.regression.glm_result import GlmResult
from cityvoice.stats.regression.irls import IrlsFit, fit_irls


def glm(
    design: SurveyDesign,
    data: Any,
    formula: str | Formula,
    *,
    family: str = "gaussian",
    link: str | None = None,
) -> GlmResult:
    """Fit a generalised linear model to a survey.

    Parameters
    ----------
    design : SurveyDesign
    data : DataFrame or mapping of arrays, n rows
    formula : str or Formula
        ``voted ~ sex + age * edu``; a response of two levels counts the second as 1. Rows with a missing
        value in any variable form no part of the domain.
    family : str
        ``gaussian``, ``binomial``, ``poisson``, ``gamma``, ``inverse.gaussian`` or a ``quasi`` variant.
    link : str, optional
        One of `LINKS` in `families`; the family's canonical link when omitted.

    Raises
    ------
    EstimationError
        A response outside the family's domain, collinear columns, no rows.
    ConvergenceError
        No finite fit.
    """
    chosen = family_of(family, link)
    frame = model_frame(formula, data, design.active)
    base = design.subset(frame.complete)
    problem = _Problem(base, frame, chosen, _scale(design), _response(frame, chosen))
    fit = problem.fit(base.domain_weights)
    influence = frame.matrix.values * (fit.working_residuals * fit.working_weights)[:, None] @ fit.inverse
    # scores are per unit of weight: the weights come back in `covariance_of`
    scores = _per_weight(influence, base.domain_weights)
    estimator = Linearised(fit.coefficients, scores, lambda weights: problem.refit(weights, fit.coefficients))
    return _result(problem, fit, covariance_of(base, estimator), design)


def _per_weight(influence: FloatArray, weights: FloatArray) -> FloatArray:
    below = np.where(weights != 0, weights, 1.0)[:, None]
    return np.where(weights[:, None] != 0, influence / below, 0.0)


def _response(frame: ModelFrame, family: Family) -> FloatArray:
    response = frame.response
    if isinstance(response, Codes) and not family.name.endswith("binomial") and len(response.levels) > 2:
        raise EstimationError("response-kind", "response", "numbers", f"{len(response.levels)} levels")
    y = np.where(frame.complete, as_numbers(response), 0.5)
    if not frame.complete.any():
        raise EstimationError("model-empty", "regression", "rows without missing values", "none")
    if not np.isfinite(y).all() or not family.fits(y[frame.complete]):
        raise EstimationError("response-domain", f"response of family {family.name}", family.domain, "others")
    if np.ptp(y[frame.complete]) == 0:
        raise EstimationError("constant-variable", "response", "answers that vary", "a constant")
    return y


def _scale(design: SurveyDesign) -> float:
    """Mean weight, over all rows that the design carries: a calibrated one carries those outside a domain."""
    carries_all = design.adjustments and design.replicates is None
    if design.domain is None or carries_all:
        return float(design.domain_weights.mean())
    return float(design.weights[design.domain].mean())


@dataclass(frozen=True, eq=False)
class _Problem:
    """Everything but the weights."""

    base: SurveyDesign
    frame: ModelFrame
    family: Family
    scale: float
    y: FloatArray

    def fit(self, weights: FloatArray, start: FloatArray | None = None) -> IrlsFit:
        inside = np.where(self.frame.complete, weights, 0.0) / self.scale
        matrix = self.frame.matrix
        offset = np.where(self.frame.complete, self.frame.offset, 0.0)
        return fit_irls(self.y, matrix.values, inside, self.family, offset, start=start, names=matrix.names)

    def refit(self, weights: FloatArray, start: FloatArray) -> FloatArray:
        """Of a replicate: its stopping rule is on the scale of weights that sum to 1."""
        return self.fit(weights * self.scale / self.base.domain_weights.sum(), start).coefficients

    def null_deviance(self) -> float:
        """Of the model with the intercept alone, or with nothing."""
        rows = self.frame.complete
        weights, offset = self.base.domain_weights[rows] / self.scale, self.frame.offset[rows]
        y = self.y[rows]
        if INTERCEPT not in self.frame.matrix.names:
            mean = self.family.link.inverse(offset)
        elif offset.any():
            return fit_irls(y, np.ones((len(y), 1)), weights, self.family, offset).deviance
        else:
            mean = np.full(len(y), weights @ y / weights.sum())
        return float(self.family.deviance(y, mean, weights).sum())


def _result(problem: _Problem, fit: IrlsFit, covariance: FloatArray, design: SurveyDesign) -> GlmResult:
    rows = problem.frame.complete
    weights = problem.base.weights[rows]
    n = int(rows.sum())
    pearson = (problem.y[rows] - fit.fitted[rows]) / np.sqrt(problem.family.variance(fit.fitted[rows]))
    spread = float(weights @ np.square(pearson - weights @ pearson / weights.sum())) / problem.scale
    size = len(fit.coefficients)
    return GlmResult(
        spec=problem.frame.spec,
        family=problem.family,
        terms=problem.frame.matrix.names,
        assign=problem.frame.matrix.assign,
        coefficients=fit.coefficients,
        covariance=covariance,
        model_covariance=fit.inverse,
        residual_df=_design_df(problem.base, design) + 1 - size,
        deviance=fit.deviance,
        null_deviance=problem.null_deviance(),
        dispersion=spread / (n - 1),
        n=n,
        n_eff=float(weights.sum() ** 2 / np.square(weights).sum()),
        fitted=fit.fitted[rows],
        rows=rows,
        scale=problem.scale,
        variance_method="linearised" if design.replicates is None else "replicates",
    )


def _design_df(base: SurveyDesign, design: SurveyDesign) -> float:
    """Of the rows in the fit; replicate weights have the same rank whatever is missing."""
    return base.degrees_of_freedom if design.replicates is None else design.degrees_of_freedom
