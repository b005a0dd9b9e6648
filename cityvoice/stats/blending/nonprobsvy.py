"""The variance R's nonprobsvy 0.2.3 gives a doubly robust mean, kept apart because it is not valid."""

import numpy as np

from cityvoice.stats.blending.linearisation import pull_of
from cityvoice.stats.blending.links import CURVES, Link
from cityvoice.stats.blending.propensity import Propensity, optin_scores
from cityvoice.stats.encoding import FloatArray


def variance_of_nonprobsvy(
    propensity: Propensity, residual: FloatArray, predicted: FloatArray
) -> tuple[float, float]:
    """As nonprobsvy 0.2.3 computes it."""
    size = propensity.joined.population
    values, slope = _misplaced(propensity)
    pull = pull_of(propensity, residual, values, slope)
    ours = (residual / values - optin_scores(propensity, values, slope) @ pull) / size
    theirs = propensity.reference_scores @ pull + predicted
    return float(((1 - values) * np.square(ours)).sum()), propensity.joined.mean_variance(theirs)


def _misplaced(propensity: Propensity) -> tuple[FloatArray, FloatArray]:
    """Propensities as nonprobsvy 0.2.3 pairs them with opt-in records when it estimates a variance.

    It lists the opt-in sample's propensities first and the reference's after them, but marks the records
    of the opt-in sample as the last of the list, so most records get another one's propensity. Only the
    logit's slope is taken from these too.
    """
    joined = propensity.joined
    if joined.design is None:
        return propensity.values, propensity.slope
    curves = CURVES[propensity.link]
    listed = np.concatenate(
        [propensity.values, curves.probability(joined.reference @ propensity.coefficients)]
    )
    values = listed[-len(propensity.values) :]
    return values, values * (1 - values) if propensity.link is Link.LOGIT else propensity.slope
