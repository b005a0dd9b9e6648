"""What the opt-in sample is held against: a probability sample, or known totals of the population."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from cityvoice.stats import estimation
from cityvoice.stats.design import SurveyDesign
from cityvoice.stats.encoding import Codes, FloatArray, encode
from cityvoice.stats.errors import EstimationError, MissingValuesError
from cityvoice.stats.formula.auxiliaries import auxiliary_matrix, formula_of, named_totals
from cityvoice.stats.formula.model_frame import INTERCEPT, ModelMatrix
from cityvoice.stats.frame import Frame


@dataclass(frozen=True, eq=False)
class ProbabilitySample:
    """A designed sample that measures the same covariates.

    Parameters
    ----------
    design : SurveyDesign
        Its weights must add to the population, not to the sample.
    data : DataFrame or mapping of arrays
    """

    design: SurveyDesign
    data: Any


@dataclass(frozen=True, eq=False)
class KnownTotals:
    """Totals of model-matrix columns: ``{"(Intercept)": 120000, "sexM": 55888, ...}``."""

    totals: Mapping[str, float]


Reference = ProbabilitySample | KnownTotals


@dataclass(frozen=True, eq=False)
class Joined:
    """Both sources in the columns of one model.

    Parameters
    ----------
    optin : ModelMatrix, shape (n_A, p)
    reference : float array, shape (n_B, p)
        One row, the totals, when these are known.
    weights : float array, shape (n_B,)
        Of the reference; 1 for known totals.
    design : SurveyDesign or None
    cases : float array, shape (n_A,)
        How often each opt-in record counts: 1, but for the replicates of a jackknife.
    """

    optin: ModelMatrix
    reference: FloatArray
    weights: FloatArray
    design: SurveyDesign | None
    cases: FloatArray

    @property
    def population(self) -> float:
        """Size of the population by the reference."""
        return float(self.weights.sum()) if self.design is not None else float(self.reference[0, 0])

    @property
    def df(self) -> float:
        """Of the reference's design; of known totals, opt-in records less parameters."""
        if self.design is not None:
            return self.design.degrees_of_freedom
        return float(len(self.optin.values) - self.optin.values.shape[1])

    def total_variance(self, scores: FloatArray) -> float:
        """Design variance of the total of scores over the reference; 0 when totals are known."""
        if self.design is None:
            return 0.0
        found = estimation.total(self.design, {"score": scores}, ["score"])
        return float(found.covariance[0, 0])

    def mean_variance(self, values: FloatArray) -> float:
        """Design variance of the mean of values over the reference."""
        if self.design is None:
            return 0.0
        found = estimation.mean(self.design, {"value": values}, ["value"])
        return float(found.covariance[0, 0])


def join(optin: Any, reference: Reference, terms: Sequence[str], cases: FloatArray | None = None) -> Joined:
    """Lay both sources out in the same columns.

    Raises
    ------
    MissingValuesError
        A covariate is missing in a row of either source.
    EstimationError
        A level of the reference that nobody of the opt-in sample has: such people cannot be represented.
    """
    if isinstance(reference, KnownTotals):
        matrix = auxiliary_matrix(Frame(optin), terms)
        _refuse_missing(matrix, "opt-in sample", np.ones(len(matrix.values), dtype=bool))
        totals = named_totals(matrix, reference.totals)
        if matrix.names[0] != INTERCEPT:
            raise EstimationError(
                "blend-intercept", "terms", "an intercept, whose total is the population", "none"
            )
        return Joined(matrix, totals[None, :], np.ones(1), None, _once(cases, matrix))
    ours, theirs = _common_levels(Frame(optin), Frame(reference.data), terms)
    matrix, other = auxiliary_matrix(ours, terms), auxiliary_matrix(theirs, terms)
    design = reference.design
    if len(other.values) != len(design):
        raise EstimationError("data-length", "reference", f"{len(design)} rows", str(len(other.values)))
    _refuse_missing(matrix, "opt-in sample", np.ones(len(matrix.values), dtype=bool))
    _refuse_missing(other, "reference sample", design.active)
    _refuse_gaps(matrix)
    rows = np.where(design.active[:, None], other.values, 0.0)
    return Joined(matrix, rows, design.domain_weights, design, _once(cases, matrix))


def _once(cases: FloatArray | None, matrix: ModelMatrix) -> FloatArray:
    return np.ones(len(matrix.values)) if cases is None else cases


def _common_levels(ours: Frame, theirs: Frame, terms: Sequence[str]) -> tuple[Frame, Frame]:
    left: dict[str, Any] = {}
    right: dict[str, Any] = {}
    for name in formula_of(terms, ours).variables:
        if ours.is_numeric(name) and theirs.is_numeric(name):
            left[name], right[name] = ours.numbers(name), theirs.numbers(name)
            continue
        known, new = theirs.codes(name).levels, ours.codes(name).levels
        levels = list(dict.fromkeys((*known, *new)))
        left[name], right[name] = (_relabelled(frame.codes(name), levels) for frame in (ours, theirs))
    sizes = {"(rows)": np.zeros(ours.n_rows)}, {"(rows)": np.zeros(theirs.n_rows)}
    return Frame(left or sizes[0]), Frame(right or sizes[1])


def _relabelled(codes: Codes, levels: Sequence[str]) -> Codes:
    names = np.array([*codes.levels, None], dtype=object)
    return encode(names[codes.codes], levels)


def _refuse_missing(matrix: ModelMatrix, where: str, needed: Any) -> None:
    absent = matrix.is_missing & needed
    if absent.any():
        raise MissingValuesError(
            "blend-missing",
            f"{where}, row {int(np.argmax(absent))}",
            "every covariate in every row",
            f"{int(absent.sum())} rows with a missing one",
            "Impute the covariates, or leave these rows out on purpose.",
        )


def _refuse_gaps(matrix: ModelMatrix) -> None:
    empty = ~matrix.values.any(axis=0)
    if empty.any():
        name = matrix.names[int(np.argmax(empty))]
        raise EstimationError(
            "blend-no-overlap",
            f"column {name}",
            "opt-in records in every group of the population",
            "none",
            "No model can speak for people who never opt in: merge the level with a neighbour.",
        )
