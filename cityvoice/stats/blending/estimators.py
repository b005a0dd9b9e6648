"""Means of the population from an opt-in sample A and a reference B.

``inverse_propensity`` trusts the model of who opts in, ``mass_imputation`` the model of the answer,
``doubly_robust`` is right when either of them is. Opting in is taken as independent between persons
(Poisson sampling); the reference adds its own design variance.

References
----------
Chen, Li and Wu (2020), doi:10.1080/01621459.2019.1677241; Kim, Park, Chen and Wu (2021),
doi:10.1111/rssa.12696; Wu (2022), Survey Methodology 48, 283-311.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from cityvoice.stats.assembly import assemble
from cityvoice.stats.blending.linearisation import linearised
from cityvoice.stats.blending.nonprobsvy import variance_of_nonprobsvy
from cityvoice.stats.blending.outcome import Family, OutcomeModel, fit_outcome
from cityvoice.stats.blending.propensity import Propensity
from cityvoice.stats.blending.reference import Joined, Reference, join
from cityvoice.stats.encoding import FloatArray
from cityvoice.stats.errors import EstimationError, MissingValuesError
from cityvoice.stats.frame import Frame
from cityvoice.stats.options import check_option
from cityvoice.stats.results import Estimate, WarningCode
from cityvoice.stats.weight_diagnostics import kish

Compat = Literal["", "R"]
EXTREME_DEFF = 5.0  # beyond it a few opt-in records speak for the city


@dataclass(frozen=True, eq=False)
class BlendedMean:
    """A blended estimate and the two parts of its variance.

    Parameters
    ----------
    estimate : Estimate
        Interval by t with the reference's degrees of freedom.
    optin_variance, reference_variance : float
        What opting in and the reference's sampling add.
    propensity : Propensity or None
    outcome : OutcomeModel or None
    """

    estimate: Estimate
    optin_variance: float
    reference_variance: float
    propensity: Propensity | None = None
    outcome: OutcomeModel | None = None


def inverse_propensity(
    optin: Any,
    outcome: str,
    propensity: Propensity,
    *,
    level: float = 0.95,
    df: float | None = None,
    compat: Compat = "",
) -> BlendedMean:
    """Sum of y / p over sum of 1 / p (Hajek).

    Parameters
    ----------
    optin : DataFrame or mapping of arrays
        The records the propensity was fitted to, in the same order.
    df : float, optional
        Of the interval, infinite for the normal one; the reference's when omitted.
    compat : {"", "R"}
        ``"R"`` divides by the reference's population, as nonprobsvy does.
    """
    check_option("compat", compat, Compat)
    y = _answers(optin, outcome, propensity.joined)
    size = propensity.joined.population if compat else float(propensity.weights.sum())
    mean = float(propensity.weights @ y) / size
    ours, theirs = linearised(propensity, y - mean)
    variance = _optin_variance(propensity, ours), propensity.joined.total_variance(theirs)
    interval = level, propensity.joined.df if df is None else df
    return _blended(outcome, "inverse-propensity", mean, variance, interval, len(y), propensity=propensity)


def mass_imputation(
    optin: Any,
    outcome: str,
    reference: Reference,
    terms: Sequence[str],
    *,
    family: Family | str = Family.GAUSSIAN,
    level: float = 0.95,
    df: float | None = None,
) -> BlendedMean:
    """Mean over the reference of the answers a model of the opt-in sample predicts.

    With known totals only the gaussian family can be used, as its predictions add up. `df` is the
    interval's, infinite for the normal one; the reference's when omitted.
    """
    joined = join(optin, reference, terms)
    y = _answers(optin, outcome, joined)
    model = fit_outcome(joined.optin.values, y, family)
    mean, predicted, direction = _imputed(joined, model)
    ours = np.square(model.influence(joined.optin.values, y, direction)).sum()
    variance = float(ours), joined.mean_variance(predicted)
    interval = level, joined.df if df is None else df
    return _blended(outcome, "mass-imputation", mean, variance, interval, len(y), model=model)


def doubly_robust(
    optin: Any,
    outcome: str,
    propensity: Propensity,
    reference: Reference,
    terms: Sequence[str],
    *,
    family: Family | str = Family.GAUSSIAN,
    level: float = 0.95,
    df: float | None = None,
    compat: Compat = "",
) -> BlendedMean:
    """Mass imputation corrected by the weighted residuals of the opt-in sample.

    Parameters
    ----------
    df : float, optional
        Of the interval, infinite for the normal one; the reference's when omitted.
    compat : {"", "R"}
        ``"R"`` follows nonprobsvy 0.2.3: the residuals are divided by the reference's population, and the
        opt-in variance takes propensities from the wrong records, as told in `nonprobsvy`. Its standard
        error is not valid.
    """
    check_option("compat", compat, Compat)
    joined = join(optin, reference, terms)
    y = _answers(optin, outcome, joined)
    model = fit_outcome(joined.optin.values, y, family)
    imputed, predicted, direction = _imputed(joined, model)
    residual = y - model.predict(joined.optin.values)
    size = propensity.joined.population if compat else float(propensity.weights.sum())
    gap = float(propensity.weights @ residual) / size
    if compat:
        variance = variance_of_nonprobsvy(propensity, residual, predicted)
    else:
        ours, theirs = linearised(propensity, residual - gap)
        ours += _model_influence(propensity, model, joined, y, direction)
        variance = _optin_variance(propensity, ours), _reference_variance(joined, theirs, predicted, imputed)
    interval = level, joined.df if df is None else df
    return _blended(
        outcome,
        "doubly-robust",
        imputed + gap,
        variance,
        interval,
        len(y),
        propensity=propensity,
        model=model,
    )


def _optin_variance(propensity: Propensity, scores: FloatArray) -> float:
    return float(((1 - propensity.values) * np.square(scores)).sum())


def _imputed(joined: Joined, model: OutcomeModel) -> tuple[float, FloatArray, FloatArray]:
    """Mean prediction over the reference, the predictions, and the mean's derivative by the coefficients."""
    if joined.design is None:
        if model.family is not Family.GAUSSIAN:
            raise EstimationError(
                "blend-family",
                "mass imputation",
                "records of a probability sample",
                "totals",
                "A curved model needs each person's covariates; only the gaussian family adds up.",
            )
        direction = joined.reference[0] / joined.population
        return float(direction @ model.coefficients), np.zeros(1), direction
    x, shares = joined.reference, joined.weights / joined.population
    predicted = model.predict(x)
    return float(shares @ predicted), predicted, np.asarray((shares * model.slope(x)) @ x)


def _model_influence(
    propensity: Propensity, model: OutcomeModel, joined: Joined, y: FloatArray, direction: FloatArray
) -> FloatArray:
    """What the outcome coefficients add: near nothing when the propensity model is right."""
    x = joined.optin.values
    weighted = (propensity.weights * model.slope(x)) @ x / propensity.weights.sum()
    return model.influence(x, y, direction - weighted)


def _reference_variance(joined: Joined, scores: FloatArray, predicted: FloatArray, imputed: float) -> float:
    if joined.design is None:
        return 0.0
    return joined.total_variance(scores + (predicted - imputed) / joined.population)


def _answers(optin: Any, outcome: str, joined: Joined) -> FloatArray:
    y = Frame(optin).numbers(outcome)
    if len(y) != len(joined.optin.values):
        raise EstimationError("data-length", "opt-in sample", f"{len(joined.optin.values)} rows", str(len(y)))
    absent = ~np.isfinite(y)
    if absent.any():
        raise MissingValuesError(
            "blend-missing",
            f"column {outcome}, row {int(np.argmax(absent))}",
            "a finite answer in every opt-in record",
            f"{int(absent.sum())} without one",
            "Leave these records out before the propensity is fitted.",
        )
    return y


def _blended(
    outcome: str,
    kind: str,
    mean: float,
    variance: tuple[float, float],
    interval: tuple[float, float],
    n: int,
    *,
    propensity: Propensity | None = None,
    model: OutcomeModel | None = None,
) -> BlendedMean:
    """The estimate with an interval of (level, df)."""
    level, df = interval
    n_eff = kish(propensity.weights)[0] if propensity is not None else float(n)
    extreme = n / n_eff > EXTREME_DEFF
    estimate = assemble(
        outcome,
        "mean",
        mean,
        float(np.sqrt(sum(variance))),
        df=df,
        n=n,
        n_eff=n_eff,
        level=level,
        variance=kind,
        notes=(WarningCode.EXTREME_WEIGHTS,) if extreme else (),
    )
    return BlendedMean(estimate, *variance, propensity, model)
