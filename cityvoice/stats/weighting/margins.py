"""Margins: what is known of the population, and whether the sample can be fitted to it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from cityvoice.stats.encoding import BoolArray, Codes, FloatArray, IntArray, level_name, weighted_counts
from cityvoice.stats.errors import MarginError
from cityvoice.stats.weight_diagnostics import LevelFit
from cityvoice.stats.weighting.sample import SampleCells

SHARE_TOLERANCE = 1e-6
NEAR_ONE = 0.5  # a sum this near to 1 is meant as one of shares: no population has so few people
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
        object.__setattr__(self, "targets", {_named(level): v for level, v in self.targets.items()})
        wrong = {level: value for level, value in self.targets.items() if not 0 <= value < np.inf}
        if wrong:
            raise MarginError(
                "margin-target", f"margin {self.name}", "targets of at least 0", f"{_listed(wrong)}"
            )
        if self.total <= 0:
            raise MarginError("margin-zero", f"margin {self.name}", "a positive total", "0")
        if abs(self.total - 1) < NEAR_ONE and not self.is_share:
            raise MarginError(
                "margin-shares",
                f"margin {self.name}",
                "shares that sum to 1, or totals of people",
                f"a sum of {self.total:g}",
                "Scale the shares, or add the level that is left out.",
            )

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


def _named(level: Any) -> Level:
    """Levels as text, as columns have them: 1 is ``"1"``."""
    return tuple(level_name(part) for part in level) if isinstance(level, tuple) else level_name(level)


def _listed(values: Mapping[Level, float]) -> str:
    return ", ".join(f"{level}: {value:g}" for level, value in values.items())


@dataclass(frozen=True, eq=False)
class FittedMargin:
    """A margin met with the cells of a sample: level of each cell (-1 missing) and target totals."""

    margin: Margin
    codes: IntArray
    targets: FloatArray

    @property
    def size(self) -> int:
        return len(self.targets)

    def sums(self, by_cell: FloatArray) -> FloatArray:
        """Sum over cells by level."""
        return weighted_counts(self.codes + 1, by_cell, self.size + 1)[1:]

    def counts(self, cells: SampleCells) -> IntArray:
        """Rows with weight in each level."""
        return self.sums(cells.n.astype(float)).astype(np.int64)


def variables_of(margins: Iterable[Margin]) -> tuple[str, ...]:
    """All variables of some margins, once each."""
    return tuple(dict.fromkeys(name for margin in margins for name in margin.variables))


def fit_margins(
    margins: Sequence[Margin], cells: SampleCells, *, missing: str, total_tolerance: float = 1e-6
) -> tuple[FittedMargin, ...]:
    """Check every margin against the sample and express its targets as totals.

    Shares become totals of the population the other margins name, or of the weights when all are shares.

    Parameters
    ----------
    cells : SampleCells
        Of all variables of the margins (more do no harm).

    Raises
    ------
    MarginError
        A level absent from the sample or from the targets, missing values under ``missing="error"``,
        or margins with different totals; it names margin, level, n and a level to collapse with.
    """
    totals = {margin.name: margin.total for margin in margins if not margin.is_share}
    population = next(iter(totals.values())) if totals else float(cells.weights.sum())
    for name, total in totals.items():
        if abs(total - population) > total_tolerance * population:
            raise MarginError(
                "margin-totals-differ",
                f"margin {name}",
                f"the total {population:g} of margin {next(iter(totals))}",
                f"{total:g}",
                "Take all margins from one source and date, or give shares for all but one.",
            )
    return tuple(_fit_margin(margin, cells, population, missing) for margin in margins)


def _fit_margin(margin: Margin, cells: SampleCells, population: float, missing: str) -> FittedMargin:
    crossed = cells.frame.crossed(margin.variables)
    codes = _match_levels(margin, crossed, cells)
    if missing != "keep":
        _check_missing(margin, crossed.is_missing & (cells.n > 0), cells)
    targets = np.array(list(margin.targets.values()), dtype=float)
    if margin.is_share:
        targets = targets / targets.sum() * population
    fitted = FittedMargin(margin, codes, targets)
    if not cells.sample.is_replicate:
        _check_presence(fitted, fitted.counts(cells))
    return fitted


def _match_levels(margin: Margin, crossed: Codes, cells: SampleCells) -> IntArray:
    wanted = {label: position for position, label in enumerate(margin.labels)}
    lookup = np.array([wanted.get(level, -2) for level in crossed.levels] + [-1], dtype=np.int64)
    codes = lookup[crossed.codes]
    stray = (codes == -2) & (cells.n > 0)
    if stray.any():
        counts = np.bincount(crossed.codes[stray], weights=cells.n[stray], minlength=len(crossed.levels))
        worst = int(counts.argmax())
        raise MarginError(
            "margin-level-unknown",
            f"margin {margin.name}, level {crossed.levels[worst]} (n = {int(counts[worst])})",
            f"one of {', '.join(margin.labels)}",
            "a level without a target",
            "Add its target, recode it into one of the levels, or mark it as missing.",
        )
    return np.where(codes == -2, -1, codes)


def _check_missing(margin: Margin, missing: BoolArray, cells: SampleCells) -> None:
    if missing.any():
        raise MarginError(
            "margin-missing-values",
            f"margin {margin.name}, row {cells.first_row(missing)}",
            "a level in every row",
            f"{int(cells.n[missing].sum())} rows without one",
            'Impute them, or pass missing="keep" to let them keep their weighted share.',
        )


def _check_presence(fitted: FittedMargin, n: IntArray) -> None:
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
    margins: Sequence[FittedMargin], cells: SampleCells, after: FloatArray
) -> tuple[LevelFit, ...]:
    """Sample against population, level by level, before and after; `after` by cell."""
    fits: list[LevelFit] = []
    for fitted in margins:
        n = fitted.counts(cells)
        old, new = fitted.sums(cells.weights), fitted.sums(after)
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
