"""From a value and its standard error to a whole `Estimate`, for estimators that work outside a table."""

import math

from cityvoice.stats.intervals import t_quantile
from cityvoice.stats.results import Estimate, WarningCode, reliability_of


def assemble(
    item: str,
    statistic: str,
    value: float,
    se: float,
    *,
    df: float,
    n: int,
    n_eff: float,
    term: str = "",
    level: float = 0.95,
    method: str = "t",
    variance: str = "linearised",
    domain: tuple[tuple[str, str], ...] = (),
    design_deff: float = math.nan,
    notes: tuple[WarningCode, ...] = (),
) -> Estimate:
    """An estimate with the symmetric interval value -/+ t(df) se.

    Parameters
    ----------
    df : float
        ``inf`` gives the normal interval; a df that is not positive gives no interval and a note.
    n, n_eff : int, float
        Answers behind the value and Kish's effective number of them.

    Notes
    -----
    ``statistic="share"`` judges reliability by the half-width, anything else by the CV; see
    `results.reliability_of`.
    """
    half = float(t_quantile(level, df)) * se
    band = reliability_of(value=value, se=se, half_width=half, n_eff=n_eff, is_share=statistic == "share")
    if not df > 0:
        notes = (*notes, WarningCode.NO_DF)
    return Estimate(
        item=item,
        statistic=statistic,
        term=term or item,
        value=value,
        se=se,
        low=value - half,
        high=value + half,
        df=df,
        level=level,
        n=n,
        n_eff=n_eff,
        kish_deff=n / n_eff if n_eff else math.nan,
        design_deff=design_deff,
        reliability=band,
        method=method,
        variance=variance,
        domain=domain,
        notes=notes,
    )
