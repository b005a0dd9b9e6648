import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cityvoice.stats import estimation
from cityvoice.stats.composite import (
    Aggregation,
    IndexSpec,
    Normalisation,
    composite_index,
    first_component,
)
from cityvoice.stats.design import SurveyDesign
from cityvoice.stats.errors import EstimationError
from cityvoice.stats.indicator_table import Indicators
from cityvoice.stats.rank_sensitivity import rank_intervals

UNITS, NAMES = ("D1", "D2", "D3", "D4"), ("air", "noise", "parks")
TABLE = np.array([[1.0, 5.0, 2.0], [2.0, 1.0, 8.0], [4.0, 3.0, 6.0], [3.0, 2.0, 4.0]])
SPECS = [
    IndexSpec("minmax", "arithmetic"),
    IndexSpec("minmax", "geometric", low=1.0),
    IndexSpec("zscore", "arithmetic"),
    IndexSpec("rank", "arithmetic"),
    IndexSpec("rank", "geometric"),
    IndexSpec("zscore", "arithmetic", weights="pca"),
]


def indicators(values=TABLE, **options):
    return Indicators(UNITS[: len(values)], NAMES, values, **options)


def test_an_index_by_hand():
    found = composite_index(indicators(directions=(1, -1, 1)), IndexSpec(weights=(1, 1, 2)))
    normalised = np.array([[0, 0, 0], [1 / 3, 1, 1], [1, 1 / 2, 2 / 3], [2 / 3, 3 / 4, 1 / 3]]) * 100
    np.testing.assert_allclose(found.normalised, normalised)
    np.testing.assert_allclose(found.values, normalised @ [0.25, 0.25, 0.5])
    assert found.ranks.tolist() == [4, 1, 2, 3]
    assert list(found.to_frame().columns) == ["unit", "index", "rank", *NAMES]


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from(SPECS))
def test_an_index_does_not_depend_on_units_of_measurement(seed, spec):
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(4, 3))
    plain = composite_index(indicators(values), spec)
    moved = composite_index(indicators(values * [10.0, 0.1, 3.0] + [5.0, -7.0, 0.0]), spec)
    np.testing.assert_allclose(moved.values, plain.values, rtol=1e-8, atol=1e-10)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from(SPECS[:5]))
def test_a_better_district_never_scores_worse(seed, spec):
    values = np.random.default_rng(seed).normal(size=(4, 3))
    values[0] = values[1] + 0.5
    found = composite_index(indicators(values), spec).values
    assert found[0] >= found[1] - 1e-12


def test_ties_share_the_better_rank():
    values = np.array([[1.0, 2.0], [1.0, 2.0], [0.0, 1.0]])
    assert composite_index(Indicators(UNITS[:3], NAMES[:2], values)).ranks.tolist() == [1, 1, 3]


def test_the_first_component_explains_one_dimension_wholly():
    line = np.outer([1.0, 2, 3, 4], [1.0, 2, -1])
    found = first_component(line)
    assert found.explained == pytest.approx(1.0)
    np.testing.assert_allclose(np.abs(found.loadings), np.sqrt(1 / 3))
    assert found.loadings.sum() > 0


@pytest.mark.parametrize(
    ("values", "spec", "code"),
    [
        (np.array([[1.0, 1, 1], [1, 2, 3]]), IndexSpec(), "index-constant"),
        (TABLE, IndexSpec("minmax", "geometric"), "index-geometric"),
        (TABLE, IndexSpec(weights=(1.0, 1.0)), "index-weights"),
        (TABLE, IndexSpec(weights=(1.0, -1.0, 1.0)), "index-weights"),
    ],
)
def test_bad_choices_are_refused(values, spec, code):
    with pytest.raises(EstimationError) as caught:
        composite_index(indicators(values), spec)
    assert caught.value.code == code


def test_a_missing_indicator_is_refused_with_its_place():
    broken = TABLE.copy()
    broken[2, 1] = np.nan
    with pytest.raises(EstimationError, match="D3, noise"):
        indicators(broken)
    with pytest.raises(EstimationError, match="index-shape"):
        Indicators(UNITS, NAMES, TABLE[:2])


def surveyed(n=600, seed=0):
    rng = np.random.default_rng(seed)
    district = rng.choice(UNITS, n)
    level = pd.Series(district).map(dict(zip(UNITS, (0.0, 0.02, 1.0, 2.0), strict=True))).to_numpy()
    frame = pd.DataFrame({"district": district} | {name: level + rng.normal(size=n) for name in NAMES})
    means = estimation.grouped(SurveyDesign(weights=np.ones(n)), frame, NAMES, ["district"])
    return frame, Indicators.from_grouped(means, NAMES)


def test_indicators_of_a_survey_keep_their_order_and_covariance():
    frame, found = surveyed()
    expected = frame.groupby("district")[list(NAMES)].mean()
    np.testing.assert_allclose(found.values, expected.to_numpy())
    assert found.units == UNITS
    assert found.covariance.shape == (12, 12)
    variance = frame.loc[frame["district"] == "D2", "noise"].var() / (frame["district"] == "D2").sum()
    assert found.covariance[5, 5] == pytest.approx(variance, rel=0.02)


def test_ranks_of_districts_that_differ_are_settled_and_of_those_alike_are_not():
    _, found = surveyed()
    by_unit = {one.unit: one for one in rank_intervals(found, n_draws=500, seed=1).intervals}
    assert by_unit["D4"].is_settled
    assert by_unit["D4"].rank == by_unit["D4"].low == 1
    assert by_unit["D4"].first == 1.0
    assert by_unit["D3"].rank == 2
    assert (by_unit["D1"].low, by_unit["D1"].high) == (3, 4)
    assert 0.05 < by_unit["D1"].last < 0.95


def test_without_uncertainty_every_draw_is_the_nominal_ranking():
    spec = IndexSpec(Normalisation.MINMAX, Aggregation.ARITHMETIC)
    found = rank_intervals(indicators(), spec, alternatives=(spec,), concentration=np.inf, n_draws=20, seed=0)
    assert found.mean_shift == 0
    assert (found.ranks == found.index.ranks).all()
    assert found.to_frame()["rank"].tolist() == found.index.ranks.tolist()


def test_the_seed_decides_the_draws():
    _, table = surveyed()
    first, again, other = (rank_intervals(table, n_draws=50, seed=seed).ranks for seed in (1, 1, 2))
    assert (first == again).all()
    assert (first != other).any()


def test_a_weight_of_zero_stays_zero():
    spec = IndexSpec(weights=(1.0, 0.0, 0.0))
    found = rank_intervals(indicators(), spec, alternatives=(IndexSpec(),), n_draws=30, seed=0)
    assert found.mean_shift == 0


def test_impossible_draws_are_refused():
    with pytest.raises(EstimationError, match="ranks-options"):
        rank_intervals(indicators(), n_draws=0, seed=1)
