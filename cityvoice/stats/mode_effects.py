"""Web (CAWI) against telephone (CATI): is it the mode, or who chose it?

The raw difference of two modes mixes how people answer with who answers where. A regression within each
mode predicts what all respondents would have said in either; the mean difference of the two predictions is
the adjusted effect, the rest is composition. What covariates do not see stays in the adjusted effect.

References
----------
Lin (2013), doi:10.1214/12-AOAS583 (separate regressions, averaged over everyone); Vannieuwenhuyze and
Loosveldt (2013), Sociological Methods & Research 42, 82-104.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from scipy import stats

from cityvoice.stats.assembly import assemble
from cityvoice.stats.design import SurveyDesign
from cityvoice.stats.encoding import BoolArray, FloatArray
from cityvoice.stats.errors import EstimationError, MissingValuesError
from cityvoice.stats.estimates import Estimates
from cityvoice.stats.formula.auxiliaries import auxiliary_matrix
from cityvoice.stats.frame import Frame, read_columns
from cityvoice.stats.hypothesis.multiplicity import adjust_p_values
from cityvoice.stats.mode_contrast import TERMS, adjusted_difference, imbalance
from cityvoice.stats.results import Estimate, EstimateTable
from cityvoice.stats.weight_diagnostics import kish


@dataclass(frozen=True, eq=False)
class ModeEffect:
    """Difference of a mode from the reference mode on one item, mode less reference.

    Parameters
    ----------
    raw, adjusted, composition : Estimate
        raw = adjusted + composition.
    p_value : float
        Of no adjusted effect, by Student's t.
    n_mode, n_reference : int
    largest_imbalance : float
        Largest standardised difference of a covariate between modes; above 0.25 regression must
        extrapolate (Imbens and Rubin 2015).
    """

    item: str
    mode: str
    reference: str
    raw: Estimate
    adjusted: Estimate
    composition: Estimate
    p_value: float
    n_mode: int
    n_reference: int
    largest_imbalance: float

    @property
    def extrapolates(self) -> bool:
        return self.largest_imbalance > 0.25


def mode_effect(
    design: SurveyDesign,
    data: Any,
    item: str,
    mode: str,
    covariates: Sequence[str],
    *,
    level_of: str = "CAWI",
    reference: str = "CATI",
    level: float = 0.95,
    missing: Literal["error", "drop"] = "error",
) -> ModeEffect:
    """Split the difference between two modes into answering and composition.

    Parameters
    ----------
    item : str
        A number or an indicator; for a share the regression is a linear probability model.
    mode : str
        Column of the mode.
    covariates : sequence of str
        Terms known for everyone and not changed by the mode: sex, age, education, district.
    level_of, reference : str
        The modes compared; other modes are left out.
    """
    frame = Frame(data)
    base, y, x, in_mode = _prepared(design, frame, item, mode, covariates, (level_of, reference), missing)
    found = adjusted_difference(base, y, x, in_mode)
    table = _estimates(found, item, base, level, design.degrees_of_freedom)
    ratio = table[1].value / table[1].se if table[1].se > 0 else np.inf
    p_value = float(2 * stats.t.sf(abs(ratio), design.degrees_of_freedom))
    return ModeEffect(
        item, level_of, reference, *table, p_value,
        int((base.active & in_mode).sum()), int((base.active & ~in_mode).sum()),
        imbalance(base.domain_weights, x, in_mode),
    )  # fmt: skip


def mode_effects(
    design: SurveyDesign,
    data: Any,
    items: Sequence[str],
    mode: str,
    covariates: Sequence[str],
    **options: Any,
) -> tuple[tuple[ModeEffect, float], ...]:
    """`mode_effect` of many items, each with its p-value adjusted by Holm's method."""
    effects = [mode_effect(design, data, item, mode, covariates, **options) for item in items]
    adjusted = adjust_p_values([effect.p_value for effect in effects], "holm")
    return tuple(zip(effects, map(float, adjusted), strict=True))


def mode_table(effects: Sequence[ModeEffect]) -> EstimateTable:
    """Raw, adjusted and composition parts of several items, by `term`."""
    return EstimateTable.from_estimates(
        part for effect in effects for part in (effect.raw, effect.adjusted, effect.composition)
    )


def _prepared(
    design: SurveyDesign,
    frame: Frame,
    item: str,
    mode: str,
    covariates: Sequence[str],
    modes: tuple[str, str],
    missing: str,
) -> tuple[SurveyDesign, FloatArray, FloatArray, BoolArray]:
    codes = frame.codes(mode)
    unknown = [name for name in modes if name not in codes.levels]
    if unknown:
        raise EstimationError(
            "mode-unknown", f"column {mode}", f"modes {', '.join(modes)}", str(codes.levels)
        )
    wanted = np.isin(codes.codes, [codes.levels.index(name) for name in modes])
    in_mode = codes.codes == codes.levels.index(modes[0])
    matrix, columns = auxiliary_matrix(frame, covariates), read_columns(frame, [item])
    if columns.values.shape[1] != 1:
        raise EstimationError("mode-item", f"item {item}", "a number or an indicator", "a category")
    absent = (matrix.is_missing | columns.is_missing) & wanted & design.active
    if absent.any() and missing != "drop":
        raise MissingValuesError(
            "data-missing",
            f"row {int(np.argmax(absent))}",
            "the item and every covariate",
            f"{int(absent.sum())} rows without one",
            'Pass missing="drop".',
        )
    base = design.subset(wanted & ~matrix.is_missing & ~columns.is_missing)
    used = base.active[:, None]
    x, y = np.where(used, matrix.values, 0.0), np.where(used, columns.values, 0.0)[:, 0]
    x = x[:, (x != 0).any(axis=0)]  # a level that only other modes have
    _check_modes(x, base.active, in_mode, modes)
    return base, y, x, in_mode


def _check_modes(x: FloatArray, active: BoolArray, in_mode: BoolArray, modes: tuple[str, str]) -> None:
    for name, rows in zip(modes, (active & in_mode, active & ~in_mode), strict=True):
        rank = int(np.linalg.matrix_rank(x[rows])) if rows.any() else 0
        if rank < x.shape[1]:
            raise EstimationError(
                "mode-overlap", f"mode {name}", f"respondents to fit {x.shape[1]} coefficients",
                f"{int(rows.sum())} of rank {rank}",
                "Merge levels that nobody of one mode has: there is nothing to compare them with.",
            )  # fmt: skip


def _estimates(
    found: Estimates, item: str, base: SurveyDesign, level: float, df: float
) -> tuple[Estimate, Estimate, Estimate]:
    n, n_eff = int(base.active.sum()), kish(base.domain_weights)[0]
    raw, adjusted, composition = (
        assemble(
            item, "difference", float(found.values[k]), float(found.se[k]), df=df, n=n, n_eff=n_eff,
            term=term, level=level, variance=found.variance_method,
        )
        for k, term in enumerate(TERMS)
    )  # fmt: skip
    return raw, adjusted, composition
