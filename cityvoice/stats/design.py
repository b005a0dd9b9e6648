"""The design of a sample: how it was drawn, what its rows weigh, what they were fitted to. Never the data."""

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import numpy as np
import pandas as pd

from cityvoice.stats.calibrated import Adjustment
from cityvoice.stats.encoding import BoolArray, Codes, FloatArray, Scale
from cityvoice.stats.errors import DesignError
from cityvoice.stats.options import check_option
from cityvoice.stats.replicates import Repeat, Replicates
from cityvoice.stats.stages import SamplingColumns, Stage, build_stages


class LonelyPsu(StrEnum):
    """What a stratum with a single sampled PSU adds to the variance."""

    FAIL = "fail"  # refuse: a city must decide on purpose
    REMOVE = "remove"  # nothing
    CERTAINTY = "certainty"  # nothing: the unit represents only itself
    ADJUST = "adjust"  # its squared distance from the mean of all PSU totals (conservative)
    AVERAGE = "average"  # the mean of the other strata


@dataclass(frozen=True, eq=False)
class SurveyDesign:
    """How a sample was drawn.

    Parameters
    ----------
    weights : array-like, shape (n,), optional
        Weight of each row. Without weights they are the product over stages of N/n, from `fpc`.
    strata, psu, fpc : array-like, shape (n,), or a tuple of such arrays, one per stage
        Strata and units may come encoded, as `Codes` or `Scale`.
        `fpc` is the number of units in the population of the stratum, or the sampling fraction when
        all of it is at most 1; a later stage without it counts as drawn with replacement.
    nest : bool
        Unit labels repeat across strata (PSU "1" of stratum A is not PSU "1" of stratum B).
        Without it a label found in two strata is an error, as it is usually a mistake.
    lonely_psu : LonelyPsu
        Rule for strata with a single PSU, of this design only.
    adjust_domain_lonely : bool
        Apply the rule also where only the domain is down to one PSU in a stratum (an R option).
    domain : bool array, optional
        Rows that belong to the domain under study; the others keep their place in the design.
    adjustments, replicates, repeat
        What the variance must know of the weighting; set by `reweight`, `with_replicates`, `repeating`.

    Examples
    --------
    >>> SurveyDesign(weights=[1.2, 0.8, 1.0]).degrees_of_freedom
    2.0
    """

    weights: Any = None
    strata: Any = None
    psu: Any = None
    fpc: Any = None
    nest: bool = False
    pps: bool = False
    lonely_psu: LonelyPsu = LonelyPsu.FAIL
    adjust_domain_lonely: bool = False
    domain: BoolArray | None = None
    adjustments: tuple[Adjustment, ...] = ()
    replicates: Replicates | None = None
    repeat: Repeat | None = None
    stages: tuple[Stage, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        columns = {name: _as_stages(getattr(self, name)) for name in ("strata", "psu", "fpc")}
        n_rows = _row_count(self.weights, columns)
        set_field = object.__setattr__
        for name, arrays in columns.items():
            set_field(self, name, arrays)
        check_option("lonely_psu", self.lonely_psu, [str(rule) for rule in LonelyPsu])
        set_field(self, "lonely_psu", LonelyPsu(self.lonely_psu))
        plan = SamplingColumns(columns["strata"], columns["psu"], columns["fpc"], self.nest)
        set_field(self, "stages", build_stages(plan, n_rows))
        set_field(self, "weights", _checked_weights(self.weights, self.stages, n_rows))
        refuse_negative(self.weights, "weights")

    def __len__(self) -> int:
        return len(self.weights)

    @property
    def active(self) -> BoolArray:
        """Rows that count: in the domain and with a weight other than zero."""
        present: BoolArray = self.weights != 0
        return present if self.domain is None else present & self.domain

    @property
    def domain_weights(self) -> FloatArray:
        """Weights, zero outside the domain."""
        return self.weights if self.domain is None else np.where(self.domain, self.weights, 0.0)

    def subset(self, rows: Any) -> "SurveyDesign":
        """A domain of this design; all strata and PSUs are kept, so its standard errors stay right."""
        rows = _true_or_false(rows)
        if rows.shape != (len(self),):
            raise DesignError(
                "domain-length", "subset", f"{len(self)} true/false values", f"shape {rows.shape}"
            )
        return self._changed(domain=rows if self.domain is None else rows & self.domain)

    def reweight(self, weights: Any, adjustments: Sequence[Adjustment] = ()) -> "SurveyDesign":
        """The same sample with new weights; adjustments tell the variance what they were fitted to."""
        checked = _checked_weights(weights, self.stages, len(self))
        return self._changed(
            weights=checked,
            adjustments=self.adjustments + tuple(adjustments),
            replicates=None,  # those of the old weights
            repeat=None,
        )

    def repeating(self, repeat: Repeat | None) -> "SurveyDesign":
        """The same design, its weighting to be repeated in every replicate of a jackknife."""
        return self._changed(repeat=repeat)

    def with_replicates(self, replicates: Replicates | None) -> "SurveyDesign":
        """The same sample, its errors to be computed from replicate weights."""
        return self._changed(replicates=replicates)

    def _changed(self, **changes: Any) -> "SurveyDesign":
        changed = copy(self)  # not `replace`, which would build the stages anew
        for name, value in changes.items():
            object.__setattr__(changed, name, value)
        return changed

    @property
    def degrees_of_freedom(self) -> float:
        """PSUs less strata, counting only those with active rows; of replicates, their rank less one."""
        given = self.replicates
        if given is None:
            return self._sampling_df
        if given.design_df is not None:
            return min(given.design_df, self._sampling_df)
        return given.degrees_of_freedom if self.domain is None else given.rank_df(self.active)

    @property
    def _sampling_df(self) -> float:
        first, active = self.stages[0], self.active
        units = np.unique(first.units[active])
        return float(len(units) - len(np.unique(first.unit_stratum[units])))


def _as_stages(value: Any) -> tuple[Any, ...]:
    if value is None:
        return ()
    columns = value if isinstance(value, tuple) else (value,)
    return tuple(column if isinstance(column, Codes | Scale) else np.asarray(column) for column in columns)


def _row_count(weights: Any, columns: dict[str, tuple[Any, ...]]) -> int:
    lengths = {f"{name}[{k}]": len(a) for name, arrays in columns.items() for k, a in enumerate(arrays)}
    if weights is not None:
        lengths["weights"] = len(weights)
    if not lengths:
        raise DesignError("design-empty", "SurveyDesign", "weights, or fpc to make them from", "neither")
    if len(set(lengths.values())) != 1:
        raise DesignError("design-length", "SurveyDesign", "arrays of one length", str(lengths))
    return next(iter(lengths.values()))


def _checked_weights(weights: Any, stages: tuple[Stage, ...], n_rows: int) -> FloatArray:
    if weights is None:
        factors = [stage.unit_population / stage.n_sampled[stage.unit_stratum] for stage in stages]
        finite = [f[s.units] for f, s in zip(factors, stages, strict=True) if np.isfinite(f).all()]
        if not finite:
            raise DesignError("weights-missing", "SurveyDesign", "weights or fpc", "neither")
        product: FloatArray = np.prod(finite, axis=0)
        return product
    try:
        values = np.asarray(weights, dtype=float)
    except (TypeError, ValueError) as error:
        raise DesignError("weights-kind", "weights", "numbers", "something else") from error
    bad = ~np.isfinite(values)
    if bad.any():
        row = int(np.argmax(bad))
        raise DesignError(
            "weights-missing",
            f"weights, row {row}",
            "a finite number in every row",
            f"{int(bad.sum())} missing or infinite",
            "A person who was not asked has weight 0, not a missing one.",
        )
    if n_rows and not values.any():
        raise DesignError("weights-zero", "weights", "at least one positive weight", "all zero")
    return values


def _true_or_false(rows: Any) -> BoolArray:
    """Rows of a domain; a missing answer is neither in nor out, so a person must say which."""
    given = np.asarray(rows)
    if given.dtype == bool:
        return given
    if not np.isin(pd.Series(given.ravel()).astype(object), (True, False)).all():
        raise DesignError(
            "domain-values", "subset", "true or false in every row", "missing or other values",
            "Say what a missing answer means, as in `rows.fillna(False)`.",
        )  # fmt: skip
    return given.astype(bool)


def refuse_negative(weights: FloatArray, where: str) -> None:
    """Weights that come with the data are inverse chances; only calibration goes below 0."""
    negative = weights < 0
    if negative.any():
        row = int(np.argmax(negative))
        raise DesignError(
            "weights-negative",
            f"{where}, row {row}",
            "weights of at least 0",
            f"{int(negative.sum())} negative, the first {weights[row]:g}",
        )
