"""All items by all domains in one call."""

import numpy as np
import pytest

from cityvoice.stats import estimation
from cityvoice.stats.design import SurveyDesign
from cityvoice.stats.encoding import Codes
from cityvoice.stats.errors import EstimationError, MissingValuesError
from cityvoice.stats.items import CategoricalItem, NumericItem, items_from_frame
from cityvoice.stats.replication import jackknife
from cityvoice.stats.results import Reliability, WarningCode
from cityvoice.stats.tables import tabulate
from cityvoice.stats.weighting.recipe import apply_recipe
from tests.stats.cities import draw_sample, make_city
from tests.stats.simulation import items_of, simulate

CITY = make_city(3, n_districts=4, tracts_per_district=20, residents=20_000)


@pytest.fixture(scope="module")
def sample():
    return draw_sample(CITY, np.random.default_rng(5), tracts=6, persons=20)


@pytest.fixture(scope="module")
def raked(sample):
    return apply_recipe(CITY.recipe, sample.columns, sample.design.weights).design(sample.design)


def test_every_term_of_every_domain_is_there_in_order(sample):
    table = tabulate(sample.design, items_of(sample), {"district": sample.columns["district"]})
    assert len(table) == 5 + 5 * 4
    assert [estimate.domain for estimate in table][:5] == [()] * 5
    assert [(e.item, e.term) for e in table][:5] == [
        ("satisfied", "no"), ("satisfied", "yes"), ("voted", "no"), ("voted", "yes"), ("trips", "mean"),
    ]  # fmt: skip
    assert table[5].domain == (("district", "D01"),)


def test_numerator_denominator_and_bases(sample):
    estimate = tabulate(sample.design, items_of(sample)).one(item="satisfied", term="yes")
    weights, yes = sample.design.weights, sample.frame["satisfied"].to_numpy()
    assert estimate.numerator == pytest.approx(weights @ yes)
    assert estimate.denominator == pytest.approx(weights.sum())
    assert estimate.n == len(weights)
    assert estimate.n_eff == pytest.approx(weights.sum() ** 2 / (weights @ weights))
    assert estimate.kish_deff == pytest.approx(estimate.n / estimate.n_eff)
    assert estimate.deff == estimate.kish_deff != estimate.design_deff


def test_whole_sample_with_and_without_domains_agree(raked, sample):
    for variance in ("linearised", "jackknife"):
        alone = tabulate(raked, items_of(sample), variance=variance)
        summed = tabulate(raked, items_of(sample), {"sex": sample.columns["sex"]}, variance=variance)[:5]
        for name in ("value", "se", "low", "high", "n", "n_eff", "df"):
            np.testing.assert_allclose(
                alone.columns[name].astype(float), summed.columns[name].astype(float), rtol=1e-9
            )


def test_boxes_and_scores(sample):
    codes = np.tile(np.arange(5, dtype=np.int8), len(sample.design))[: len(sample.design)]
    scores = {str(k): float(k) for k in range(1, 6)}
    item = CategoricalItem("q", codes, tuple(scores), boxes={"top2": ("4", "5")}, scores=scores)
    table = tabulate(sample.design, [item, NumericItem("n", codes + 1.0)])
    four, five = (table.one(item="q", term=level).value for level in "45")
    assert table.one(term="top2").value == pytest.approx(four + five)
    mean, same = table.one(item="q", term="mean"), table.one(item="n")
    assert (mean.value, mean.se) == pytest.approx((same.value, same.se))
    direct = estimation.mean(sample.design, {"n": codes + 1.0}, ["n"])
    assert (same.value, same.se) == pytest.approx((direct.values[0], direct.se[0]))


def test_missing_answers_are_refused_or_dropped(sample):
    values = sample.frame["trips"].to_numpy().copy()
    values[:7] = np.nan
    with pytest.raises(MissingValuesError, match="item trips, row 0"):
        tabulate(sample.design, [NumericItem("trips", values)])
    assert tabulate(sample.design, [NumericItem("trips", values)], missing="drop")[0].n == len(values) - 7


def test_an_empty_domain_is_a_documented_nan(sample):
    levels = ("D01", "D02", "D03", "D04", "nowhere")
    by = {"district": Codes(sample.frame["district"].to_numpy(), levels)}
    for variance in ("linearised", "jackknife"):
        empty = tabulate(sample.design, items_of(sample), by, variance=variance).one(
            item="trips", district="nowhere"
        )
        assert np.isnan(empty.value)
        assert np.isnan(empty.se)
        assert empty.n == 0
        assert empty.notes == (WarningCode.EMPTY_DOMAIN,)
        assert empty.reliability is Reliability.INSUFFICIENT


def test_an_item_nobody_in_a_domain_answered(sample):
    values = sample.frame["trips"].to_numpy().copy()
    values[sample.frame["sex"] == 0] = np.nan
    table = tabulate(
        sample.design, [NumericItem("trips", values)], {"sex": sample.columns["sex"]}, missing="drop"
    )
    assert np.isnan(table.one(sex="F").value)
    assert WarningCode.EMPTY_DOMAIN in table.one(sex="F").notes
    assert table.one(sex="M").n == (sample.frame["sex"] == 1).sum()


def test_an_empty_subset_gives_nan_everywhere(sample):
    nobody = sample.design.subset(np.zeros(len(sample.design), dtype=bool))
    table = tabulate(nobody, items_of(sample), {"sex": sample.columns["sex"]})
    assert np.isnan(table.columns["value"].astype(float)).all()
    assert set(table.columns["notes"]) == {(WarningCode.EMPTY_DOMAIN,)}


def test_a_constant_has_an_interval_all_the_same(sample):
    item = CategoricalItem("c", np.zeros(len(sample.design), dtype=np.int8), ("yes", "no"))
    yes, no = tabulate(sample.design, [item])
    assert (yes.value, yes.se, yes.high) == (1.0, 0.0, 1.0)
    assert 0.95 < yes.low < 1
    assert WarningCode.CONSTANT in yes.notes
    assert (no.low, no.value) == (0.0, 0.0)
    assert 0 < no.high < 0.05


def test_a_pinned_share_is_flagged(raked, sample):
    item = CategoricalItem("sex", sample.frame["sex"].to_numpy(np.int8), ("F", "M"))
    for estimate in tabulate(raked, [item], variance="linearised"):
        assert WarningCode.PINNED in estimate.notes
        assert estimate.low == pytest.approx(estimate.value, abs=1e-9)


def test_variance_follows_what_the_design_knows(raked, sample):
    items = items_of(sample)
    assert tabulate(sample.design, items)[0].variance == "linearised"
    assert tabulate(sample.design, items, variance="jackknife")[0].variance == "jackknife"
    assert tabulate(raked, items)[0].variance == "jackknife-reweighted"
    replicated = tabulate(jackknife(sample.design), items)[0]
    direct = estimation.mean(jackknife(sample.design), {"y": 1 - sample.frame["satisfied"]}, ["y"])
    assert replicated.variance == "replicates"
    assert (replicated.se, replicated.df) == pytest.approx((direct.se[0], direct.df))


def test_designs_that_cannot_be_collapsed_are_computed_row_by_row(sample):
    frame = sample.frame
    fpc = (np.full(len(frame), 20.0), frame.groupby("tract")["tract"].transform("size").to_numpy(float) * 5)
    two_stage = SurveyDesign(
        weights=sample.design.weights, strata=frame["district"].to_numpy(), fpc=fpc,
        psu=(frame["tract"].to_numpy(), np.arange(len(frame))),
    )  # fmt: skip
    table = tabulate(two_stage, items_of(sample), {"sex": sample.columns["sex"]})
    direct = estimation.mean(two_stage.subset(frame["sex"] == 1), frame, ["trips"])
    found = table.one(item="trips", sex="M")
    assert (found.value, found.se, found.df) == pytest.approx((direct.values[0], direct.se[0], direct.df))


def test_a_rule_for_lonely_psus_leaves_a_note(sample):
    strata = np.where(np.arange(len(sample.design)) == 0, 9, 1)
    design = SurveyDesign(weights=np.ones(len(strata)), strata=strata, lonely_psu="adjust")
    first = tabulate(design, items_of(sample))[1]
    assert WarningCode.LONELY_PSU in first.notes
    direct = estimation.mean(design, sample.frame, ["satisfied"])
    assert first.se == pytest.approx(direct.se[0])


def test_lengths_are_checked(sample):
    with pytest.raises(EstimationError, match="item-length"):
        tabulate(sample.design, [NumericItem("x", np.ones(3))])
    with pytest.raises(EstimationError, match="domain-length"):
        tabulate(sample.design, items_of(sample), {"sex": np.ones(3)})


@pytest.mark.parametrize(
    "broken",
    [
        lambda: CategoricalItem("q", np.array([0, 5]), ("a", "b")),
        lambda: CategoricalItem("q", np.array([0.0, 1.0]), ("a", "b")),
        lambda: CategoricalItem("q", np.array([0, 1]), ("a", "b"), boxes={"top": ("c",)}),
        lambda: NumericItem("x", np.array([1.0, np.inf])),
    ],
)
def test_broken_items_are_refused(broken):
    with pytest.raises(EstimationError):
        broken()


def test_items_of_a_frame(sample):
    frame = sample.frame.assign(colour=np.where(sample.frame["sex"] == 0, "red", "blue"))
    number, words = items_from_frame(frame, ["trips", "colour"])
    assert isinstance(number, NumericItem)
    assert words.levels == ("blue", "red")


def test_numbers_with_many_values_take_another_path_to_the_same_end(sample):
    trips = sample.frame["trips"].to_numpy()
    whole, stretched = NumericItem("a", trips), NumericItem("b", trips * 0.37)
    assert whole.coded is not None
    assert stretched.coded is None
    counted, summed = tabulate(sample.design, [whole, stretched])
    assert (summed.value, summed.se) == pytest.approx((counted.value * 0.37, counted.se * 0.37))
    assert summed.design_deff == pytest.approx(counted.design_deff)


def test_intervals_cover_as_promised():
    found = simulate(CITY_FOR_COVERAGE, 120, methods=("jackknife",))["jackknife"]
    assert 0.935 <= found.by_outcome.mean() <= 0.965
    assert 0.95 <= found.ratio.mean() <= 1.08


CITY_FOR_COVERAGE = make_city()
