import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from statsmodels.stats.multitest import multipletests

from cityvoice.stats.design import SurveyDesign
from cityvoice.stats.errors import EstimationError, StatsError
from cityvoice.stats.estimation import grouped, mean
from cityvoice.stats.hypothesis.goodness_of_fit import goodness_of_fit_test
from cityvoice.stats.hypothesis.independence import NAMES, independence_test
from cityvoice.stats.hypothesis.multiplicity import adjust_p_values
from cityvoice.stats.hypothesis.rank_tests import population_ranks, rank_test
from cityvoice.stats.hypothesis.t_tests import one_sample_t_test, two_sample_t_test
from cityvoice.stats.replication import jackknife
from cityvoice.stats.results import WarningCode
from tests.stats.oracle.runner import find_suites, run_case
from tests.stats.surveys import design_of, survey

GOLDEN = Path(__file__).parent / "golden"
FRAME = survey()
DESIGN = design_of(FRAME)
ALIKE = {"rel": 1e-9, "abs": 1e-12}

TESTS = {
    name: lambda d, f, name=name: independence_test(d, f, "age", "parks", statistic=name) for name in NAMES
}
TESTS |= {
    "gof": lambda d, f: goodness_of_fit_test(d, f, "age", {"young": 0.3, "middle": 0.3, "old": 0.4}),
    "t": lambda d, f: two_sample_t_test(d, f, "satisf", "sex"),
    "one t": lambda d, f: one_sample_t_test(d, f, "satisf", value=50.0),
    "ranks": lambda d, f: rank_test(d, f, "service", "age", ties="population"),
    "ranks of two": lambda d, f: rank_test(d, f, "parks", "sex", scores="vanderWaerden", ties="population"),
    "median": lambda d, f: rank_test(d, f, "satisf", "sex", scores="median"),
}


@pytest.mark.parametrize("name", TESTS)
@pytest.mark.parametrize("factor", [1e-6, 1e9])
def test_the_scale_of_the_weights_changes_no_p_value(name, factor):
    scaled = FRAME.assign(weight=FRAME["weight"] * factor)
    expected = TESTS[name](DESIGN, FRAME).p_value
    assert TESTS[name](design_of(scaled), scaled).p_value == pytest.approx(expected, **ALIKE)


@pytest.mark.parametrize("name", TESTS)
def test_the_order_of_the_rows_changes_nothing(name):
    shuffled = FRAME.sample(frac=1, random_state=3).reset_index(drop=True)
    found, expected = TESTS[name](design_of(shuffled), shuffled), TESTS[name](DESIGN, FRAME)
    assert found.statistic == pytest.approx(expected.statistic, **ALIKE)
    assert found.p_value == pytest.approx(expected.p_value, **ALIKE)


@pytest.mark.parametrize("name", TESTS)
def test_a_domain_is_the_full_design_with_weights_of_zero(name):
    inside = (FRAME["satisf"] > 40).to_numpy()
    zeroed = FRAME.assign(weight=FRAME["weight"].where(inside, 0.0))
    expected = TESTS[name](DESIGN.subset(inside), FRAME)
    assert TESTS[name](design_of(zeroed), zeroed).p_value == pytest.approx(expected.p_value, **ALIKE)


def test_the_order_of_levels_changes_no_test_of_independence():
    turned = FRAME.assign(age=FRAME["age"].cat.reorder_categories(["old", "young", "middle"]))
    for name in NAMES:
        found, expected = TESTS[name](DESIGN, turned), TESTS[name](DESIGN, FRAME)
        assert found.statistic == pytest.approx(expected.statistic, **ALIKE)
        assert found.p_value == pytest.approx(expected.p_value, rel=1e-6)


def test_rows_and_columns_may_be_exchanged():
    for name in NAMES:
        found = independence_test(DESIGN, FRAME, "parks", "age", statistic=name)
        assert found.p_value == pytest.approx(TESTS[name](DESIGN, FRAME).p_value, rel=1e-6)


def test_simple_random_sampling_gives_pearson_times_its_design_effect():
    design = SurveyDesign(weights=np.ones(len(FRAME)))
    table = pd.crosstab(FRAME["age"], FRAME["sex"])
    plain = stats.chi2_contingency(table, correction=False)
    found = independence_test(design, FRAME, "age", "sex", statistic="Chisq")
    assert found.statistic == pytest.approx(plain.statistic, rel=1e-12)
    assert found.p_value == pytest.approx(plain.pvalue, rel=0.02)


def test_p_values_are_uniform_under_independence():
    p = []
    for seed in range(300):
        frame = survey(seed + 100, per_unit=8)
        rng = np.random.default_rng(seed)
        place = rng.normal(0, 0.7, 24)[frame["unit"]]  # an answer that clusters, whatever the sex
        frame["coin"] = np.where(place + rng.normal(0, 1, len(frame)) > 0, "a", "b")
        p.append(independence_test(design_of(frame), frame, "sex", "coin").p_value)
    assert 0.02 <= np.mean(np.array(p) < 0.05) <= 0.09
    assert stats.kstest(p, "uniform").pvalue > 0.001


def test_r_counts_rows_without_an_answer():
    both = [
        independence_test(DESIGN, FRAME, "sex", "service", statistic="Chisq", compat=c) for c in ("", "R")
    ]
    answered = FRAME["service"].notna().sum()
    assert both[1].statistic / both[0].statistic == pytest.approx(len(FRAME) / answered)
    assert both[0].n == both[1].n == answered


def test_a_variable_with_one_level_cannot_be_tested():
    with pytest.raises(EstimationError, match="table-levels"):
        independence_test(DESIGN.subset(FRAME["sex"] == "F"), FRAME, "sex", "age")


def test_goodness_of_fit_is_a_t_test_for_two_levels():
    found = goodness_of_fit_test(DESIGN, FRAME, "sex", {"F": 0.45, "M": 0.55})
    share = mean(DESIGN, FRAME, ["sex"])
    z = (share.values[0] - 0.45) / share.se[0]
    assert found.p_value == pytest.approx(2 * stats.norm.sf(abs(z)), rel=0.15)
    assert found.df[1] == pytest.approx(1.0)


def test_a_distribution_that_strata_fix_has_no_p_value():
    counts = FRAME["stratum"].value_counts(normalize=True).sort_index()
    frame = FRAME.assign(weight=1.0)
    shares = {str(k): share for k, share in counts.items()}
    found = goodness_of_fit_test(design_of(frame), frame, "factor(stratum)", shares)
    assert np.isnan(found.p_value)
    assert found.notes == (WarningCode.PINNED,)


@pytest.mark.parametrize("shares", [{"F": 1.0}, {"F": 0.5, "M": 0.0}, {"F": 0.5, "M": 0.4, "X": 0.1}])
def test_shares_must_fit_the_levels(shares):
    with pytest.raises(EstimationError, match="shares-levels"):
        goodness_of_fit_test(DESIGN, FRAME, "sex", shares)


def test_two_groups_differ_by_the_difference_of_their_means():
    found = two_sample_t_test(DESIGN, FRAME, "satisf", "sex")
    change = grouped(DESIGN, FRAME, ["satisf"], ["sex"]).estimates.contrast({"gap": {"M": 1, "F": -1}})
    assert found.estimate == pytest.approx(change.values[0])
    assert found.se == pytest.approx(change.se[0])
    assert found.df == (DESIGN.degrees_of_freedom - 1,)
    assert found.low < found.estimate < found.high


def test_a_mean_is_tested_against_a_value():
    own = mean(DESIGN, FRAME, ["satisf"])
    found = one_sample_t_test(DESIGN, FRAME, "satisf", value=own.values[0] - 2 * own.se[0])
    assert found.statistic == pytest.approx(2.0)


def test_three_groups_are_no_two_sample_test():
    with pytest.raises(EstimationError, match="groups-two"):
        two_sample_t_test(DESIGN, FRAME, "satisf", "age")


def test_ranks_are_shares_of_the_population():
    answers, weights = np.array([0, 1, 1, 2]), np.array([2.0, 1.0, 3.0, 4.0])
    np.testing.assert_allclose(population_ranks(answers, weights, "population"), [0.1, 0.4, 0.4, 0.8])
    np.testing.assert_allclose(population_ranks(answers, weights), [0.1, 0.35, 0.35, 0.8])


def test_a_rank_that_depends_on_the_order_of_the_rows_is_noted():
    tied, even = rank_test(DESIGN, FRAME, "parks", "sex"), FRAME.assign(weight=1.0)
    assert tied.notes == (WarningCode.ROW_ORDER,)
    assert rank_test(DESIGN, FRAME, "parks", "sex", ties="population").notes == ()
    assert rank_test(design_of(even), even, "parks", "sex").notes == ()
    with pytest.raises(StatsError, match="option-unknown"):
        rank_test(DESIGN, FRAME, "parks", "sex", ties="file")


def test_ranks_do_not_change_under_a_growing_transformation():
    found = rank_test(DESIGN, FRAME.assign(grown=np.exp(FRAME["satisf"] / 30)), "grown", "age")
    assert found.p_value == pytest.approx(rank_test(DESIGN, FRAME, "satisf", "age").p_value)


def test_equal_weights_agree_with_the_plain_rank_test():
    frame = FRAME.assign(weight=1.0)
    found = rank_test(SurveyDesign(weights=frame["weight"]), frame, "satisf", "sex")
    groups = [frame.loc[frame["sex"] == sex, "satisf"] for sex in ("M", "F")]
    plain = stats.mannwhitneyu(*groups, use_continuity=False)
    assert found.p_value == pytest.approx(plain.pvalue, rel=0.1)


def test_replicates_agree_with_linearisation():
    linear, replicated = (rank_test(d, FRAME, "parks", "sex") for d in (DESIGN, jackknife(DESIGN)))
    assert replicated.se == pytest.approx(linear.se, rel=0.02)
    chi = [independence_test(d, FRAME, "parks", "sex") for d in (DESIGN, jackknife(DESIGN))]
    assert chi[1].statistic == pytest.approx(chi[0].statistic, rel=0.05)


NAMES_ELSEWHERE = {
    "bonferroni": "bonferroni",
    "holm": "holm",
    "hochberg": "simes-hochberg",
    "hommel": "hommel",
    "BH": "fdr_bh",
    "fdr": "fdr_bh",
    "BY": "fdr_by",
}


@pytest.mark.parametrize("method", NAMES_ELSEWHERE)
@pytest.mark.parametrize("size", [1, 2, 3, 17])
def test_corrections_agree_with_another_implementation(method, size):
    p = np.random.default_rng(size).random(size) ** 3
    expected = multipletests(p, method=NAMES_ELSEWHERE[method])[1]
    np.testing.assert_allclose(adjust_p_values(p, method), expected, rtol=1e-12)


def test_a_missing_p_value_stays_missing_and_does_not_count():
    found = adjust_p_values([0.01, np.nan, 0.02], "bonferroni")
    np.testing.assert_array_equal(found, [0.02, np.nan, 0.04])


def test_p_values_outside_their_range_are_refused():
    with pytest.raises(StatsError, match="p-value-range"):
        adjust_p_values([0.5, 1.5])


def test_the_conventions_of_r_agree_with_the_reference():
    (suite,) = find_suites([GOLDEN / "tests.json.gz"])
    soft = [case for case in suite.cases if not case.is_strict]
    assert [run_case(case).status for case in soft] == ["passed"] * len(soft)


def test_a_result_speaks():
    found = two_sample_t_test(DESIGN, FRAME, "satisf", "sex")
    assert "Two-sample t, mean of satisf is the same in both groups of sex" in found.to_sentence()
    assert f"n = {len(FRAME)}" in found.to_sentence()
    assert json.loads(json.dumps(found.to_dict()))["df"] == [DESIGN.degrees_of_freedom - 1]
