"""Combinations of a domain with a unit or cell that occur: the rows of all collapsed tables."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from cityvoice.stats.encoding import IntArray, row_blocks

DIRECT_TABLE = 2**22  # combinations looked up in a table; beyond, by sorting


@dataclass(frozen=True, eq=False)
class Pairs:
    """Pairs (domain, unit) that occur, ordered by domain and then unit.

    Parameters
    ----------
    domain, unit : int arrays, shape (Q,)
    n_domains : int
        Every domain has a pair.
    """

    domain: IntArray
    unit: IntArray
    n_domains: int

    @property
    def n_pairs(self) -> int:
        return len(self.domain)

    @property
    def starts(self) -> IntArray:
        """First pair of each domain, shape (D,)."""
        return np.searchsorted(self.domain, np.arange(self.n_domains))

    @property
    def bounds(self) -> list[tuple[int, int]]:
        """First pair and one past the last of each domain."""
        edges = [*self.starts.tolist(), self.n_pairs]
        return list(pairwise(edges))

    def without_domains(self) -> tuple["Pairs", IntArray]:
        """The pairs of one domain that holds all, and the new pair of each old one."""
        units, position = np.unique(self.unit, return_inverse=True)
        return Pairs(np.zeros(len(units), dtype=np.int64), units, 1), position


def pair_up(
    domains: npt.NDArray[Any], n_domains: int, units: npt.NDArray[Any], n_units: int
) -> tuple[Pairs, npt.NDArray[Any]]:
    """Pairs of a domain code (-1 is none) and a unit code, and the pair of each row.

    Rows outside every domain point one past the last pair.
    """
    n_keys = n_domains * n_units
    blocks = row_blocks(len(domains))
    if n_keys <= max(DIRECT_TABLE, 4 * len(domains)):
        used = np.zeros(n_keys + 1, dtype=bool)
        for rows in blocks:
            used[_keys(domains[rows], units[rows], n_units, n_keys)] = True
        distinct = np.flatnonzero(used[:-1])
        position = np.append(np.cumsum(used[:-1]) - 1, len(distinct)).astype(np.int32)
        of_row: npt.NDArray[Any] = np.empty(len(domains), dtype=np.int32)
        for rows in blocks:
            position.take(_keys(domains[rows], units[rows], n_units, n_keys), out=of_row[rows], mode="clip")
    else:
        distinct, of_row = np.unique(_keys(domains, units, n_units, n_keys), return_inverse=True)
        distinct = distinct[distinct < n_keys]
    domain, unit = np.divmod(distinct, n_units)
    return Pairs(domain, unit, n_domains), of_row


def _keys(domains: npt.NDArray[Any], units: npt.NDArray[Any], n_units: int, outside: int) -> IntArray:
    """One number for each pair; `outside` for rows in no domain."""
    key = domains.astype(np.int64)
    key *= n_units
    key += units
    key[domains < 0] = outside
    return key
