"""Iteratively reweighted least squares.

The path is that of R's ``glm``: its starting means, its stopping rule (relative change of the deviance below
1e-8) and its covariance, taken from the weights of the last least squares. The last step is of the order
of 1e-4 at most and the one after it would be of 1e-8, so a fit that went on would differ in the eighth digit.

References
----------
McCullagh and Nelder (1989), Generalized Linear Models, section 2.5.
"""

from dataclasses import dataclass

import numpy as np
from scipy import linalg

from cityvoice.stats.encoding import FloatArray
from cityvoice.stats.errors import ConvergenceError, EstimationError
from cityvoice.stats.regression.families import Family

TOLERANCE = 1e-8
COLLINEAR = 1e-11
MAX_ITERATIONS = 25


@dataclass(frozen=True, eq=False)
class IrlsFit:
    """A fit, rows in the order given.

    Parameters
    ----------
    coefficients : float array, shape (p,)
    fitted, predictor : float arrays, shape (n,)
        Means and linear predictors.
    working_weights, working_residuals : float arrays, shape (n,)
    inverse : float array, shape (p, p)
        (X' W X)^-1, the covariance were the weights counts and the family true.
    deviance : float
    """

    coefficients: FloatArray
    fitted: FloatArray
    predictor: FloatArray
    working_weights: FloatArray
    working_residuals: FloatArray
    inverse: FloatArray
    deviance: float


def fit_irls(
    y: FloatArray,
    x: FloatArray,
    weights: FloatArray,
    family: Family,
    offset: FloatArray,
    *,
    start: FloatArray | None = None,
    names: tuple[str, ...] = (),
) -> IrlsFit:
    """Fit by maximum (pseudo-)likelihood.

    Parameters
    ----------
    y, weights, offset : float arrays, shape (n,)
        Rows of weight 0 take no part.
    x : float array, shape (n, p)
    start : float array, shape (p,), optional
        Coefficients to start from, instead of the family's means.
    names : tuple of str
        Of the columns, for messages.

    Raises
    ------
    EstimationError
        ``collinear``: a column is a combination of those before it.
    ConvergenceError
        ``glm-diverges``: no finite fit, as with groups that separate the answers.
    """
    _refuse_negative(weights)
    used = weights > 0
    state = _start(y, x, weights, family, offset, start)
    deviance = float(family.deviance(y[used], state[1][used], weights[used]).sum())
    for _ in range(MAX_ITERATIONS):
        predictor, mean = state
        slope = family.link.slope(predictor)
        with np.errstate(divide="ignore", invalid="ignore"):
            target = predictor - offset + (y - mean) / slope
            root = np.sqrt(weights * np.square(slope) / family.variance(mean))
        good = used & (slope != 0)
        q, r = _factor(x[good] * root[good, None], names)
        coefficients: FloatArray = linalg.solve_triangular(r, q.T @ (target[good] * root[good]))
        predictor = x @ coefficients + offset
        state = predictor, family.link.inverse(predictor)
        previous, deviance = deviance, float(family.deviance(y[used], state[1][used], weights[used]).sum())
        if not np.isfinite(deviance):
            break
        if abs(deviance - previous) / (abs(deviance) + 0.1) < TOLERANCE:
            inner = linalg.solve_triangular(r, np.eye(len(r)))
            with np.errstate(divide="ignore", invalid="ignore"):
                residuals = np.where(used, (y - state[1]) / family.link.slope(predictor), 0.0)
            working = np.where(good, np.square(root), 0.0)
            return IrlsFit(coefficients, state[1], predictor, working, residuals, inner @ inner.T, deviance)
    raise ConvergenceError(
        "glm-diverges",
        "regression",
        f"a fit within {MAX_ITERATIONS} iterations",
        f"deviance {deviance:g} still moving",
        "A group in which all answers are the same may separate the answers: merge it with another.",
    )


def _refuse_negative(weights: FloatArray) -> None:
    if (weights < 0).any():
        raise EstimationError(
            "weights-negative",
            f"regression, row {int(np.argmax(weights < 0))}",
            "weights of at least 0",
            f"{int((weights < 0).sum())} negative",
            "Calibrate with bounds, or by raking, which keeps weights positive.",
        )


def _start(
    y: FloatArray,
    x: FloatArray,
    weights: FloatArray,
    family: Family,
    offset: FloatArray,
    start: FloatArray | None,
) -> tuple[FloatArray, FloatArray]:
    if start is not None:
        predictor = x @ start + offset
        return predictor, family.link.inverse(predictor)
    mean = np.where(
        weights > 0, family.first_mean(y, weights), family.first_mean(np.full_like(y, 0.5), weights)
    )
    predictor = family.link.of(mean)
    return predictor, family.link.inverse(predictor)


def _factor(scaled: FloatArray, names: tuple[str, ...]) -> tuple[FloatArray, FloatArray]:
    """QR, refusing columns that depend on earlier ones."""
    q, r = linalg.qr(scaled, mode="economic")
    size = np.sqrt(np.square(scaled).sum(axis=0))
    short = np.abs(np.diag(r)) <= COLLINEAR * size if len(scaled) >= len(size) else np.ones(len(size), bool)
    if short.any() or not np.isfinite(size).all():
        column = int(np.argmax(short))
        raise EstimationError(
            "collinear",
            f"column {names[column] if names else column + 1}",
            "columns that do not follow from each other",
            "a combination of the columns before it, or all zero",
            "Take the variable out, or merge a level that too few respondents have.",
        )
    return q, r
