"""Link functions of the propensity to opt in, with two derivatives."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from scipy import special, stats

from cityvoice.stats.encoding import FloatArray

Curve = Callable[[FloatArray], FloatArray]


class Link(StrEnum):
    LOGIT = "logit"
    PROBIT = "probit"
    CLOGLOG = "cloglog"


@dataclass(frozen=True)
class LinkCurves:
    """The probability as a function of the linear predictor, its first and second derivative, its inverse."""

    probability: Curve
    slope: Curve
    bend: Curve
    predictor: Callable[[float], float]


def _logit_slope(eta: FloatArray) -> FloatArray:
    p = special.expit(eta)
    return np.asarray(p * (1 - p))


def _cloglog_slope(eta: FloatArray) -> FloatArray:
    return np.exp(eta - np.exp(eta))


CURVES = {
    Link.LOGIT: LinkCurves(
        probability=special.expit,
        slope=_logit_slope,
        bend=lambda eta: np.asarray(_logit_slope(eta) * (1 - 2 * special.expit(eta))),
        predictor=lambda p: float(special.logit(p)),
    ),
    Link.PROBIT: LinkCurves(
        probability=special.ndtr,
        slope=lambda eta: np.asarray(stats.norm.pdf(eta)),
        bend=lambda eta: np.asarray(-eta * stats.norm.pdf(eta)),
        predictor=lambda p: float(special.ndtri(p)),
    ),
    Link.CLOGLOG: LinkCurves(
        probability=lambda eta: -np.expm1(-np.exp(eta)),
        slope=_cloglog_slope,
        bend=lambda eta: np.asarray(_cloglog_slope(eta) * (1 - np.exp(eta))),
        predictor=lambda p: float(np.log(-np.log1p(-p))),
    ),
}
