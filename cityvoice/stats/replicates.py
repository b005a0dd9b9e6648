"""Replicate weights: the survey repeated many times on paper."""

from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np

from cityvoice.stats.encoding import BoolArray, FloatArray, IntArray


@dataclass(frozen=True, eq=False)
class Replicates:
    """A matrix of replicate weights and how to turn its estimates into a variance.

    Parameters
    ----------
    weights : float array, shape (n, R)
        Analysis weights of each replicate.
    scale : float
        Overall multiplier.
    rscales : float array, shape (R,)
        Multiplier of each replicate.
    mse : bool
        Distances from the full-sample estimate (True) or from the mean of the replicates.
    design_df : float, optional
        Degrees of freedom known from the design; else they are the rank of the weights less one.
    """

    weights: FloatArray
    scale: float
    rscales: FloatArray
    mse: bool = False
    design_df: float | None = None

    @cached_property
    def degrees_of_freedom(self) -> float:
        """As given, or the rank of the weights less one."""
        if self.design_df is not None:
            return self.design_df
        return self.rank_df(np.ones(len(self.weights), dtype=bool))

    def rank_df(self, rows: BoolArray) -> float:
        """Rank less one of the weights of some rows; rows that are multiples of each other count once."""
        weights = self.weights[rows]
        size = np.abs(weights).max(axis=1)
        profiles = np.unique(np.round(weights[size > 0] / size[size > 0, None], 9), axis=0)
        smallest = 1e-5 * profiles.shape[1]  # replicates that differ by less than that are one
        return float(np.linalg.matrix_rank(profiles, tol=smallest) - 1)

    def covariance(self, replicated: FloatArray, full: FloatArray) -> FloatArray:
        """Scale * sum_r rscale_r (theta_r - c)(theta_r - c)', with theta of shape (R, p)."""
        used = self.rscales > 0
        centre = full if self.mse else replicated[used].mean(axis=0)
        away = (replicated - centre) * np.sqrt(self.rscales)[:, None]
        result: FloatArray = self.scale * (away.T @ away)
        return result

    @property
    def n_replicates(self) -> int:
        return int(self.weights.shape[1])

    def block(self, rows: IntArray) -> FloatArray:
        """Weights of some rows, shape (rows, R)."""
        return self.weights[rows]


class ReplicateWeights(Protocol):
    """Replicate weights handed out block by block, so that the full matrix need not exist."""

    @property
    def n_replicates(self) -> int: ...

    def block(self, rows: IntArray) -> FloatArray: ...


class Repeat(Protocol):
    """A weighting that can be run again from other base weights."""

    def replicate(self, unit_factors: FloatArray, unit_of_row: IntArray) -> ReplicateWeights:
        """Repeat the weighting with base weights times unit_factors[unit_of_row], shape (units, R)."""
        ...

    def loses_a_target(self, unit_factors: FloatArray, unit_of_row: IntArray) -> BoolArray:
        """Replicates without any respondent left for one of the targets, shape (R,)."""
        ...
