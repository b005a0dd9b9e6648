"""Use cases of analysis: take a snapshot, run a weighting, open a survey's data for tabulation."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from sqlalchemy.orm import Session

from cityvoice.analysis import queries
from cityvoice.analysis.errors import MarginsDoNotFit, NoAnswers
from cityvoice.analysis.frames import build_frame, content_digest, valid, with_all_columns
from cityvoice.analysis.margins import Totals, find_misfits, margin_candidates
from cityvoice.analysis.models import Snapshot, WeightingRun
from cityvoice.analysis.snapshots import load_frame, read_present, save_frame
from cityvoice.questionnaire.model import Questionnaire
from cityvoice.stats.weighting.margins import Level, Margin
from cityvoice.stats.weighting.raking import Rake
from cityvoice.stats.weighting.recipe import Recipe, Weighting, apply_recipe
from cityvoice.surveys.models import Survey
from cityvoice.surveys.published import data_digest, data_questionnaire
from cityvoice.surveys.queries import stream_answers
from cityvoice.territory.models import PopulationReference

UNWEIGHTED = Recipe(())


@dataclass(frozen=True)
class SurveyData:
    """A survey's answers with their weights, ready for tabulation."""

    survey: Survey
    questionnaire: Questionnaire
    frame: pd.DataFrame
    weighting: Weighting
    run: WeightingRun | None  # None: base weights, no weighting run yet
    sha256: str  # names the answers: a snapshot's own; of the answers of now one that holds in this process

    @property
    def weights_sha256(self) -> str:
        """Of the weights as they came out now; equal to the run's while the algorithm is the same."""
        return hashlib.sha256(self.weighting.weights.tobytes()).hexdigest()

    @property
    def is_weighted(self) -> bool:
        weights = self.weighting.weights
        return bool(len(weights)) and bool(np.ptp(weights) > 0)


def take_snapshot(session: Session, *, survey: Survey, storage: Path) -> Snapshot:
    """Freeze the complete responses as they stand; the same answers give the same snapshot.

    Raises
    ------
    NoAnswers
        when nobody has completed the survey.
    """
    rows = list(stream_answers(session, survey))
    if not rows:
        raise NoAnswers(survey.slug)
    sha256 = content_digest(data_digest(survey), rows)
    save_frame(storage, sha256, build_frame(data_questionnaire(survey), rows))
    snapshot = queries.find_snapshot(session, survey, sha256)
    if snapshot is None:
        snapshot = Snapshot(survey_id=survey.id, sha256=sha256, n_responses=len(rows))
        session.add(snapshot)
        session.flush()
    return snapshot


def run_weighting(
    session: Session,
    *,
    survey: Survey,
    storage: Path,
    actor: str,
    reference: PopulationReference | None,
    keep_untargeted: bool = False,
) -> WeightingRun:
    """Rake the answers of now to the declared control totals; without any, keep the base weights.

    Raises
    ------
    MarginsDoNotFit
        naming every variable and code for which totals and sample do not fit together.
    StatsError
        when the raking cannot reach the totals; nothing is kept then.
    """
    snapshot = take_snapshot(session, survey=survey, storage=storage)
    frame, questionnaire = load_frame(storage, snapshot), data_questionnaire(survey)
    totals = reference.margins() if reference is not None else {}
    problems = find_misfits(questionnaire, frame, totals, keep_untargeted=keep_untargeted)
    if problems:
        raise MarginsDoNotFit(problems)
    recipe = make_recipe(totals, keep_untargeted=keep_untargeted)
    weighting = weigh(recipe, questionnaire, frame)
    run = WeightingRun(
        survey_id=survey.id,
        snapshot_id=snapshot.id,
        recipe=recipe.to_dict(),
        diagnostics=weighting.to_dict() | {"reference": reference.to_plain() if reference else None},
        weights_sha256=hashlib.sha256(weighting.weights.tobytes()).hexdigest(),
        made_by=actor,
    )
    session.add(run)
    session.flush()
    return run


def open_data(
    session: Session,
    *,
    survey: Survey,
    storage: Path,
    run: WeightingRun | None = None,
    snapshot: Snapshot | None = None,
) -> SurveyData:
    """Answers and weights of a weighting run, by default the latest.

    Before there is one: of `snapshot`, or of the answers as they stand now, with their base weights.
    """
    questionnaire = data_questionnaire(survey)
    run = run or (None if snapshot else queries.find_latest_run(session, survey))
    frozen = run.snapshot if run is not None else snapshot
    if frozen is not None:
        frame, content = with_all_columns(load_frame(storage, frozen), questionnaire), frozen.sha256
    else:
        present = read_present(session, survey=survey)
        if present.frame.empty:
            raise NoAnswers(survey.slug)
        frame, content = present.frame, present.name
    recipe = Recipe.from_dict(run.recipe) if run is not None else UNWEIGHTED
    return SurveyData(survey, questionnaire, frame, weigh(recipe, questionnaire, frame), run, content)


def make_recipe(totals: Totals, *, keep_untargeted: bool) -> Recipe:
    """Control totals as a raking step; totals in per cent become shares."""
    if not totals:
        return UNWEIGHTED
    margins = tuple(Margin(name, _shares_of_one(targets)) for name, targets in totals.items())
    return Recipe((Rake(margins, missing="keep" if keep_untargeted else "error"),))


def kept_untargeted(run: WeightingRun) -> bool:
    """Whether a run kept respondents without a category at their share."""
    steps = Recipe.from_dict(run.recipe).steps
    return any(isinstance(step, Rake) and step.missing == "keep" for step in steps)


def weigh(recipe: Recipe, questionnaire: Questionnaire, frame: pd.DataFrame) -> Weighting:
    """Apply a recipe; categories without a target count as missing, so that they can be kept."""
    targeted = {name: set(codes) for name, codes in _targets(recipe).items()}
    columns: dict[str, pd.Series] = {"_weight": frame["_weight"]}
    for variable in margin_candidates(questionnaire):
        if variable.name in targeted:
            column = valid(frame, variable)
            columns[variable.name] = column.where(column.isin(targeted[variable.name]))
    return apply_recipe(recipe, pd.DataFrame(columns), frame["_weight"].to_numpy())


def _targets(recipe: Recipe) -> dict[str, list[str]]:
    return {
        str(margin.variable): list(map(str, margin.targets))
        for step in recipe.steps
        if isinstance(step, Rake)
        for margin in step.margins
    }


def _shares_of_one(targets: Mapping[str, float]) -> dict[Level, float]:
    total = sum(targets.values())
    return {code: value / total for code, value in targets.items()}
