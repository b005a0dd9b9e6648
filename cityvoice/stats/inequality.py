"""How unevenly something is spread over the population."""

from typing import Any

import numpy as np

from cityvoice.stats.design import SurveyDesign
from cityvoice.stats.encoding import FloatArray
from cityvoice.stats.errors import EstimationError, MissingValuesError
from cityvoice.stats.estimates import Estimates
from cityvoice.stats.estimation import Linearised, Missing, linearised_estimates
from cityvoice.stats.frame import Frame


def gini(design: SurveyDesign, data: Any, variable: str, *, missing: Missing = "error") -> Estimates:
    """Gini coefficient with its linearised or replicated standard error.

    Parameters
    ----------
    variable : str
        Numbers of at least 0.
    missing : {"error", "drop"}

    Notes
    -----
    G = sum w x (2 W(x) - w) / (sum w * sum w x) - 1, with W(x) the weights up to and with x in its order;
    ties change nothing. The influence of a row is 2 [x (F(x) - (G+1)/2) + B(x) - m (G+1)/2] / (m sum w), F
    the share below x plus half of its ties, B the mean of x over those above plus half of the ties, m the
    mean.

    References
    ----------
    Binder and Kovacevic (1995), Survey Methodology 21(2), 137-145; Langel and Tille (2013),
    doi:10.1111/j.1467-985X.2012.01048.x.
    """
    values = (data if isinstance(data, Frame) else Frame(data)).numbers(variable)
    absent = design.active & np.isnan(values)
    if absent.any() and missing != "drop":
        raise MissingValuesError(
            "data-missing", f"column {variable}, row {int(np.argmax(absent))}", "a value in every row",
            f"{int(absent.sum())} rows without one", 'Pass missing="drop" to leave them out.',
        )  # fmt: skip
    base = design.subset(~np.isnan(values))
    rows = base.active
    x = values[rows]
    if not len(x) or (x < 0).any() or not np.isfinite(x).all() or not x.any():
        raise EstimationError(
            "gini-values", f"column {variable}", "numbers of at least 0, not all 0", "others"
        )
    places, codes = np.unique(x, return_inverse=True)

    def of_weights(weights: FloatArray) -> FloatArray:
        return np.array([_gini(places, np.bincount(codes, weights=weights[rows], minlength=len(places)))])

    weights = base.domain_weights
    scores = np.zeros((len(design), 1))
    scores[rows, 0] = _influence(places, codes, weights[rows])
    return linearised_estimates(
        "gini", (variable,), base, Linearised(of_weights(weights), scores, of_weights)
    )


def _gini(places: FloatArray, held: Any) -> float:
    """From distinct values in order and the weight that each holds."""
    twice_rank = 2 * np.cumsum(held) - held
    return float(held * places @ twice_rank / (held.sum() * (held @ places)) - 1)


def _influence(places: FloatArray, codes: Any, weights: FloatArray) -> FloatArray:
    held = np.bincount(codes, weights=weights, minlength=len(places))
    whole, sums = held.sum(), held * places
    average = float(sums.sum() / whole)
    rank = (np.cumsum(held) - held / 2) / whole
    above = (sums.sum() - np.cumsum(sums) + sums / 2) / whole
    half = (_gini(places, held) + 1) / 2
    by_place = 2 * (places * (rank - half) + above - average * half) / (average * whole)
    return np.asarray(by_place[codes])
