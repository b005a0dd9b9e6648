"""Amounts that one or two contributors make up: budgets, grants, consumption by district.

References
----------
Hundepool et al. (2012), Statistical Disclosure Control, chapter 4, doi:10.1002/9781118348239.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from cityvoice.stats.disclosure.linked_tables import Cell, LinkedTables, count_tables, rows_of
from cityvoice.stats.disclosure.suppression import Reason, Suppression, Unsafe, suppress
from cityvoice.stats.encoding import FloatArray
from cityvoice.stats.errors import EstimationError


@dataclass(frozen=True)
class DominanceRules:
    """When an amount is unsafe.

    Parameters
    ----------
    n_largest, max_share : int, float
        The n largest contributors may not have more than this share of the cell.
    p_percent : float
        The second largest may not be able to estimate the largest more closely than this share of it.
    threshold : int
        Fewer contributors are unsafe anyway.
    """

    n_largest: int = 1
    max_share: float = 0.75
    p_percent: float = 0.10
    threshold: int = 3

    def __post_init__(self) -> None:
        if self.n_largest < 1 or not 0 < self.max_share <= 1 or not self.p_percent > 0 or self.threshold < 1:
            raise EstimationError(
                "dominance-rules", "rules", "n_largest >= 1, 0 < max_share <= 1, p_percent > 0", str(self)
            )

    def reach_of(self, contributions: FloatArray) -> tuple[Reason, float] | None:
        """Why a cell is unsafe and the upper bound it needs, or None when it is safe."""
        given = np.sort(contributions[contributions > 0])[::-1]
        if not given.size:
            return None
        total, largest = float(given.sum()), float(given[0])
        rest = total - float(given[:2].sum())
        # an outsider's upper bound for the cell must leave the largest contributor p per cent of doubt
        reach = max(
            total + self.p_percent * largest - rest, float(given[: self.n_largest].sum()) / self.max_share
        )
        if len(given) < self.threshold:
            return Reason.SMALL_COUNT, max(reach, total + self.p_percent * largest)
        dominated = given[: self.n_largest].sum() > self.max_share * total
        return (Reason.DOMINANCE, reach) if dominated or rest < self.p_percent * largest else None


def suppress_amounts(
    data: Any, tables: Any, amounts: Any, *, rules: DominanceRules | None = None
) -> Suppression:
    """Tables of amounts in which no contributor can be read off.

    Parameters
    ----------
    data, tables, amounts
        As for `linked_tables.count_tables`; each row is a contributor.
    """
    rules = rules or DominanceRules()
    summed = count_tables(data, tables, amounts=amounts)
    unsafe = _unsafe_cells(data, summed, np.asarray(amounts, dtype=float), rules)
    return suppress(summed, unsafe)


def _unsafe_cells(
    data: Any, summed: LinkedTables, amounts: FloatArray, rules: DominanceRules
) -> dict[Cell, Unsafe]:
    found = {cell: rules.reach_of(amounts[rows_of(data, cell)]) for cell in summed.cells}
    return {cell: Unsafe(*why) for cell, why in found.items() if why is not None}
