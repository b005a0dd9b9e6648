"""Bad input is an error with code, place, expected and got, or a NaN with a coded note; never a number."""

import numpy as np
import pandas as pd
import pytest

from cityvoice.stats import estimation
from cityvoice.stats.design import SurveyDesign
from cityvoice.stats.encoding import Codes
from cityvoice.stats.errors import StatsError
from cityvoice.stats.hypothesis.goodness_of_fit import goodness_of_fit_test
from cityvoice.stats.hypothesis.rank_tests import rank_test
from cityvoice.stats.hypothesis.t_tests import one_sample_t_test, two_sample_t_test
from cityvoice.stats.items import NumericItem
from cityvoice.stats.multivariate.factors import factor_analysis
from cityvoice.stats.proportions import proportion
from cityvoice.stats.quantiles import quantile
from cityvoice.stats.regression.glm import glm
from cityvoice.stats.results import WarningCode
from cityvoice.stats.tables import tabulate
from cityvoice.stats.weighting.calibration import Calibrate
from cityvoice.stats.weighting.margins import Margin
from cityvoice.stats.weighting.nonresponse import PropensityClasses, WeightingClasses
from cityvoice.stats.weighting.raking import Rake
from cityvoice.stats.weighting.recipe import Recipe, apply_recipe
from cityvoice.stats.weighting.trimming import Trim
from tests.stats.surveys import design_of, survey

FRAME = survey()
N = len(FRAME)
DESIGN = design_of(FRAME)
EMPTY, ONE = DESIGN.subset(np.zeros(N, bool)), DESIGN.subset(np.arange(N) == 5)
FLAT = FRAME.assign(satisf=3.0)
ENDLESS = FRAME.assign(satisf=FRAME["satisf"].where(FRAME.index != 2, np.inf))
IN_FOURTH = np.arange(N) == 3


def weighted(*steps, frame=FRAME):
    return apply_recipe(Recipe(steps), frame, np.ones(N))


REFUSED = {
    "weights-negative": lambda: SurveyDesign(weights=np.where(IN_FOURTH, -1.0, 1.0)),
    "weights-missing": lambda: SurveyDesign(weights=np.where(IN_FOURTH, np.inf, 1.0)),
    "weights-zero": lambda: SurveyDesign(weights=np.zeros(N)),
    "weights-kind": lambda: SurveyDesign(weights=["heavy"] * N),
    "option-unknown": lambda: design_of(FRAME, lonely_psu="guess"),
    "domain-values": lambda: DESIGN.subset(np.where(IN_FOURTH, np.nan, 1.0)),
    "variables-none": lambda: estimation.mean(DESIGN, FRAME, []),
    "level-range": lambda: estimation.mean(DESIGN, FRAME, ["satisf"]).interval(95),
    "quantile-range": lambda: quantile(DESIGN, FRAME, ["satisf"], [50]),
    "condition-values": lambda: proportion(DESIGN, FRAME["satisf"]),
    "domain-empty": lambda: estimation.grouped(EMPTY, FRAME, ["satisf"], ["sex"]),
    "codes-range": lambda: estimation.mean(DESIGN, {"g": Codes(np.full(N, 7), ("a", "b"))}, ["g"]),
    "column-infinite": lambda: rank_test(DESIGN, ENDLESS, "satisf", "sex"),
    "constant-variable": lambda: glm(DESIGN, FLAT, "satisf ~ sex"),
    "margin-shares": lambda: Margin("sex", {"F": 0.5, "M": 0.4}),
    "response-none": lambda: weighted(WeightingClasses("r", ("sex",)), frame=FRAME.assign(r=0.0)),
    "classes-count": lambda: weighted(PropensityClasses("voted", ("sex",), n_classes=0)),
    "trim-bounds": lambda: weighted(Trim(upper=np.nan)),
    "calibration-total": lambda: weighted(Calibrate(("sex",), {"(Intercept)": N, "sexM": np.nan})),
    "calibration-collinear": lambda: weighted(
        Calibrate(("satisf", "twice"), {"(Intercept)": N, "satisf": N * 50.0, "twice": N * 90.0}),
        frame=FRAME.assign(twice=2 * FRAME["satisf"]),
    ),
    "calibration-infinite": lambda: weighted(
        Calibrate(("satisf",), {"(Intercept)": N, "satisf": 1.0}), frame=ENDLESS
    ),
}


@pytest.mark.parametrize("code", REFUSED)
def test_bad_input_is_refused_with_its_code(code):
    with pytest.raises(StatsError) as caught:
        REFUSED[code]()
    assert caught.value.code == code
    assert caught.value.where
    assert caught.value.expected
    assert caught.value.got


@pytest.mark.parametrize(
    "call",
    [
        lambda: factor_analysis(DESIGN, FRAME, ["parks", "buses", "schools"], 1, rotation="promax"),
        lambda: rank_test(DESIGN, FRAME, "satisf", "sex", scores="savage"),
        lambda: goodness_of_fit_test(DESIGN, FRAME, "sex", {"F": 0.5, "M": 0.5}, compat="r"),
        lambda: weighted(Calibrate(("sex",), {"(Intercept)": N, "sexM": N / 2}, distance="rake")),
    ],
)
def test_a_misspelt_option_is_no_other_option(call):
    with pytest.raises(StatsError, match="option-unknown"):
        call()


def test_a_misspelt_policy_for_missing_values_drops_none():
    with pytest.raises(StatsError, match="data-missing"):
        estimation.mean(DESIGN, FRAME, ["service"], missing="dropp")
    missing = FRAME.assign(sex=FRAME["sex"].where(FRAME.index != 4))
    with pytest.raises(StatsError, match="margin-missing"):
        weighted(Rake((Margin("sex", {"F": 0.5, "M": 0.5}),), missing="kept"), frame=missing)


def test_levels_of_a_margin_may_be_numbers():
    numbered = FRAME.assign(sex=FRAME["sex"].cat.codes + 1)
    margin = Margin("sex", {1: 0.5, 2: 0.5})
    found = weighted(Rake((margin,)), frame=numbered)
    assert found.weights[numbered["sex"] == 1].sum() == pytest.approx(N / 2)
    assert Margin.from_dict(margin.to_dict()) == margin


@pytest.mark.parametrize("statistic", [estimation.mean, estimation.variance, estimation.total])
def test_an_empty_domain_is_noted(statistic):
    found = statistic(EMPTY, FRAME, ["satisf"])
    assert found.notes == ((WarningCode.EMPTY_DOMAIN, WarningCode.NO_DF),)
    assert WarningCode.EMPTY_DOMAIN in found.to_table()[0].notes


def test_what_cannot_be_known_is_nan():
    assert np.isnan(estimation.variance(ONE, FRAME, ["satisf"]).values[0])
    assert np.isnan(estimation.ratio(DESIGN, FRAME.assign(none=0.0), ["satisf"], ["none"]).values[0])
    (empty,) = quantile(EMPTY, FRAME, ["satisf"], [0.5])
    assert np.isnan(empty.values[0])
    assert empty.notes == (WarningCode.EMPTY_DOMAIN,)
    assert np.isnan(goodness_of_fit_test(ONE, FRAME, "sex", {"F": 0.5, "M": 0.5}).p_value)


@pytest.mark.parametrize(
    "test",
    [
        lambda: one_sample_t_test(DESIGN, FLAT, "satisf"),
        lambda: two_sample_t_test(DESIGN, FLAT, "satisf", "sex"),
        lambda: rank_test(DESIGN, FLAT, "satisf", "sex"),
    ],
)
def test_rounding_errors_of_a_constant_decide_no_test(test):
    found = test()
    assert np.isnan(found.p_value)
    assert np.isnan(found.statistic)
    assert WarningCode.CONSTANT in found.notes


def test_results_turn_into_tables_dicts_and_sentences():
    share = proportion(DESIGN, FRAME["sex"] == "F", method="logit").to_estimate("sex", "F")
    assert share.to_dict()["n"] == N
    assert "sex = F" in share.to_sentence()
    (middle,) = quantile(DESIGN, FRAME, ["satisf"], [0.25, 0.5])
    table = middle.to_table()
    assert [row.term for row in table] == ["p25", "p50"]
    assert table[1].low == middle.interval[1, 0]
    assert len(table.to_frame()) == 2
    test = rank_test(DESIGN, FRAME, "satisf", "sex")
    assert test.to_frame().loc[0, "p_value"] == test.p_value


def test_weights_below_zero_are_left_to_calibration():
    reweighted = DESIGN.reweight(np.where(IN_FOURTH, -1.0, FRAME["weight"]))
    assert np.isfinite(estimation.mean(reweighted, FRAME, ["satisf"]).values[0])


def test_an_item_of_numbers_refuses_a_level_out_of_range():
    with pytest.raises(StatsError, match="codes-range"):
        tabulate(
            DESIGN, [NumericItem("y", FRAME["satisf"].to_numpy())], {"g": Codes(np.full(N, 7), ("a", "b"))}
        )
    assert pd.isna(tabulate(EMPTY, [NumericItem("y", FRAME["satisf"].to_numpy())])[0].value)


def test_an_infeasible_calibration_names_a_level_to_collapse_with():
    totals = {"(Intercept)": N, "agemiddle": 0.05 * N, "ageold": 0.9 * N}
    with pytest.raises(StatsError, match=r"total agemiddle \(n = \d+\).*collapse the level with ageold"):
        weighted(Calibrate(("age",), totals, bounds=(0.5, 2.0)))
