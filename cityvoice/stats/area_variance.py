"""The variance between areas in the Fay-Herriot model: three estimating equations, one solver."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import optimize

from cityvoice.stats.encoding import FloatArray

ITERATIONS, TOLERANCE = 200, 1e-13

# (A) -> value of the estimating equation, positive while A is too small, and its expected slope
Equation = Callable[[float], tuple[float, float]]


@dataclass(frozen=True, eq=False)
class VarianceFit:
    """Variance between areas and what follows from it.

    Parameters
    ----------
    variance : float
        A, at least 0.
    variance_of_variance, bias : float
        Asymptotic variance and bias of the estimated A, for the MSE.
    coefficients : float array, shape (p,)
    covariance : float array, shape (p, p)
    log_likelihood : float
        Of all m areas at the estimate, not restricted.
    """

    variance: float
    variance_of_variance: float
    bias: float
    coefficients: FloatArray
    covariance: FloatArray
    log_likelihood: float
    n_areas: int

    @property
    def n_parameters(self) -> int:
        return len(self.coefficients) + 1

    @property
    def aic(self) -> float:
        return 2 * self.n_parameters - 2 * self.log_likelihood

    @property
    def bic(self) -> float:
        return self.n_parameters * float(np.log(self.n_areas)) - 2 * self.log_likelihood


def fit_variance(y: FloatArray, sampling: FloatArray, x: FloatArray, method: str) -> VarianceFit:
    """Solve for A by ``reml``, ``ml`` or ``moment`` and fit the coefficients by weighted least squares."""
    equation = {"reml": _reml, "ml": _ml, "moment": _moment}[method](y, sampling, x)
    variance = _root(equation, sampling)
    inverse = 1 / (variance + sampling)
    coefficients, covariance = _gls(y, x, inverse)
    residual = y - x @ coefficients
    likelihood = -0.5 * float(np.sum(np.log(2 * np.pi / inverse) + np.square(residual) * inverse))
    spread, bias = _moments_of_variance(inverse, x, covariance, method)
    return VarianceFit(variance, spread, bias, coefficients, covariance, likelihood, len(y))


def _gls(y: FloatArray, x: FloatArray, inverse: FloatArray) -> tuple[FloatArray, FloatArray]:
    weighted = x * np.sqrt(inverse)[:, None]
    covariance = np.linalg.inv(weighted.T @ weighted).astype(float)
    return covariance @ (x.T @ (inverse * y)), covariance


def _residual(y: FloatArray, x: FloatArray, inverse: FloatArray) -> tuple[FloatArray, FloatArray]:
    """P y = V^-1 (y - X b), and the covariance (X' V^-1 X)^-1 of b."""
    coefficients, covariance = _gls(y, x, inverse)
    return inverse * (y - x @ coefficients), covariance


def _ml(y: FloatArray, sampling: FloatArray, x: FloatArray) -> Equation:
    def score(variance: float) -> tuple[float, float]:
        inverse = 1 / (variance + sampling)
        projected, _ = _residual(y, x, inverse)
        return float(projected @ projected - inverse.sum()) / 2, float(np.square(inverse).sum()) / 2

    return score


def _reml(y: FloatArray, sampling: FloatArray, x: FloatArray) -> Equation:
    def score(variance: float) -> tuple[float, float]:
        inverse = 1 / (variance + sampling)
        projected, covariance = _residual(y, x, inverse)
        scaled = x * inverse[:, None]
        p = np.diag(inverse) - scaled @ covariance @ scaled.T
        return float(projected @ projected - np.trace(p)) / 2, float(np.square(p).sum()) / 2

    return score


def _moment(y: FloatArray, sampling: FloatArray, x: FloatArray) -> Equation:
    def excess(variance: float) -> tuple[float, float]:
        inverse = 1 / (variance + sampling)
        projected, _ = _residual(y, x, inverse)
        return float(projected @ (projected / inverse)) - (len(y) - x.shape[1]), float(inverse.sum())

    return excess


def _root(equation: Equation, sampling: FloatArray) -> float:
    """Scoring from the median sampling variance; when it leaves the positive side or wanders, bracketing.

    A is 0 where the equation has no root above it. Of several maxima, which is rare, this is the one that
    scoring reaches, as in R's sae.
    """
    variance = float(np.median(sampling))
    for _ in range(ITERATIONS):
        value, slope = equation(variance)
        moved = variance + value / slope
        if moved <= 0:
            return _bracketed(equation, variance)
        if abs(moved - variance) <= TOLERANCE * variance:
            return moved
        variance = moved
    return _bracketed(equation, variance)


def _bracketed(equation: Equation, start: float) -> float:
    """The root above 0 next to the boundary, or 0 where the equation is not positive there."""
    if equation(0.0)[0] <= 0:
        return 0.0
    high = max(start, np.finfo(float).tiny)
    while equation(high)[0] > 0:
        high *= 2
    root: float = optimize.brentq(lambda a: equation(a)[0], 0.0, high, xtol=1e-300, rtol=4e-15)
    return root


def _moments_of_variance(
    inverse: FloatArray, x: FloatArray, covariance: FloatArray, method: str
) -> tuple[float, float]:
    """Variance and bias of the estimated A (Datta and Lahiri 2000; Datta, Rao and Smith 2005)."""
    first, second = float(inverse.sum()), float(np.square(inverse).sum())
    if method == "moment":
        m = len(inverse)
        return 2 * m / first**2, 2 * (m * second - first**2) / first**3
    if method == "ml":
        lost = np.trace(covariance @ (x.T @ (x * np.square(inverse)[:, None])))
        return 2 / second, -float(lost) / second
    return 2 / second, 0.0
