"""Jackknife of PSUs as factors per unit: delete one, or delete a group where there are many."""

from dataclasses import dataclass

import numpy as np

from cityvoice.stats.design import LonelyPsu, SurveyDesign
from cityvoice.stats.encoding import BoolArray, FloatArray, IntArray
from cityvoice.stats.errors import LonelyPsuError
from cityvoice.stats.stages import Stage

MAX_REPLICATES = 200
SEED = 20260101  # of the shuffle; any fixed number serves


@dataclass(frozen=True, eq=False)
class UnitFactors:
    """Factors of the base weight in each replicate.

    Parameters
    ----------
    factors : float array, shape (units, R)
    rscales : float array, shape (R,)
        The variance is the sum over replicates of rscale * (theta_r - theta)^2.
    group_of_unit : int array, shape (units,), optional
        Group each unit is deleted with, -1 for units that never are; None where units go one by one.
    """

    factors: FloatArray
    rscales: FloatArray
    group_of_unit: IntArray | None = None

    @property
    def n_replicates(self) -> int:
        return int(self.factors.shape[1])


def unit_factors(design: SurveyDesign, max_replicates: int = MAX_REPLICATES) -> UnitFactors:
    """Delete one PSU at a time, or one of `max_replicates` groups of PSUs.

    Notes
    -----
    Groups are dealt out in turn over the units, sorted by stratum and shuffled in it by a fixed seed, so
    that no order of the file can line up with the groups. In a stratum with at least as many units
    as groups, a replicate loses the group's units and the others take their weight. In a smaller stratum
    a unit's weight is multiplied by 1 - (n - 1) Z and that of the others by 1 + Z,
    Z^2 = R / ((R - 1) n (n - 1)), which keeps the variance unbiased (Kott 2001, the extended
    delete-a-group jackknife). A finite population correction shrinks the factors towards 1 by its root.
    """
    stage = design.stages[0]
    _check_lonely(design, stage)
    varying = np.flatnonzero((stage.n_sampled[stage.unit_stratum] > 1) & (stage.free_fraction > 1e-7))
    ordered = varying[np.argsort(stage.unit_stratum[varying], kind="stable")]
    if len(ordered) <= max_replicates:
        return _delete_one(stage, ordered)
    return _delete_group(stage, ordered, max_replicates)


def soften(made: UnitFactors, replicates: BoolArray, reach: float = 0.5) -> UnitFactors:
    """Move some replicates only part of the way, and enlarge their distances to match.

    A replicate that deletes the last respondents of a target could not be weighted to it; half deleted
    they can be, and as in Fay's method the squared distance is divided by reach^2.
    """
    step = np.where(replicates, reach, 1.0)
    return UnitFactors(1 + step * (made.factors - 1), made.rscales / np.square(step), made.group_of_unit)


def _check_lonely(design: SurveyDesign, stage: Stage) -> None:
    lonely = (stage.n_sampled[stage.unit_stratum] == 1) & (stage.free_fraction > 1e-7)
    silent = (LonelyPsu.REMOVE, LonelyPsu.CERTAINTY)
    if lonely.any() and design.lonely_psu not in silent:
        raise LonelyPsuError(
            "lonely-psu",
            f"stratum number {int(stage.unit_stratum[np.argmax(lonely)]) + 1}",
            "at least two sampled units in each stratum",
            f"one unit in {int(lonely.sum())} strata",
            'Merge strata that are alike, set lonely_psu="remove", or ask for variance="linearised".',
        )


def _delete_one(stage: Stage, ordered: IntArray) -> UnitFactors:
    n = stage.n_sampled[stage.unit_stratum]
    factors = np.ones((stage.n_units, len(ordered)))
    for replicate, unit in enumerate(ordered):
        factors[stage.unit_stratum == stage.unit_stratum[unit], replicate] = n[unit] / (n[unit] - 1)
        factors[unit, replicate] = 0.0
    rscales = stage.free_fraction[ordered] * (n[ordered] - 1) / n[ordered]
    return UnitFactors(factors, rscales)


def _delete_group(stage: Stage, ordered: IntArray, n_groups: int) -> UnitFactors:
    factors = np.ones((stage.n_units, n_groups))
    shuffled = np.random.default_rng(SEED).permutation(ordered)
    ordered = shuffled[np.argsort(stage.unit_stratum[shuffled], kind="stable")]
    group = np.full(stage.n_units, -1, dtype=np.int64)
    group[ordered] = np.arange(len(ordered)) % n_groups
    stratum = stage.unit_stratum[ordered]
    for units in np.split(ordered, np.flatnonzero(np.diff(stratum)) + 1):
        n = len(units)
        deleted = group[units][:, None] == np.arange(n_groups)
        if n >= n_groups:
            own = np.where(deleted, 0.0, n / (n - deleted.sum(axis=0)))
        else:
            z = np.sqrt(n_groups / ((n_groups - 1) * n * (n - 1)))
            touched = deleted.any(axis=0)
            own = np.where(deleted, 1 - (n - 1) * z, np.where(touched, 1 + z, 1.0))
        free = np.sqrt(stage.free_fraction[units])[:, None]
        factors[units] = 1 + free * (own - 1)
    return UnitFactors(factors, np.full(n_groups, (n_groups - 1) / n_groups), group)
