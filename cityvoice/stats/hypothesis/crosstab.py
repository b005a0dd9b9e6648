"""Shares of the cells of a two-way table with their covariance, as the tests of tables need them."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from cityvoice.stats.design import SurveyDesign
from cityvoice.stats.encoding import Codes, FloatArray, compact
from cityvoice.stats.errors import EstimationError
from cityvoice.stats.estimates import Estimates
from cityvoice.stats.estimation import mean, total
from cityvoice.stats.formula.expressions import as_codes, evaluate
from cityvoice.stats.frame import Frame


@dataclass(frozen=True, eq=False)
class Crosstab:
    """A table of rows x columns; cells run down the rows first.

    Parameters
    ----------
    n_rows, n_columns : int
        Levels that someone in the domain has.
    base : SurveyDesign
        The domain of those who answered both.
    cells : Codes, shape (n,)
        Cell of each row of the data; cells that nobody is in keep their place.
    n_carried : int
        Rows of the domain, with or without answers.
    """

    n_rows: int
    n_columns: int
    base: SurveyDesign
    cells: Codes
    n_carried: int
    df: float

    @property
    def n(self) -> int:
        """Answers in the table."""
        return int(self.base.active.sum())

    def shares(self) -> Estimates:
        return mean(self.base, {"cell": self._inside()}, ["cell"])

    def totals(self) -> Estimates:
        return total(self.base, {"cell": self._inside()}, ["cell"])

    def _inside(self) -> Codes:
        """Rows out of the table need some code; they carry no weight."""
        return Codes(np.maximum(self.cells.codes, 0), self.cells.levels)


def crosstab(design: SurveyDesign, data: Any, row: str, column: str) -> Crosstab:
    """Lay out a table of two variables; rows with either missing stay out.

    Raises
    ------
    EstimationError
        A variable with less than two levels in the domain.
    """
    frame = data if isinstance(data, Frame) else Frame(data)
    across = [as_codes(evaluate(name, frame)) for name in (row, column)]
    inside = design.active & ~across[0].is_missing & ~across[1].is_missing
    sizes, positions = list[int](), list[Any]()
    for name, codes in zip((row, column), across, strict=True):
        renumbered, size = compact(codes.codes[inside])
        if size < 2:
            raise EstimationError("table-levels", f"variable {name}", "at least two levels in use", str(size))
        sizes.append(size)
        positions.append(renumbered)
    cells = np.full(len(design), -1, dtype=np.int64)
    cells[inside] = positions[0] + sizes[0] * positions[1]
    levels = tuple(f"{i}|{j}" for j in range(sizes[1]) for i in range(sizes[0]))
    carried = len(design) if design.domain is None or _carries_all(design) else int(design.domain.sum())
    base = design.subset(inside)
    return Crosstab(sizes[0], sizes[1], base, Codes(cells, levels), carried, design.degrees_of_freedom)


def _carries_all(design: SurveyDesign) -> bool:
    return bool(design.adjustments) and design.replicates is None


def interaction_basis(n_rows: int, n_columns: int) -> FloatArray:
    """Contrasts of the cells that rows and columns alone cannot make, shape (cells, (r-1)(c-1))."""
    i, j = np.tile(np.arange(n_rows), n_columns), np.repeat(np.arange(n_columns), n_rows)
    rows = (i[:, None] == np.arange(1, n_rows)).astype(float)
    columns = (j[:, None] == np.arange(1, n_columns)).astype(float)
    additive = np.column_stack([np.ones(len(i)), rows, columns])
    products = (rows[:, None, :] * columns[:, :, None]).reshape(len(i), -1)
    residual: FloatArray = products - additive @ np.linalg.lstsq(additive, products, rcond=None)[0]
    return residual
