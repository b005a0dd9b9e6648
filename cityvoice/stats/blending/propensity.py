"""The propensity to opt in, estimated from an opt-in sample A and a reference B.

References
----------
Chen, Li and Wu (2020), doi:10.1080/01621459.2019.1677241; Beaumont (2020), Survey Methodology 46, 1-28.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from cityvoice.stats.blending.equations import PropensityMethod, equations, jacobian, reference_factor
from cityvoice.stats.blending.links import CURVES, Link
from cityvoice.stats.blending.reference import Joined, KnownTotals, Reference, join
from cityvoice.stats.encoding import FloatArray
from cityvoice.stats.errors import ConvergenceError, EstimationError
from cityvoice.stats.formula.model_frame import INTERCEPT
from cityvoice.stats.weight_diagnostics import WeightDiagnostics, diagnose

ITERATIONS, TOLERANCE, HALVINGS = 200, 1e-12, 40


@dataclass(frozen=True, eq=False)
class Propensity:
    """A fitted propensity to opt in.

    Parameters
    ----------
    joined : Joined
    coefficients : float array, shape (p,)
    iterations : int
    """

    joined: Joined
    link: Link
    method: PropensityMethod
    coefficients: FloatArray
    iterations: int

    @property
    def values(self) -> FloatArray:
        """Propensities of the opt-in records, shape (n_A,)."""
        return CURVES[self.link].probability(self.joined.optin.values @ self.coefficients)

    @property
    def slope(self) -> FloatArray:
        """Derivative of the propensity by the linear predictor, shape (n_A,)."""
        return CURVES[self.link].slope(self.joined.optin.values @ self.coefficients)

    @property
    def weights(self) -> FloatArray:
        """Inverse propensities times the records' cases, shape (n_A,)."""
        return self.joined.cases / self.values

    @property
    def diagnostics(self) -> WeightDiagnostics:
        return diagnose(self.weights)

    @property
    def jacobian(self) -> FloatArray:
        """Derivative of the estimating equations, shape (p, p)."""
        return jacobian(self.joined, self.link, self.method, self.coefficients)

    @property
    def reference_scores(self) -> FloatArray:
        """b(x) of the reference's records, shape (n_B, p)."""
        x = self.joined.reference
        eta = x @ self.coefficients
        return reference_factor(self.link, self.method, eta)[0][:, None] * x

    def balance(self) -> dict[str, tuple[float, float, float]]:
        """Mean of each column in the opt-in sample, after weighting, and in the reference."""
        x, weights = self.joined.optin.values, self.weights
        target = self.joined.weights @ self.joined.reference / self.joined.population
        columns = zip(x.mean(axis=0), weights @ x / weights.sum(), target, strict=True)
        names = self.joined.optin.names
        return {n: (float(a), float(b), float(c)) for n, (a, b, c) in zip(names, columns, strict=True)}


def fit_propensity_to_opt_in(
    optin: Any,
    reference: Reference,
    terms: Sequence[str],
    *,
    link: Link | str = Link.LOGIT,
    method: PropensityMethod | str | None = None,
    cases: FloatArray | None = None,
) -> Propensity:
    """Fit the model; the method defaults to pseudo-likelihood, to calibration for known totals.

    Parameters
    ----------
    optin : DataFrame or mapping of arrays
    reference : ProbabilitySample or KnownTotals
    terms : sequence of str
        Such as ``("sex", "age", "edu")``.
    cases : float array, shape (n_A,), optional
        How often each opt-in record counts.
    """
    known = isinstance(reference, KnownTotals)
    chosen = PropensityMethod(method or ("calibration" if known else "pseudo-likelihood"))
    if known and chosen is not PropensityMethod.CALIBRATION:
        raise EstimationError(
            "blend-method",
            "propensity",
            "calibration",
            str(chosen),
            "The other methods need records of a probability sample, totals are not enough.",
        )
    joined, link = join(optin, reference, terms, cases), Link(link)
    _check_columns(joined)
    coefficients, iterations = _solve(joined, link, chosen)
    return Propensity(joined, link, chosen, coefficients, iterations)


def _check_columns(joined: Joined) -> None:
    x, n = joined.optin.values, float(joined.cases.sum())
    if np.linalg.matrix_rank(x) < x.shape[1]:
        raise EstimationError(
            "blend-collinear", "terms", f"{x.shape[1]} independent columns", f"{np.linalg.matrix_rank(x)}"
        )
    if joined.population <= n:
        raise EstimationError(
            "blend-population",
            "reference",
            f"weights that add to the population, more than {n:g}",
            f"{joined.population:g}",
            "Scale the weights to the population.",
        )


def optin_scores(propensity: Propensity, values: FloatArray, slope: FloatArray) -> FloatArray:
    """a(x) of the opt-in records at given propensities and slopes, shape (n_A, p)."""
    factor = {
        PropensityMethod.MOMENT: np.ones_like(values),
        PropensityMethod.CALIBRATION: 1 / values,
        PropensityMethod.PSEUDO_LIKELIHOOD: slope / (values * (1 - values)),
    }[propensity.method]
    return factor[:, None] * propensity.joined.optin.values


def _solve(joined: Joined, link: Link, method: PropensityMethod) -> tuple[FloatArray, int]:
    """Newton's method; a step that makes the equations worse is halved."""
    theta = np.zeros(joined.optin.values.shape[1])
    if joined.optin.names[0] == INTERCEPT:
        theta[0] = CURVES[link].predictor(float(joined.cases.sum()) / joined.population)
    scale = np.maximum(np.abs(joined.weights) @ np.abs(joined.reference), 1.0)
    if method is not PropensityMethod.CALIBRATION:
        scale = np.maximum(joined.cases @ np.abs(joined.optin.values), 1.0)

    def misfit(at: FloatArray) -> float:
        with np.errstate(all="ignore"):
            size = float(np.abs(equations(joined, link, method, at) / scale).max())
        return size if np.isfinite(size) else np.inf

    size = misfit(theta)
    for iteration in range(1, ITERATIONS + 1):
        try:
            step = np.linalg.solve(
                jacobian(joined, link, method, theta), equations(joined, link, method, theta)
            )
        except np.linalg.LinAlgError:
            return _accept(theta, iteration, size)
        for halving in range(HALVINGS):
            moved = theta - step / 2**halving
            if misfit(moved) < size:
                break
        else:
            return _accept(theta, iteration, size)
        theta, size = moved, misfit(moved)
        if size < TOLERANCE:
            return theta, iteration
    return _accept(theta, ITERATIONS, size)


def _accept(theta: FloatArray, iterations: int, size: float) -> tuple[FloatArray, int]:
    """Take the last point when rounding alone stops progress."""
    if size < 1e-8:
        return theta, iterations
    raise ConvergenceError(
        "blend-convergence",
        "propensity",
        "a solution of the estimating equations",
        f"a relative misfit of {size:.2g} after {iterations} iterations",
        "Merge rare levels, use fewer terms, or the pseudo-likelihood instead of calibration.",
    )
