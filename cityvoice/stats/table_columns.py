"""From means and variances to the columns of an EstimateTable: intervals, effective n, bands, notes."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from cityvoice.stats.domains import DomainLevels
from cityvoice.stats.encoding import BoolArray, FloatArray
from cityvoice.stats.evidence import Measured
from cityvoice.stats.intervals import symmetric, t_quantile, wilson_t
from cityvoice.stats.results import N_EFF_MODERATE, WarningCode, object_array, reliability_bands

ROUNDING = 1e-26  # a variance below this part of the mean square is the rounding of a zero
CANCELLED = 1e-14  # a spread below this part of the mean square is the rounding of a constant
Columns = dict[str, npt.NDArray[Any]]
Term = tuple[str, str, str]  # item, statistic, term


def table_columns(measured: Measured, terms: Sequence[Term], domains: DomainLevels, level: float) -> Columns:
    """Columns of the terms in one set of domains, term by term and domains inside.

    Parameters
    ----------
    measured : Measured
        For the domains that have rows.
    terms : sequence of (item, statistic, term)
    domains : DomainLevels
    level : float
        Confidence level.
    """
    spread = _Spread(domains, len(terms))
    numbers = _numbers(measured, spread)
    is_share = np.repeat([statistic == "share" for _, statistic, _ in terms], len(domains.levels))
    low, high = _interval(numbers, is_share, level)
    pinned = np.nan_to_num(spread(measured.batch.pinned.astype(float))) > 0
    names = {
        field: np.repeat(object_array([term[k] for term in terms]), len(domains.levels))
        for k, field in enumerate(("item", "statistic", "term"))
    }
    size = len(numbers["value"])
    return names | {key: value for key, value in numbers.items() if key != "n"} | {
        "n": numbers["n"].astype(np.int64),
        "domain": np.tile(object_array(domains.labels), len(terms)),
        "low": low,
        "high": high,
        "level": np.full(size, level),
        "reliability": reliability_bands(
            numbers["value"], numbers["se"], (high - low) / 2, numbers["n_eff"], is_share
        ),
        "method": np.where(is_share, "wilson-t", "t").astype(object),
        "variance": np.full(size, measured.variance, dtype=object),
        "notes": _notes(numbers, pinned, measured.has_lonely),
    }  # fmt: skip


class _Spread:
    """Lays an array of (domains with rows, terms) out over all domains, term by term; the rest is NaN."""

    def __init__(self, domains: DomainLevels, n_terms: int) -> None:
        self.shape = (len(domains.levels), n_terms)
        self.present = domains.present

    def __call__(self, values: FloatArray) -> FloatArray:
        full = np.full(self.shape, np.nan)
        full[self.present] = values
        return full.T.ravel()


def _numbers(measured: Measured, spread: _Spread) -> dict[str, FloatArray]:
    batch, evidence = measured.batch, measured.evidence
    item_of = evidence.sums.item_of
    with np.errstate(invalid="ignore", divide="ignore"):
        n = np.nan_to_num(spread(evidence.bases.n[:, item_of]))
        kish_base = np.square(batch.denominator) / evidence.bases.weight_squares[:, item_of]
        n_eff = np.nan_to_num(spread(kish_base))
        second_moment = evidence.sums.squares / batch.denominator
        variance = np.where(batch.variance <= ROUNDING * second_moment, 0.0, batch.variance)
        se = np.sqrt(spread(variance))
        spread_of_values = second_moment - np.square(batch.value)
        is_constant = spread_of_values <= CANCELLED * second_moment
        srs = spread(np.where(is_constant, np.nan, spread_of_values)) / (n - 1)
        return {
            "value": spread(batch.value),
            "se": se,
            "df": spread(np.broadcast_to(measured.df[:, None], batch.value.shape)),
            "n": n,
            "n_eff": n_eff,
            "kish_deff": n / n_eff,
            "design_deff": np.square(se) / srs,
            "numerator": spread(batch.numerator),
            "denominator": spread(batch.denominator),
        }


def _interval(
    numbers: dict[str, FloatArray], is_share: BoolArray, level: float
) -> tuple[FloatArray, FloatArray]:
    """Wilson's with an effective base for shares, symmetric for means; both with t."""
    critical = t_quantile(level, numbers["df"])
    low, high = symmetric(numbers["value"], numbers["se"], critical)
    share_low, share_high = wilson_t(numbers["value"], numbers["se"], numbers["n_eff"], critical)
    return np.where(is_share, share_low, low), np.where(is_share, share_high, high)


def _notes(numbers: dict[str, FloatArray], pinned: BoolArray, lonely: bool) -> npt.NDArray[Any]:
    n, some = numbers["n"], numbers["n"] > 0
    found = (
        (WarningCode.EMPTY_DOMAIN, n == 0),
        (WarningCode.SMALL_BASE, some & (numbers["n_eff"] < N_EFF_MODERATE)),
        (WarningCode.PINNED, pinned),
        (WarningCode.CONSTANT, (numbers["se"] == 0) & ~pinned & some),
        (WarningCode.LONELY_PSU, some & lonely),
        (WarningCode.NO_DF, some & ~(numbers["df"] > 0)),
    )
    masks = np.zeros(len(n), dtype=np.int64)
    for bit, (_, flags) in enumerate(found):
        masks |= flags.astype(np.int64) << bit
    notes = {
        mask: tuple(code for bit, (code, _) in enumerate(found) if mask >> bit & 1)
        for mask in np.unique(masks).tolist()
    }
    return object_array([notes[mask] for mask in masks.tolist()])
