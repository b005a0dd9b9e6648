"""Principal components of items under a survey design."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from cityvoice.stats.design import SurveyDesign
from cityvoice.stats.encoding import FloatArray
from cityvoice.stats.estimation import Missing
from cityvoice.stats.multivariate.items import read_items
from cityvoice.stats.options import check_option


@dataclass(frozen=True, eq=False)
class Components:
    """Components, those of the largest variance first.

    Parameters
    ----------
    variables : tuple of str, length p
    standard_deviations : float array, shape (k,)
    rotation : float array, shape (p, k)
        Loadings of the variables; each column of unit length, its sum not negative.
    centre, scale : float arrays, shape (p,)
        Taken from the items and divided into them; zeros and ones where not asked for.
    """

    variables: tuple[str, ...]
    standard_deviations: FloatArray
    rotation: FloatArray
    centre: FloatArray
    scale: FloatArray

    @property
    def explained(self) -> FloatArray:
        """Share of the variance that each component carries."""
        squares = np.square(self.standard_deviations)
        shares: FloatArray = squares / squares.sum()
        return shares

    def scores(self, values: FloatArray) -> FloatArray:
        """Components of rows of items, shape (n, k)."""
        result: FloatArray = (values - self.centre) / self.scale @ self.rotation
        return result


def principal_components(
    design: SurveyDesign,
    data: Any,
    variables: Sequence[str],
    *,
    centre: bool = True,
    scale: bool = True,
    missing: Missing = "error",
    compat: Literal["", "R"] = "",
) -> Components:
    """Components of the weighted covariance (or, with `scale`, correlation) matrix.

    Parameters
    ----------
    missing : {"error", "drop"}
        ``drop`` leaves out rows in which any variable is missing.
    compat : {"", "R"}
        R's ``svyprcomp`` multiplies rows by the root of their weight first and then takes plain means and
        variances; ``R`` does so too. With equal weights there is no difference.

    References
    ----------
    Skinner, Holmes and Smith (1986), doi:10.1080/01621459.1986.10478336.
    """
    check_option("compat", compat, ("", "R"))
    columns, rows = read_items(design, data, variables, missing)
    weights = design.weights[rows] / design.weights[rows].mean()
    values = columns.values[rows]
    if compat == "R":
        values, weights = values * np.sqrt(weights)[:, None], np.ones(len(values))
    n, size = values.shape
    middle = weights @ values / n if centre else np.zeros(size)
    spread = np.sqrt(weights @ np.square(values - middle) / (n - 1)) if scale else np.ones(size)
    scaled = (values - middle) / spread * np.sqrt(weights)[:, None]
    _, lengths, directions = np.linalg.svd(scaled, full_matrices=False)
    rotation = directions.T * np.where(directions.sum(axis=1) < 0, -1.0, 1.0)
    return Components(columns.names, lengths / np.sqrt(max(1, n - 1)), rotation, middle, spread)
