"""A model of the answer, fitted to the opt-in sample and asked about the reference."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from scipy import special

from cityvoice.stats.encoding import FloatArray
from cityvoice.stats.errors import ConvergenceError, EstimationError

ITERATIONS, TOLERANCE = 100, 1e-12


class Family(StrEnum):
    GAUSSIAN = "gaussian"  # a score or an amount, identity link
    BINOMIAL = "binomial"  # 0 or 1, logit link


@dataclass(frozen=True, eq=False)
class OutcomeModel:
    """Regression of the answer on covariates, without weights.

    Parameters
    ----------
    family : Family
    coefficients : float array, shape (p,)
    """

    family: Family
    coefficients: FloatArray

    def predict(self, x: FloatArray) -> FloatArray:
        eta = x @ self.coefficients
        return np.asarray(eta if self.family is Family.GAUSSIAN else special.expit(eta))

    def slope(self, x: FloatArray) -> FloatArray:
        """Derivative of the prediction by the linear predictor."""
        if self.family is Family.GAUSSIAN:
            return np.ones(len(x))
        p = self.predict(x)
        return np.asarray(p * (1 - p))

    def influence(self, x: FloatArray, y: FloatArray, direction: FloatArray) -> FloatArray:
        """Effect of each record on direction' b, shape (n,): direction' I^-1 x_i (y_i - m_i)."""
        information = (x * self.slope(x)[:, None]).T @ x
        return np.asarray((x @ np.linalg.solve(information, direction)) * (y - self.predict(x)))


def fit_outcome(x: FloatArray, y: FloatArray, family: Family | str) -> OutcomeModel:
    """Maximum likelihood by Newton's method, exact in one step for the gaussian family."""
    family = Family(family)
    if family is Family.BINOMIAL and not np.isin(y, (0.0, 1.0)).all():
        raise EstimationError("outcome-values", "outcome", "0 or 1 for the binomial family", "other values")
    model = OutcomeModel(family, np.zeros(x.shape[1]))
    for _ in range(ITERATIONS):
        information = (x * model.slope(x)[:, None]).T @ x
        if np.linalg.matrix_rank(information) < x.shape[1]:
            break
        step = np.linalg.solve(information, x.T @ (y - model.predict(x)))
        model = OutcomeModel(family, model.coefficients + step)
        if np.abs(step).max() <= TOLERANCE * max(1.0, float(np.abs(model.coefficients).max())):
            return model
    raise ConvergenceError(
        "outcome-convergence",
        "outcome model",
        "coefficients that settle",
        f"none after {ITERATIONS} iterations, or columns that are collinear",
        "A group in which all answers are the same has no finite coefficient: merge it.",
    )
