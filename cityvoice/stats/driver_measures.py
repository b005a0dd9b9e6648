"""Measures of a driver's share in R2, for many correlation matrices at once."""

import numpy as np

from cityvoice.stats.encoding import FloatArray

MEASURES = ("lmg", "johnson", "first", "last", "beta_squared", "pratt")
BATCH = 2**22  # numbers held at a time: matrices times subsets
SWEPT = 10  # drivers whose sets are swept together


def decompose(correlations: FloatArray) -> dict[str, FloatArray]:
    """All measures from correlation matrices of (outcome, drivers).

    Parameters
    ----------
    correlations : float array, shape (k, p + 1, p + 1)
        One matrix per replicate, the outcome first.

    Returns
    -------
    dict of measure to float array, shape (k, p)
    """
    batch = max(1, BATCH >> (correlations.shape[1] - 1))
    parts = [_decompose(correlations[start : start + batch]) for start in range(0, len(correlations), batch)]
    return {name: np.concatenate([part[name] for part in parts]) for name in MEASURES}


def _decompose(correlations: FloatArray) -> dict[str, FloatArray]:
    return {"lmg": shapley(1 - subset_residuals(correlations))} | one_model_measures(correlations)


def one_model_measures(correlations: FloatArray) -> dict[str, FloatArray]:
    """All measures but LMG: they need the model of all drivers only.

    The last driver's gain is its squared coefficient over the diagonal of the inverse correlations.
    """
    simple, among = correlations[:, 0, 1:], correlations[:, 1:, 1:]
    inverse = np.linalg.inv(among)
    coefficients = np.einsum("kij,kj->ki", inverse, simple)
    return {
        "johnson": _relative_weights(among, simple),
        "first": np.square(simple),
        "last": np.square(coefficients) / np.diagonal(inverse, axis1=1, axis2=2),
        "beta_squared": np.square(coefficients),
        "pratt": coefficients * simple,
    }


def shapley_gradient(correlations: FloatArray) -> FloatArray:
    """Derivatives of LMG by each correlation of the upper triangle, shape (pairs, p).

    Parameters
    ----------
    correlations : float array, shape (p + 1, p + 1)
        The outcome first.

    Notes
    -----
    R2 of a set S of drivers has the derivative 2 b_k by the correlation of the outcome and driver k, and
    -2 b_k b_l by that of drivers k and l, b the coefficients of the regression on S, 0 outside S.
    """
    n_drivers = len(correlations) - 1
    first, second = np.triu_indices(n_drivers, 1)
    of_outcome, of_pairs = np.zeros((n_drivers, n_drivers)), np.zeros((len(first), n_drivers))
    players, shares = np.arange(n_drivers), _orderings(n_drivers)
    low = min(n_drivers, SWEPT)
    for high in range(1 << (n_drivers - low)):
        subsets = (high << low) + np.arange(1 << low)
        inside = (subsets[:, None] >> players & 1) == 1
        size = inside.sum(axis=1, keepdims=True)
        pull = np.where(inside, shares[np.maximum(size - 1, 0)], -shares[np.minimum(size, n_drivers - 1)])
        b = np.where(inside, _coefficients(correlations, high, low), 0.0)
        of_outcome += 2 * b.T @ pull
        of_pairs -= 2 * (b[:, first] * b[:, second]).T @ pull
    return np.vstack([of_outcome, of_pairs])


def _coefficients(correlations: FloatArray, high: int, low: int) -> FloatArray:
    """Regressions on all sets of the first `low` drivers joined with those that the bits of `high` name."""
    swept = correlations[None]
    for driver in range(low, len(correlations) - 1):
        if high >> (driver - low) & 1:
            swept = _sweep(swept, driver + 1)
    for driver in range(low):
        swept = np.concatenate([swept, _sweep(swept, driver + 1)])
    return swept[:, 1:, 0]


def _sweep(matrices: FloatArray, k: int) -> FloatArray:
    """Take variable k into the regression (Goodnight 1979, The American Statistician 33, 149-158)."""
    pivot = matrices[:, k, k][:, None]
    row, column = matrices[:, k] / pivot, matrices[:, :, k].copy()
    result: FloatArray = matrices - column[:, :, None] * row[:, None, :]
    result[:, :, k] = -column / pivot
    result[:, k] = row
    result[:, k, k] = 1 / pivot[:, 0]
    return result


def shapley(worth: FloatArray) -> FloatArray:
    """Shapley values of games given by the worth of each subset.

    Parameters
    ----------
    worth : float array, shape (k, 2^p)
        Bit j of the column number says whether player j takes part.

    Returns
    -------
    float array, shape (k, p)
    """
    n_players = worth.shape[1].bit_length() - 1
    size = np.zeros(1, dtype=np.int64)
    for _ in range(n_players - 1):
        size = np.concatenate([size, size + 1])
    shares = _orderings(n_players)[size]  # of the others' subsets, numbered without the player's bit
    values = np.empty((len(worth), n_players))
    for player in range(n_players):
        halves = worth.reshape(len(worth), -1, 2, 1 << player)
        gain = halves[:, :, 1, :] - halves[:, :, 0, :]
        values[:, player] = gain.reshape(len(worth), -1) @ shares
    return values


def _orderings(n_players: int) -> FloatArray:
    """Share of orderings in which a given set of s players comes just before one: s! (p - s - 1)! / p!."""
    shares = np.empty(n_players)
    shares[0] = 1 / n_players
    for size in range(1, n_players):
        shares[size] = shares[size - 1] * size / (n_players - size)
    return shares


def _relative_weights(among: FloatArray, simple: FloatArray) -> FloatArray:
    """Johnson's weights: R2 over the closest orthogonal drivers, handed back through the loadings."""
    values, vectors = np.linalg.eigh(among)
    roots = np.sqrt(np.maximum(values, 0.0))
    loadings = np.einsum("kij,kj,klj->kil", vectors, roots, vectors)
    orthogonal = np.linalg.solve(loadings, simple[..., None])[..., 0]
    weights: FloatArray = np.einsum("kij,kj->ki", np.square(loadings), np.square(orthogonal))
    return weights


def subset_residuals(covariances: FloatArray) -> FloatArray:
    """Var(y | S) for all subsets S of p predictors.

    Parameters
    ----------
    covariances : float array, shape (k, p + 1, p + 1)
        The outcome first.

    Returns
    -------
    float array, shape (k, 2^p)
        Bit j of the column number says whether predictor j is in S.

    Notes
    -----
    Var(y | S) = det C(y, S) / det C(S). Predictors are taken one at a time: the matrices of the remaining
    variables are kept for each subset so far, once as they are and once with the predictor swept out, so
    2^p subsets cost about 2^p small updates and memory stays near 2^p numbers.
    """
    order = [0, *range(covariances.shape[1] - 1, 0, -1)]  # the next predictor stands last: a cheap slice
    remaining = covariances[:, None][:, :, order][:, :, :, order]
    for _ in order[1:]:
        inner, column = remaining[..., :-1, :-1], remaining[..., :-1, -1]
        scaled = column / remaining[..., -1, -1][..., None]
        swept = inner - column[..., :, None] * scaled[..., None, :]
        remaining = np.concatenate([inner, swept], axis=1)
    return np.ascontiguousarray(remaining[..., 0, 0])
