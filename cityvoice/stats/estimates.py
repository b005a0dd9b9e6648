"""A vector of estimates with its covariance, on which contrasts and functions can be taken."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from cityvoice.stats.encoding import FloatArray
from cityvoice.stats.errors import EstimationError
from cityvoice.stats.intervals import symmetric, t_quantile
from cityvoice.stats.results import Estimate, EstimateTable, WarningCode, reliability_of


@dataclass(frozen=True, eq=False)
class Estimates:
    """Estimates of one call.

    Parameters
    ----------
    statistic : str
        ``mean``, ``total``, ``ratio``, ``variance``, ``contrast``.
    terms : tuple of str, length p
    values : float array, shape (p,)
    covariance : float array, shape (p, p)
    df : float
        Of the design.
    n, n_eff : float arrays, shape (p,)
        Answering base and Kish's effective base.
    design_deff : float array, shape (p,)
        Against simple random sampling without replacement; NaN where it has no meaning.
    population : float
        Sum of the weights behind them.
    variance_method : str
    """

    statistic: str
    terms: tuple[str, ...]
    values: FloatArray
    covariance: FloatArray
    df: float
    n: FloatArray
    n_eff: FloatArray
    design_deff: FloatArray
    population: float = np.nan
    variance_method: str = "linearised"

    @property
    def se(self) -> FloatArray:
        return np.sqrt(np.maximum(np.diag(self.covariance), 0.0))

    @property
    def cv(self) -> FloatArray:
        """Se / |value|."""
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio: FloatArray = self.se / np.abs(self.values)
        return ratio

    @property
    def deff_with_replacement(self) -> FloatArray:
        """Design effects against simple random sampling with replacement, shape (p,)."""
        ratio: FloatArray = self.design_deff * (self.population - self.n) / self.population
        return ratio

    def interval(self, level: float = 0.95, *, df: float | None = None) -> FloatArray:
        """Low and high, shape (p, 2), by Student's t; ``df=inf`` gives the normal interval."""
        critical = t_quantile(level, self.df if df is None else df)
        return np.column_stack(symmetric(self.values, self.se, critical))

    @property
    def notes(self) -> tuple[tuple[WarningCode, ...], ...]:
        """Coded remarks on each term: an empty base, no degrees of freedom."""
        no_df = () if self.df > 0 else (WarningCode.NO_DF,)
        return tuple(no_df if n else (WarningCode.EMPTY_DOMAIN, *no_df) for n in self.n)

    def contrast(self, coefficients: Mapping[str, Mapping[str, float]]) -> "Estimates":
        """Linear combinations, e.g. ``{"change": {"2": 1, "1": -1}}``; terms left out count 0."""
        for name, parts in coefficients.items():
            unknown = [term for term in parts if term not in self.terms]
            if unknown:
                raise EstimationError(
                    "contrast-term", f"contrast {name}", f"terms among {', '.join(self.terms)}", str(unknown)
                )
        matrix = np.array(
            [[float(parts.get(term, 0.0)) for term in self.terms] for parts in coefficients.values()]
        )
        used = matrix != 0
        values = np.array([row[of] @ self.values[of] for row, of in zip(matrix, used, strict=True)])
        return self._transformed(tuple(coefficients), values, matrix)

    def function(self, functions: Mapping[str, Callable[[dict[str, complex]], complex]]) -> "Estimates":
        """Smooth functions of the terms, by the delta method.

        The gradient is taken with a complex step, exact to rounding (Squire and Trapp 1998), so a
        function must be made of analytic operations; numpy's ufuncs are.
        """
        gradient = np.empty((len(functions), len(self.terms)))
        values = np.empty(len(functions))
        for row, compute in enumerate(functions.values()):
            values[row] = complex(compute(self._named(None))).real
            for column in range(len(self.terms)):
                gradient[row, column] = complex(compute(self._named(column))).imag / STEP
        return self._transformed(tuple(functions), values, gradient)

    def _named(self, moved: int | None) -> dict[str, complex]:
        named = dict(zip(self.terms, self.values.astype(complex).tolist(), strict=True))
        if moved is not None:
            named[self.terms[moved]] += 1j * STEP
        return named

    def _transformed(self, terms: tuple[str, ...], values: FloatArray, gradient: FloatArray) -> "Estimates":
        used = gradient != 0
        n = np.array([self.n[row].min() if row.any() else 0.0 for row in used])
        n_eff = np.array([self.n_eff[row].min() if row.any() else 0.0 for row in used])
        # term pairs that are not used take no part: those of an empty group are NaN, and 0 * NaN is NaN
        covariance = np.array(
            [
                [a[i] @ self.covariance[np.ix_(i, j)] @ b[j] for b, j in zip(gradient, used, strict=True)]
                for a, i in zip(gradient, used, strict=True)
            ]
        )
        nothing = np.full(len(terms), np.nan)
        return Estimates(
            "contrast",
            terms,
            values,
            covariance,
            self.df,
            n,
            n_eff,
            nothing,
            self.population,
            self.variance_method,
        )

    def to_table(self, item: str = "", *, level: float = 0.95) -> EstimateTable:
        """The same numbers as frozen `Estimate` objects."""
        bounds = self.interval(level)
        rows = []
        for k, term in enumerate(self.terms):
            value, se, n, n_eff = (float(x[k]) for x in (self.values, self.se, self.n, self.n_eff))
            low, high = float(bounds[k, 0]), float(bounds[k, 1])
            band = reliability_of(
                value=value, se=se, half_width=(high - low) / 2, n_eff=n_eff, is_share=False
            )
            rows.append(
                Estimate(
                    item or term, self.statistic, term, value, se, low, high, self.df, level, int(n), n_eff,
                    n / n_eff if n_eff else np.nan, float(self.design_deff[k]), band,
                    variance=self.variance_method, notes=self.notes[k],
                )
            )  # fmt: skip
        return EstimateTable.from_estimates(rows)


STEP = 1e-30
