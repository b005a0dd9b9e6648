"""Agreement of two ratings of the same people."""

from dataclasses import replace
from typing import Any

import numpy as np

from cityvoice.stats.design import SurveyDesign
from cityvoice.stats.encoding import Codes
from cityvoice.stats.errors import EstimationError
from cityvoice.stats.estimates import Estimates
from cityvoice.stats.estimation import mean
from cityvoice.stats.formula.expressions import as_codes, evaluate
from cityvoice.stats.frame import Frame


def kappa(design: SurveyDesign, data: Any, first: str, second: str) -> Estimates:
    """Cohen's kappa: agreement beyond chance, (p_o - p_e) / (1 - p_e), with its error by the delta method.

    Parameters
    ----------
    first, second : str
        Variables with the same levels; rows with either missing stay out.

    References
    ----------
    Cohen (1960), doi:10.1177/001316446002000104.
    """
    frame = data if isinstance(data, Frame) else Frame(data)
    ratings = [as_codes(evaluate(name, frame)) for name in (first, second)]
    levels = tuple(dict.fromkeys(ratings[0].levels + ratings[1].levels))
    places = [_placed(codes, levels) for codes in ratings]
    inside = design.active & ~ratings[0].is_missing & ~ratings[1].is_missing
    size = len(levels)
    cells = np.where(inside, places[0] * size + places[1], 0)
    shares = mean(
        design.subset(inside), {"cell": Codes(cells, tuple(str(k) for k in range(size**2)))}, ["cell"]
    )
    table = shares.values.reshape(size, size)
    rows, columns = table.sum(axis=1), table.sum(axis=0)
    observed, chance = float(np.trace(table)), float(rows @ columns)
    if not chance < 1:
        raise EstimationError("kappa-constant", f"{first} and {second}", "ratings that vary", "a constant")
    by_chance = (observed - 1) / (1 - chance) ** 2
    gradient = np.eye(size) / (1 - chance) + by_chance * (columns[:, None] + rows[None, :])
    flat = gradient.ravel()
    return replace(
        shares,
        statistic="kappa",
        terms=("kappa",),
        values=np.array([(observed - chance) / (1 - chance)]),
        covariance=np.array([[flat @ shares.covariance @ flat]]),
        n=shares.n[:1],
        n_eff=shares.n_eff[:1],
        design_deff=np.array([np.nan]),
    )


def _placed(codes: Codes, levels: tuple[str, ...]) -> Any:
    lookup = np.array([levels.index(level) for level in codes.levels] + [0], dtype=np.int64)
    return lookup[codes.codes]
