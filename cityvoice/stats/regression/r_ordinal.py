"""Cumulative link models fitted as R's ``svyolr`` fits them, for `ordinal(compat="R")`."""

import numpy as np
from scipy import special

from cityvoice.stats.encoding import FloatArray
from cityvoice.stats.regression.cumulative import CumulativeLikelihood
from cityvoice.stats.regression.families import family_of
from cityvoice.stats.regression.irls import fit_irls
from cityvoice.stats.regression.variable_metric import minimise

SPACING = 1.7  # R divides logits by this also for the logistic link


def fit_as_r(likelihood: CumulativeLikelihood, weights: FloatArray) -> FloatArray:
    """Slopes and thresholds, from a binary regression at the middle threshold, by a variable metric.

    Parameters
    ----------
    weights : float array, shape (n,)
        As they are: the path depends on their scale.
    """
    n_slopes = likelihood.x.shape[1]

    def natural(at: FloatArray) -> FloatArray:
        """Thresholds from the first one and the logs of the steps to the next."""
        with np.errstate(over="ignore"):  # a step too far is taken back
            steps = np.concatenate([at[n_slopes : n_slopes + 1], np.exp(at[n_slopes + 1 :])])
        return np.concatenate([at[:n_slopes], np.cumsum(steps)])

    def gradient(at: FloatArray) -> FloatArray:
        along = weights @ likelihood.derivatives(natural(at), weights)[0]
        by_step = np.cumsum(along[n_slopes:][::-1])[::-1]
        factor = np.concatenate([[1.0], np.exp(at[n_slopes + 1 :])])
        return -np.concatenate([along[:n_slopes], by_step * factor])

    def distance(at: FloatArray) -> float:
        point = natural(at)
        return -likelihood.value(point, weights) if np.isfinite(point).all() else np.inf

    start = _start(likelihood, weights / weights.mean())
    return natural(minimise(distance, gradient, start))


def _start(likelihood: CumulativeLikelihood, weights: FloatArray) -> FloatArray:
    middle, n_thresholds = likelihood.n_levels // 2, likelihood.n_levels - 1
    x = np.column_stack([np.ones(len(weights)), likelihood.x])
    family = family_of("binomial", {"logistic": "logit", "probit": "probit"}[likelihood.link])
    above = (likelihood.answers >= middle).astype(float)
    binary = fit_irls(above, x, weights, family, np.zeros(len(weights))).coefficients
    spacing = special.logit(np.arange(1, n_thresholds + 1) / (n_thresholds + 1)) / SPACING
    first = -binary[0] + spacing[0] - spacing[middle - 1]
    return np.concatenate([binary[1:], [first], np.log(np.diff(spacing))])
