"""Batch variance from replicates: every item in every domain from one pass of matrix products."""

from dataclasses import dataclass

import numpy as np

from cityvoice.stats.design import SurveyDesign
from cityvoice.stats.encoding import FloatArray, IntArray
from cityvoice.stats.items import Item
from cityvoice.stats.jackknife import MAX_REPLICATES, soften, unit_factors
from cityvoice.stats.replicates import Replicates, ReplicateWeights
from cityvoice.stats.weighting.repeated import FixedWeights

BLOCK_NUMBERS = 4_000_000  # entries of the replicate weights that are multiplied at once
CACHED_NUMBERS = 2**18  # entries that are made at once: what a processor's cache holds


@dataclass(frozen=True, eq=False)
class ReplicatePlan:
    """Replicate weights and how their estimates turn into a variance.

    Parameters
    ----------
    weights : ReplicateWeights
    rscales : float array, shape (R,)
        Multiplier of each squared distance.
    centre_full : bool
        Distances from the full-sample estimate, else from the mean of the replicates.
    df_limit : float
        Degrees of freedom that the replicates can carry.
    group_of_unit : int array, shape (units,), optional
        Group with which each PSU was deleted; the groups that meet a domain bound its degrees of freedom.
    name : str
    """

    weights: ReplicateWeights
    rscales: FloatArray
    centre_full: bool
    df_limit: float
    name: str
    group_of_unit: IntArray | None = None


def plan_replicates(design: SurveyDesign, max_replicates: int = MAX_REPLICATES) -> ReplicatePlan:
    """The replicates a design came with, else a jackknife that repeats its weighting."""
    given = design.replicates
    if given is not None:
        rscales = given.scale * given.rscales
        return ReplicatePlan(given, rscales, given.mse, given.degrees_of_freedom, "replicates")
    factors = unit_factors(design, max_replicates)
    repeat = design.repeat if design.repeat is not None else FixedWeights(design.weights)
    factors = soften(factors, repeat.loses_a_target(factors.factors, design.stages[0].units))
    weights = repeat.replicate(factors.factors, design.stages[0].units)
    name = "jackknife" if design.repeat is None else "jackknife-reweighted"
    return ReplicatePlan(weights, factors.rscales, True, np.inf, name, factors.group_of_unit)


def with_jackknife(design: SurveyDesign, max_replicates: int = MAX_REPLICATES) -> SurveyDesign:
    """The design with its jackknife as a matrix, so that any estimator (ratio, quantile, model) can use it.

    Each replicate repeats the weighting the design knows of. The matrix has n x R numbers;
    `tabulate` does without it.
    """
    plan = plan_replicates(design, max_replicates)
    weights = plan.weights.block(np.arange(len(design)))
    df = design.degrees_of_freedom
    if plan.group_of_unit is not None:
        df = min(df, float(len(plan.rscales) - 1))
    return design.with_replicates(Replicates(weights, 1.0, plan.rscales, mse=True, design_df=df))


@dataclass(frozen=True, eq=False)
class ReplicatedSums:
    """Sums in every replicate.

    Parameters
    ----------
    values : float array, shape (D, R, C)
        Sum of w * y of each term.
    answered : float array, shape (D, R, I)
    item_of : int array, shape (C,)
    """

    values: FloatArray
    answered: FloatArray
    item_of: IntArray

    def without_domains(self) -> "ReplicatedSums":
        return ReplicatedSums(
            self.values.sum(axis=0, keepdims=True), self.answered.sum(axis=0, keepdims=True), self.item_of
        )

    def variance(self, plan: ReplicatePlan, full: FloatArray) -> FloatArray:
        """Variance of the means, shape (D, C); `full` are the estimates of the full sample."""
        spread = np.empty(full.shape)
        for domain, centre in enumerate(full):
            with np.errstate(invalid="ignore", divide="ignore"):
                away = self.values[domain] / self.answered[domain][:, self.item_of]
            away -= centre if plan.centre_full else away[plan.rscales > 0].mean(axis=0)
            # a replicate that lost the whole domain says nothing of it
            np.nan_to_num(away, copy=False)
            spread[domain] = plan.rscales @ np.square(away, out=away)
        return np.where(np.isnan(full), np.nan, spread)


def sum_replicates(
    plan: ReplicatePlan, items: tuple[Item, ...], domains: IntArray, n_domains: int
) -> ReplicatedSums:
    """Sums of a batch of items by domain in every replicate; `domains` has -1 for rows in none."""
    widths = [len(item.terms) for item in items]
    order = np.argsort(domains, kind="stable")
    edges = np.searchsorted(domains[order], np.arange(n_domains + 1))
    values = np.empty((n_domains, plan.weights.n_replicates, sum(widths)))
    answered = np.empty((n_domains, plan.weights.n_replicates, len(items)))
    for domain in range(n_domains):
        rows = order[edges[domain] : edges[domain + 1]]
        values[domain], answered[domain] = _replicated_sums(plan.weights, items, rows, sum(widths))
    return ReplicatedSums(values, answered, np.repeat(np.arange(len(items)), widths))


def _replicated_sums(
    weights: ReplicateWeights, items: tuple[Item, ...], rows: IntArray, n_terms: int
) -> tuple[FloatArray, FloatArray]:
    """Sums of w y, shape (R, C), and of w among those who answered, shape (R, I)."""
    sums = np.zeros((weights.n_replicates, n_terms + len(items)))
    n_rows, few = (max(numbers // weights.n_replicates, 1) for numbers in (BLOCK_NUMBERS, CACHED_NUMBERS))
    block = np.empty((min(n_rows, len(rows)), weights.n_replicates))
    for start in range(0, len(rows), n_rows):
        part = rows[start : start + n_rows]
        for first in range(0, len(part), few):
            some = slice(first, first + few)
            block[: len(part)][some] = weights.block(part[some])
        sums += block[: len(part)].T @ _term_columns(items, part)
    return sums[:, :n_terms], sums[:, n_terms:]


def _term_columns(items: tuple[Item, ...], rows: IntArray) -> FloatArray:
    """Values of all terms, zero where unanswered, and then indicators of an answer to each item."""
    values, answered = [], []
    for item in items:
        coded = item.coded
        if coded is not None:
            codes = coded[0][rows]
            padded = np.vstack([coded[1], np.zeros(coded[1].shape[1])])
            values.append(padded.take(codes, axis=0, mode="wrap"))  # -1 is the row of zeros
            answered.append(codes >= 0)
        else:
            numbers = item.numbers[rows]
            values.append(np.nan_to_num(numbers)[:, None])
            answered.append(~np.isnan(numbers))
    return np.hstack([*values, np.column_stack(answered)])
