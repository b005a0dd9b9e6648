"""Combinations of a domain with a unit or cell that occur: the rows of all collapsed tables."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from cityvoice.stats.encoding import IntArray

DIRECT_TABLE = 2**22  # combinations looked up in a table; beyond, by sorting


@dataclass(frozen=True, eq=False)
class Pairs:
    """Pairs (domain, unit) that occur, ordered by domain and then unit.

    Parameters
    ----------
    of_row : int array, shape (n,)
        Pair of each row; rows outside every domain point one past the last pair.
    domain, unit : int arrays, shape (Q,)
    n_domains : int
        Every domain has a pair.
    """

    of_row: IntArray
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
        of_row = np.append(position, len(units))[self.of_row]
        return Pairs(of_row, np.zeros(len(units), dtype=np.int64), units, 1), position


def pair_up(domains: IntArray, n_domains: int, units: IntArray, n_units: int) -> Pairs:
    """Pairs of a domain code (-1 is none) and a unit code."""
    n_keys = n_domains * n_units
    key = np.where(domains < 0, n_keys, domains * np.int64(n_units) + units)
    if n_keys <= max(DIRECT_TABLE, 4 * len(key)):
        used = np.bincount(key, minlength=n_keys + 1)[:-1] > 0
        distinct = np.flatnonzero(used)
        of_row = np.append(np.cumsum(used) - 1, len(distinct))[key]
    else:
        distinct, of_row = np.unique(key, return_inverse=True)
        distinct = distinct[distinct < n_keys]
    domain, unit = np.divmod(distinct, n_units)
    return Pairs(of_row, domain, unit, n_domains)
