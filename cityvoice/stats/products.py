"""Products of slim matrices, without BLAS.

To wake the threads of BLAS for them, and to have those wait busily afterwards, costs more than to multiply.
"""

import numpy as np

from cityvoice.stats.encoding import FloatArray

SINGLE_THREADED = 2**17  # multiplications that BLAS does without its threads


def slim_product(left: FloatArray, right: FloatArray) -> FloatArray:
    """Left @ right for a `right` of few columns, by plain loops over contiguous rows."""
    if left.size * right.shape[1] <= SINGLE_THREADED:
        small: FloatArray = left @ right
        return small
    result: FloatArray = np.einsum("ij,kj->ik", left, np.ascontiguousarray(right.T))
    return result


def slim_cross_product(left: FloatArray, right: FloatArray) -> FloatArray:
    """Left.T @ right for tall matrices of few columns."""
    columns = np.ascontiguousarray(left.T), np.ascontiguousarray(right.T)
    result: FloatArray = np.einsum("ji,ki->jk", *columns)
    return result
