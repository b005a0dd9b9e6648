"""How far a quota cell is from its target.

References
----------
Kish (1992), Journal of Official Statistics 8, 183-200: the effective size of a weighted sample.
"""

from collections.abc import Iterable


def effective_size(weights: Iterable[float]) -> float:
    """Kish's effective sample size, the squared sum of weights by the sum of their squares; 0 of none.

    Raises
    ------
    ValueError
        A weight that is negative.
    """
    sizes = [float(weight) for weight in weights]
    if any(not size >= 0 for size in sizes):
        raise ValueError(f"weights must be at least 0, got {min(sizes)}")
    squares = sum(size * size for size in sizes)
    return sum(sizes) ** 2 / squares if squares else 0.0


def need(target: float, weights: Iterable[float]) -> float:
    """Share of the target that is missing, in effective interviews: 1 of an empty cell, 0 or less if full.

    Parameters
    ----------
    target : float
        Interviews wanted; a cell that wants none is full.
    weights : iterable of float
        Of its complete interviews; ones count them plainly.
    """
    return 1 - effective_size(weights) / target if target > 0 else 0.0
