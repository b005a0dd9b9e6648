"""Change between two waves of a survey, with the covariance that shared units bring."""

from collections.abc import Sequence
from typing import Any

from cityvoice.stats.design import SurveyDesign
from cityvoice.stats.errors import EstimationError
from cityvoice.stats.estimates import Estimates
from cityvoice.stats.estimation import Missing, Statistic, grouped


def change(
    design: SurveyDesign,
    data: Any,
    variables: Sequence[str],
    wave: str,
    *,
    earlier: str,
    later: str,
    statistic: Statistic = "mean",
    missing: Missing = "error",
) -> Estimates:
    """Later less earlier, one term per variable (per level of a categorical one).

    Parameters
    ----------
    design : SurveyDesign
        Of both waves stacked. Waves drawn independently have the wave in their strata (``wave x district``),
        so their covariance is 0; waves that share PSUs or respondents have the strata of the sampling
        frame, so units seen twice count once and their covariance is taken off.
    wave : str
        Column with the waves; `earlier` and `later` are levels of it.

    Notes
    -----
    var(b - a) = var(a) + var(b) - 2 cov(a, b). A panel's positive covariance makes its change more exact
    than that of two independent samples of the same size.
    """
    found = grouped(design, data, variables, [wave], statistic=statistic, missing=missing)
    waves = [group[0] for group in found.groups]
    for asked in (earlier, later):
        if asked not in waves:
            raise EstimationError("wave-unknown", f"column {wave}", f"one of {', '.join(waves)}", asked)
    terms = found.estimates.terms
    if len(terms) == len(waves):
        return found.estimates.contrast({variables[0]: {later: 1.0, earlier: -1.0}})
    names = [term.removeprefix(f"{waves[0]}:") for term in terms[:: len(waves)]]
    return found.estimates.contrast(
        {name: {f"{later}:{name}": 1.0, f"{earlier}:{name}": -1.0} for name in names}
    )
