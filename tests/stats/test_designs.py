"""Designs: what is accepted, what is refused, and variances checked by hand."""

import numpy as np
import pytest

from cityvoice.stats import estimation
from cityvoice.stats.design import LonelyPsu, SurveyDesign
from cityvoice.stats.errors import DesignError, LonelyPsuError, MissingValuesError, StatsError
from cityvoice.stats.replication import balanced_halves, bootstrap, hadamard, jackknife

Y = {"y": np.array([1.0, 3.0, 2.0, 8.0, 4.0, 6.0])}
STRATA = np.array(["a", "a", "a", "b", "b", "b"])


def test_a_simple_random_sample_has_the_textbook_error():
    found = estimation.mean(SurveyDesign(weights=np.full(6, 10.0)), Y, ["y"])
    assert found.values[0] == pytest.approx(4.0)
    assert found.se[0] == pytest.approx(np.std(Y["y"], ddof=1) / np.sqrt(6))
    assert found.df == 5


def test_a_stratified_sample_with_corrections():
    design = SurveyDesign(strata=STRATA, fpc=np.array([30.0] * 3 + [6.0] * 3))
    found = estimation.total(design, Y, ["y"])
    assert design.weights.tolist() == [10.0] * 3 + [2.0] * 3
    by_hand = 30**2 * 0.9 * np.var([1, 3, 2], ddof=1) / 3 + 6**2 * 0.5 * np.var([8, 4, 6], ddof=1) / 3
    assert found.covariance[0, 0] == pytest.approx(by_hand)


def test_two_stages_add_the_variance_inside_clusters():
    psu = np.array([1, 1, 2, 2, 3, 3])
    design = SurveyDesign(psu=(psu, np.arange(6)), fpc=(np.full(6, 12.0), np.full(6, 8.0)))
    found = estimation.total(design, Y, ["y"])
    totals = np.array([4 * 8 / 2, 10 * 8 / 2, 10 * 8 / 2])
    between = 12**2 * (1 - 3 / 12) * np.var(totals, ddof=1) / 3
    inside = sum(8**2 * (1 - 2 / 8) * np.var(pair, ddof=1) / 2 for pair in ([1, 3], [2, 8], [4, 6]))
    assert found.covariance[0, 0] == pytest.approx(between + 12 / 3 * inside)


def test_a_fraction_and_a_count_are_the_same_correction():
    by_count = SurveyDesign(weights=np.ones(6), fpc=np.full(6, 24.0))
    by_fraction = SurveyDesign(weights=np.ones(6), fpc=np.full(6, 0.25))
    assert estimation.mean(by_count, Y, ["y"]).se[0] == pytest.approx(
        estimation.mean(by_fraction, Y, ["y"]).se[0]
    )


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"weights": [1, np.nan, 1]}, "weights-missing"),
        ({"weights": [1, np.inf, 1]}, "weights-missing"),
        ({"weights": [0, 0, 0]}, "weights-zero"),
        ({}, "design-empty"),
        ({"weights": [1, 1, 1], "psu": [1, 2]}, "design-length"),
        ({"weights": [1, 1, 1], "psu": np.array([1, 2, 1]), "strata": np.array([1, 1, 2])}, "psu-not-nested"),
        ({"weights": [1, 1, 1], "strata": np.array(["a", None, "b"], dtype=object)}, "design-missing"),
        ({"weights": [1, 1, 1], "fpc": np.array([2.0, 2.0, 2.0])}, "fpc-too-small"),
        ({"weights": [1, 1, 1], "fpc": np.array([5.0, -1.0, 5.0])}, "fpc-invalid"),
        ({"weights": [1, 1, 1], "psu": np.array([1, 1, 2]), "fpc": np.array([5.0, 6.0, 5.0])}, "fpc-varies"),
    ],
)
def test_bad_designs_are_refused_by_code(options, code):
    with pytest.raises(StatsError) as caught:
        SurveyDesign(**options)
    assert caught.value.code == code
    assert caught.value.expected
    assert caught.value.got


def test_labels_may_repeat_across_strata_on_purpose():
    design = SurveyDesign(weights=np.ones(6), strata=STRATA, psu=np.array([1, 2, 3, 1, 2, 3]), nest=True)
    assert design.degrees_of_freedom == 4


def lonely(rule, **options):
    strata = np.array(["a", "b", "b", "b", "c", "c"])
    return SurveyDesign(weights=np.ones(6), strata=strata, lonely_psu=rule, **options)


def test_a_lonely_psu_is_refused_by_default_and_named():
    with pytest.raises(LonelyPsuError, match="stratum number 1"):
        estimation.mean(lonely("fail"), Y, ["y"])


def test_rules_for_a_lonely_psu_are_ordered_as_they_should_be():
    variance = {
        rule: estimation.total(lonely(rule), Y, ["y"]).covariance[0, 0] for rule in list(LonelyPsu)[1:]
    }
    assert variance["remove"] == variance["certainty"]
    assert variance["average"] == pytest.approx(variance["remove"] * 3 / 2)
    assert variance["adjust"] == pytest.approx(variance["remove"] + (1 - 4.0) ** 2)


def test_a_domain_keeps_strata_and_changes_degrees_of_freedom():
    design = SurveyDesign(weights=np.ones(6), strata=STRATA)
    assert design.subset([True, True, False, False, False, False]).degrees_of_freedom == 1
    with pytest.raises(DesignError, match="domain-length"):
        design.subset([True])


def test_missing_values_are_refused_dropped_or_carried_on():
    design, data = SurveyDesign(weights=np.ones(6)), {"y": np.array([1.0, np.nan, 2, 3, 4, 5])}
    with pytest.raises(MissingValuesError, match="row 1"):
        estimation.mean(design, data, ["y"])
    assert estimation.mean(design, data, ["y"], missing="drop").values[0] == 3.0
    assert np.isnan(estimation.mean(design, data, ["y"], missing="propagate").values[0])


def test_data_of_another_length_is_refused():
    with pytest.raises(StatsError, match="data-length"):
        estimation.mean(SurveyDesign(weights=np.ones(6)), {"y": np.ones(4)}, ["y"])


def test_an_unknown_column_is_named():
    with pytest.raises(StatsError, match="column-unknown"):
        estimation.mean(SurveyDesign(weights=np.ones(6)), Y, ["z"])


def test_infinity_is_refused():
    with pytest.raises(StatsError, match="column-infinite"):
        estimation.mean(SurveyDesign(weights=np.ones(2)), {"y": np.array([1.0, np.inf])}, ["y"])


def test_replicates_of_a_linear_statistic_equal_linearisation():
    psu = np.array([1, 1, 2, 3, 3, 4])
    strata = np.array(["a", "a", "a", "b", "b", "b"])
    design = SurveyDesign(weights=np.arange(1.0, 7.0), strata=strata, psu=psu)
    exact = estimation.total(design, Y, ["y"]).se[0]
    for replicated in (jackknife(design), balanced_halves(design), balanced_halves(design, rho=0.4)):
        assert estimation.total(replicated, Y, ["y"]).se[0] == pytest.approx(exact)


def test_replicates_of_a_domain_carry_fewer_degrees_of_freedom():
    design = jackknife(SurveyDesign(weights=np.ones(6), strata=STRATA))
    assert design.degrees_of_freedom == 4
    assert design.subset(STRATA == "a").degrees_of_freedom == 2


@pytest.mark.parametrize("kind", ["bootstrap", "subbootstrap", "mrbbootstrap"])
def test_a_bootstrap_comes_near_linearisation(kind):
    rng = np.random.default_rng(3)
    data = {"y": rng.normal(size=120)}
    design = SurveyDesign(weights=np.ones(120), strata=np.repeat(np.arange(4), 30))
    exact = estimation.mean(design, data, ["y"]).se[0]
    drawn = bootstrap(design, kind=kind, n_replicates=800, seed=5)
    assert estimation.mean(drawn, data, ["y"]).se[0] == pytest.approx(exact, rel=0.1)


@pytest.mark.parametrize("size", [2, 4, 8, 12, 16, 20, 24, 36, 44, 60, 100])
def test_hadamard_matrices_are_orthogonal(size):
    matrix = hadamard(size)
    order = len(matrix)
    assert order >= size
    assert np.array_equal(matrix @ matrix.T, order * np.eye(order, dtype=int))


def test_weights_of_any_unit_give_the_same_effective_size():
    small = estimation.mean(SurveyDesign(weights=np.arange(1, 7) * 1e-6), Y, ["y"])
    large = estimation.mean(SurveyDesign(weights=np.arange(1, 7) * 1e9), Y, ["y"])
    assert small.n_eff[0] == pytest.approx(large.n_eff[0]) == pytest.approx(21**2 / 91)
