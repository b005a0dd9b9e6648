"""The outcome of a test."""

import math
from dataclasses import dataclass, fields, replace
from typing import Any

import pandas as pd

from cityvoice.stats.results import WarningCode


@dataclass(frozen=True)
class TestResult:
    """A test that says what it tested and on what.

    Parameters
    ----------
    method : str
        Such as ``Rao-Scott F``.
    hypothesis : str
        The null hypothesis in words.
    statistic : float
    df : tuple of float
        Degrees of freedom: of a t (one), an F (numerator, denominator), a chi-square (one).
    p_value : float
        NaN when the design leaves no degrees of freedom or the variance is zero.
    n : int
        Answers behind the test (unweighted).
    estimate, se, low, high : float
        What a t or rank test compares, with its interval; else NaN.
    level : float
        Of the interval.
    """

    __test__ = False  # a name that pytest would collect

    method: str
    hypothesis: str
    statistic: float
    df: tuple[float, ...]
    p_value: float
    n: int
    estimate: float = math.nan
    se: float = math.nan
    low: float = math.nan
    high: float = math.nan
    level: float = 0.95
    notes: tuple[WarningCode, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Plain types only, ready for JSON (NaN becomes None)."""
        record = {field.name: getattr(self, field.name) for field in fields(self)}
        record |= {"df": list(self.df), "notes": [str(note) for note in self.notes]}
        return {k: None if isinstance(v, float) and not math.isfinite(v) else v for k, v in record.items()}

    def to_frame(self) -> pd.DataFrame:
        """One row."""
        return pd.DataFrame([self.to_dict()])

    def to_sentence(self) -> str:
        """One English sentence with statistic, degrees of freedom, p and base."""
        df = ", ".join(f"{value:.4g}" for value in self.df)
        p = "p < 0.001" if self.p_value < 0.001 else f"p = {self.p_value:.3f}"
        if math.isnan(self.p_value):
            p = "no p-value can be given"
        where = f" on {df} df" if df else ""
        return f"{self.method}, {self.hypothesis}: {self.statistic:.4g}{where}, {p} (n = {self.n})."


def undecided(result: TestResult, note: WarningCode) -> TestResult:
    """The test without an answer, and why: rounding errors of a variance of zero decide nothing."""
    return replace(
        result, statistic=math.nan, p_value=math.nan, low=math.nan, high=math.nan, notes=(*result.notes, note)
    )
