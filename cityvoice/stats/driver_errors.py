"""Design-based errors of everything that is computed from correlations."""

import numpy as np

from cityvoice.stats.design import SurveyDesign
from cityvoice.stats.driver_measures import MEASURES, decompose, one_model_measures, shapley_gradient
from cityvoice.stats.encoding import FloatArray
from cityvoice.stats.errors import EstimationError
from cityvoice.stats.variance import design_covariance

STEP = 1e-5  # of a correlation, in central differences


def replicated_covariances(
    base: SurveyDesign, values: FloatArray, full: dict[str, FloatArray]
) -> dict[str, FloatArray]:
    """Covariances from the spread of the measures over replicate weights."""
    replicates = base.replicates
    if replicates is None:
        return {}
    inside = np.where(base.active[:, None], replicates.weights, 0.0)
    correlations = correlation_matrices(values, inside.T)
    if not np.isfinite(correlations).all():
        raise EstimationError(
            "drivers-replicate", "replicates", "answers that differ in every replicate", "a constant in one",
            "Leave out the driver that almost everybody answers alike.",
        )  # fmt: skip
    repeated = decompose(correlations)
    return {name: replicates.covariance(repeated[name], full[name][0]) for name in MEASURES}


def linearised_covariances(
    base: SurveyDesign, values: FloatArray, correlations: FloatArray
) -> dict[str, FloatArray]:
    """Covariances by the delta method through every pair's correlation.

    A correlation r of standardised z_a and z_b has the score z_a z_b - r (z_a^2 + z_b^2) / 2.
    """
    weights = base.domain_weights
    size = float(weights.sum())
    means = weights @ values / size
    away = np.where(base.active[:, None], values - means, 0.0)
    z = away / np.sqrt(weights @ np.square(away) / size)
    first, second = np.triu_indices(len(correlations), 1)
    pulls = correlations[first, second] * (np.square(z[:, first]) + np.square(z[:, second])) / 2
    spread = design_covariance(base, weights[:, None] * (z[:, first] * z[:, second] - pulls) / size)
    gradients = _gradients(correlations) | {"lmg": shapley_gradient(correlations)}
    return {name: gradient.T @ spread @ gradient for name, gradient in gradients.items()}


def _gradients(correlations: FloatArray) -> dict[str, FloatArray]:
    """Derivatives of measures by each correlation, shape (pairs, p), by central differences."""
    first, second = np.triu_indices(len(correlations), 1)
    pairs = np.arange(len(first))
    moved = np.tile(correlations, (2, len(first), 1, 1))
    for side, step in enumerate((STEP, -STEP)):
        moved[side, pairs, first, second] += step
        moved[side, pairs, second, first] += step
    found = one_model_measures(moved.reshape(-1, *correlations.shape))
    return {name: (v[: len(first)] - v[len(first) :]) / (2 * STEP) for name, v in found.items()}


def correlation_matrices(values: FloatArray, weights: FloatArray) -> FloatArray:
    """Weighted correlation matrices, shape (k, p, p), one per row of weights."""
    shares = weights / weights.sum(axis=1, keepdims=True)
    means = shares @ values
    size = values.shape[1]
    products = (values[:, :, None] * values[:, None, :]).reshape(len(values), -1)
    moments = (shares @ products).reshape(-1, size, size)
    covariance: FloatArray = moments - means[:, :, None] * means[:, None, :]
    spread = np.sqrt(np.diagonal(covariance, axis1=1, axis2=2))
    with np.errstate(divide="ignore", invalid="ignore"):
        result: FloatArray = covariance / (spread[:, :, None] * spread[:, None, :])
    return result
