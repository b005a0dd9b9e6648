import numpy as np
import pandas as pd
import pytest

from cityvoice.stats.design import SurveyDesign
from cityvoice.stats.errors import EstimationError, MissingValuesError
from cityvoice.stats.inequality import gini
from cityvoice.stats.multivariate.agreement import kappa
from cityvoice.stats.multivariate.components import principal_components
from cityvoice.stats.multivariate.covariation import correlation, cronbach_alpha
from cityvoice.stats.multivariate.factors import factor_analysis, varimax
from cityvoice.stats.replication import jackknife
from tests.stats.surveys import design_of, survey

FRAME = survey()
DESIGN = design_of(FRAME)
ITEMS = ["parks", "buses", "schools", "safety"]
SKEWED = FRAME.assign(
    income=np.exp(FRAME["satisf"] / 25).round(1), rated=FRAME["parks"], again=FRAME["buses"]
)

SCALARS = {
    "alpha": lambda d, f: cronbach_alpha(d, f, ITEMS),
    "correlation": lambda d, f: correlation(d, f, ["satisf", "parks"]),
    "kappa": lambda d, f: kappa(d, f, "rated", "again"),
    "gini": lambda d, f: gini(d, f, "income"),
}


@pytest.mark.parametrize("name", SCALARS)
@pytest.mark.parametrize("factor", [1e-6, 1e9])
def test_the_scale_of_the_weights_changes_nothing(name, factor):
    scaled = SKEWED.assign(weight=SKEWED["weight"] * factor)
    found, expected = SCALARS[name](design_of(scaled), scaled), SCALARS[name](DESIGN, SKEWED)
    np.testing.assert_allclose(found.values, expected.values, rtol=1e-10)
    np.testing.assert_allclose(found.se, expected.se, rtol=1e-8, atol=1e-12)


@pytest.mark.parametrize("name", SCALARS)
def test_the_order_of_the_rows_changes_nothing(name):
    shuffled = SKEWED.sample(frac=1, random_state=9).reset_index(drop=True)
    found, expected = SCALARS[name](design_of(shuffled), shuffled), SCALARS[name](DESIGN, SKEWED)
    np.testing.assert_allclose(found.values, expected.values, rtol=1e-10)
    np.testing.assert_allclose(found.se, expected.se, rtol=1e-8, atol=1e-12)


@pytest.mark.parametrize("name", SCALARS)
def test_linearised_errors_agree_with_the_jackknife(name):
    linear, replicated = SCALARS[name](DESIGN, SKEWED), SCALARS[name](jackknife(DESIGN), SKEWED)
    np.testing.assert_allclose(replicated.values, linear.values)
    np.testing.assert_allclose(replicated.se, linear.se, rtol=0.12, atol=1e-9)


@pytest.mark.parametrize("name", SCALARS)
def test_a_domain_is_the_full_design_with_weights_of_zero(name):
    inside = (SKEWED["sex"] == "F").to_numpy()
    zeroed = SKEWED.assign(weight=SKEWED["weight"].where(inside, 0.0))
    found, expected = SCALARS[name](DESIGN.subset(inside), SKEWED), SCALARS[name](design_of(zeroed), zeroed)
    np.testing.assert_allclose(found.values, expected.values)
    np.testing.assert_allclose(found.se, expected.se, atol=1e-12)


def test_identical_items_have_an_alpha_of_one():
    assert cronbach_alpha(DESIGN, FRAME.assign(b=FRAME["parks"]), ["parks", "b"]).values[0] == pytest.approx(
        1
    )


def test_alpha_needs_items_that_vary():
    with pytest.raises(EstimationError, match=r"constant-variable\] variable same"):
        cronbach_alpha(DESIGN, FRAME.assign(same=1.0), ["parks", "same"])
    with pytest.raises(EstimationError, match="items-few"):
        cronbach_alpha(DESIGN, FRAME, ["parks"])


def test_equal_weights_give_the_plain_correlation():
    found = correlation(SurveyDesign(weights=np.ones(len(FRAME))), FRAME, ITEMS)
    np.testing.assert_allclose(found.values.reshape(4, 4), FRAME[ITEMS].corr())
    np.testing.assert_allclose(found.se[:: 4 + 1], 0.0, atol=1e-12)


def test_components_are_those_of_the_correlations():
    found = principal_components(DESIGN, FRAME, ITEMS)
    matrix = correlation(DESIGN, FRAME, ITEMS).values.reshape(4, 4)
    rebuilt = found.rotation * np.square(found.standard_deviations) @ found.rotation.T
    np.testing.assert_allclose(rebuilt, matrix, atol=1e-10)
    assert found.explained.sum() == pytest.approx(1.0)
    assert (found.rotation.sum(axis=0) >= 0).all()


def test_scores_have_the_variance_of_their_component():
    found = principal_components(DESIGN, FRAME, ITEMS)
    scores = found.scores(FRAME[ITEMS].to_numpy())
    weights = FRAME["weight"] / FRAME["weight"].mean()
    np.testing.assert_allclose(
        np.sqrt(weights @ np.square(scores) / (len(FRAME) - 1)), found.standard_deviations
    )


def test_with_equal_weights_the_convention_of_r_is_the_same():
    design = SurveyDesign(weights=np.ones(len(FRAME)))
    found, r = (principal_components(design, FRAME, ITEMS, compat=compat) for compat in ("", "R"))
    np.testing.assert_allclose(found.standard_deviations, r.standard_deviations)


def test_missing_items_are_an_error_unless_dropped():
    with pytest.raises(MissingValuesError, match="data-missing"):
        principal_components(DESIGN, FRAME, ["service", "buses"])
    principal_components(DESIGN, FRAME, ["service", "buses"], missing="drop")


def two_factor_sample(n=4000):
    rng = np.random.default_rng(2)
    loadings = np.array([[0.8, 0], [0.7, 0], [0.75, 0], [0, 0.8], [0, 0.7], [0, 0.6]])
    noise = rng.normal(size=(n, 6)) * np.sqrt(1 - np.square(loadings).sum(axis=1))
    return loadings, pd.DataFrame(rng.normal(size=(n, 2)) @ loadings.T + noise, columns=list("abcdef"))


def test_factors_are_found_again():
    loadings, frame = two_factor_sample()
    design = SurveyDesign(weights=np.random.default_rng(3).uniform(0.5, 1.5, len(frame)))
    found = factor_analysis(design, frame, list("abcdef"), 2)
    np.testing.assert_allclose(found.loadings, loadings, atol=0.06)
    np.testing.assert_allclose(found.uniquenesses, 1 - np.square(found.loadings).sum(axis=1), atol=1e-5)
    assert found.p_value > 0.01
    assert factor_analysis(design, frame, list("abcdef"), 1).p_value < 1e-6


def test_a_rotation_turns_and_does_not_stretch():
    loadings, _ = two_factor_sample(10)
    turn = varimax(loadings @ np.array([[0.8, 0.6], [-0.6, 0.8]]))
    np.testing.assert_allclose(turn.T @ turn, np.eye(2), atol=1e-12)


def test_items_carry_only_so_many_factors():
    with pytest.raises(EstimationError, match="factors-many"):
        factor_analysis(DESIGN, FRAME, ITEMS, 3)


def test_full_agreement_has_a_kappa_of_one():
    found = kappa(DESIGN, SKEWED, "rated", "parks")
    assert found.values[0] == pytest.approx(1.0)
    assert found.se[0] == pytest.approx(0.0, abs=1e-9)


def test_kappa_needs_no_shared_order_of_levels():
    letters = dict(zip(range(1, 6), "edcba", strict=True))
    turned = SKEWED.assign(rated=SKEWED["rated"].map(letters), again=SKEWED["again"].map(letters))
    assert kappa(DESIGN, turned, "rated", "again").values[0] == pytest.approx(
        kappa(DESIGN, SKEWED, "rated", "again").values[0]
    )


def test_gini_of_equal_shares_is_zero_and_of_one_owner_near_one():
    design = SurveyDesign(weights=np.ones(100))
    assert gini(design, {"x": np.full(100, 7.0)}, "x").values[0] == pytest.approx(0.0, abs=1e-12)
    assert gini(design, {"x": np.append(np.zeros(99), 1.0)}, "x").values[0] == pytest.approx(0.99)


def test_gini_is_half_the_relative_mean_difference():
    x, w = SKEWED["income"].to_numpy(), SKEWED["weight"].to_numpy()
    pairs = w @ np.abs(x[:, None] - x[None, :]) @ w / w.sum() ** 2
    expected = pairs / 2 / (w @ x / w.sum())
    assert gini(DESIGN, SKEWED, "income").values[0] == pytest.approx(expected)


@pytest.mark.parametrize("values", [[-1.0, 2.0], [0.0, 0.0], [1.0, np.inf]])
def test_gini_refuses_what_is_no_amount(values):
    with pytest.raises(EstimationError, match="gini-values"):
        gini(SurveyDesign(weights=[1.0, 1.0]), {"x": np.array(values)}, "x")
