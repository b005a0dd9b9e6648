"""Who took part, against who lives here. Every indicator carries its numerator and denominator.

Notation: groups h with population N_h and participants n_h, P_h = N_h / N, p_h = n_h / n, rho_h = n_h / N_h.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from scipy import stats

from cityvoice.stats.encoding import FloatArray
from cityvoice.stats.errors import EstimationError
from cityvoice.stats.intervals import wilson_t

SMALL_CELL = 5  # cells below it are suppressed when published
SMALL_SAMPLE = 30  # below it an indicator is shown with a flag


@dataclass(frozen=True, slots=True)
class Indicator:
    """A participation indicator.

    Parameters
    ----------
    name, group : str
        `group` is empty for an indicator of the whole.
    value, low, high : float
        The bounds are NaN where no interval is defined.
    numerator, denominator : float
        The counts, or sums, the value is made of.
    unit : str
        ``per 1000``, ``ratio``, ``pp`` or ``index``.
    """

    name: str
    value: float
    numerator: float
    denominator: float
    unit: str
    group: str = ""
    low: float = math.nan
    high: float = math.nan
    level: float = 0.95

    @property
    def is_suppressed(self) -> bool:
        """Whether the numerator is a count small enough to point at persons."""
        return self.unit in ("per 1000", "ratio") and 0 < self.numerator < SMALL_CELL

    @property
    def is_flagged(self) -> bool:
        return self.numerator < SMALL_SAMPLE


@dataclass(frozen=True, eq=False)
class Participation:
    """Participants and population by the same groups.

    Parameters
    ----------
    groups : tuple of str
    participants, population : float arrays, shape (H,)
        Unique persons; if only participations are known, say so when publishing.
    """

    groups: tuple[str, ...]
    participants: FloatArray
    population: FloatArray

    @classmethod
    def from_counts(
        cls, participants: Mapping[str, float], population: Mapping[str, float]
    ) -> "Participation":
        """Groups come from the population; a group nobody took part from counts 0."""
        unknown = [group for group in participants if group not in population]
        if unknown:
            raise EstimationError(
                "participation-group", f"group {unknown[0]}", f"one of {', '.join(population)}", unknown[0]
            )
        groups = tuple(population)
        counts = np.array([float(participants.get(group, 0)) for group in groups])
        people = np.array([float(population[group]) for group in groups])
        if not groups or (people <= 0).any() or (counts < 0).any() or counts.sum() <= 0:
            raise EstimationError(
                "participation-counts",
                "participation",
                "a positive population in every group and some participants",
                f"{counts.sum():g} participants, population {people.tolist()}",
            )
        return cls(groups, counts, people)

    @property
    def n(self) -> float:
        return float(self.participants.sum())

    @property
    def shares(self) -> FloatArray:
        """p_h."""
        return self.participants / self.n

    @property
    def population_shares(self) -> FloatArray:
        """P_h."""
        result: FloatArray = self.population / self.population.sum()
        return result


def participation_rates(counts: Participation, *, level: float = 0.95) -> list[Indicator]:
    """Participants per 1000 residents, of the whole and of each group, with Wilson's interval."""
    total = (("", counts.n, float(counts.population.sum())),)
    each = zip(counts.groups, counts.participants, counts.population, strict=True)
    return [_rate(group, float(n), float(people), level) for group, n, people in (*total, *each)]


def _rate(group: str, n: float, people: float, level: float) -> Indicator:
    share, base = np.array([n / people]), np.array([people])
    critical = stats.norm.ppf((1 + level) / 2)
    se = np.sqrt(share * (1 - share) / base)
    low, high = wilson_t(share, se, base, critical)
    return Indicator(
        "participation rate", 1000 * n / people, n, people, "per 1000", group,
        1000 * float(low[0]), 1000 * float(high[0]), level,
    )  # fmt: skip


def dissimilarity(counts: Participation) -> Indicator:
    """D = sum |p_h - P_h| / 2: the part of participants who would have to belong elsewhere (Duncan 1955)."""
    moved = float(np.abs(counts.shares - counts.population_shares).sum() / 2)
    return Indicator("dissimilarity", moved, moved * counts.n, counts.n, "index")


def participation_cv(counts: Participation) -> Indicator:
    """CV of rates, sqrt(sum (p_h - P_h)^2 / P_h): the largest standardised bias groups can cause.

    Unlike the R-indicator 1 - 2S it does not look perfect merely because few people took part.
    """
    rates = counts.participants / counts.population
    mean = counts.n / counts.population.sum()
    spread = float(np.sqrt((counts.population_shares * np.square(rates - mean)).sum()))
    return Indicator("coefficient of variation of participation", spread / mean, spread, float(mean), "index")


def representation_ratios(counts: Participation, *, level: float = 0.95) -> list[Indicator]:
    """p_h / P_h with the interval exp(ln RR -/+ z sqrt((1 - p_h) / (n p_h))); 0 has no interval."""
    critical = float(stats.norm.ppf((1 + level) / 2))
    ratios = []
    for group, share, known in zip(counts.groups, counts.shares, counts.population_shares, strict=True):
        ratio = float(share / known)
        spread = math.sqrt((1 - share) / (counts.n * share)) if share > 0 else math.nan
        ratios.append(
            Indicator(
                "representation ratio", ratio, float(share * counts.n), float(known * counts.n), "ratio",
                group, ratio * math.exp(-critical * spread), ratio * math.exp(critical * spread), level,
            )
        )  # fmt: skip
    return ratios


def min_max_ratio(counts: Participation) -> Indicator:
    """Lowest over highest rate of the groups; for comparison only, as it hangs on the finest cell."""
    rates = counts.participants / counts.population
    return Indicator(
        "min-max ratio", float(rates.min() / rates.max()), float(rates.min()), float(rates.max()), "index"
    )


def inclusion_gaps(counts: Participation, declared: Iterable[str]) -> list[Indicator]:
    """100 (P_g - p_g) percentage points for groups declared before fieldwork, the worst first.

    The numerator is the participants missing from the group, the denominator all participants.
    """
    position = {group: index for index, group in enumerate(counts.groups)}
    gaps = []
    for group in declared:
        if group not in position:
            raise EstimationError(
                "participation-group", f"group {group}", f"one of {', '.join(counts.groups)}", group
            )
        gap = float(counts.population_shares[position[group]] - counts.shares[position[group]])
        gaps.append(Indicator("inclusion gap", 100 * gap, gap * counts.n, counts.n, "pp", group))
    return sorted(gaps, key=lambda indicator: -indicator.value)
