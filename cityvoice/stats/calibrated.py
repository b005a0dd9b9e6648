"""What calibration does to the error of an estimate: scores are replaced by their residuals.

A total calibrated to known margins varies only by what the margins do not explain. Each step of
weighting leaves an adjustment that takes the explained part out of the scores, in the order of the steps.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np
from scipy import linalg

from cityvoice.stats.cells import Cells, margin_inverse
from cityvoice.stats.encoding import FloatArray, IntArray, group_sums, weighted_counts


class Adjustment(Protocol):
    """A weighting step as the variance sees it."""

    def residuals(self, scores: FloatArray) -> FloatArray:
        """Weighted scores, shape (n, p), without the part that the step's targets pin down."""
        ...


def safe_ratio(top: FloatArray, bottom: FloatArray) -> FloatArray:
    """Top / bottom, 0 where the bottom is 0."""
    zeros = np.zeros(np.shape(top))
    ratio: FloatArray = np.divide(top, bottom, out=zeros, where=np.asarray(bottom) != 0)
    return ratio


@dataclass(frozen=True, eq=False)
class MarginAdjustment:
    """Calibration to totals of categories (raking, poststratification): generalised regression residuals.

    Parameters
    ----------
    cells : Cells
        Cells of the crossed margins, and the cell of each row.
    before, after : float arrays, shape (n,)
        Weights before and after the step.

    Notes
    -----
    With X the indicators of all levels, b the weights before, a after and x = a*e the weighted scores,
    the residual is x - a * X beta, beta = (X' b X)^- X' b e (Deville and Sarndal 1992).
    """

    cells: Cells
    before: FloatArray
    after: FloatArray

    @cached_property
    def ratio(self) -> FloatArray:
        """Before / after, by which weighted scores return to the scale of the fit."""
        return safe_ratio(self.before, self.after)

    @cached_property
    def inverse(self) -> FloatArray:
        """Generalised inverse of X' b X, shape (K, K)."""
        by_cell = weighted_counts(self.cells.of_row, self.before, self.cells.n_cells)
        return margin_inverse(self.cells.indicator, by_cell)

    def residuals(self, scores: FloatArray) -> FloatArray:
        by_cell = group_sums(self.cells.of_row, scores * self.ratio[:, None], self.cells.n_cells)
        coefficients = self.inverse @ (self.cells.indicator @ by_cell)
        fitted = (self.cells.indicator.T @ coefficients)[self.cells.of_row]
        result: FloatArray = scores - self.after[:, None] * fitted
        return result


@dataclass(frozen=True, eq=False)
class MatrixAdjustment:
    """Calibration to totals of any columns: generalised regression residuals by QR.

    Parameters
    ----------
    matrix : float array, shape (n, K)
        Auxiliary variables, averaged over clusters when the weights were calibrated by cluster.
    before, after : float arrays, shape (n,)
    spread : float array, shape (n,)
        Model variance of each row.
    """

    matrix: FloatArray
    before: FloatArray
    after: FloatArray
    spread: FloatArray

    @cached_property
    def basis(self) -> FloatArray:
        """Orthonormal basis of the columns scaled by the root of the weights before."""
        root = np.sqrt(self.before / self.spread)
        q, r, _ = linalg.qr(self.matrix * root[:, None], mode="economic", pivoting=True)
        size = np.abs(np.diag(r))
        basis: FloatArray = q[:, size > 1e-10 * size.max(initial=0.0)]
        return basis

    def residuals(self, scores: FloatArray) -> FloatArray:
        back = (safe_ratio(self.after, np.sqrt(self.before)) * np.sqrt(self.spread))[:, None]
        scaled = np.divide(scores, back, out=np.zeros_like(scores), where=back != 0)
        result: FloatArray = (scaled - self.basis @ (self.basis.T @ scaled)) * back
        return result


@dataclass(frozen=True, eq=False)
class RakingSweeps:
    """R's convention after ``rake()``: ten sweeps of unweighted means within margins.

    Parameters
    ----------
    margins : tuple of int arrays, shape (n,)
    weights : tuple of float arrays, shape (n,)
        Weights as they stood after each margin of the last sweep.
    """

    margins: tuple[IntArray, ...]
    weights: tuple[FloatArray, ...]
    sweeps: int = 10

    def residuals(self, scores: FloatArray) -> FloatArray:
        for _ in range(self.sweeps):
            for codes, weights in zip(self.margins, self.weights, strict=True):
                scores = scores - weights[:, None] * _group_means(codes, safe_rows(scores, weights))
        return scores


def safe_rows(scores: FloatArray, weights: FloatArray) -> FloatArray:
    """Scores over weights, row by row, 0 where the weight is 0."""
    below = np.where(weights != 0, weights, 1.0)[:, None]
    result: FloatArray = np.where(weights[:, None] != 0, scores / below, 0.0)
    return result


def _group_means(codes: IntArray, values: FloatArray) -> FloatArray:
    """Unweighted mean of each row's group."""
    shifted = codes + 1
    size = int(shifted.max()) + 1
    counts = np.maximum(np.bincount(shifted, minlength=size), 1)[:, None]
    means: FloatArray = group_sums(shifted, values, size) / counts
    return means[shifted]
