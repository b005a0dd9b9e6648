"""What an estimate is: a number that never travels without its error, its base and its reliability."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any, overload

import numpy as np
import numpy.typing as npt
import pandas as pd

CV_HIGH, CV_MODERATE = 0.15, 0.30
HALF_WIDTH_HIGH, HALF_WIDTH_MODERATE = 0.05, 0.10
N_EFF_HIGH, N_EFF_MODERATE, N_EFF_PUBLISHABLE = 100.0, 30.0, 10.0


class Reliability(StrEnum):
    """Band of an estimate; see `reliability_of` for the thresholds."""

    HIGH = "high"
    MODERATE = "moderate"
    LOW = "low"
    INSUFFICIENT = "insufficient"


class WarningCode(StrEnum):
    """Coded remarks on an estimate or a weighting step."""

    EMPTY_DOMAIN = "empty-domain"
    SMALL_BASE = "small-base"
    CONSTANT = "constant-variable"
    PINNED = "pinned-by-calibration"
    LONELY_PSU = "lonely-psu"
    NO_DF = "no-degrees-of-freedom"
    NOT_CONVERGED = "not-converged"
    THIN_CELL = "thin-cell"
    MISSING_KEPT = "missing-margin-kept"
    EXTREME_WEIGHTS = "extreme-weights"
    NEGATIVE_WEIGHTS = "negative-weights"
    CAPPED = "capped"
    SYNTHETIC = "synthetic-estimate"
    ROW_ORDER = "depends-on-row-order"


def reliability_of(
    *, value: float, se: float, half_width: float, n_eff: float, is_share: bool
) -> Reliability:
    """Band of one estimate; see `reliability_bands`."""
    columns = (np.array([number]) for number in (value, se, half_width, n_eff, is_share))
    band: Reliability = reliability_bands(*columns)[0]
    return band


def reliability_bands(
    value: npt.NDArray[Any],
    se: npt.NDArray[Any],
    half_width: npt.NDArray[Any],
    n_eff: npt.NDArray[Any],
    is_share: npt.NDArray[Any],
) -> npt.NDArray[Any]:
    """Bands of many estimates, an object array of `Reliability`.

    Notes
    -----
    A share is judged by the half-width of its interval, because its CV says little near 0
    (2 % +/- 1 pp is a good number) and flatters near 1: high when at most 5 percentage points,
    moderate when at most 10. Any other statistic is judged by its coefficient of variation se/|value|:
    high up to 15 %, moderate up to 30 % (the bands statistical offices use). Both also ask for
    a Kish effective base: 100 for high, 30 for moderate. Below an effective base of 10, or without
    a standard error, an estimate is insufficient and should not be published.
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        cv = np.where(se == 0, 0.0, se / np.abs(value))
        spread = np.where(is_share, half_width, cv)
        high = spread <= np.where(is_share, HALF_WIDTH_HIGH, CV_HIGH)
        moderate = spread <= np.where(is_share, HALF_WIDTH_MODERATE, CV_MODERATE)
    unknown = ~(np.isfinite(value) & np.isfinite(se)) | (n_eff < N_EFF_PUBLISHABLE)
    bands = np.empty(np.shape(value), dtype=object)
    bands[...] = Reliability.LOW  # np.full would turn it into plain text
    bands[moderate & (n_eff >= N_EFF_MODERATE)] = Reliability.MODERATE
    bands[high & (n_eff >= N_EFF_HIGH)] = Reliability.HIGH
    bands[unknown] = Reliability.INSUFFICIENT
    return bands


@dataclass(frozen=True, slots=True)
class Estimate:
    """One estimate.

    Parameters
    ----------
    item, statistic, term : str
        Variable, ``share`` / ``mean`` / ``total`` / ``ratio`` ..., and the level or set of levels.
    domain : tuple of (variable, level)
        Empty for the whole sample.
    value, se, low, high : float
        Estimate, standard error and interval; shares are fractions of 1. NaN where undefined.
    level : float
        Confidence level of the interval, e.g. 0.95.
    df : float
        Degrees of freedom of Student's t behind the interval.
    method : str
        How the interval was made, e.g. ``wilson-t`` or ``t``.
    variance : str
        Where the standard error came from, e.g. ``linearised``.
    n : int
        Answers behind the estimate (unweighted base).
    n_eff, kish_deff : float
        Kish: (sum w)^2 / sum w^2 over the answering base, and n / n_eff. The loss by unequal weights alone.
    design_deff : float
        Variance over that of a simple random sample of the same n: strata, clusters and weights together.
    numerator, denominator : float
        Weighted totals behind a share, mean or ratio.
    """

    item: str
    statistic: str
    term: str
    value: float
    se: float
    low: float
    high: float
    df: float
    level: float
    n: int
    n_eff: float
    kish_deff: float
    design_deff: float
    reliability: Reliability
    method: str = "t"
    variance: str = "linearised"
    domain: tuple[tuple[str, str], ...] = ()
    numerator: float = math.nan
    denominator: float = math.nan
    notes: tuple[WarningCode, ...] = ()

    @property
    def deff(self) -> float:
        """Kish's deff, the one quoted beside n_eff; `design_deff` is the other."""
        return self.kish_deff

    @property
    def half_width(self) -> float:
        return (self.high - self.low) / 2

    @property
    def cv(self) -> float:
        return self.se / abs(self.value) if self.value else math.nan

    def to_dict(self) -> dict[str, Any]:
        """Plain types only, ready for JSON (NaN becomes None)."""
        record = {field.name: getattr(self, field.name) for field in fields(self)}
        record["reliability"] = str(self.reliability)
        record["notes"] = [str(note) for note in self.notes]
        record["domain"] = dict(self.domain)
        return {key: _plain(value) for key, value in record.items()}

    def to_sentence(self, *, decimals: int = 1) -> str:
        """One English sentence with the estimate, interval, base and band."""
        scale, unit = (100, " %") if self.statistic == "share" else (1, "")
        number = f"{self.value * scale:.{decimals}f}{unit}"
        low, high = f"{self.low * scale:.{decimals}f}", f"{self.high * scale:.{decimals}f}"
        place = "".join(f", {variable} {level}" for variable, level in self.domain)
        subject = f"{self.item} = {self.term}" if self.term and self.term != self.item else self.item
        return (
            f"{subject}{place}: {number} ({self.level * 100:g} % interval {low} to {high}; n = {self.n}, "
            f"effective n = {self.n_eff:.0f}, t with {self.df:g} df; reliability {self.reliability})."
        )


def _plain(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value


FIELDS = tuple(field.name for field in fields(Estimate))


class EstimateTable(Sequence[Estimate]):
    """Estimates of one call, kept by column; an `Estimate` is made when one is asked for.

    Parameters
    ----------
    columns : mapping of field name to array, all of one length
        Exactly the fields of `Estimate`.
    """

    def __init__(self, columns: Mapping[str, npt.NDArray[Any]]) -> None:
        if set(columns) != set(FIELDS):
            raise KeyError(f"columns must be {FIELDS}")
        self.columns = dict(columns)

    @classmethod
    def from_estimates(cls, estimates: Iterable[Estimate]) -> "EstimateTable":
        rows = list(estimates)
        return cls({name: object_array([getattr(row, name) for row in rows]) for name in FIELDS})

    def __len__(self) -> int:
        return len(self.columns["value"])

    @overload
    def __getitem__(self, index: int) -> Estimate: ...
    @overload
    def __getitem__(self, index: slice) -> "EstimateTable": ...
    def __getitem__(self, index: int | slice) -> "Estimate | EstimateTable":
        if isinstance(index, slice):
            return self._take(index)
        cells = {name: column[index] for name, column in self.columns.items()}
        return Estimate(**{k: v.item() if isinstance(v, np.generic) else v for k, v in cells.items()})

    def _take(self, rows: Any) -> "EstimateTable":
        return EstimateTable({name: column[rows] for name, column in self.columns.items()})

    def select(self, *, item: str | None = None, term: str | None = None, **domain: str) -> "EstimateTable":
        """Only estimates of an item, a term or domain levels: ``select(item="q1", district="D01")``."""
        keep = np.ones(len(self), dtype=bool)
        for name, wanted in (("item", item), ("term", term)):
            if wanted is not None:
                keep &= self.columns[name] == wanted
        if domain:
            keep &= [domain.items() <= dict(levels).items() for levels in self.columns["domain"]]
        return self._take(np.flatnonzero(keep))

    def one(self, **criteria: str) -> Estimate:
        """The only estimate that matches; KeyError when there is none or several."""
        found = self.select(**criteria)
        if len(found) != 1:
            raise KeyError(f"{len(found)} estimates match {criteria}, expected one")
        return found[0]

    def to_dicts(self) -> list[dict[str, Any]]:
        return [estimate.to_dict() for estimate in self]

    def to_frame(self) -> pd.DataFrame:
        """One row per estimate; each domain variable is a column of its own."""
        domains = pd.DataFrame.from_records([dict(levels) for levels in self.columns["domain"]])
        plain = {
            name: self.columns[name] for name in FIELDS if name not in ("domain", "notes", "reliability")
        }
        words = {
            "reliability": [str(band) for band in self.columns["reliability"]],
            "notes": [" ".join(notes) for notes in self.columns["notes"]],
        }
        return pd.concat([domains, pd.DataFrame(plain | words)], axis=1)

    def to_sentences(self) -> list[str]:
        return [estimate.to_sentence() for estimate in self]


def object_array(values: Sequence[Any]) -> npt.NDArray[Any]:
    """One-dimensional object array, also of tuples."""
    array = np.empty(len(values), dtype=object)
    for position, value in enumerate(values):  # a tuple must stay one value
        array[position] = value
    return array
