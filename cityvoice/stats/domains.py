"""Sets of domains: the levels of a variable, or the whole sample."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from cityvoice.stats.design import SurveyDesign
from cityvoice.stats.encoding import Codes, IntArray, encode
from cityvoice.stats.errors import EstimationError

DomainLabel = tuple[tuple[str, str], ...]


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
        Those without a row stay in the table, as empty domains.
    """

    variable: str
    codes: IntArray
    levels: tuple[str, ...]

    @classmethod
    def whole(cls, design: SurveyDesign) -> "Domains":
        return cls("", np.where(design.active, 0, -1), ("",))

    @classmethod
    def of(cls, design: SurveyDesign, variable: str, values: Any) -> "Domains":
        encoded = values if isinstance(values, Codes) else encode(values)
        if len(encoded) != len(design):
            raise EstimationError(
                "domain-length", f"by {variable}", f"{len(design)} rows as in the design", str(len(encoded))
            )
        return cls(variable, np.where(design.active, encoded.codes, -1), encoded.levels)

    @property
    def labels(self) -> list[DomainLabel]:
        return [((self.variable, level),) if self.variable else () for level in self.levels]

    @cached_property
    def present(self) -> IntArray:
        """Levels that have rows."""
        return np.flatnonzero(np.bincount(self.codes + 1, minlength=len(self.levels) + 1)[1:])

    @cached_property
    def dense(self) -> IntArray:
        """Codes among the levels that have rows, shape (n,)."""
        position = np.full(len(self.levels) + 1, -1, dtype=np.int64)
        position[self.present] = np.arange(len(self.present))
        return position[self.codes]

    def covers(self, other: "Domains") -> bool:
        """Whether these domains hold exactly the rows of `other`, and hold some."""
        return len(self.present) > 0 and bool(np.array_equal(self.codes >= 0, other.codes >= 0))
