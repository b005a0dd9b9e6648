"""Making replicates from a design: jackknife, balanced half-samples, bootstrap."""

from typing import Literal

import numpy as np

from cityvoice.stats.design import LonelyPsu, SurveyDesign
from cityvoice.stats.encoding import FloatArray, IntArray
from cityvoice.stats.errors import DesignError, LonelyPsuError
from cityvoice.stats.options import check_option
from cityvoice.stats.replicates import Replicates
from cityvoice.stats.stages import Stage

BootstrapKind = Literal["bootstrap", "subbootstrap", "mrbbootstrap"]


def jackknife(design: SurveyDesign, *, mse: bool = False) -> SurveyDesign:
    """Delete one PSU at a time within its stratum: JK1 for one stratum, JKn for several.

    Units come in the order of their first row. The finite population correction enters the scales.
    """
    stage = design.stages[0]
    order = np.argsort(_first_rows(stage), kind="stable")
    sampled = stage.n_sampled[stage.unit_stratum]
    free = stage.free_fraction
    columns: list[FloatArray] = []
    scales: list[float] = []
    for stratum in dict.fromkeys(stage.unit_stratum[order].tolist()):
        for unit in order[stage.unit_stratum[order] == stratum]:
            if sampled[unit] == 1:
                _lonely_replicate(design.lonely_psu, stage, int(unit), columns, scales)
                continue
            factors = np.ones(stage.n_units)
            factors[stage.unit_stratum == stratum] = sampled[unit] / (sampled[unit] - 1)
            factors[unit] = 0.0
            columns.append(factors)
            scales.append(float(free[unit] * (sampled[unit] - 1) / sampled[unit]))
    scale = 1.0
    if design.lonely_psu is LonelyPsu.AVERAGE:
        scale = stage.n_units / len(columns)
    rscales = np.array(scales)
    if stage.n_strata == 1:
        scale, rscales = float(rscales[0]), np.ones(len(rscales))
    return _with_factors(design, np.column_stack(columns), scale, rscales, mse)


def _lonely_replicate(
    rule: LonelyPsu, stage: Stage, unit: int, columns: list[FloatArray], scales: list[float]
) -> None:
    if rule is LonelyPsu.FAIL and stage.free_fraction[unit] > 0:
        raise LonelyPsuError(
            "lonely-psu", "jackknife", "at least two sampled units in each stratum", "a stratum with one"
        )
    if rule is LonelyPsu.ADJUST:
        n_strata = stage.n_strata
        factors = np.full(stage.n_units, n_strata / (n_strata - 1))
        factors[unit] = 0.0
        columns.append(factors)
        scales.append((n_strata - 1) / n_strata)


def balanced_halves(
    design: SurveyDesign, *, rho: float = 0.0, mse: bool = False, merge_large: bool = False
) -> SurveyDesign:
    """BRR, or Fay's method with ``0 < rho < 1``: half-samples balanced over strata by a Hadamard matrix.

    Parameters
    ----------
    merge_large : bool
        Strata of more than two PSUs form two halves; otherwise pairs (an even number is needed).
    """
    stage = design.stages[0]
    first_half, pair = _halves(stage, merge_large)
    matrix = hadamard(int(pair.max()) + 2)
    # a half is taken where the sign is 1; the first column of the matrix, all ones, is left out
    taken = matrix[1 + pair] == np.where(first_half, 1, -1)[:, None]
    factors = np.where(taken, 2 - rho, rho)
    scale = 1 / (matrix.shape[1] * (1 - rho) ** 2)
    return _with_factors(design, factors, scale, np.ones(matrix.shape[1]), mse)


def _halves(stage: Stage, merge_large: bool) -> tuple[FloatArray, IntArray]:
    """Whether each unit is in the first half, and the pair it belongs to."""
    first_rows = _first_rows(stage)
    first_half = np.zeros(stage.n_units, dtype=bool)
    pair = np.zeros(stage.n_units, dtype=np.int64)
    following = 0
    large_first = sorted(range(stage.n_strata), key=lambda h: (stage.n_sampled[h] == 2, h))
    for stratum in large_first:
        units = np.flatnonzero(stage.unit_stratum == stratum)
        units = units[np.argsort(first_rows[units], kind="stable")]
        n = len(units)
        if n < 2 or (n % 2 and not merge_large):
            raise DesignError(
                "brr-strata",
                f"stratum number {stratum + 1}",
                "two PSUs, or an even number",
                f"{n}",
                "Use the jackknife, or merge_large=True.",
            )
        if merge_large:
            first_half[units[: n // 2]], pair[units], following = True, following, following + 1
        else:
            first_half[units[::2]] = True
            pair[units] = following + np.arange(n) // 2
            following += n // 2
    return first_half, pair


def hadamard(size: int) -> IntArray:
    """Hadamard matrix of the smallest order that Sylvester's and Paley's constructions reach from `size`."""
    order = max(4 * ((size + 3) // 4), 4)
    while True:
        built = _hadamard_of(order)
        if built is not None:
            return built
        order += 4


def _hadamard_of(order: int) -> IntArray | None:
    if order == 1:
        return np.ones((1, 1), dtype=np.int64)
    if order == 2:
        return np.array([[1, 1], [1, -1]])
    if order % 4:
        return None
    if order & (order - 1) and _is_prime(order - 1) and (order - 1) % 4 == 3:
        return _paley(order - 1)
    half = _hadamard_of(order // 2)
    return None if half is None else np.block([[half, half], [half, -half]])


def _is_prime(number: int) -> bool:
    return number > 1 and all(number % k for k in range(2, int(number**0.5) + 1))


def _paley(prime: int) -> IntArray:
    """Paley's matrix in the symmetric form: sign by whether i + j is a square modulo the prime."""
    squares = {(k * k) % prime for k in range(prime)}
    sign = np.array([-1 if k in squares else 1 for k in range(prime)])
    matrix = np.ones((prime + 1, prime + 1), dtype=np.int64)
    matrix[1:, 1:] = sign[(np.arange(prime)[None, :] + np.arange(prime)[:, None]) % prime]
    return matrix


def bootstrap(
    design: SurveyDesign,
    *,
    kind: BootstrapKind = "subbootstrap",
    n_replicates: int = 200,
    seed: int = 1,
    mse: bool = False,
) -> SurveyDesign:
    """Resample PSUs within strata.

    Parameters
    ----------
    kind : str
        ``bootstrap``: n PSUs with replacement (Canty and Davison 1999). ``subbootstrap``: n - 1 of them,
        rescaled (Rao and Wu 1988). ``mrbbootstrap``: half of them without replacement at every stage
        (Preston 2009); the only one that uses corrections of later stages.
    """
    check_option("kind", kind, BootstrapKind)
    draw = {"bootstrap": _draw_all, "subbootstrap": _draw_less_one, "mrbbootstrap": _draw_half}[kind]
    rng = np.random.default_rng(seed)
    stage = design.stages[0]
    sampled = stage.n_sampled
    if (sampled < 2).any():
        raise LonelyPsuError("lonely-psu", "bootstrap", "at least two sampled units in each stratum", "one")
    factors = np.ones((stage.n_units, n_replicates))
    for stratum in range(stage.n_strata):
        units = np.flatnonzero(stage.unit_stratum == stratum)
        factors[units] = draw(rng, len(units), n_replicates, float(stage.free_fraction[units[0]]))
    scale = bootstrap_scale(stage, n_replicates, kind)
    return _with_factors(design, factors, scale, np.ones(n_replicates), mse)


def bootstrap_scale(stage: Stage, n_replicates: int, kind: str) -> float:
    """1/(R-1); of the plain bootstrap times n/(n-1), n the harmonic mean of PSUs per stratum."""
    if kind != "bootstrap":
        return 1 / (n_replicates - 1)
    n = 1 / float(np.mean(1 / stage.n_sampled))
    return n / ((n - 1) * (n_replicates - 1))


def _draw_all(rng: np.random.Generator, n: int, n_replicates: int, free: float) -> FloatArray:
    counts = rng.multinomial(n, np.full(n, 1 / n), size=n_replicates).T
    result: FloatArray = 1 + np.sqrt(free) * (counts - 1)
    return result


def _draw_less_one(rng: np.random.Generator, n: int, n_replicates: int, _free: float) -> FloatArray:
    counts = rng.multinomial(n - 1, np.full(n, 1 / n), size=n_replicates).T
    result: FloatArray = counts * n / (n - 1)
    return result


def _draw_half(rng: np.random.Generator, n: int, n_replicates: int, free: float) -> FloatArray:
    taken = n // 2
    picked = rng.permuted(np.tile(np.arange(n) < taken, (n_replicates, 1)), axis=1).T
    rate = np.sqrt(taken * free / (n - taken))
    result: FloatArray = 1 - rate + rate * (n / taken) * picked
    return result


def _first_rows(stage: Stage) -> IntArray:
    first = np.zeros(stage.n_units, dtype=np.int64)
    first[stage.units[::-1]] = np.arange(len(stage.units))[::-1]
    return first


def _with_factors(
    design: SurveyDesign, factors: FloatArray, scale: float, rscales: FloatArray, mse: bool
) -> SurveyDesign:
    weights = design.weights[:, None] * factors[design.stages[0].units]
    return design.with_replicates(Replicates(weights, scale, rscales, mse))
