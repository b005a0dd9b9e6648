"""Errors of the statistics library.

Tree::

    StatsError (ValueError)
    |-- DesignError        weights, strata, clusters, finite populations, replicates
    |   `-- LonelyPsuError a stratum with a single PSU under the rule "fail"
    |-- MissingValuesError values are missing and no policy allows it
    |-- WeightingError     a step of a recipe cannot be carried out
    |   |-- MarginError    levels and totals of a margin do not fit the sample
    |   |-- InfeasibleError targets that no positive (or bounded) weights can meet
    |   `-- ConvergenceError the iterations ended before the tolerance
    `-- EstimationError    an estimate was asked for that the data cannot give
"""

from dataclasses import dataclass


@dataclass(eq=False)
class StatsError(ValueError):
    """What was wrong, where, what was expected, what came, and what to do.

    Parameters
    ----------
    code : str
        Stable machine-readable code, such as ``margin-level-missing``.
    where : str
        Column, margin, step, stratum or row the error is about.
    expected, got : str
        In words, with numbers.
    hint : str
        What a person can do about it; may be empty.
    """

    code: str
    where: str
    expected: str
    got: str
    hint: str = ""

    def __str__(self) -> str:
        sentence = f"[{self.code}] {self.where}: expected {self.expected}, got {self.got}."
        return f"{sentence} {self.hint}" if self.hint else sentence


class DesignError(StatsError):
    pass


class LonelyPsuError(DesignError):
    pass


class MissingValuesError(StatsError):
    pass


class WeightingError(StatsError):
    pass


class MarginError(WeightingError):
    pass


class InfeasibleError(WeightingError):
    pass


class ConvergenceError(WeightingError):
    pass


class EstimationError(StatsError):
    pass
