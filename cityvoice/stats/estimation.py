"""Means, totals, ratios and variances of any variables, with covariances; by groups; between waves.

Each estimator gives its value from weights, and its scores: the estimate is approximated by the total of
weight * score, which `variance` turns into a covariance. Replicate designs recompute the value instead.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from cityvoice.stats.design import SurveyDesign
from cityvoice.stats.encoding import FloatArray
from cityvoice.stats.errors import EstimationError, MissingValuesError
from cityvoice.stats.estimates import Estimates
from cityvoice.stats.frame import Columns, Frame, read_columns
from cityvoice.stats.variance import design_covariance

Missing = Literal["error", "drop", "propagate"]
Statistic = Literal["mean", "total"]


@dataclass(frozen=True, eq=False)
class Linearised:
    """An estimator at work on one sample.

    Parameters
    ----------
    values : float array, shape (p,)
    scores : float array, shape (n, p)
        Not weighted; zero outside the base.
    of_weights : callable
        The same values from other weights, shape (n,) to (p,).
    """

    values: FloatArray
    scores: FloatArray
    of_weights: Callable[[FloatArray], FloatArray]


def mean(
    design: SurveyDesign, data: Any, variables: Sequence[str], *, missing: Missing = "error"
) -> Estimates:
    """Means of numbers and shares of levels.

    Parameters
    ----------
    design : SurveyDesign
    data : DataFrame or mapping of arrays, n rows
    variables : sequence of str
        Categorical ones give one term per level, ``sexF``.
    missing : {"error", "drop", "propagate"}
        ``drop`` leaves out rows where any of the variables is missing; ``propagate`` gives NaN.
    """
    return _estimate("mean", design, data, variables, missing)


def total(
    design: SurveyDesign, data: Any, variables: Sequence[str], *, missing: Missing = "error"
) -> Estimates:
    """Population totals of numbers and of levels; arguments as for `mean`."""
    return _estimate("total", design, data, variables, missing)


def _estimate(
    statistic: Statistic, design: SurveyDesign, data: Any, variables: Sequence[str], missing: Missing
) -> Estimates:
    columns = read_columns(data, variables)
    base = _base(design, columns, missing)
    estimator = base_estimator(statistic, base, columns)
    found = linearised_estimates(statistic, columns.names, base, estimator, _srs(statistic, base, columns))
    return replace(found, df=design.degrees_of_freedom)


def _base(design: SurveyDesign, columns: Columns, missing: Missing) -> SurveyDesign:
    """The domain that answered; with missing="propagate" all rows stay and NaN spreads."""
    if len(columns.values) != len(design):
        raise EstimationError("data-length", "data", f"{len(design)} rows", str(len(columns.values)))
    absent = columns.is_missing & design.active
    if absent.any() and missing not in ("drop", "propagate"):
        column = columns.names[int(np.argmax(np.isnan(columns.values[absent]).any(axis=0)))]
        raise MissingValuesError(
            "data-missing",
            f"column {column}, row {int(np.argmax(absent))}",
            "a value in every row",
            f"{int(absent.sum())} rows without one",
            'Pass missing="drop" to estimate among those who answered.',
        )
    return design.subset(~columns.is_missing) if missing == "drop" else design


def _inside(base: SurveyDesign, columns: Columns) -> FloatArray:
    """Values with zeros outside the base, so that they add nothing."""
    return np.where(base.active[:, None], columns.values, 0.0)


def base_estimator(statistic: Statistic, base: SurveyDesign, columns: Columns) -> Linearised:
    """Mean or total over the active rows of a design."""
    values, active = _inside(base, columns), base.active.astype(float)
    if statistic == "total":
        return Linearised(base.domain_weights @ values, values, lambda weights: weights @ values)
    return _mean_of(values, active, base.domain_weights)


def _mean_of(values: FloatArray, active: FloatArray, weights: FloatArray) -> Linearised:
    def of_weights(weights: FloatArray) -> FloatArray:
        return _divide(weights @ values, weights @ active)

    size = weights @ active
    average = of_weights(weights)
    with np.errstate(invalid="ignore", divide="ignore"):
        scores = np.where(active[:, None] > 0, values - average, 0.0) / size
    return Linearised(average, scores, of_weights)


def _divide(top: FloatArray, bottom: Any) -> FloatArray:
    with np.errstate(invalid="ignore", divide="ignore"):
        result: FloatArray = np.asarray(top / bottom)
    return result


def linearised_estimates(
    statistic: str,
    terms: tuple[str, ...],
    base: SurveyDesign,
    estimator: Linearised,
    srs_variance: FloatArray | None = None,
) -> Estimates:
    """Values with their covariance, by replicates where the design has them, else by linearisation.

    Parameters
    ----------
    srs_variance : float array, shape (p,), optional
        Variance of the same estimate from a simple random sample, for the design effect.
    """
    covariance = covariance_of(base, estimator)
    n_terms = len(terms)
    n, n_eff = _kish_base(base)
    deff = np.full(n_terms, np.nan) if srs_variance is None else _divide(np.diag(covariance), srs_variance)
    return Estimates(
        statistic=statistic,
        terms=terms,
        values=estimator.values,
        covariance=covariance,
        df=base.degrees_of_freedom,
        n=np.full(n_terms, n),
        n_eff=np.full(n_terms, n_eff),
        design_deff=deff,
        population=float(base.domain_weights.sum()),
        variance_method="linearised" if base.replicates is None else "replicates",
    )


def covariance_of(base: SurveyDesign, estimator: Linearised) -> FloatArray:
    """Covariance of an estimator under a design."""
    replicates = base.replicates
    if replicates is None:
        return design_covariance(base, base.domain_weights[:, None] * estimator.scores)
    inside = np.ones(len(base)) if base.domain is None else base.domain.astype(float)
    replicated = [estimator.of_weights(column * inside) for column in replicates.weights.T]
    return replicates.covariance(np.array(replicated), estimator.values)


def _srs(statistic: Statistic, base: SurveyDesign, columns: Columns) -> FloatArray:
    """Variance of a mean or total from a simple random sample of n out of sum of weights."""
    weights = base.weights[base.active]
    n, population = len(weights), float(weights.sum())
    values = columns.values[base.active]
    with np.errstate(invalid="ignore", divide="ignore"):
        average = weights @ values / population
        spread = weights @ np.square(values - average) / population * n / (n - 1)
        fraction = (population - n) / population if population > n else np.nan
        scale = population**2 if statistic == "total" else 1.0
        result: FloatArray = spread * fraction * scale / n
    return result


def ratio(
    design: SurveyDesign,
    data: Any,
    numerators: Sequence[str],
    denominators: Sequence[str],
    *,
    missing: Missing = "error",
) -> Estimates:
    """Ratios of totals, each numerator over each denominator, numerators varying fastest."""
    columns = read_columns(data, [*numerators, *denominators])
    n_top = len(read_columns(data, numerators).names)
    base = _base(design, columns, missing)
    values = _inside(base, columns)
    top, bottom = values[:, :n_top], values[:, n_top:]

    def of_weights(weights: FloatArray) -> FloatArray:
        found = _divide((weights @ top)[None, :], (weights @ bottom)[:, None]).ravel()
        return np.where(np.isinf(found), np.nan, found)  # nothing to divide by

    weights = base.domain_weights
    ratios = of_weights(weights).reshape(bottom.shape[1], n_top)
    scores = [
        _divide(top - ratios[d] * bottom[:, [d]], weights @ bottom[:, d]) for d in range(bottom.shape[1])
    ]
    terms = tuple(f"{a}/{b}" for b in columns.names[n_top:] for a in columns.names[:n_top])
    estimator = Linearised(ratios.ravel(), np.hstack(scores), of_weights)
    return replace(linearised_estimates("ratio", terms, base, estimator), df=design.degrees_of_freedom)


def variance(
    design: SurveyDesign, data: Any, variables: Sequence[str], *, missing: Missing = "error"
) -> Estimates:
    """Population variances and covariances, terms ``a:b`` for all pairs.

    Notes
    -----
    The estimate is n/(n-1) times the weighted mean of products of deviations, n the rows that count; its
    error is that of the mean of these products with the means held fixed.
    """
    columns = read_columns(data, variables)
    base = _base(design, columns, missing)
    values, active = _inside(base, columns), base.active.astype(float)
    n = float(active.sum())
    size = len(columns.names)

    def products(weights: FloatArray) -> FloatArray:
        away = values - _divide(weights @ values, weights @ active)
        pairs = (away[:, :, None] * away[:, None, :]).reshape(len(values), size * size)
        return np.where(active[:, None] > 0, pairs * (n / (n - 1) if n > 1 else np.nan), 0.0)

    def of_weights(weights: FloatArray) -> FloatArray:
        return _divide(weights @ products(weights), weights @ active)

    weights = base.domain_weights
    own = _mean_of(products(weights), active, weights)
    terms = tuple(f"{a}:{b}" for a in columns.names for b in columns.names)
    estimator = Linearised(own.values, own.scores, of_weights)
    return replace(linearised_estimates("variance", terms, base, estimator), df=design.degrees_of_freedom)


@dataclass(frozen=True, eq=False)
class Grouped:
    """Estimates by group, groups varying fastest.

    Parameters
    ----------
    groups : tuple of tuple of str
        Levels of the grouping variables of each group that occurs.
    """

    by: tuple[str, ...]
    groups: tuple[tuple[str, ...], ...]
    estimates: Estimates


def grouped(
    design: SurveyDesign,
    data: Any,
    variables: Sequence[str],
    by: Sequence[str],
    *,
    statistic: Statistic = "mean",
    missing: Missing = "error",
) -> Grouped:
    """Means or totals in groups with the covariance between groups, e.g. waves that share PSUs.

    Each group is a domain of the full design. Groups are ordered with the first variable of `by` fastest;
    terms are ``group`` for one variable, else ``group:variable``.
    """
    frame = data if isinstance(data, Frame) else Frame(data)
    columns = read_columns(frame, variables)
    base = design if missing == "propagate" else _base(design, columns, missing)
    crossed = frame.crossed(tuple(reversed(by)))  # its last name varies fastest
    inside = design.active & ~crossed.is_missing
    if not inside.any():
        raise EstimationError("domain-empty", f"groups of {', '.join(by)}", "rows in a group", "none")
    occurring = np.flatnonzero(np.bincount(crossed.codes[inside], minlength=len(crossed.levels)))
    members = [(crossed.codes == code) & base.active for code in occurring]
    domains = [base.subset(rows) for rows in members]
    parts = [base_estimator(statistic, domain, columns) for domain in domains]
    srs = np.array([_srs(statistic, domain, columns) for domain in domains]).T.ravel()
    names = tuple(_group_levels(frame, by, int(code)) for code in occurring)
    labels = [".".join(name) for name in names]
    single = len(columns.names) == 1
    terms = tuple(label if single else f"{label}:{v}" for v in columns.names for label in labels)
    joined = linearised_estimates(statistic, terms, base, _interleave(parts, len(columns.names)), srs)
    bases = [_kish_base(domain) for domain in domains]
    n, n_eff = (np.tile([pair[k] for pair in bases], len(columns.names)) for k in (0, 1))
    estimates = replace(joined, df=design.degrees_of_freedom, n=n, n_eff=n_eff)
    return Grouped(tuple(by), names, estimates)


def _group_levels(frame: Frame, by: Sequence[str], code: int) -> tuple[str, ...]:
    """Levels of a group from its number, the first variable varying fastest."""
    found = []
    for name in by:
        levels = frame.codes(name).levels
        code, position = divmod(code, len(levels))
        found.append(levels[position])
    return tuple(found)


def _interleave(parts: Sequence[Linearised], n_columns: int) -> Linearised:
    """Join groups so that all groups come for the first column, then for the next."""
    order = np.arange(len(parts) * n_columns).reshape(len(parts), n_columns).T.ravel()

    def of_weights(weights: FloatArray) -> FloatArray:
        return np.concatenate([part.of_weights(weights) for part in parts])[order]

    values = np.concatenate([part.values for part in parts])[order]
    scores = np.hstack([part.scores for part in parts])[:, order]
    return Linearised(values, scores, of_weights)


def _kish_base(domain: SurveyDesign) -> tuple[float, float]:
    weights = domain.weights[domain.active]
    squares = float(np.square(weights).sum())
    return float(weights.size), float(weights.sum() ** 2 / squares) if squares else 0.0
