"""Tests that all coefficients of some terms are zero."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import stats

from cityvoice.stats.design import SurveyDesign
from cityvoice.stats.encoding import FloatArray, IntArray
from cityvoice.stats.errors import EstimationError
from cityvoice.stats.quadratic_forms import Tail, f_sum_tail, is_regular, wald_statistic
from cityvoice.stats.regression.glm import glm
from cityvoice.stats.regression.glm_result import GlmResult


@dataclass(frozen=True, eq=False)
class TermTest:
    """Outcome of a test of terms.

    Parameters
    ----------
    statistic : float
        F of a Wald test; difference of deviances of a likelihood ratio test.
    numerator_df, denominator_df : float
        Coefficients tested, and residual degrees of freedom of the design.
    design_effects : float array, shape (k,)
        Of the tested coefficients, largest first; empty for a Wald test.
    """

    method: str
    terms: tuple[str, ...]
    statistic: float
    numerator_df: float
    denominator_df: float
    p_value: float
    design_effects: FloatArray


def wald_test(model: GlmResult, terms: Sequence[str]) -> TermTest:
    """F = b' V^-1 b / k on k and `residual_df` degrees of freedom, V the covariance under the design.

    Parameters
    ----------
    terms : sequence of str
        As in the formula: ``["sex", "age:edu"]``.
    """
    tested = _tested(model, terms)
    beta = model.coefficients[tested]
    covariance = model.covariance[np.ix_(tested, tested)]
    _refuse_singular(covariance)
    k, df = len(tested), model.residual_df
    statistic = wald_statistic(beta, covariance) / k
    p_value = float(stats.f.sf(statistic, k, df)) if df > 0 else np.nan
    return TermTest("Wald", tuple(terms), statistic, k, df, p_value, np.empty(0))


def likelihood_ratio_test(
    design: SurveyDesign, data: Any, model: GlmResult, terms: Sequence[str], *, tail: Tail = "saddlepoint"
) -> TermTest:
    """Working likelihood ratio with its Rao-Scott reference distribution.

    Notes
    -----
    Twice the difference of log pseudo-likelihoods is a sum of chi-squares weighted by the eigenvalues of
    V0^-1 V, the covariance under the design over that of the working model.

    References
    ----------
    Lumley and Scott (2014), doi:10.1111/anzs.12065.
    """
    tested = _tested(model, terms)
    smaller = glm(
        design.subset(model.rows),
        data,
        model.spec.formula.without(terms),
        family=model.family.name,
        link=model.family.link.name,
    )
    # both fits must be on one scale, though the smaller formula may have fewer missing values
    statistic = smaller.deviance * smaller.scale / model.scale - model.deviance
    inside = np.ix_(tested, tested)
    if not np.isfinite(model.covariance).all():
        raise EstimationError("covariance-singular", "term test", "a finite covariance", "another")
    ratio = np.linalg.solve(model.model_covariance[inside], model.covariance[inside])
    effects = np.asarray(np.sort(np.linalg.eigvals(ratio).real)[::-1], dtype=float)
    p_value = f_sum_tail(statistic, effects, model.residual_df, tail)
    return TermTest("LRT", tuple(terms), statistic, len(tested), model.residual_df, p_value, effects)


def _tested(model: GlmResult, terms: Sequence[str]) -> IntArray:
    tested = model.spec.columns_of(terms, model.assign)
    if not len(tested):
        raise EstimationError("terms-empty", "term test", "at least one term", "none")
    return tested


def _refuse_singular(covariance: FloatArray) -> None:
    if not is_regular(covariance):
        raise EstimationError(
            "covariance-singular",
            "term test",
            "a finite covariance of full rank",
            "another",
            "There are more coefficients to test than the design has degrees of freedom, or a lonely PSU.",
        )
