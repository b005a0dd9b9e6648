"""Stages of sampling: units, their strata, and how many there are to draw from."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from cityvoice.stats.encoding import FloatArray, IntArray, cross, row_codes
from cityvoice.stats.errors import DesignError, MissingValuesError


@dataclass(frozen=True, eq=False)
class Stage:
    """One stage of sampling.

    Parameters
    ----------
    units : int array, shape (n,)
        Sampled unit of each row, numbered 0..k-1 over the whole file (nested).
    unit_stratum : int array, shape (k,)
        Stratum of each unit, numbered 0..H-1.
    unit_population : float array, shape (k,)
        Units in the population of the unit's stratum; inf for sampling with replacement.
    """

    units: IntArray
    unit_stratum: IntArray
    unit_population: FloatArray

    @cached_property
    def n_units(self) -> int:
        return len(self.unit_stratum)

    @cached_property
    def n_strata(self) -> int:
        return int(self.unit_stratum.max()) + 1 if self.n_units else 0

    @cached_property
    def n_sampled(self) -> FloatArray:
        """Units sampled in each stratum, shape (H,)."""
        return np.bincount(self.unit_stratum, minlength=self.n_strata).astype(float)

    @cached_property
    def free_fraction(self) -> FloatArray:
        """1 - n/N of each unit's stratum, the finite population correction, shape (k,)."""
        sampled = self.n_sampled[self.unit_stratum]
        return np.where(np.isinf(self.unit_population), 1.0, 1.0 - sampled / self.unit_population)


@dataclass(frozen=True, eq=False)
class SamplingColumns:
    """What the caller gave, one array per stage."""

    strata: tuple[Any, ...]
    psu: tuple[Any, ...]
    fpc: tuple[Any, ...]
    nest: bool


def _codes(column: Any, where: str) -> npt.NDArray[Any]:
    codes = row_codes(column)
    missing = codes < 0
    if missing.any():
        row = int(np.argmax(missing))
        raise MissingValuesError(
            "design-missing",
            f"{where}, row {row}",
            "a value in every row",
            f"{int(missing.sum())} missing",
            "Every respondent belongs to a stratum and a sampled unit; find them in the sampling frame.",
        )
    return codes


def build_stages(plan: "SamplingColumns", n_rows: int) -> tuple[Stage, ...]:
    """Number the units of every stage, nested in the units above, and find their populations.

    Raises
    ------
    DesignError
        Units that lie in several strata, or corrections that cannot be.
    MissingValuesError
        A row without stratum or unit.
    """
    n_stages = max(1, len(plan.psu), len(plan.fpc))
    parent: npt.NDArray[Any] = np.zeros(n_rows, dtype=np.int8)
    stages: list[Stage] = []
    for level in range(n_stages):
        stratum_columns = [parent]
        if level < len(plan.strata):
            stratum_columns.append(_codes(plan.strata[level], f"strata, stage {level + 1}"))
        stratum, _ = cross(stratum_columns)
        units = _nested_units(plan, level, stratum, n_rows)
        unit_stratum = np.zeros(int(units.max()) + 1 if n_rows else 0, dtype=np.int64)
        unit_stratum[units] = stratum
        fpc = plan.fpc[level] if level < len(plan.fpc) else None
        population = _population(fpc, units, unit_stratum, level)
        stages.append(Stage(units, unit_stratum, population))
        parent = units
    return tuple(stages)


def _nested_units(plan: "SamplingColumns", level: int, stratum: IntArray, n_rows: int) -> IntArray:
    if level >= len(plan.psu):
        return np.arange(n_rows, dtype=np.int64)
    labels = _codes(plan.psu[level], f"psu, stage {level + 1}")
    units, n_units = cross([stratum, labels])
    # Labels of later stages repeat by nature; at the first one a repeat is a mistake, unless `nest` is set.
    if level == 0 and not plan.nest and n_units != np.count_nonzero(np.bincount(labels)):
        raise DesignError(
            "psu-not-nested",
            "psu, stage 1",
            "each PSU label in a single stratum",
            "labels that occur in several strata",
            "Pass nest=True when labels are numbered anew in each stratum.",
        )
    return units


def _population(fpc: Any, units: IntArray, unit_stratum: IntArray, level: int) -> FloatArray:
    n_units = len(unit_stratum)
    if fpc is None:
        return np.full(n_units, np.inf)
    values = np.asarray(fpc, dtype=float)
    if np.isnan(values).any() or (values <= 0).any():
        raise DesignError(
            "fpc-invalid", f"fpc, stage {level + 1}", "positive numbers", "missing or not positive"
        )
    unit_values = np.zeros(n_units)
    unit_values[units] = values
    if not np.array_equal(unit_values[units], values):
        raise DesignError(
            "fpc-varies", f"fpc, stage {level + 1}", "one value per sampled unit", "several within a unit"
        )
    sampled = np.bincount(unit_stratum)[unit_stratum].astype(float)
    population: FloatArray = sampled / unit_values if (values <= 1).all() else unit_values
    if (population < sampled * (1 - 1e-9)).any():
        worst = int(np.argmin(population - sampled))
        raise DesignError(
            "fpc-too-small",
            f"fpc, stage {level + 1}",
            f"at least the {sampled[worst]:.0f} units sampled in the stratum",
            f"{population[worst]:g}",
        )
    return population
