"""Estimating equations of the propensity to opt in.

All estimators solve sum_A a(x) - sum_B d b(x) = 0 with d the reference's weights:

====================  ====================  =================
pseudo-likelihood     p' / (p (1 - p)) x    p' / (1 - p) x
calibration           x / p                 x
moment                x                     p x
====================  ====================  =================

Calibration makes the inverse propensities reproduce the reference's totals exactly; with the logit link
the moment equations are those of the pseudo-likelihood.
"""

from enum import StrEnum

import numpy as np

from cityvoice.stats.blending.links import CURVES, Link
from cityvoice.stats.blending.reference import Joined
from cityvoice.stats.encoding import FloatArray


class PropensityMethod(StrEnum):
    PSEUDO_LIKELIHOOD = "pseudo-likelihood"
    CALIBRATION = "calibration"
    MOMENT = "moment"


def optin_factor(link: Link, method: PropensityMethod, eta: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Factor of x in a(x), and its derivative."""
    curves = CURVES[link]
    p, slope = curves.probability(eta), curves.slope(eta)
    if method is PropensityMethod.MOMENT:
        return np.ones_like(eta), np.zeros_like(eta)
    if method is PropensityMethod.CALIBRATION:
        return 1 / p, -slope / np.square(p)
    spread = p * (1 - p)
    return slope / spread, curves.bend(eta) / spread - np.square(slope / spread) * (1 - 2 * p)


def reference_factor(link: Link, method: PropensityMethod, eta: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Factor of x in b(x), and its derivative."""
    curves = CURVES[link]
    if method is PropensityMethod.CALIBRATION:
        return np.ones_like(eta), np.zeros_like(eta)
    p, slope = curves.probability(eta), curves.slope(eta)
    if method is PropensityMethod.MOMENT:
        return p, slope
    return slope / (1 - p), curves.bend(eta) / (1 - p) + np.square(slope / (1 - p))


def equations(joined: Joined, link: Link, method: PropensityMethod, theta: FloatArray) -> FloatArray:
    x, z, d = joined.optin.values, joined.reference, joined.weights
    ours = (joined.cases * optin_factor(link, method, x @ theta)[0]) @ x
    return np.asarray(ours - (d * reference_factor(link, method, z @ theta)[0]) @ z)


def jacobian(joined: Joined, link: Link, method: PropensityMethod, theta: FloatArray) -> FloatArray:
    x, z, d = joined.optin.values, joined.reference, joined.weights
    ours = (x * (joined.cases * optin_factor(link, method, x @ theta)[1])[:, None]).T @ x
    theirs = (z * (d * reference_factor(link, method, z @ theta)[1])[:, None]).T @ z
    return np.asarray(ours - theirs)
