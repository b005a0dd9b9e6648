"""The jackknife that repeats a recipe, against doing it the slow way."""

import numpy as np
import pytest

from cityvoice.stats import estimation
from cityvoice.stats.design import SurveyDesign
from cityvoice.stats.errors import LonelyPsuError
from cityvoice.stats.items import CategoricalItem
from cityvoice.stats.jackknife import soften, unit_factors
from cityvoice.stats.replicated import with_jackknife
from cityvoice.stats.replication import jackknife
from cityvoice.stats.tables import tabulate
from cityvoice.stats.weighting.nonresponse import WeightingClasses
from cityvoice.stats.weighting.recipe import Recipe, apply_recipe, reweight_design
from cityvoice.stats.weighting.trimming import CapAndRerake, Trim
from tests.stats.cities import draw_sample, make_city
from tests.stats.simulation import items_of

CITY = make_city(3, n_districts=4, tracts_per_district=20, residents=20_000)


@pytest.fixture(scope="module")
def sample():
    return draw_sample(CITY, np.random.default_rng(5), tracts=6, persons=20)


RAKE = CITY.recipe.steps[0]


@pytest.mark.parametrize(
    "recipe", [CITY.recipe, Recipe((RAKE, Trim(upper=250.0))), Recipe((CapAndRerake(RAKE, cap=6.0),))]
)
def test_cells_give_the_same_errors_as_raking_each_replicate_in_full(sample, recipe):
    design = apply_recipe(recipe, sample.columns, sample.design.weights).design(sample.design)
    found = tabulate(design, items_of(sample), {"sex": sample.columns["sex"]})
    slow = reweight_design(recipe, sample.columns, jackknife(sample.design, mse=True))
    for sex in (0, 1):
        direct = estimation.mean(slow.subset(sample.frame["sex"] == sex), sample.frame, ["trips"])
        assert found.one(item="trips", sex="FM"[sex]).se == pytest.approx(direct.se[0], rel=1e-6)


def test_any_estimator_can_have_the_jackknife(sample):
    design = apply_recipe(CITY.recipe, sample.columns, sample.design.weights).design(sample.design)
    table = tabulate(design, items_of(sample))
    dense = with_jackknife(design)
    mean = estimation.mean(dense, sample.frame, ["trips"])
    assert (mean.se[0], mean.df) == pytest.approx((table.one(item="trips").se, table.one(item="trips").df))
    ratio = estimation.ratio(dense, sample.frame, ["trips"], ["voted"])
    assert ratio.variance_method == "replicates"
    linear = estimation.ratio(design, sample.frame, ["trips"], ["voted"])
    assert ratio.se[0] == pytest.approx(linear.se[0], rel=0.15)


def test_new_weights_forget_the_old_recipe(sample):
    design = apply_recipe(CITY.recipe, sample.columns, sample.design.weights).design(sample.design)
    assert design.repeat is not None
    again = design.reweight(design.weights * 2)
    assert again.repeat is None
    assert again.replicates is None


def test_a_borrowing_rule_for_lonely_psus_is_linearised(sample):
    strata = np.where(np.arange(len(sample.frame)) == 0, 9, 1)
    drawn = SurveyDesign(weights=sample.design.weights, strata=strata, lonely_psu="adjust")
    design = apply_recipe(CITY.recipe, sample.columns, drawn.weights).design(drawn)
    assert tabulate(design, items_of(sample))[0].variance == "linearised"


def test_non_response_is_repeated_too(sample):
    gross = sample.frame.assign(answered=(np.arange(len(sample.frame)) % 3 > 0).astype(float))
    recipe = Recipe((WeightingClasses("answered", ("sex", "age")),))
    design = apply_recipe(recipe, gross, sample.design.weights).design(sample.design)
    assert (design.weights[gross["answered"] == 0] == 0).all()
    estimate = tabulate(design, items_of(sample))[0]
    assert estimate.n == gross["answered"].sum()
    assert estimate.variance == "jackknife-reweighted"
    plain = tabulate(design.repeating(None), items_of(sample), variance="linearised")[0]
    assert estimate.se == pytest.approx(plain.se, rel=0.2)


def test_many_units_are_deleted_in_groups_without_bias():
    rng = np.random.default_rng(1)
    strata = np.repeat(np.arange(30), 40)
    design = SurveyDesign(weights=np.ones(1200), strata=strata)
    factors = unit_factors(design, max_replicates=60)
    assert factors.factors.shape == (1200, 60)
    np.testing.assert_allclose(factors.factors.mean(axis=1), 1, atol=0.02)
    errors = []
    for _ in range(60):
        y = rng.normal(size=1200)
        totals = y @ factors.factors
        errors.append(factors.rscales @ np.square(totals - y.sum()))
    exact = 1200.0
    assert np.mean(errors) == pytest.approx(exact, rel=0.06)


def test_groups_do_not_line_up_with_an_order_in_the_file():
    units = np.arange(1000)
    design = SurveyDesign(weights=np.ones(1000), strata=units // 100)
    group = unit_factors(design, max_replicates=50).group_of_unit
    assert len(np.unique(group[units % 50 == 7])) > 10


def test_degrees_of_freedom_follow_the_groups(sample):
    rng = np.random.default_rng(2)
    item = CategoricalItem("q", rng.integers(0, 2, 5000).astype(np.int8), ("a", "b"))
    design = SurveyDesign(weights=np.ones(5000))
    estimate = tabulate(design, [item], variance="jackknife")[0]
    assert estimate.df == 199
    assert estimate.se == pytest.approx(tabulate(design, [item])[0].se, rel=0.15)


def test_a_census_stratum_adds_nothing():
    strata = np.repeat([0, 1], 5)
    design = SurveyDesign(weights=np.ones(10), strata=strata, fpc=np.where(strata == 0, 5.0, 50.0))
    factors = unit_factors(design)
    assert factors.n_replicates == 5
    assert (factors.factors[:5] == 1).all()


def test_lonely_psus_are_refused_unless_removed():
    strata = np.array([0, 1, 1, 1])
    with pytest.raises(LonelyPsuError):
        unit_factors(SurveyDesign(weights=np.ones(4), strata=strata))
    assert (
        unit_factors(SurveyDesign(weights=np.ones(4), strata=strata, lonely_psu="remove")).n_replicates == 3
    )


def test_softened_replicates_keep_a_linear_variance():
    made = unit_factors(SurveyDesign(weights=np.ones(6)))
    softened = soften(made, np.array([True] * 3 + [False] * 3))
    y = np.array([1.0, 4.0, 2.0, 8.0, 5.0, 7.0])
    variances = [f.rscales @ np.square(y @ f.factors - y.sum()) for f in (made, softened)]
    assert variances[0] == pytest.approx(variances[1])
