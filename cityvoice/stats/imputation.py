"""Hot-deck imputation: a missing answer is borrowed from a respondent who is alike.

Donors come from the recipient's class; a class with too few donors is widened by giving up the last class
variable, so variables are named from the most to the least important. Answers missing together come from
one donor, which keeps their relation. Each value's donor is kept for the audit.

References
----------
Andridge and Little (2010), doi:10.1111/j.1751-5823.2010.00103.x; Rubin and Schenker (1986),
doi:10.1080/01621459.1986.10478280 (the approximate Bayesian bootstrap).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from cityvoice.stats.encoding import BoolArray, FloatArray, IntArray, cross
from cityvoice.stats.errors import StatsError
from cityvoice.stats.frame import Frame

NO_DONOR = -1


@dataclass(frozen=True, eq=False)
class Imputed:
    """A completed data set and where its values came from.

    Parameters
    ----------
    frame : DataFrame
        A copy in which no target is missing.
    donors : mapping of target to int array, shape (n,)
        Row that each value was borrowed from; -1 where the answer is the person's own.
    classes_used : int array, shape (n,)
        Class variables that the donor and the recipient share; -1 for rows with nothing missing.
    """

    frame: pd.DataFrame
    donors: Mapping[str, IntArray]
    classes_used: IntArray

    @property
    def counts(self) -> dict[str, int]:
        """Values imputed, by target."""
        return {name: int((rows != NO_DONOR).sum()) for name, rows in self.donors.items()}

    @property
    def busiest_donor(self) -> int:
        """How often the most used donor was used for one target; a high number calls for wider classes."""
        uses = [np.bincount(rows[rows != NO_DONOR]).max(initial=0) for rows in self.donors.values()]
        return int(max(uses, default=0))


@dataclass(frozen=True)
class HotDeck:
    """How values are borrowed.

    Parameters
    ----------
    targets : tuple of str
        Columns to complete.
    classes : tuple of str
        Class variables, the most important first; a missing value is a value of its own.
    min_donors : int
        A class with fewer is widened.
    bayesian : bool
        Draw donors from a bootstrap sample of the class, as multiple imputation needs.
    """

    targets: tuple[str, ...]
    classes: tuple[str, ...]
    min_donors: int = 5
    bayesian: bool = False

    def impute(self, data: pd.DataFrame, *, seed: int, weights: Any = None) -> Imputed:
        """Complete the targets.

        Parameters
        ----------
        data : DataFrame, n rows
        weights : array-like, shape (n,), optional
            Donors are drawn in proportion to them; a row with weight 0 gives nothing.
        seed : int
            The same seed gives the same donors.
        """
        frame, rng = Frame(data), np.random.default_rng(seed)
        absent = np.column_stack([_is_missing(frame, name) for name in self.targets])
        chance = np.ones(len(data)) if weights is None else _checked(weights, len(data))
        levels = [self._classes_of(frame, k) for k in range(len(self.classes) + 1)]
        donors = np.full(absent.shape, NO_DONOR, dtype=np.int64)
        used = np.full(len(data), -1, dtype=np.int64)
        for pattern in np.unique(absent[absent.any(axis=1)], axis=0):
            recipients = np.flatnonzero((absent == pattern).all(axis=1))
            able = ~absent[:, pattern].any(axis=1) & (chance > 0)
            found, used[recipients] = self._draw(recipients, able, chance, levels, rng)
            donors[np.ix_(recipients, np.flatnonzero(pattern))] = found[:, None]
        by_target = {name: donors[:, k] for k, name in enumerate(self.targets)}
        return Imputed(_completed(data, by_target), by_target, used)

    def _classes_of(self, frame: Frame, n_variables: int) -> IntArray:
        columns = [frame.codes(name).codes for name in self.classes[:n_variables]]
        return cross([np.zeros(frame.n_rows, dtype=np.int64), *columns])[0]

    def _draw(
        self,
        recipients: IntArray,
        able: BoolArray,
        chance: FloatArray,
        levels: Sequence[IntArray],
        rng: np.random.Generator,
    ) -> tuple[IntArray, IntArray]:
        """A donor for each recipient, and how many class variables they share."""
        found = np.full(len(recipients), NO_DONOR, dtype=np.int64)
        used = np.full(len(recipients), -1, dtype=np.int64)
        for depth in range(len(levels) - 1, -1, -1):
            codes, needed = levels[depth], self.min_donors if depth else 1
            size = np.bincount(codes, weights=able, minlength=int(codes.max()) + 1)
            ready = (found == NO_DONOR) & (size[codes[recipients]] >= needed)
            for code in np.unique(codes[recipients[ready]]):
                mine = np.flatnonzero(ready & (codes[recipients] == code))
                pool = np.flatnonzero(able & (codes == code))
                found[mine], used[mine] = self._pick(pool, chance[pool], len(mine), rng), depth
        if (found == NO_DONOR).any():
            raise StatsError(
                "impute-no-donor",
                f"targets {', '.join(self.targets)}",
                "a row that answered all targets missing together",
                "none",
                "Impute the targets one by one.",
            )
        return found, used

    def _pick(self, pool: IntArray, chance: FloatArray, size: int, rng: np.random.Generator) -> IntArray:
        shares = chance / chance.sum()
        if self.bayesian:
            pool, shares = rng.choice(pool, len(pool), p=shares), np.full(len(pool), 1 / len(pool))
        return np.asarray(rng.choice(pool, size, p=shares))


def multiple_imputation(
    data: pd.DataFrame,
    targets: Sequence[str],
    classes: Sequence[str],
    *,
    n_imputations: int = 20,
    seed: int,
    weights: Any = None,
    min_donors: int = 5,
) -> tuple[Imputed, ...]:
    """Several completed data sets by hot deck with the approximate Bayesian bootstrap; see `pooling`."""
    if n_imputations < 2:
        raise StatsError("impute-count", "n_imputations", "at least 2", str(n_imputations))
    deck = HotDeck(tuple(targets), tuple(classes), min_donors, bayesian=True)
    seeds = np.random.SeedSequence(seed).generate_state(n_imputations)
    return tuple(deck.impute(data, seed=int(one), weights=weights) for one in seeds)


def _is_missing(frame: Frame, name: str) -> BoolArray:
    return np.asarray(pd.isna(pd.Series(frame.column(name))), dtype=bool)


def _checked(weights: Any, n: int) -> FloatArray:
    values = np.asarray(weights, dtype=float)
    if values.shape != (n,) or not np.isfinite(values).all() or (values < 0).any():
        raise StatsError(
            "impute-weights", "weights", f"{n} finite weights of at least 0", f"shape {values.shape}"
        )
    return values


def _completed(data: pd.DataFrame, donors: Mapping[str, IntArray]) -> pd.DataFrame:
    columns = {}
    for name, rows in donors.items():
        source = np.where(rows == NO_DONOR, np.arange(len(data)), rows)
        columns[name] = data[name].take(source).set_axis(data.index)
    return data.assign(**columns)
