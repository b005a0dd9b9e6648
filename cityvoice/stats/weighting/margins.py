"""Margins: what is known of the population, and whether the sample can be fitted to it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from cityvoice.stats.encoding import BoolArray, Codes, FloatArray, IntArray, weighted_counts
from cityvoice.stats.errors import MarginError
from cityvoice.stats.weighting.diagnostics import LevelFit
from cityvoice.stats.weighting.sample import Sample

SHARE_TOLERANCE = 1e-6
Level = str | tuple[str, ...]


@dataclass(frozen=True)
class Margin:
    """Known totals, or shares, of the levels of a variable or of crossed variables.

    Parameters
    ----------
    variable : str or tuple of str
        Column, or columns to be crossed (``("sex", "age")``).
    targets : mapping of level to number
        Population totals, or shares when they sum to 1. Crossed levels are tuples, ``("F", "15-24")``.

    Examples
    --------
    >>> Margin("sex", {"F": 0.53, "M": 0.47}).name
    'sex'
    """

    variable: str | tuple[str, ...]
    targets: Mapping[Level, float]

    def __post_init__(self) -> None:
        if not self.targets:
            raise MarginError("margin-empty", f"margin {self.name}", "at least one level", "no level")
        wrong = {level: value for level, value in self.targets.items() if not 0 <= value < np.inf}
        if wrong:
            raise MarginError(
                "margin-target", f"margin {self.name}", "targets of at least 0", f"{_listed(wrong)}"
            )
        if self.total <= 0:
            raise MarginError("margin-zero", f"margin {self.name}", "a positive total", "0")

    @property
    def variables(self) -> tuple[str, ...]:
        return (self.variable,) if isinstance(self.variable, str) else tuple(self.variable)

    @property
    def name(self) -> str:
        return " x ".join(self.variables)

    @property
    def total(self) -> float:
        return float(sum(self.targets.values()))

    @property
    def is_share(self) -> bool:
        return abs(self.total - 1) <= SHARE_TOLERANCE

    @property
    def labels(self) -> tuple[str, ...]:
        return tuple(level if isinstance(level, str) else "|".join(level) for level in self.targets)

    def to_dict(self) -> dict[str, Any]:
        levels = [[level] if isinstance(level, str) else list(level) for level in self.targets]
        return {"variables": list(self.variables), "levels": levels, "targets": list(self.targets.values())}

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> "Margin":
        variables = tuple(plain["variables"])
        single = len(variables) == 1
        levels = [level[0] if single else tuple(level) for level in plain["levels"]]
        targets = dict(zip(levels, plain["targets"], strict=True))
        return cls(variables[0] if single else variables, targets)


def _listed(values: Mapping[Level, float]) -> str:
    return ", ".join(f"{level}: {value:g}" for level, value in values.items())


@dataclass(frozen=True, eq=False)
class FittedMargin:
    """A margin met with a sample: level of each row (-1 missing) and target totals."""

    margin: Margin
    codes: IntArray
    targets: FloatArray

    @property
    def size(self) -> int:
        return len(self.targets)

    def sums(self, weights: FloatArray) -> FloatArray:
        return weighted_counts(self.codes + 1, weights, self.size + 1)[1:]


def fit_margins(
    margins: tuple[Margin, ...], sample: Sample, *, missing: str, total_tolerance: float = 1e-6
) -> tuple[FittedMargin, ...]:
    """Check every margin against the sample and express its targets as totals.

    Shares become totals of the population the other margins name, or of the weights when all are shares.

    Raises
    ------
    MarginError
        A level absent from the sample or from the targets, missing values under ``missing="error"``,
        or margins with different totals; it names margin, level, n and a level to collapse with.
    """
    totals = {margin.name: margin.total for margin in margins if not margin.is_share}
    population = next(iter(totals.values())) if totals else float(sample.weights.sum())
    for name, total in totals.items():
        if abs(total - population) > total_tolerance * population:
            raise MarginError(
                "margin-totals-differ",
                f"margin {name}",
                f"the total {population:g} of margin {next(iter(totals))}",
                f"{total:g}",
                "Take all margins from one source and date, or give shares for all but one.",
            )
    return tuple(_fit_margin(margin, sample, population, missing) for margin in margins)


def _fit_margin(margin: Margin, sample: Sample, population: float, missing: str) -> FittedMargin:
    crossed = sample.crossed(margin.variables)
    active = sample.weights != 0
    codes = _match_levels(margin, crossed, active)
    _check_missing(margin, crossed.is_missing & active, missing)
    targets = np.array(list(margin.targets.values()), dtype=float)
    if margin.is_share:
        targets = targets / targets.sum() * population
    fitted = FittedMargin(margin, codes, targets)
    if not sample.is_replicate:
        _check_presence(fitted, active)
    return fitted


def _match_levels(margin: Margin, crossed: Codes, active: BoolArray) -> IntArray:
    wanted = {label: position for position, label in enumerate(margin.labels)}
    lookup = np.array([wanted.get(level, -2) for level in crossed.levels] + [-1], dtype=np.int64)
    codes = lookup[crossed.codes]
    stray = (codes == -2) & active
    if stray.any():
        counts = np.bincount(crossed.codes[stray], minlength=len(crossed.levels))
        worst = int(counts.argmax())
        raise MarginError(
            "margin-level-unknown",
            f"margin {margin.name}, level {crossed.levels[worst]} (n = {counts[worst]})",
            f"one of {', '.join(margin.labels)}",
            "a level without a target",
            "Add its target, recode it into one of the levels, or mark it as missing.",
        )
    return np.where(codes == -2, -1, codes)


def _check_missing(margin: Margin, missing_rows: BoolArray, policy: str) -> None:
    n_missing = int(missing_rows.sum())
    if n_missing and policy == "error":
        raise MarginError(
            "margin-missing-values",
            f"margin {margin.name}, row {int(np.argmax(missing_rows))}",
            "a level in every row",
            f"{n_missing} rows without one",
            'Impute them, or pass missing="keep" to let them keep their weighted share.',
        )


def _check_presence(fitted: FittedMargin, active: BoolArray) -> None:
    n = np.bincount(fitted.codes[active] + 1, minlength=fitted.size + 1)[1:]
    labels = fitted.margin.labels
    denied = np.flatnonzero((n > 0) & (fitted.targets == 0))
    if denied.size:
        raise MarginError(
            "margin-target-zero",
            f"margin {fitted.margin.name}, level {labels[denied[0]]} (n = {n[denied[0]]})",
            "a population for its respondents",
            "a target of 0",
            "Check the register, or take these respondents out of the sample on purpose.",
        )
    absent = np.flatnonzero((n == 0) & (fitted.targets > 0))
    if absent.size == 0:
        return
    worst = int(absent[fitted.targets[absent].argmax()])
    partner = neighbour(worst, n, fitted.targets)
    advice = (
        f'Collapse "{labels[worst]}" with "{labels[partner]}" (n = {n[partner]}).' if partner >= 0 else ""
    )
    raise MarginError(
        "margin-level-missing",
        f"margin {fitted.margin.name}, level {labels[worst]}",
        f"respondents to stand for its {fitted.targets[worst]:g} people",
        "n = 0",
        advice,
    )


def neighbour(level: int, n: IntArray, targets: FloatArray) -> int:
    """The level to collapse with: the nearest in order that has respondents, the smaller of two; -1: none."""
    candidates = [other for other in range(len(n)) if other != level and n[other] > 0]
    if not candidates:
        return -1
    return min(candidates, key=lambda other: (abs(other - level), targets[other]))


def level_fits(
    margins: tuple[FittedMargin, ...], before: FloatArray, after: FloatArray
) -> tuple[LevelFit, ...]:
    """Sample against population, level by level, before and after."""
    fits: list[LevelFit] = []
    for fitted in margins:
        n = np.bincount(fitted.codes[before != 0] + 1, minlength=fitted.size + 1)[1:]
        old, new = fitted.sums(before), fitted.sums(after)
        shares = [values / values.sum() for values in (fitted.targets, old, new)]
        for level, label in enumerate(fitted.margin.labels):
            fits.append(
                LevelFit(
                    margin=fitted.margin.name,
                    level=label,
                    n=int(n[level]),
                    target=float(fitted.targets[level]),
                    before=float(old[level]),
                    after=float(new[level]),
                    target_share=float(shares[0][level]),
                    before_share=float(shares[1][level]),
                    after_share=float(shares[2][level]),
                )
            )
    return tuple(fits)
