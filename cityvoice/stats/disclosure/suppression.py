"""Which cells of linked tables to hide, so that none of the small ones can be worked out.

First the cells that are unsafe by themselves; then, wherever a sum has one hidden cell, the cheapest other
cell of it; then, as long as an audit finds a hidden cell that the sums give away, one more beside it; last,
cells hidden in vain are shown again.

References
----------
Hundepool et al. (2012), Statistical Disclosure Control, doi:10.1002/9781118348239.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import pandas as pd

from cityvoice.stats.disclosure.audit import Range, extreme_table, feasible_range
from cityvoice.stats.disclosure.linked_tables import Cell, LinkedTables, Sum
from cityvoice.stats.errors import EstimationError

THRESHOLD = 5

Cost = tuple[bool, float, list[tuple[str, str]]]


class Reason(StrEnum):
    SMALL_COUNT = "small-count"  # few people stand behind it
    DOMINANCE = "dominance"  # one or two contributors make it up
    COMPLEMENTARY = "complementary"  # safe by itself, hidden to protect another


@dataclass(frozen=True)
class Unsafe:
    """A cell to be hidden.

    Parameters
    ----------
    reach : float
        The greatest value an outsider can compute must be at least this, which is more than the cell's own.
    """

    reason: Reason
    reach: float


@dataclass(frozen=True, eq=False)
class Suppression:
    """Hidden cells of linked tables.

    Parameters
    ----------
    reasons : mapping of Cell to Reason
    ranges : mapping of Cell to Range
        What an outsider can still say about each unsafe cell.
    """

    tables: LinkedTables
    unsafe: Mapping[Cell, Unsafe]
    reasons: Mapping[Cell, Reason]
    ranges: Mapping[Cell, Range]

    @property
    def n_unsafe(self) -> int:
        return sum(reason is not Reason.COMPLEMENTARY for reason in self.reasons.values())

    @property
    def n_complementary(self) -> int:
        return len(self.reasons) - self.n_unsafe

    @property
    def leaks(self) -> tuple[Cell, ...]:
        """Unsafe cells that hiding cannot protect, because the totals themselves are too small."""
        return tuple(
            cell for cell, why in self.unsafe.items() if not _leaves_doubt(self.ranges[cell].high, why)
        )

    def to_frame(self, table: tuple[str, ...]) -> pd.DataFrame:
        """A publishable table: hidden cells are NaN and name their reason."""
        frame = self.tables.to_frame(table, self.reasons)
        levels = frame[list(table)].to_numpy()
        cells = [
            frozenset((v, level) for v, level in zip(table, row, strict=True) if level) for row in levels
        ]
        return frame.assign(reason=[str(self.reasons.get(cell, "")) for cell in cells])


def suppress_small_counts(tables: LinkedTables, *, threshold: int = THRESHOLD) -> Suppression:
    """Hide counts from 1 to threshold - 1 and what is needed to protect them; a zero is shown.

    An outsider must not be able to rule out the threshold itself.
    """
    unsafe = {
        cell: Unsafe(Reason.SMALL_COUNT, float(threshold))
        for cell, count in tables.cells.items()
        if 0 < count < threshold
    }
    return suppress(tables, unsafe)


def suppress(tables: LinkedTables, unsafe: Mapping[Cell, Unsafe]) -> Suppression:
    """Hide the unsafe cells and the cheapest others that protect them.

    The same tables give the same result. Cost is the value of a cell: small cells go first, zeros last,
    as a reader may know that nobody can be there.
    """
    for cell, why in unsafe.items():
        if cell not in tables.cells or not why.reach > tables.cells[cell]:
            raise EstimationError(
                "disclosure-cell", f"cell {dict(cell)}", "a cell of the tables and a reach above its value",
                f"value {tables.cells.get(cell)}, reach {why.reach:g}",
            )  # fmt: skip
    hidden = _closed(tables, set(unsafe))
    while given_away := _given_away(tables, hidden, unsafe):
        more = [cell for cell in (_beside(tables, hidden, leak) for leak in given_away) if cell is not None]
        if not more:
            break  # everything that could help is hidden: the totals themselves are too small
        hidden = _closed(tables, hidden | set(more))
    hidden = _without_waste(tables, hidden, unsafe)
    reasons = {
        cell: unsafe[cell].reason if cell in unsafe else Reason.COMPLEMENTARY
        for cell in sorted(hidden, key=sorted)
    }
    return Suppression(
        tables, dict(unsafe), reasons, {cell: feasible_range(tables, hidden, cell) for cell in unsafe}
    )


def _closed(tables: LinkedTables, hidden: set[Cell]) -> set[Cell]:
    """Add cells until no sum has exactly one hidden cell."""
    hidden = set(hidden)
    while open_sums := [one for one in tables.sums if _is_open(one, hidden)]:
        for one in open_sums:
            if _is_open(one, hidden):
                hidden.add(min((cell for cell in one.cells if cell not in hidden), key=_cost(tables)))
    return hidden


def _is_open(one: Sum, hidden: set[Cell]) -> bool:
    return sum(cell in hidden for cell in one.cells) == 1 and len(one.parts) > 1


def _cost(tables: LinkedTables) -> Callable[[Cell], Cost]:
    return lambda cell: (tables.cells[cell] == 0, tables.cells[cell], sorted(cell))


def _given_away(tables: LinkedTables, hidden: set[Cell], unsafe: Mapping[Cell, Unsafe]) -> list[Cell]:
    """Unsafe cells that the sums bound too closely.

    A table that makes one cell great may make others great enough too, which saves most of the programmes.
    """
    leaks, waiting = [], dict(unsafe)
    while waiting:
        cell, why = next(iter(waiting.items()))
        table = extreme_table(tables, hidden, cell, greatest=True) or {cell: np.inf}
        if not _leaves_doubt(table[cell], why):
            leaks.append(cell)
        del waiting[cell]
        waiting = {c: w for c, w in waiting.items() if not _leaves_doubt(table.get(c, 0.0), w)}
    return leaks


def _leaves_doubt(high: float, why: Unsafe) -> bool:
    return high >= why.reach - 1e-6 * max(1.0, why.reach)


def _beside(tables: LinkedTables, hidden: set[Cell], leak: Cell) -> Cell | None:
    """Cheapest shown cell in a sum with the leak, or with a hidden cell tied to it."""
    seen, ring = {leak}, [leak]
    while ring:
        cells = {cell for member in ring for one in tables.sums_of[member] for cell in one.cells}
        shown = [cell for cell in cells if cell not in hidden]
        if shown:
            return min(shown, key=_cost(tables))
        ring = [cell for cell in cells if cell not in seen]
        seen |= cells
    return None


def _without_waste(tables: LinkedTables, hidden: set[Cell], unsafe: Mapping[Cell, Unsafe]) -> set[Cell]:
    """Show again what protects nothing, the largest cells first."""
    lost = set(_given_away(tables, hidden, unsafe))
    needed = {cell: why for cell, why in unsafe.items() if cell not in lost}
    for cell in sorted(hidden - set(unsafe), key=_cost(tables), reverse=True):
        fewer = hidden - {cell}
        opens = any(_is_open(one, fewer) for one in tables.sums_of[cell])
        if not opens and not _given_away(tables, fewer, needed):
            hidden = fewer
    return hidden
