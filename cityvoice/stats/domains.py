"""Sets of domains: the levels of a variable, or the whole sample."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from cityvoice.stats.design import SurveyDesign
from cityvoice.stats.encoding import Codes, IntArray, checked, encode
from cityvoice.stats.errors import EstimationError

DomainLabel = tuple[tuple[str, str], ...]


@dataclass(frozen=True, eq=False)
class DomainLevels:
    """Names of a set of domains, and which of them have rows.

    Parameters
    ----------
    variable : str
        Empty for the whole sample.
    levels : tuple of str
        Those without a row stay in the table, as empty domains.
    present : int array, shape (D,)
        Levels that have rows, ascending.
    """

    variable: str
    levels: tuple[str, ...]
    present: IntArray

    @property
    def labels(self) -> list[DomainLabel]:
        return [((self.variable, level),) if self.variable else () for level in self.levels]


@dataclass(frozen=True, eq=False)
class Domains:
    """Domains that do not overlap.

    Parameters
    ----------
    variable : str
        Empty for the whole sample.
    codes : int array, shape (n,)
        Domain of each row, -1 for rows in none and for rows without weight.
    levels : tuple of str
    """

    variable: str
    codes: npt.NDArray[Any]
    levels: tuple[str, ...]

    @classmethod
    def whole(cls, design: SurveyDesign) -> "Domains":
        return cls("", np.where(design.active, np.int8(0), np.int8(-1)), ("",))

    @classmethod
    def of(cls, design: SurveyDesign, variable: str, values: Any) -> "Domains":
        encoded = checked(values, f"by {variable}") if isinstance(values, Codes) else encode(values)
        if len(encoded) != len(design):
            raise EstimationError(
                "domain-length", f"by {variable}", f"{len(design)} rows as in the design", str(len(encoded))
            )
        return cls(variable, np.where(design.active, encoded.codes, -1), encoded.levels)

    @cached_property
    def described(self) -> DomainLevels:
        present = np.flatnonzero(np.bincount(self._from_none, minlength=len(self.levels) + 1)[1:])
        return DomainLevels(self.variable, self.levels, present)

    @property
    def n_present(self) -> int:
        return len(self.described.present)

    @cached_property
    def dense(self) -> npt.NDArray[Any]:
        """Codes among the levels that have rows, shape (n,)."""
        if self.n_present == len(self.levels):
            return self.codes
        position = np.full(len(self.levels) + 1, -1, dtype=np.int64)
        position[self.described.present] = np.arange(self.n_present)
        dense: IntArray = position[self.codes]
        return dense

    @property
    def _from_none(self) -> IntArray:
        """Codes from 0, which stands for no domain."""
        return self.codes.astype(np.int64) + 1

    def covers(self, other: "Domains") -> bool:
        """Whether these domains hold exactly the rows of `other`, and hold some."""
        return self.n_present > 0 and bool(np.array_equal(self.codes >= 0, other.codes >= 0))
