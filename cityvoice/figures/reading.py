"""What a figure shows: a value with its interval, its base, and whether it may be shown at all."""

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

SMALL_BASE = 30
STAR = "*"  # stands after a flagged number


class Mark(StrEnum):
    """How far a reading may be trusted."""

    FIRM = "firm"
    FLAGGED = "flagged"  # shown, but drawn hollow and starred: few answers or a wide interval
    SUPPRESSED = "suppressed"  # not shown: too few answers to publish


class Measured(Protocol):
    """Anything with an interval and a base, such as an estimate of `stats`."""

    @property
    def value(self) -> float: ...
    @property
    def low(self) -> float: ...
    @property
    def high(self) -> float: ...
    @property
    def n(self) -> int: ...
    @property
    def n_eff(self) -> float: ...
    @property
    def reliability(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Reading:
    """One number of a figure.

    Parameters
    ----------
    value : float or None
        Shares are fractions of 1. None where nothing could be computed.
    low, high : float or None
        Ends of the interval, in the unit of `value`.
    n : int or None
        Unweighted base.
    n_eff : float or None
        Effective base.
    """

    value: float | None
    low: float | None = None
    high: float | None = None
    n: int | None = None
    n_eff: float | None = None
    mark: Mark = Mark.FIRM

    @classmethod
    def of(cls, estimate: Measured, *, small_base: int = SMALL_BASE) -> "Reading":
        """Reading of an estimate: suppressed when it is insufficient, flagged when low or on a small base."""
        value = _finite(estimate.value)
        mark = Mark.FIRM
        if value is None or estimate.reliability == "insufficient":
            mark = Mark.SUPPRESSED
        elif estimate.n < small_base or estimate.reliability == "low":
            mark = Mark.FLAGGED
        low, high = _finite(estimate.low), _finite(estimate.high)
        return cls(value, low, high, estimate.n, _finite(estimate.n_eff), mark)

    @property
    def shown(self) -> float | None:
        """The value, or None where it must not be published."""
        return None if self.mark is Mark.SUPPRESSED else self.value

    @property
    def interval(self) -> tuple[float, float] | None:
        if self.shown is None or self.low is None or self.high is None:
            return None
        return self.low, self.high

    @property
    def half_width(self) -> float | None:
        return None if self.interval is None else (self.interval[1] - self.interval[0]) / 2


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
