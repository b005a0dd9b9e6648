"""Non-response: weights of those who did not answer go to those who did and are like them."""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from scipy import linalg

from cityvoice.stats.calibrated import safe_ratio
from cityvoice.stats.encoding import FloatArray, IntArray, weighted_counts
from cityvoice.stats.errors import MissingValuesError, WeightingError
from cityvoice.stats.formula.auxiliaries import auxiliary_matrix
from cityvoice.stats.formula.model_frame import ModelMatrix
from cityvoice.stats.results import WarningCode
from cityvoice.stats.weight_diagnostics import THIN_CELL, record_step
from cityvoice.stats.weighting.sample import Sample
from cityvoice.stats.weighting.steps import StepOutcome


@dataclass(frozen=True)
class WeightingClasses:
    """Within classes, respondents take over the weight of non-respondents.

    Parameters
    ----------
    response : str
        Column with 1 for respondents and 0 for the others of the gross sample.
    classes : tuple of str
        Columns whose cross makes the classes.
    """

    response: str
    classes: tuple[str, ...]
    kind: ClassVar[str] = "weighting_classes"

    @property
    def label(self) -> str:
        return "non-response by classes of " + " x ".join(self.classes)

    def apply(self, sample: Sample) -> StepOutcome:
        classes = sample.crossed(self.classes)
        if (classes.is_missing & (sample.weights != 0)).any():
            raise MissingValuesError(
                "class-missing",
                "classes",
                "a class for every row",
                f"{int(classes.is_missing.sum())} without",
            )
        answered = response_of(sample, self.response)
        return _redistribute(self.kind, self.label, sample, classes.codes, len(classes.levels), answered)

    def to_dict(self) -> dict[str, Any]:
        return {"kind": self.kind, "response": self.response, "classes": list(self.classes)}

    @classmethod
    def from_dict(cls, plain: dict[str, Any]) -> "WeightingClasses":
        return cls(plain["response"], tuple(plain["classes"]))


@dataclass(frozen=True)
class PropensityClasses:
    """Classes of equal size by the modelled propensity to respond (logistic regression).

    Parameters
    ----------
    response : str
    terms : tuple of str
        Of the model, e.g. ``("sex", "age", "district")``.
    n_classes : int
        Five classes take away most of the bias (Cochran 1968).
    weighted : bool
        Fit the model with the weights, for the propensity in the population.
    """

    response: str
    terms: tuple[str, ...]
    n_classes: int = 5
    weighted: bool = False
    kind: ClassVar[str] = "propensity_classes"

    @property
    def label(self) -> str:
        return f"non-response by {self.n_classes} classes of propensity from " + ", ".join(self.terms)

    def apply(self, sample: Sample) -> StepOutcome:
        if self.n_classes < 1:
            raise WeightingError("classes-count", "n_classes", "at least 1", str(self.n_classes))
        answered = response_of(sample, self.response)
        fit = fit_propensity(
            auxiliary_matrix(sample.frame, self.terms), answered, sample.weights if self.weighted else None
        )
        classes = propensity_classes(fit.propensity, self.n_classes)
        return _redistribute(self.kind, self.label, sample, classes, self.n_classes, answered)

    def to_dict(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "response": self.response,
            "terms": list(self.terms),
            "n_classes": self.n_classes,
            "weighted": self.weighted,
        }

    @classmethod
    def from_dict(cls, plain: dict[str, Any]) -> "PropensityClasses":
        return cls(plain["response"], tuple(plain["terms"]), plain["n_classes"], plain["weighted"])


def response_of(sample: Sample, name: str) -> FloatArray:
    """The response indicator as 0 and 1."""
    answered = sample.frame.numbers(name)
    if not np.isin(answered, (0.0, 1.0)).all():
        raise WeightingError("response-values", f"column {name}", "0 or 1 in every row", "other values")
    if not answered[sample.weights != 0].any():
        raise WeightingError("response-none", f"column {name}", "somebody who answered", "nobody")
    return answered


def class_factors(classes: IntArray, n_classes: int, weights: FloatArray, answered: FloatArray) -> FloatArray:
    """Sum of all weights over those of respondents; 1 in a class nobody answered from."""
    everyone = weighted_counts(classes, weights, n_classes)
    respondents = weighted_counts(classes, weights * answered, n_classes)
    return np.where(respondents > 0, safe_ratio(everyone, respondents), 1.0)


def _redistribute(
    kind: str, label: str, sample: Sample, classes: IntArray, n_classes: int, answered: FloatArray
) -> StepOutcome:
    factors = class_factors(classes, n_classes, sample.weights, answered)
    after = sample.weights * answered * factors[classes]
    n = np.bincount(classes, minlength=n_classes)
    n_answered = weighted_counts(classes, answered, n_classes)
    lost = int(((n > 0) & (n_answered == 0)).sum())
    thin = bool((n_answered < THIN_CELL).any())
    record = record_step(
        kind,
        label,
        sample.weights,
        after,
        counts={
            "respondents": float(answered.sum()),
            "classes": float((n > 0).sum()),
            "classes_without_respondents": float(lost),
            "largest_factor": float(factors.max()),
            "response_rate_weighted": float(sample.weights @ answered / sample.weights.sum()),
        },
        warnings=((WarningCode.THIN_CELL,) if thin else ()) + ((WarningCode.EMPTY_DOMAIN,) if lost else ()),
    )
    return StepOutcome(after, record)


@dataclass(frozen=True, eq=False)
class PropensityFit:
    """Logistic model of response.

    Parameters
    ----------
    names : tuple of str
    coefficients : float array, shape (p,)
    propensity : float array, shape (n,)
    """

    names: tuple[str, ...]
    coefficients: FloatArray
    propensity: FloatArray

    def r_indicator(self, weights: FloatArray) -> float:
        """1 - 2 S(rho): 1 when all propensities are equal (Schouten, Cobben and Bethlehem 2009)."""
        mean = weights @ self.propensity / weights.sum()
        spread = weights @ np.square(self.propensity - mean) / weights.sum()
        return float(1 - 2 * np.sqrt(spread))


def fit_propensity(
    matrix: ModelMatrix, answered: FloatArray, weights: FloatArray | None = None
) -> PropensityFit:
    """Fit by iteratively reweighted least squares.

    Raises
    ------
    MissingValuesError
        A predictor is missing: it must be known for those who did not answer, too.
    """
    if matrix.is_missing.any():
        raise MissingValuesError(
            "propensity-missing",
            "predictors",
            "a value in every row",
            f"{int(matrix.is_missing.sum())} without",
        )
    case = np.ones(len(answered)) if weights is None else weights
    eta = np.log((answered + 0.5) / (1.5 - answered))  # R's start: shrunk towards one half
    coefficients = np.zeros(matrix.values.shape[1])
    for _ in range(100):
        mean = 1 / (1 + np.exp(-eta))
        slope = np.maximum(mean * (1 - mean), 1e-300)
        root = np.sqrt(case * slope)
        working = eta + (answered - mean) / slope
        updated = linalg.lstsq(matrix.values * root[:, None], working * root)[0]
        done = np.abs(updated - coefficients).max() < 1e-12 * (1 + np.abs(updated).max())
        coefficients, eta = updated, matrix.values @ updated
        if done:
            return PropensityFit(matrix.names, coefficients, 1 / (1 + np.exp(-eta)))
    raise WeightingError(
        "propensity-diverges",
        "logistic model",
        "a finite fit",
        "no convergence",
        "A class may answer always or never.",
    )


def propensity_classes(propensity: FloatArray, n_classes: int) -> IntArray:
    """Class of each row between quantiles of all propensities, closed on the right."""
    edges = np.quantile(propensity, np.arange(1, n_classes) / n_classes)
    return np.searchsorted(edges, propensity, side="left")
