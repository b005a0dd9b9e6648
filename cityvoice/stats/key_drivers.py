"""Key drivers: how much of a rating's variance each aspect explains, when aspects go together.

Every decomposition is a function of the weighted correlation matrix alone, so its design-based error comes
cheaply: from replicate weights, or from the errors of the correlations.

References
----------
Lindeman, Merenda and Gold (1980); Gromping (2006), doi:10.18637/jss.v017.i01 (LMG, the Shapley value of R2);
Johnson (2000), doi:10.1207/S15327906MBR3501_1 (relative weights); Pratt (1987).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from cityvoice.stats.assembly import assemble
from cityvoice.stats.design import SurveyDesign
from cityvoice.stats.driver_errors import correlation_matrices, linearised_covariances, replicated_covariances
from cityvoice.stats.driver_measures import MEASURES, decompose
from cityvoice.stats.encoding import FloatArray
from cityvoice.stats.errors import EstimationError, MissingValuesError
from cityvoice.stats.frame import Columns, read_columns
from cityvoice.stats.results import EstimateTable
from cityvoice.stats.weight_diagnostics import kish

MAX_DRIVERS = 20  # 2^20 subsets; beyond it the choice of drivers is the problem
COLLINEAR = 1e-10


@dataclass(frozen=True, eq=False)
class KeyDrivers:
    """Shares of the explained variance.

    Parameters
    ----------
    drivers : tuple of str, length p
    r_squared : float
    measures : mapping of measure to float array, shape (p,)
        ``lmg`` and ``johnson`` add up to R2; ``first`` is R2 alone, ``last`` what R2 loses without the
        driver, ``beta_squared`` the squared standardised coefficient, ``pratt`` it times the correlation.
    covariances : mapping of measure to float array, shape (p, p)
        Design-based.
    """

    outcome: str
    drivers: tuple[str, ...]
    r_squared: float
    measures: dict[str, FloatArray]
    covariances: dict[str, FloatArray]
    df: float
    n: int
    n_eff: float
    variance_method: str

    def se(self, measure: str = "lmg") -> FloatArray:
        return np.sqrt(np.diag(self.covariances[measure]))

    def ranking(self, measure: str = "lmg") -> tuple[str, ...]:
        """Drivers from the strongest."""
        order = np.argsort(-self.measures[measure], kind="stable")
        return tuple(self.drivers[k] for k in order)

    def to_table(self, *, level: float = 0.95) -> EstimateTable:
        """One estimate per driver and measure, `statistic` naming the measure."""
        return EstimateTable.from_estimates(
            assemble(
                self.outcome, measure, float(self.measures[measure][k]), float(self.se(measure)[k]),
                df=self.df, n=self.n, n_eff=self.n_eff, term=driver, level=level,
                variance=self.variance_method,
            )
            for measure in MEASURES
            for k, driver in enumerate(self.drivers)
        )  # fmt: skip


def key_drivers(
    design: SurveyDesign,
    data: Any,
    outcome: str,
    drivers: Sequence[str],
    *,
    missing: Literal["error", "drop"] = "error",
) -> KeyDrivers:
    """Decompose R2 of the outcome over the drivers, exactly, over all their subsets.

    Parameters
    ----------
    design : SurveyDesign
        Its replicates give the errors; without them they are linearised.
    data : DataFrame or mapping of arrays, n rows
    outcome, drivers : str, sequence of str
        Numeric columns, such as scores from 1 to 5; at most 20 drivers.
    missing : {"error", "drop"}
        ``drop`` keeps rows that answered everything.

    Raises
    ------
    EstimationError
        A constant or collinear driver, too many drivers.
    """
    columns = read_columns(data, [outcome, *drivers])
    _check_columns(columns.names, [outcome, *drivers])
    base = _complete(design, columns.is_missing, missing)
    values = _centred(base, columns)
    correlations = correlation_matrices(values, base.domain_weights[None, :])
    _check_rank(correlations[0], columns.names)
    full = decompose(correlations)
    covariances = (
        replicated_covariances(base, values, full)
        if base.replicates
        else linearised_covariances(base, values, correlations[0])
    )
    n_eff, _ = kish(base.domain_weights)
    return KeyDrivers(
        outcome,
        tuple(drivers),
        float(full["lmg"].sum()),
        {name: full[name][0] for name in MEASURES},
        covariances,
        design.degrees_of_freedom,
        int(base.active.sum()),
        n_eff,
        "replicates" if base.replicates else "linearised",
    )


def _centred(base: SurveyDesign, columns: Columns) -> FloatArray:
    """Answers less their means, which keeps the moments exact; zero outside the base."""
    inside = columns.values[base.active]
    constant = np.ptp(inside, axis=0) == 0 if len(inside) else np.ones(len(columns.names), dtype=bool)
    if constant.any():
        name = columns.names[int(np.argmax(constant))]
        raise EstimationError("drivers-constant", f"column {name}", "answers that differ", "none that do")
    means = np.average(inside, axis=0, weights=base.weights[base.active])
    return np.where(base.active[:, None], columns.values - means, 0.0)


def _complete(design: SurveyDesign, absent: Any, missing: str) -> SurveyDesign:
    lost = absent & design.active
    if lost.any() and missing != "drop":
        raise MissingValuesError(
            "data-missing",
            f"row {int(np.argmax(lost))}",
            "an answer to the outcome and every driver",
            f"{int(lost.sum())} rows without one",
            'Pass missing="drop" to decompose among those who answered everything.',
        )
    return design.subset(~absent)


def _check_columns(found: tuple[str, ...], asked: list[str]) -> None:
    if list(found) != asked or len(set(asked)) != len(asked):
        raise EstimationError("drivers-columns", "drivers", "distinct numeric columns", ", ".join(asked))
    if not 1 <= len(asked) - 1 <= MAX_DRIVERS:
        raise EstimationError("drivers-count", "drivers", f"1 to {MAX_DRIVERS}", str(len(asked) - 1))


def _check_rank(correlations: FloatArray, names: tuple[str, ...]) -> None:
    values, vectors = np.linalg.eigh(correlations[1:, 1:])
    if values[0] < COLLINEAR:
        involved = [names[k + 1] for k in np.flatnonzero(np.abs(vectors[:, 0]) > 0.1)]
        raise EstimationError(
            "drivers-collinear",
            "drivers",
            "none that follows from the others",
            f"{', '.join(involved)} add up to a constant",
            "Leave one of them out.",
        )
