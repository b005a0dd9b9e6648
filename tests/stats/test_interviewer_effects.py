import numpy as np
import pytest
from scipy import stats

from cityvoice.stats.errors import EstimationError
from cityvoice.stats.interviewer_effects import interviewer_effect, interviewer_effects

# Shrout and Fleiss (1979), Psychological Bulletin 86, 420-428, table 2: six targets, four ratings of each
RATINGS = [(9, 2, 5, 8), (6, 1, 3, 2), (8, 4, 6, 8), (7, 1, 2, 6), (10, 5, 6, 9), (6, 2, 4, 7)]


def long(groups):
    return [value for group in groups for value in group], [
        i for i, group in enumerate(groups) for _ in group
    ]


def test_the_published_intraclass_correlation():
    # R: psych::ICC(RATINGS), row ICC1: 0.17, F 1.8 on 5 and 18, p 0.165, interval -0.133 to 0.723
    found = interviewer_effect(*long(RATINGS))
    assert found.icc == pytest.approx(0.1657, abs=5e-5)
    assert (found.low, found.high) == pytest.approx((-0.1329, 0.7226), abs=2e-4)
    assert (found.df_between, found.df_within) == (5, 18)
    assert found.f == pytest.approx(1.79, abs=0.005)
    assert found.p_value == pytest.approx(0.16477, abs=1e-5)


def test_unequal_workloads_give_the_f_of_one_way_analysis_of_variance():
    rng = np.random.default_rng(4)
    groups = [rng.normal(shift, 1, size) for shift, size in enumerate((3, 8, 20, 41))]
    found = interviewer_effect(*long(groups))
    expected = stats.f_oneway(*groups)
    assert (found.f, found.p_value) == pytest.approx((expected.statistic, expected.pvalue))
    assert found.low < found.icc < found.high


def test_the_interval_holds_the_truth_as_often_as_it_says():
    rng, rho, hits = np.random.default_rng(7), 0.1, 0
    sizes = (5, 10, 15, 20, 40, 60)
    for _ in range(400):
        groups = [rng.normal(np.sqrt(rho) * rng.normal(), np.sqrt(1 - rho), size) for size in sizes]
        found = interviewer_effect(*long(groups))
        hits += found.low <= rho <= found.high
    assert 0.92 <= hits / 400 <= 0.98


def test_the_design_effect_grows_with_the_workload_and_is_never_a_gain():
    rng = np.random.default_rng(1)
    groups = [rng.normal(effect, 1, 30) for effect in rng.normal(0, 0.5, 12)]
    found = interviewer_effect(*long(groups))
    assert found.deff == pytest.approx(1 + 29 * found.icc)
    alike = [(1.0, 2.0, 3.0), (1.0, 2.0, 3.0), (3.0, 2.0, 1.0)]
    found = interviewer_effect(*long(alike))
    assert found.low <= found.icc == pytest.approx(-0.5)
    assert found.deff == 1


def test_answers_that_nobody_gave_are_left_out_and_many_items_are_judged_together():
    values, who = long(RATINGS)
    with_gap = interviewer_effect([*values, float("nan")], [*who, 0])
    assert with_gap == interviewer_effect(values, who)
    found = interviewer_effects({"a": values, "b": [value**2 for value in values], "same": [1] * 24}, who)
    assert [effect.item for effect, _ in found] == ["a", "b"]
    assert all(adjusted >= effect.p_value for effect, adjusted in found)


@pytest.mark.parametrize(
    ("values", "who", "code"),
    [
        ([1, 2, 3], [1, 1, 1], "effect-groups"),
        ([1, 2], [1, 2], "effect-groups"),
        ([2, 2, 2, 2], [1, 1, 2, 2], "effect-constant"),
        ([1, 2, 3], [1, 2], "effect-length"),
    ],
)
def test_what_cannot_be_estimated_is_refused(values, who, code):
    with pytest.raises(EstimationError) as caught:
        interviewer_effect(values, who)
    assert caught.value.code == code
