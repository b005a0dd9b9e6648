"""Distance functions of calibration: how far weights may move, as g = F(u), with F(0) = 1 and F'(0) = 1."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from cityvoice.stats.encoding import FloatArray
from cityvoice.stats.errors import WeightingError
from cityvoice.stats.options import check_option

DistanceName = Literal["linear", "raking", "logit"]


@dataclass(frozen=True, eq=False)
class Distance:
    """A distance of Deville and Sarndal (1992) with bounds on g.

    Parameters
    ----------
    name : {"linear", "raking", "logit"}
    lower, upper : float arrays that broadcast with (n,)
        Bounds of weight after / weight before; -inf and inf for none, finite for logit.
    """

    name: DistanceName
    lower: FloatArray
    upper: FloatArray

    def __post_init__(self) -> None:
        check_option("distance", self.name, DistanceName)
        if self.name == "logit" and not (np.isfinite(self.lower).all() and np.isfinite(self.upper).all()):
            raise WeightingError("bounds-needed", "logit calibration", "two finite bounds", "no bounds")

    @property
    def is_linear(self) -> bool:
        """Whether one step of Newton's method solves the equations."""
        return self.name == "linear" and not (np.isfinite(self.lower).any() or np.isfinite(self.upper).any())

    def factors(self, u: FloatArray) -> FloatArray:
        """G = F(u)."""
        with np.errstate(over="ignore", invalid="ignore"):
            if self.name == "logit":
                low, high, rate = self.lower, self.upper, self._rate
                grown = (1 - low) * np.exp(rate * u)
                result: FloatArray = (low * (high - 1) + high * grown) / (high - 1 + grown)
                return result
            free = u + 1 if self.name == "linear" else np.exp(u)
            return np.clip(free, self.lower, self.upper)

    def slopes(self, u: FloatArray) -> FloatArray:
        """F'(u); 0 where a bound holds."""
        with np.errstate(over="ignore", invalid="ignore"):
            if self.name == "logit":
                low, high, rate = self.lower, self.upper, self._rate
                grown = (1 - low) * np.exp(rate * u)
                below = high - 1 + grown
                result: FloatArray = rate * grown * (high - 1) * (high - low) / np.square(below)
                return result
            free = u + 1 if self.name == "linear" else np.exp(u)
            inside = (free > self.lower) & (free < self.upper)
            return np.where(inside, 1.0 if self.name == "linear" else np.exp(u), 0.0)

    @property
    def _rate(self) -> FloatArray:
        rate: FloatArray = (self.upper - self.lower) / ((self.upper - 1) * (1 - self.lower))
        return rate
