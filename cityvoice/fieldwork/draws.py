"""Probability samples: who is drawn, and with what probability.

Every draw is reproducible: it follows from its arguments and a seed through NumPy's generator PCG64
(`numpy.random.Generator(PCG64(seed))`). Rows come in random order, so that any cut of it is a random
subsample.

References
----------
Cochran, W. G. (1977), Sampling Techniques, 3rd edition, Wiley.
Madow, W. G. (1949), On the theory of systematic sampling, II, Annals of Mathematical Statistics 20(3),
333-354. https://doi.org/10.1214/aoms/1177729988
Hartley, H. O. & Rao, J. N. K. (1962), Sampling with unequal probabilities and without replacement, Annals of
Mathematical Statistics 33(2), 350-374. https://doi.org/10.1214/aoms/1177704564
Särndal, C.-E., Swensson, B. & Wretman, J. (1992), Model Assisted Survey Sampling, Springer.
https://doi.org/10.1007/978-1-4612-4378-6
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cityvoice.fieldwork.allocation import FloatArray, IntArray, Numbers
from cityvoice.fieldwork.impossible import DrawFault, ImpossibleDraw


@dataclass(frozen=True, eq=False)
class Draw:
    """A sample.

    Parameters
    ----------
    rows : int array, shape (n,)
        Places of the units in the frame, from 0, in random order.
    probabilities : float array, shape (n,)
        Of inclusion, for each drawn unit.
    """

    rows: IntArray
    probabilities: FloatArray

    @property
    def weights(self) -> FloatArray:
        """Base weights: 1 / probability."""
        weights: FloatArray = 1.0 / self.probabilities
        return weights

    def __len__(self) -> int:
        return len(self.rows)


def simple(n_units: int, n: int, *, seed: int) -> Draw:
    """Simple random sample without replacement; probability n/N.

    Raises
    ------
    ImpossibleDraw
        Nobody wanted, or more than there are.
    """
    _check(n_units, n)
    rows = generator(seed).permutation(n_units)[:n]
    return Draw(rows, np.full(n, n / n_units))


def systematic(n_units: int, n: int, *, seed: int, order: Sequence[int] | IntArray | None = None) -> Draw:
    """Every k-th unit from a random start, k = N/n as a fraction; probability n/N exactly.

    Parameters
    ----------
    order : int array, shape (N,), optional
        The units as they are passed through: sorted by what should be spread evenly (implicit strata).
        Without it, the frame's order.
    """
    _check(n_units, n)
    passed = np.arange(n_units) if order is None else np.asarray(order, dtype=np.int64)
    if not np.array_equal(np.sort(passed), np.arange(n_units)):
        raise ImpossibleDraw(DrawFault.NOT_AN_ORDER)
    rng = generator(seed)
    # The start in units of 1/n of a step: whole numbers, so that no rounding reaches the probabilities
    start = rng.integers(0, n_units)
    rows = passed[(start + np.arange(n, dtype=np.int64) * n_units) // n]
    return Draw(rng.permutation(rows), np.full(n, n / n_units))


def stratified(strata: Sequence[str], sizes: Mapping[str, int], *, seed: int) -> Draw:
    """Simple random samples in each stratum; probability n_h/N_h.

    Parameters
    ----------
    strata : sequence of str, length N
        Of each unit.
    sizes : mapping of str to int
        n_h by stratum, see `allocate`; 0 leaves a stratum out.

    Raises
    ------
    ImpossibleDraw
        Strata without a size, sizes without a stratum, or more than a stratum has.
    """
    names, codes, counts = np.unique(np.asarray(strata), return_inverse=True, return_counts=True)
    if strange := set(sizes) ^ set(names.tolist()):
        raise ImpossibleDraw(DrawFault.WRONG_STRATA, names=", ".join(sorted(strange)[:5]))
    wanted = np.array([sizes[name] for name in names.tolist()], dtype=np.int64)
    for name, n_h, most in zip(names.tolist(), wanted, counts, strict=True):
        if not 0 <= n_h <= most:
            raise ImpossibleDraw(DrawFault.BEYOND_STRATUM, stratum=name, most=int(most))
    _check(len(codes), int(wanted.sum()))
    rng = generator(seed)
    shuffled = rng.permutation(len(codes))
    by_stratum = shuffled[np.argsort(codes[shuffled], kind="stable")]  # random inside each stratum
    rank = np.arange(len(codes)) - np.repeat(np.cumsum(counts) - counts, counts)
    rows = rng.permutation(by_stratum[rank < np.repeat(wanted, counts)])
    return Draw(rows, (wanted / counts)[codes[rows]])


def pps(sizes: Numbers, n: int, *, seed: int, order: Sequence[int] | IntArray | None = None) -> Draw:
    """Probability proportional to size, without replacement.

    Units so large that n x/X reaches 1 are taken with certainty, and the rest is drawn with n' x/X' (again
    until none is left that large). The rest is drawn by systematic selection from a random start along the
    units in random order (Hartley and Rao 1962): its inclusion probabilities are exact for any n, unlike
    those of Pareto sampling, its size is fixed, unlike that of Poisson sampling, and it is fast for 10^6
    units, unlike Sampford's and Brewer's methods. Joint probabilities are not computed: variances are
    estimated as if drawn with replacement.

    Parameters
    ----------
    sizes : float array, shape (N,)
        The measure of size, positive.
    order : int array, shape (N,), optional
        Pass through the units in this order instead (Madow 1949), to spread what it sorts by.

    Raises
    ------
    ImpossibleDraw
        Sizes that are missing, zero or negative; more units than there are.
    """
    size = np.asarray(sizes, dtype=float)
    _check(len(size), n)
    wrong = np.flatnonzero(~(np.isfinite(size) & (size > 0)))
    if len(wrong):
        raise ImpossibleDraw(DrawFault.NO_SIZES, row=int(wrong[0]))
    if order is not None and not np.array_equal(np.sort(order), np.arange(len(size))):
        raise ImpossibleDraw(DrawFault.NOT_AN_ORDER)
    rng = generator(seed)
    probabilities = inclusion_probabilities(size, n)
    passed = rng.permutation(len(size)) if order is None else np.asarray(order, dtype=np.int64)
    certain = np.flatnonzero(probabilities == 1)
    passed = passed[probabilities[passed] < 1]
    drawn = passed[_crossings(probabilities[passed], n - len(certain), rng.random())]
    rows = rng.permutation(np.concatenate([certain, drawn]))
    return Draw(rows, probabilities[rows])


def inclusion_probabilities(size: FloatArray, n: int) -> FloatArray:
    """min(1, c x) with c such that they sum to n: certainty units taken out, again until none is left."""
    probabilities = np.ones(len(size))
    is_certain = np.zeros(len(size), dtype=bool)
    while not is_certain.all():
        rest = ~is_certain
        probabilities[rest] = (n - is_certain.sum()) * (size[rest] / size[rest].sum())
        large = rest & (probabilities >= 1 - 1e-12)
        if not large.any():
            break
        is_certain |= large
        probabilities[is_certain] = 1.0
    return probabilities


def _crossings(probabilities: FloatArray, n: int, start: float) -> npt.NDArray[np.int64]:
    """Where the running sum of the probabilities passes start, start + 1, ...: each at another unit."""
    sums = np.cumsum(probabilities)
    places = np.searchsorted(sums, start + np.arange(n), side="right")
    return np.minimum(places, len(sums) - 1)  # where the sum was rounded to less than n


def replicates(n_cases: int, n_replicates: int) -> IntArray:
    """Number of the replicate, from 1, of each case of a draw: random subsamples of equal size or one less.

    A draw's rows are in random order, so that consecutive cases are a random subsample of it.
    """
    if not 1 <= n_replicates <= max(n_cases, 1):
        raise ImpossibleDraw(DrawFault.TOO_MANY_REPLICATES, most=max(n_cases, 1))
    return np.asarray(1 + np.arange(n_cases) * n_replicates // max(n_cases, 1), dtype=np.int64)


def generator(seed: int) -> np.random.Generator:
    """The one source of randomness; PCG64 gives the same numbers on every machine."""
    return np.random.Generator(np.random.PCG64(seed))


def _check(n_units: int, n: int) -> None:
    if n_units < 1:
        raise ImpossibleDraw(DrawFault.NO_UNITS)
    if n < 1:
        raise ImpossibleDraw(DrawFault.NONE_WANTED)
    if n > n_units:
        raise ImpossibleDraw(DrawFault.TOO_MANY, wanted=n, most=n_units)
