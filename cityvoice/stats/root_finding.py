"""Brent's zero of a function of one variable."""

from collections.abc import Callable

import numpy as np

from cityvoice.stats.errors import EstimationError


def find_root(function: Callable[[float], float], low: float, high: float, tolerance: float) -> float:
    """Brent's zero (Brent 1973, chapter 4). Written out, because a step function shows every detail of it."""
    a, b, c = low, high, low
    fa, fb = function(a), function(b)
    fc = fa
    if fa == 0 or fb == 0:
        return a if fa == 0 else b
    if fa * fb > 0:
        raise EstimationError(
            "score-interval", "quantile", "a sign change between the smallest and largest value", "none"
        )
    for _ in range(1000):
        previous = b - a
        if abs(fc) < abs(fb):
            a, b, c = b, c, b
            fa, fb, fc = fb, fc, fb
        close = 2 * np.finfo(float).eps * abs(b) + tolerance / 2
        halfway = (c - b) / 2
        if abs(halfway) <= close or fb == 0:
            return b
        step = halfway
        if abs(previous) >= close and abs(fa) > abs(fb):
            step = _interpolate(a, b, c, fa, fb, fc, previous, close, halfway)
        if abs(step) < close:
            step = close if step > 0 else -close
        a, fa = b, fb
        b += step
        fb = function(b)
        if (fb > 0) == (fc > 0):
            c, fc = a, fa
    return b


def _interpolate(
    a: float,
    b: float,
    c: float,
    fa: float,
    fb: float,
    fc: float,
    previous: float,
    close: float,
    halfway: float,
) -> float:
    """Secant or inverse quadratic step, if it is short enough to be trusted; else half the interval."""
    width = c - b
    if a == c:
        ratio = fb / fa
        top, bottom = width * ratio, 1 - ratio
    else:
        q, t, s = fa / fc, fb / fc, fb / fa
        top = s * (width * q * (q - t) - (b - a) * (t - 1))
        bottom = (q - 1) * (t - 1) * (s - 1)
    if top > 0:
        bottom = -bottom
    else:
        top = -top
    if top < 0.75 * width * bottom - abs(close * bottom) / 2 and top < abs(previous * bottom / 2):
        return top / bottom
    return halfway
