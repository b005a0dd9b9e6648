"""Taylor linearisation: from weighted scores to a covariance, stage by stage of the design.

The total of scores z has the variance of its PSU totals within strata. With a finite population correction
at stage one, each later stage adds its own part, weighted by the sampling fractions above it.
"""

from dataclasses import dataclass

import numpy as np

from cityvoice.stats.design import LonelyPsu, SurveyDesign
from cityvoice.stats.encoding import BoolArray, FloatArray, group_sums, weighted_counts
from cityvoice.stats.errors import LonelyPsuError
from cityvoice.stats.stages import Stage


@dataclass(frozen=True, eq=False)
class _UnitScores:
    """Totals of sampled units, centred in their strata and scaled, ready for a cross product."""

    scaled: FloatArray  # (units, p)
    inflation: float  # of the whole stage, under the rule "average"


def design_covariance(design: SurveyDesign, scores: FloatArray) -> FloatArray:
    """Covariance matrix of the column totals of weighted scores, shape (p, p).

    Parameters
    ----------
    scores : float array, shape (n, p)
        w_i z_i, zero outside the domain; the statistic is approximated by their sum.
    """
    total = np.zeros((scores.shape[1], scores.shape[1]))
    for part in _stage_parts(design, scores):
        total += part.inflation * (part.scaled.T @ part.scaled)
    return total


def score_variances(design: SurveyDesign, scores: FloatArray) -> FloatArray:
    """Diagonal of `design_covariance`, shape (p,), without forming the matrix."""
    total = np.zeros(scores.shape[1])
    for part in _stage_parts(design, scores):
        total += part.inflation * np.einsum("ij,ij->j", part.scaled, part.scaled)
    return total


def _stage_parts(design: SurveyDesign, scores: FloatArray) -> list[_UnitScores]:
    for adjustment in design.adjustments:
        scores = adjustment.residuals(scores)
    active = design.active if not design.adjustments else np.ones(len(design), dtype=bool)
    parts: list[_UnitScores] = []
    carried = np.ones(len(design))  # product of sampling fractions of the stages above
    for position, stage in enumerate(design.stages):
        parts.append(_unit_scores(design, stage, scores, active, carried, position + 1))
        fraction = np.where(
            np.isinf(stage.unit_population), 0.0, stage.n_sampled[stage.unit_stratum] / stage.unit_population
        )
        carried = carried * fraction[stage.units]
        if not carried.any():
            break
    return parts


def _unit_scores(
    design: SurveyDesign,
    stage: Stage,
    scores: FloatArray,
    active: BoolArray,
    carried: FloatArray,
    number: int,
) -> _UnitScores:
    totals = group_sums(stage.units, scores, stage.n_units)
    present = np.bincount(stage.units, weights=active, minlength=stage.n_units) > 0
    present_in = weighted_counts(stage.unit_stratum, present.astype(float), stage.n_strata)
    sampled = stage.n_sampled
    means = group_sums(stage.unit_stratum, totals, stage.n_strata) / sampled[:, None]
    centres = means[stage.unit_stratum]
    free = stage.free_fraction
    census = free < 1e-7
    lonely = (sampled == 1) & (present_in > 0)
    domain_lonely = (present_in == 1) & (sampled > 1) & design.adjust_domain_lonely
    certain = np.zeros(stage.n_strata, dtype=bool)
    np.logical_or.at(certain, stage.unit_stratum, census)
    lonely &= ~certain
    scale = free * np.where(sampled > 1, sampled / np.maximum(sampled - 1, 1), 1.0)[stage.unit_stratum]
    inflation = 1.0
    if lonely.any() or domain_lonely.any():
        centres, scale, inflation = _lonely_rule(
            design.lonely_psu,
            stage,
            totals,
            present,
            present_in,
            lonely,
            domain_lonely,
            centres,
            scale,
            number,
        )
    scale = np.where(census, 0.0, scale)
    row_factor = np.zeros(stage.n_units)
    row_factor[stage.units] = carried
    return _UnitScores((totals - centres) * np.sqrt(scale * row_factor)[:, None], inflation)


def _lonely_rule(
    rule: LonelyPsu,
    stage: Stage,
    totals: FloatArray,
    present: BoolArray,
    present_in: FloatArray,
    lonely: BoolArray,
    domain_lonely: BoolArray,
    centres: FloatArray,
    scale: FloatArray,
    number: int,
) -> tuple[FloatArray, FloatArray, float]:
    if lonely.any() and rule is LonelyPsu.FAIL:
        raise LonelyPsuError(
            "lonely-psu",
            f"stratum number {int(np.argmax(lonely)) + 1}, stage {number}",
            "at least two sampled units in each stratum",
            f"one unit in {int(lonely.sum())} strata",
            'Merge strata that are alike, or choose lonely_psu="adjust" (the cautious rule).',
        )
    of_lonely = lonely[stage.unit_stratum]
    if rule in (LonelyPsu.REMOVE, LonelyPsu.CERTAINTY, LonelyPsu.FAIL):
        return centres, np.where(of_lonely, 0.0, scale), 1.0
    affected = lonely | domain_lonely
    if rule is LonelyPsu.ADJUST:
        grand_mean = totals.mean(axis=0)
        return np.where(affected[stage.unit_stratum][:, None], grand_mean, centres), scale, 1.0
    n_present = int((present_in > 0).sum())
    n_fine = n_present - int(affected.sum())
    inflation = n_present / n_fine if n_fine else np.nan
    return centres, np.where(affected[stage.unit_stratum], 0.0, scale), inflation
