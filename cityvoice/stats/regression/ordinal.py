"""Cumulative link models for ordered answers: P(y <= k) = F(threshold_k - x'beta).

References
----------
McCullagh (1980), doi:10.1111/j.2517-6161.1980.tb01109.x; errors as in Binder (1983), doi:10.2307/1402588.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal

import numpy as np
from scipy import special

from cityvoice.stats.design import SurveyDesign
from cityvoice.stats.encoding import FloatArray, compact
from cityvoice.stats.errors import ConvergenceError, EstimationError
from cityvoice.stats.estimates import Estimates
from cityvoice.stats.estimation import Linearised, covariance_of
from cityvoice.stats.formula.expressions import as_codes
from cityvoice.stats.formula.model_frame import ModelFrame, model_frame
from cityvoice.stats.options import check_option
from cityvoice.stats.regression.cumulative import CUMULATIVE, Cumulative, CumulativeLikelihood
from cityvoice.stats.regression.r_ordinal import fit_as_r

TOLERANCE = 1e-12
MAX_ITERATIONS = 100


@dataclass(frozen=True, eq=False)
class OrdinalResult:
    """A fitted model.

    Parameters
    ----------
    estimates : Estimates
        Slopes, then thresholds ``1|2``, ``2|3``, ... with their covariance under the design and
        df less the number of slopes.
    n_slopes : int
    log_likelihood : float
        With weights scaled to mean 1.
    """

    estimates: Estimates
    n_slopes: int
    log_likelihood: float


def ordinal(
    design: SurveyDesign,
    data: Any,
    formula: str,
    *,
    link: Cumulative = "logistic",
    compat: Literal["", "R"] = "",
) -> OrdinalResult:
    """Fit a cumulative link model; a positive slope moves answers up.

    Parameters
    ----------
    formula : str
        ``satisfaction ~ sex + age``; levels of the response in their order, those nobody chose left out.
        Rows with a missing value in any variable form no part of the domain.
    compat : {"", "R"}
        ``R`` stops where R's ``svyolr`` does, up to 1e-4 short of the maximum.

    Raises
    ------
    EstimationError
        A response with fewer than two levels in use.
    ConvergenceError
        No finite fit.
    """
    check_option("compat", compat, ("", "R"))
    frame = model_frame(formula, data, design.active)
    base = design.subset(frame.complete)
    likelihood, levels = _likelihood(frame, link)
    rows = frame.complete
    scale = float(base.weights[rows].mean())

    def fit(weights: FloatArray, start: FloatArray) -> FloatArray:
        if compat == "R":
            return fit_as_r(likelihood, weights[rows])
        return _newton(likelihood, weights[rows] / scale, start)

    weights = base.domain_weights
    found = fit(weights, _start(likelihood, weights[rows]))
    scores, information = likelihood.derivatives(found, weights[rows])
    influence = np.zeros((len(design), len(found)))
    influence[rows] = np.linalg.solve(information, scores.T).T
    covariance = covariance_of(base, Linearised(found, influence, lambda w: fit(w, found)))
    thresholds = tuple(f"{low}|{high}" for low, high in pairwise(levels))
    n, squares = np.full(len(found), float(rows.sum())), float(np.square(weights).sum())
    estimates = Estimates(
        "coefficient", frame.matrix.names[1:] + thresholds, found, covariance,
        base.degrees_of_freedom - likelihood.x.shape[1], n, np.full(len(found), weights.sum() ** 2 / squares),
        np.full(len(found), np.nan),
        variance_method="linearised" if design.replicates is None else "replicates",
    )  # fmt: skip
    return OrdinalResult(estimates, likelihood.x.shape[1], likelihood.value(found, weights[rows] / scale))


def _likelihood(frame: ModelFrame, link: str) -> tuple[CumulativeLikelihood, tuple[str, ...]]:
    if link not in CUMULATIVE:
        raise EstimationError("link-unknown", "link", f"one of {', '.join(CUMULATIVE)}", link)
    if not frame.spec.formula.has_intercept:
        raise EstimationError("formula-intercept", "formula", "an intercept", "none")
    codes = as_codes(frame.response)
    chosen = codes.codes[frame.complete]
    answers, n_levels = compact(chosen)
    if n_levels < 2:
        raise EstimationError("response-levels", "response", "at least two levels in use", str(n_levels))
    x = frame.matrix.values[frame.complete][:, 1:]
    return CumulativeLikelihood(answers, x, n_levels, link), tuple(
        codes.levels[code] for code in np.unique(chosen)
    )


def _start(likelihood: CumulativeLikelihood, weights: FloatArray) -> FloatArray:
    """No slopes; thresholds from the shares."""
    shares = np.bincount(likelihood.answers, weights=weights) / weights.sum()
    quantile = {"logistic": special.logit, "probit": special.ndtri}[likelihood.link]
    return np.concatenate([np.zeros(likelihood.x.shape[1]), quantile(np.cumsum(shares)[:-1])])


def _newton(likelihood: CumulativeLikelihood, weights: FloatArray, start: FloatArray) -> FloatArray:
    """Newton's steps, halved while they lower the likelihood; both likelihoods are concave."""
    at, value = start, likelihood.value(start, weights)
    for _ in range(MAX_ITERATIONS):
        scores, information = likelihood.derivatives(at, weights)
        gradient = weights @ scores
        step = np.linalg.lstsq(information, gradient, rcond=1e-14)[0]
        if float(gradient @ step) < TOLERANCE * (1 + abs(value)):
            return at + step
        while likelihood.value(at + step, weights) < value and np.abs(step).max() > 1e-14:
            step = step / 2
        at = at + step
        value = likelihood.value(at, weights)
    raise ConvergenceError(
        "ordinal-diverges",
        "ordinal regression",
        f"a fit within {MAX_ITERATIONS} iterations",
        "a likelihood still rising",
        "A group in which all answers are the same may separate the answers: merge it with another.",
    )
