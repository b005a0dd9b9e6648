"""What a reader can work out: the range of each hidden cell, given all that is published.

Every sum is an equation in the hidden cells; the least and greatest value of one of them under all equations
is a linear programme (Fischetti and Salazar 2001, doi:10.1287/mnsc.47.7.1008.9805).
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csc_array

from cityvoice.stats.disclosure.linked_tables import Cell, LinkedTables, Sum
from cityvoice.stats.errors import EstimationError

UNBOUNDED = 3  # a status of linprog


@dataclass(frozen=True, slots=True)
class Range:
    """Least and greatest value that fits what is published."""

    low: float
    high: float


def feasible_range(tables: LinkedTables, hidden: Collection[Cell], cell: Cell) -> Range:
    """Range of a hidden cell that an outsider can compute, knowing only that cells are at least 0."""
    least, greatest = (extreme_table(tables, hidden, cell, greatest=side) for side in (False, True))
    return Range(
        0.0 if least is None else max(0.0, least[cell]), np.inf if greatest is None else greatest[cell]
    )


def extreme_table(
    tables: LinkedTables, hidden: Collection[Cell], cell: Cell, *, greatest: bool
) -> dict[Cell, float] | None:
    """Values of the hidden cells tied to one, with that one as small or as great as can be.

    None when it has no bound.
    """
    sums = _reachable(tables, hidden, cell)
    if not sums:
        return None
    unknown = sorted({c for one in sums for c in one.cells if c in hidden}, key=sorted)
    position = {c: k for k, c in enumerate(unknown)}
    right = np.array([_published(tables, one, position) for one in sums])
    scale = max(1.0, float(np.abs(right).max()))  # the solver's tolerance is absolute
    goal = np.zeros(len(unknown))
    goal[position[cell]] = -1.0 if greatest else 1.0
    found = linprog(goal, A_eq=_signs(sums, position), b_eq=right / scale, bounds=(0, None), method="highs")
    if found.status == UNBOUNDED:
        return None
    if found.status != 0:
        raise EstimationError(
            "disclosure-sums", f"cell {dict(cell)}", "cells that add up to their totals", found.message
        )
    return {c: float(value) * scale for c, value in zip(unknown, found.x, strict=True)}


def _signs(sums: list[Sum], position: Mapping[Cell, int]) -> csc_array:
    """A row per sum: 1 for a hidden part, -1 for a hidden total."""
    entries = [
        (row, position[c], -1.0 if c == one.total else 1.0)
        for row, one in enumerate(sums)
        for c in one.cells
        if c in position
    ]
    rows, columns, signs = zip(*entries, strict=True)
    return csc_array((signs, (rows, columns)), shape=(len(sums), len(position)))


def _published(tables: LinkedTables, one: Sum, hidden: Collection[Cell]) -> float:
    """Right-hand side: the total less the parts, of what is published."""
    total = 0.0 if one.total in hidden else tables.cells[one.total]
    return total - sum(tables.cells[part] for part in one.parts if part not in hidden)


def _reachable(tables: LinkedTables, hidden: Collection[Cell], start: Cell) -> list[Sum]:
    """Sums tied to a cell through hidden cells."""
    seen, waiting, sums = {start}, [start], dict[Sum, None]()
    while waiting:
        for one in tables.sums_of[waiting.pop()]:
            sums[one] = None
            new = [c for c in one.cells if c in hidden and c not in seen]
            seen.update(new)
            waiting += new
    return list(sums)
