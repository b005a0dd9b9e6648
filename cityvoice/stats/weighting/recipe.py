"""A recipe: steps of weighting, apart from the data, saved, shown and rerun."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from cityvoice.stats.calibrated import Adjustment
from cityvoice.stats.design import SurveyDesign, refuse_negative
from cityvoice.stats.encoding import FloatArray
from cityvoice.stats.errors import WeightingError
from cityvoice.stats.frame import Frame
from cityvoice.stats.options import check_option
from cityvoice.stats.replicates import Repeat
from cityvoice.stats.weight_diagnostics import StepRecord, WeightDiagnostics, diagnose
from cityvoice.stats.weighting.blend import BlendOptIn
from cityvoice.stats.weighting.calibration import Calibrate
from cityvoice.stats.weighting.nonresponse import PropensityClasses, WeightingClasses
from cityvoice.stats.weighting.poststratification import Poststratify
from cityvoice.stats.weighting.raking import Rake
from cityvoice.stats.weighting.repeated import RepeatedRecipe
from cityvoice.stats.weighting.sample import Sample
from cityvoice.stats.weighting.steps import Step
from cityvoice.stats.weighting.trimming import CapAndRerake, Trim

STEPS = (
    Rake,
    Poststratify,
    Calibrate,
    Trim,
    CapAndRerake,
    WeightingClasses,
    PropensityClasses,
    BlendOptIn,
)
STEP_TYPES: dict[str, Any] = {step.kind: step for step in STEPS}


@dataclass(frozen=True)
class Recipe:
    """Steps in the order they are applied.

    Examples
    --------
    >>> from cityvoice.stats.weighting.margins import Margin
    >>> recipe = Recipe((Rake((Margin("sex", {"F": 0.5, "M": 0.5}),)),))
    >>> Recipe.from_dict(recipe.to_dict()) == recipe
    True
    """

    steps: tuple[Step, ...]
    name: str = ""

    def to_dict(self) -> dict[str, Any]:
        return {"name": self.name, "steps": [step.to_dict() for step in self.steps]}

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> "Recipe":
        return cls(tuple(_step_from_dict(step) for step in plain["steps"]), plain.get("name", ""))

    def to_json(self) -> str:
        return json.dumps(self.to_dict(), ensure_ascii=False, indent=2)

    @classmethod
    def from_json(cls, text: str) -> "Recipe":
        return cls.from_dict(json.loads(text))


def _step_from_dict(plain: dict[str, Any]) -> Step:
    kind = plain.get("kind")
    if kind not in STEP_TYPES:
        raise WeightingError("step-unknown", "recipe", f"one of {', '.join(STEP_TYPES)}", str(kind))
    step: Step = STEP_TYPES[kind].from_dict(plain)
    return step


@dataclass(frozen=True, eq=False)
class Weighting:
    """The outcome of a recipe on a sample.

    Parameters
    ----------
    weights, base_weights : float arrays, shape (n,)
    records : tuple of StepRecord, one per step
    adjustments : tuple of Adjustment
        What a linearised variance must credit; handed over by `design`.
    repeat : Repeat
        Runs the recipe again, for a jackknife.
    """

    recipe: Recipe
    base_weights: FloatArray
    weights: FloatArray
    records: tuple[StepRecord, ...]
    adjustments: tuple[Adjustment, ...]
    repeat: Repeat

    @property
    def diagnostics(self) -> WeightDiagnostics:
        """Spread of the final weights."""
        return diagnose(self.weights)

    def design(self, base: SurveyDesign | None = None) -> SurveyDesign:
        """The sampling design with these weights; without one, a simple random sample of rows."""
        drawn = base if base is not None else SurveyDesign(weights=self.base_weights)
        repeat = (
            self.repeat if self.recipe.steps else None
        )  # nothing to repeat: the linearised variance is exact
        return drawn.reweight(self.weights, self.adjustments).repeating(repeat)

    def to_dict(self) -> dict[str, Any]:
        """Recipe and records for the audit file; not the weights."""
        return {"recipe": self.recipe.to_dict(), "records": [record.to_dict() for record in self.records]}


def apply_recipe(
    recipe: Recipe,
    frame: pd.DataFrame | Mapping[str, Any] | Frame,
    base_weights: Any = None,
    *,
    compat: str = "",
) -> Weighting:
    """Run a recipe.

    Parameters
    ----------
    recipe : Recipe
    frame : DataFrame or mapping of column name to array, shape (n,)
    base_weights : array-like, shape (n,), optional
        Inverse inclusion probabilities; 1 for everyone when omitted.
    compat : {"", "R"}
        ``R``: variance adjustments by the conventions of R's survey package.

    Raises
    ------
    WeightingError
        A step that cannot be carried out; nothing is returned then.
    """
    check_option("compat", compat, ("", "R"))
    columns = frame if isinstance(frame, Frame) else Frame(frame)
    n_rows = columns.n_rows
    base = np.ones(n_rows) if base_weights is None else SurveyDesign(weights=base_weights).weights
    refuse_negative(base, "base weights")
    if len(base) != n_rows:
        raise WeightingError("weights-length", "base weights", f"{n_rows} numbers", f"{len(base)}")
    sample = Sample(columns, base, compat)
    records: list[StepRecord] = []
    adjustments: list[Adjustment] = []
    for step in recipe.steps:
        outcome = step.apply(sample)
        sample = sample.with_weights(outcome.weights)
        records.append(outcome.record)
        if outcome.adjustment is not None:
            adjustments.append(outcome.adjustment)
    repeat = RepeatedRecipe(recipe.steps, Sample(columns, base, compat))
    return Weighting(recipe, base, sample.weights, tuple(records), tuple(adjustments), repeat)


def reweight_design(
    recipe: Recipe, frame: pd.DataFrame | Mapping[str, Any] | Frame, design: SurveyDesign, *, compat: str = ""
) -> SurveyDesign:
    """Run a recipe on a design: on its weights and, where it has them, on every replicate.

    Without replicates the variance is linearised and credits the recipe's targets; with them each replicate
    repeats the recipe from its own weights, so non-response and calibration are in the variance as they are.
    Raking makes as many sweeps in every replicate as in the sample.
    """
    columns = frame if isinstance(frame, Frame) else Frame(frame)
    weighting = apply_recipe(recipe, columns, design.weights, compat=compat)
    if design.replicates is None:
        return weighting.design(design)
    steps = [_as_often(*pair) for pair in zip(recipe.steps, weighting.records, strict=True)]
    repeated = np.empty_like(design.replicates.weights)
    for column, weights in enumerate(design.replicates.weights.T):
        sample = Sample(columns, weights, compat, is_replicate=True)
        for step in steps:
            sample = sample.with_weights(step.apply(sample).weights)
        repeated[:, column] = sample.weights
    replicates = replace(design.replicates, weights=repeated)
    return design.reweight(weighting.weights).with_replicates(replicates)


def _as_often(step: Step, record: StepRecord) -> Step:
    """A stopping rule of its own would make replicates differ by where they stopped."""
    return replace(step, tolerance=0.0, max_iterations=record.iterations) if isinstance(step, Rake) else step
