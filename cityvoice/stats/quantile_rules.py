"""Twelve rules for a weighted quantile.

Hyndman and Fan (1996) number the rules hf1 to hf9; ``math`` is the inverse of the distribution function
(hf1), ``school`` averages at a jump (hf2), ``shahvaish`` is that of Shah and Vaish (2006).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from cityvoice.stats.encoding import FloatArray, weighted_counts

Rule = Callable[[FloatArray, FloatArray, float], float]


@dataclass(frozen=True, eq=False)
class _Sorted:
    """Positive weights with their values in ascending order, and running totals."""

    values: FloatArray
    weights: FloatArray
    running: FloatArray

    @property
    def total(self) -> float:
        return float(self.running[-1])


def _sort(values: FloatArray, weights: FloatArray) -> _Sorted:
    kept = weights != 0
    values, weights = values[kept], weights[kept]
    order = np.argsort(values, kind="stable")
    # extended precision, so that a running total that equals p times the total is seen to equal it
    running = np.cumsum(weights[order].astype(np.longdouble)).astype(float)
    return _Sorted(values[order], weights[order], running)


@dataclass(frozen=True)
class _Step:
    """Where p falls between two neighbouring values."""

    low: float
    high: float
    position: int  # of `low`, from 1
    below: float  # p less the share up to `low`
    above: float  # the share up to `high` less p


def _locate(data: _Sorted, p: float) -> _Step:
    reached = np.flatnonzero(data.running <= p * data.total)
    at = int(reached[-1]) if reached.size else 0
    following = min(at + 1, len(data.values) - 1)
    share = data.running / data.total
    low, high = float(data.values[at]), float(data.values[following])
    return _Step(low, high, at + 1, float(p - share[at]), float(share[following] - p))


def _inverse(values: FloatArray, weights: FloatArray, p: float) -> float:
    step = _locate(_sort(values, weights), p)
    return step.low if step.below == 0 else step.high


def _averaged(values: FloatArray, weights: FloatArray, p: float) -> float:
    step = _locate(_sort(values, weights), p)
    return (step.low + step.high) / 2 if step.below == 0 else step.high


def _nearest_even(values: FloatArray, weights: FloatArray, p: float) -> float:
    kept = weights != 0
    distinct, inverse = np.unique(values[kept], return_inverse=True)
    step = _locate(_sort(distinct, weighted_counts(inverse, weights[kept], len(distinct))), p)
    return step.low if step.below == 0 and step.position % 2 == 0 else step.high


def _interpolated(values: FloatArray, weights: FloatArray, p: float) -> float:
    step = _locate(_sort(values, weights), p)
    width = step.below + step.above
    part = step.below / width if width else 0.0
    return step.low * (1 - part) + step.high * part


def _plotting(positions: Callable[[_Sorted], FloatArray]) -> Rule:
    """Linear interpolation between plotting positions; ties share the mean of their values' positions."""

    def rule(values: FloatArray, weights: FloatArray, p: float) -> float:
        data = _sort(values, weights)
        if len(data.values) == 1:
            return float(data.values[0])
        at, inverse = np.unique(positions(data), return_inverse=True)
        level = np.bincount(inverse, weights=data.values) / np.bincount(inverse)
        return float(np.interp(p, at, level))

    return rule


def _before(data: _Sorted) -> FloatArray:
    return np.append(0.0, data.running[:-1])


def _hf8(data: _Sorted) -> FloatArray:
    result: FloatArray = (_before(data) / 3 + data.running * 2 / 3) / (data.total + data.weights[-1] / 3)
    return result


def _hf9(data: _Sorted) -> FloatArray:
    result: FloatArray = (_before(data) * 3 / 8 + data.running * 5 / 8) / (data.total + data.weights[-1] / 4)
    return result


def _shah_vaish(values: FloatArray, weights: FloatArray, p: float) -> float:
    data = _sort(values, weights)
    n = len(data.values)
    if n == 1:
        return float(data.values[0])
    mean_weight = data.weights.mean()
    positions = (data.running / mean_weight + 0.5 - data.weights / 2) / (n + 1)
    order = np.argsort(positions, kind="stable")
    at = int(np.searchsorted(positions[order], p, side="right")) - 1
    return float(data.values[order][max(at, 0)])


RULES: dict[str, Rule] = {
    "math": _inverse,
    "school": _averaged,
    "shahvaish": _shah_vaish,
    "hf1": _inverse,
    "hf2": _averaged,
    "hf3": _nearest_even,
    "hf4": _interpolated,
    "hf5": _plotting(lambda data: (data.running - data.weights / 2) / data.total),
    "hf6": _plotting(lambda data: data.running / (data.total + data.weights[-1])),
    "hf7": _plotting(lambda data: _before(data) / data.running[-2]),
    "hf8": _plotting(_hf8),
    "hf9": _plotting(_hf9),
}
