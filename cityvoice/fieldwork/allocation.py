"""How many units each stratum gives to a sample.

References
----------
Neyman, J. (1934), On the two different aspects of the representative method, Journal of the Royal Statistical
Society 97(4), 558-625. https://doi.org/10.2307/2342192
Balinski, M. L. & Young, H. P. (1982), Fair Representation: the method of largest remainders (Hamilton).
"""

from collections.abc import Sequence
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from cityvoice.fieldwork.impossible import DrawFault, ImpossibleDraw

TINY = 1e-9  # of the largest deviation: units that differ by less do not differ
FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
Numbers = Sequence[float] | FloatArray | IntArray


class Allocation(StrEnum):
    PROPORTIONAL = "proportional"  # as many of each hundred in every stratum
    EQUAL = "equal"  # the same number in every stratum
    NEYMAN = "neyman"  # more where units differ more
    GIVEN = "given"  # as somebody decided


def allocate(
    sizes: Numbers,
    n: int,
    *,
    method: Allocation = Allocation.PROPORTIONAL,
    deviations: Numbers | None = None,
    least: int = 1,
) -> IntArray:
    """Sample sizes of strata, which sum to n exactly.

    Shares proportional to N_h (proportional), 1 (equal) or N_h S_h (Neyman) are kept between `least` and
    N_h, what that takes or leaves being shared by the others; fractions go to the largest remainders, of
    equal ones to the first.

    Parameters
    ----------
    sizes : int array, shape (H,)
        Units in each stratum, N_h >= 1.
    n : int
        Units in the sample.
    deviations : float array, shape (H,)
        Standard deviations S_h within strata; for Neyman's allocation alone.
    least : int
        Units that every stratum gives at least, or all of its units where it has fewer.

    Returns
    -------
    int array, shape (H,)

    Raises
    ------
    ImpossibleDraw
        More units than there are, or fewer than the strata must give.
    """
    room = np.asarray(sizes, dtype=np.int64)
    floor = np.minimum(least, room)
    if n > room.sum():
        raise ImpossibleDraw(DrawFault.TOO_MANY, wanted=n, most=int(room.sum()))
    if n < floor.sum():
        raise ImpossibleDraw(DrawFault.TOO_FEW, wanted=n, least=int(floor.sum()))
    measure = _measure(room, method, deviations)
    if n > room[measure > 0].sum() + floor[measure == 0].sum():  # those who do not differ must help out
        measure = np.where(measure == 0, measure[measure > 0].min(initial=1.0) * 1e-9, measure)
    return _rounded(_between(measure, n, floor, room), n)


def _measure(room: IntArray, method: Allocation, deviations: Numbers | None) -> FloatArray:
    if method is Allocation.EQUAL:
        return np.ones(len(room))
    if method is Allocation.PROPORTIONAL:
        return room.astype(float)
    if method is Allocation.GIVEN or deviations is None:
        raise ImpossibleDraw(DrawFault.NO_DEVIATIONS)
    spread = np.asarray(deviations, dtype=float)
    if spread.shape != room.shape or not np.all(np.isfinite(spread) & (spread >= 0)) or not spread.any():
        raise ImpossibleDraw(DrawFault.NO_DEVIATIONS)
    share = spread / spread.max()  # the least numbers there are cannot be made smaller still
    return np.where(share < TINY, 0.0, room * share)


def _between(measure: FloatArray, n: int, floor: IntArray, room: IntArray) -> FloatArray:
    """Shares proportional to a measure inside bounds: strata at a bound are fixed, until the rest fit.

    In each round only the side is fixed on which more is missing, which is why a fixed one never comes loose.
    """
    shares = np.zeros(len(measure))
    is_free = np.ones(len(measure), dtype=bool)
    while is_free.any():
        left = n - shares[~is_free].sum()
        total = measure[is_free].sum()
        wanted = left * measure / total if total > 0 else floor.astype(float)
        low, high = is_free & (wanted < floor), is_free & (wanted > room)
        short, over = (floor - wanted)[low].sum(), (wanted - room)[high].sum()
        if short == over:
            shares[is_free] = np.clip(wanted, floor, room)[is_free]
            break
        fixed, bound = (low, floor) if short > over else (high, room)
        shares[fixed] = bound[fixed]
        is_free &= ~fixed
    return shares


def _rounded(shares: FloatArray, n: int) -> IntArray:
    """Whole numbers with the same sum, by largest remainders."""
    shares = np.where(np.abs(shares - np.rint(shares)) < 1e-9, np.rint(shares), shares)
    whole = np.floor(shares).astype(np.int64)
    missing = int(n - whole.sum())
    first = np.argsort(-(shares - whole), kind="stable")[:missing]
    whole[first] += 1
    return whole
