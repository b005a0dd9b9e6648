"""Log-linear models of tables under a survey design, by pseudo-likelihood.

References
----------
Rao and Scott (1984), doi:10.1214/aos/1176346391.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import special, stats

from cityvoice.stats.design import SurveyDesign
from cityvoice.stats.encoding import BoolArray, Codes, FloatArray
from cityvoice.stats.errors import EstimationError
from cityvoice.stats.estimates import Estimates
from cityvoice.stats.estimation import mean
from cityvoice.stats.formula.expressions import as_codes, evaluate, is_missing
from cityvoice.stats.formula.model_frame import model_frame
from cityvoice.stats.formula.terms import Formula, parse_formula
from cityvoice.stats.frame import Frame
from cityvoice.stats.quadratic_forms import chi_square_sum_tail
from cityvoice.stats.regression.families import family_of
from cityvoice.stats.regression.irls import fit_irls

EMPTY = 1e-8  # a fitted share that only stopped iterations keep from 0


@dataclass(frozen=True, eq=False)
class LoglinearResult:
    """A fitted model.

    Parameters
    ----------
    estimates : Estimates
        Coefficients without the intercept, levels coded to sum to zero: ``sex1``, ``sex1:age2``.
    fitted, observed : float arrays, shape (cells,)
        Shares of the cells, the first variable varying fastest.
    columns : float array, shape (cells, p)
        Design of the cells, without the intercept.
    cell_covariance : float array, shape (cells, cells)
        Of the observed shares, under the design.
    deviance : float
        2 n sum observed * log(observed / fitted).
    """

    formula: Formula
    estimates: Estimates
    fitted: FloatArray
    observed: FloatArray
    columns: FloatArray
    cell_covariance: FloatArray
    deviance: float
    n: int


@dataclass(frozen=True, eq=False)
class LoglinearComparison:
    """A smaller model against a larger one that holds it.

    Parameters
    ----------
    deviance, score : float
        Difference of deviances, and Pearson's X2 of the fitted shares.
    effects : float array, shape (k,)
        Generalised design effects of the k terms that the models differ by.
    """

    deviance: float
    score: float
    effects: FloatArray
    df: float

    def p_values(self, statistic: float) -> dict[str, float]:
        """Of either statistic: first order, second order F, saddlepoint, exact sum of chi-squares."""
        k, trace = len(self.effects), float(self.effects.sum())
        d = trace**2 / float(np.square(self.effects).sum())
        return {
            "first_order": float(stats.chi2.sf(statistic / (trace / k), k)),
            "F": float(stats.f.sf(statistic / trace, d, d * self.df)) if self.df > 0 else np.nan,
            "saddlepoint": chi_square_sum_tail(statistic, self.effects, "saddlepoint"),
            "exact": chi_square_sum_tail(statistic, self.effects, "exact"),
        }


def loglinear(design: SurveyDesign, data: Any, formula: str) -> LoglinearResult:
    """Fit a log-linear model to the table of the formula's variables.

    Parameters
    ----------
    formula : str
        One-sided, with the intercept: ``~ sex * district + mode``. Rows with any variable missing stay out.

    Raises
    ------
    EstimationError
        A cell that nobody is in and that the model's terms leave free: its coefficient would be infinite.
    """
    read = parse_formula(formula)
    if read.response or not read.has_intercept or not read.terms:
        raise EstimationError("formula-loglinear", "formula", "~ terms, with the intercept", formula)
    frame = data if isinstance(data, Frame) else Frame(data)
    inside, cells, grid = _table(frame, read, design.active)
    base = design.subset(inside)
    shares = mean(base, {"cell": cells}, ["cell"])
    n = int(inside.sum())
    everyone = np.ones(len(cells.levels), dtype=bool)
    matrix = model_frame(read, grid, everyone, contrasts="sum").matrix
    counts, nothing = n * shares.values, np.zeros(len(everyone))
    fit = fit_irls(
        counts, matrix.values, np.ones(len(counts)), family_of("poisson"), nothing, names=matrix.names
    )
    fitted, columns = fit.fitted / n, matrix.values[:, 1:]
    _refuse_empty(fitted, grid)
    inverse = np.linalg.inv(columns.T @ _multinomial(fitted) @ columns)
    covariance = inverse @ columns.T @ shares.covariance @ columns @ inverse
    every = np.ones(columns.shape[1])
    estimates = Estimates(
        "coefficient", matrix.names[1:], fit.coefficients[1:], covariance, base.degrees_of_freedom, n * every,
        shares.n_eff[0] * every, np.nan * every, variance_method=shares.variance_method,
    )  # fmt: skip
    deviance = 2 * n * float(special.xlogy(shares.values, shares.values / fitted).sum())
    return LoglinearResult(read, estimates, fitted, shares.values, columns, shares.covariance, deviance, n)


def compare_loglinear(smaller: LoglinearResult, larger: LoglinearResult) -> LoglinearComparison:
    """Test the terms that only the larger model has.

    Raises
    ------
    EstimationError
        Models of different tables, or not one within the other.
    """
    terms = [{frozenset(term) for term in model.formula.terms} for model in (smaller, larger)]
    variables = [set(model.formula.variables) for model in (smaller, larger)]
    if variables[0] != variables[1] or not terms[0] < terms[1]:
        raise EstimationError(
            "models-nested", "comparison", "a model within the other, of one table", "others"
        )
    spread = _multinomial(larger.fitted)
    old, new = smaller.columns, _added(smaller, larger)
    clear = new - old @ np.linalg.solve(old.T @ spread @ old, old.T @ spread @ new)
    delta = np.linalg.solve(clear.T @ spread @ clear / larger.n, clear.T @ larger.cell_covariance @ clear)
    if not np.isfinite(delta).all():
        raise EstimationError("covariance-singular", "comparison", "a finite covariance", "another")
    effects = np.sort(np.linalg.eigvals(delta).real)[::-1]
    score = larger.n * float((np.square(larger.fitted - smaller.fitted) / smaller.fitted).sum())
    return LoglinearComparison(
        smaller.deviance - larger.deviance, score, np.asarray(effects), larger.estimates.df
    )


def _refuse_empty(fitted: FloatArray, grid: dict[str, Codes]) -> None:
    if fitted.min() < EMPTY:
        cell = int(fitted.argmin())
        labels = ", ".join(f"{name} = {codes.levels[codes.codes[cell]]}" for name, codes in grid.items())
        raise EstimationError(
            "table-cell-empty",
            f"cell {labels}",
            "answers in every cell that an interaction of the model needs",
            "n = 0",
            "Merge levels, or leave the interaction out.",
        )


def _added(smaller: LoglinearResult, larger: LoglinearResult) -> FloatArray:
    names = set(smaller.estimates.terms)
    added: FloatArray = larger.columns[:, [name not in names for name in larger.estimates.terms]]
    return added


def _multinomial(shares: FloatArray) -> FloatArray:
    return np.diag(shares) - np.outer(shares, shares)


def _table(frame: Frame, formula: Formula, active: BoolArray) -> tuple[BoolArray, Codes, dict[str, Codes]]:
    """Rows with all answers, the cell of each row, and the levels of each cell."""
    variables = {name: as_codes(evaluate(name, frame)) for name in formula.variables}
    inside = active.copy()
    for codes in variables.values():
        inside &= ~is_missing(codes)
    size, cell = 1, np.zeros(frame.n_rows, dtype=np.int64)
    levels: dict[str, tuple[str, ...]] = {}
    for name, codes in variables.items():
        used = np.unique(codes.codes[inside])
        lookup = np.zeros(len(codes.levels) + 1, dtype=np.int64)
        lookup[used] = np.arange(len(used))
        cell += size * lookup[codes.codes]
        levels[name] = tuple(codes.levels[code] for code in used)
        size *= len(used)
    repeats, grid = 1, dict[str, Codes]()
    for name, own in levels.items():
        grid[name] = Codes(np.arange(size) // repeats % len(own), own)
        repeats *= len(own)
    return inside, Codes(np.where(inside, cell, 0), tuple(str(k) for k in range(size))), grid
