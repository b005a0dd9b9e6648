"""Minimisation by a variable metric, ending where R's ``optim(method = "BFGS")`` ends.

R stops at a relative change of 1.5e-8 of the likelihood, where coefficients may still be 1e-4 from the
maximum; results to be compared with R need the same path.
"""

from collections.abc import Callable

import numpy as np

from cityvoice.stats.encoding import FloatArray

RELATIVE_CHANGE = 1.490116119384766e-08
SUFFICIENT = 1e-4
SHORTER = 0.2
SAME = 10.0  # two points are the same when they do not differ beside this
MAX_ITERATIONS = 100


def minimise(
    f: Callable[[FloatArray], float], gradient: Callable[[FloatArray], FloatArray], start: FloatArray
) -> FloatArray:
    """A minimum of f near `start`.

    References
    ----------
    Fletcher (1970), doi:10.1093/comjnl/13.3.317; Nash (1990), Compact Numerical Methods, algorithm 21.
    """
    at, value, slope = start, f(start), gradient(start)
    size, n_gradients, since = len(start), 1, 1
    metric = np.eye(size)
    while n_gradients < MAX_ITERATIONS:
        if since == n_gradients:
            metric = np.eye(size)
        direction = -metric @ slope
        downhill = float(direction @ slope)
        moved, lower, length = at, value, 0.0
        if downhill < 0:
            moved, lower, length = _line_search(f, at, value, direction, downhill)
        settled = abs(lower - value) <= RELATIVE_CHANGE * (abs(value) + RELATIVE_CHANGE)
        if downhill >= 0 or settled:
            at, value = moved, lower
            if since == n_gradients:
                break
            since = n_gradients  # once more, straight downhill
            continue
        at, value = moved, lower
        steeper = gradient(at)
        n_gradients += 1
        change, step, slope = steeper - slope, length * direction, steeper
        if float(step @ change) > 0:
            metric = _updated(metric, step, change)
        else:
            since = n_gradients
        if n_gradients - since > 2 * size:
            since = n_gradients
    return at


def _line_search(
    f: Callable[[FloatArray], float], at: FloatArray, value: float, direction: FloatArray, downhill: float
) -> tuple[FloatArray, float, float]:
    """Shorten the step until it lowers f enough; the start itself when no step is left."""
    length = 1.0
    while True:
        point = at + length * direction
        if (point + SAME == at + SAME).all():
            return at, value, 0.0
        lower = f(point)
        if np.isfinite(lower) and lower <= value + downhill * length * SUFFICIENT:
            return point, lower, length
        length *= SHORTER


def _updated(metric: FloatArray, step: FloatArray, change: FloatArray) -> FloatArray:
    """Broyden, Fletcher, Goldfarb and Shanno's update of the inverse Hessian."""
    along = float(step @ change)
    bent = metric @ change
    factor = 1 + float(bent @ change) / along
    return metric + (factor * np.outer(step, step) - np.outer(step, bent) - np.outer(bent, step)) / along
