import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy import stats

from cityvoice.stats.design import SurveyDesign
from cityvoice.stats.errors import ConvergenceError, EstimationError, StatsError
from cityvoice.stats.estimation import grouped, mean
from cityvoice.stats.frame import Frame
from cityvoice.stats.hypothesis.independence import independence_test
from cityvoice.stats.regression.glm import glm
from cityvoice.stats.regression.loglinear import compare_loglinear, loglinear
from cityvoice.stats.regression.ordinal import ordinal
from cityvoice.stats.regression.term_tests import likelihood_ratio_test, wald_test
from cityvoice.stats.replication import jackknife
from tests.stats.surveys import design_of, survey

FRAME = survey()
DESIGN = design_of(FRAME)

MODELS = {
    "gaussian": ("satisf ~ sex * age + parks", "gaussian"),
    "binomial": ("voted ~ sex + age + satisf", "quasibinomial"),
    "poisson": ("trips ~ sex + service", "quasipoisson"),
}


def fit(name, design=DESIGN, frame=FRAME):
    formula, family = MODELS[name]
    return glm(design, frame, formula, family=family)


def assert_alike(found, expected, rel=1e-7):
    np.testing.assert_allclose(found.coefficients, expected.coefficients, rtol=rel, atol=1e-9)
    np.testing.assert_allclose(found.se, expected.se, rtol=rel)
    np.testing.assert_allclose(found.p_values, expected.p_values, rtol=1e-5, atol=1e-12)


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("factor", [1e-6, 1e9])
def test_the_scale_of_the_weights_changes_nothing(name, factor):
    scaled = FRAME.assign(weight=FRAME["weight"] * factor)
    assert_alike(fit(name, design_of(scaled), scaled), fit(name))


@pytest.mark.parametrize("name", MODELS)
def test_the_order_of_the_rows_changes_nothing(name):
    shuffled = FRAME.sample(frac=1, random_state=5).reset_index(drop=True)
    assert_alike(fit(name, design_of(shuffled), shuffled), fit(name))


@pytest.mark.parametrize("name", MODELS)
def test_splitting_a_row_in_two_changes_nothing(name):
    halves = FRAME.assign(weight=FRAME["weight"] / 2)
    doubled = pd.concat([halves, halves], ignore_index=True)
    assert_alike(fit(name, design_of(doubled), doubled), fit(name))


@pytest.mark.parametrize("name", MODELS)
def test_a_domain_is_the_full_design_with_weights_of_zero(name):
    inside = (FRAME["buses"] > 1).to_numpy()
    zeroed = FRAME.assign(weight=FRAME["weight"].where(inside, 0.0))
    # the fits start from different means, as their weights are scaled by different rows, and stop at 1e-8
    assert_alike(fit(name, design_of(zeroed), zeroed), fit(name, DESIGN.subset(inside)), rel=2e-6)


@pytest.mark.parametrize(
    ("name", "family"),
    [
        ("gaussian", sm.families.Gaussian()),
        ("binomial", sm.families.Binomial()),
        ("poisson", sm.families.Poisson()),
    ],
)
def test_coefficients_agree_with_another_implementation(name, family):
    model = fit(name)
    x = model.spec.matrix(Frame(FRAME[model.rows].reset_index(drop=True))).values
    y = FRAME.loc[model.rows, model.spec.formula.response]
    other = sm.GLM(y, x, family=family, var_weights=FRAME.loc[model.rows, "weight"]).fit(tol=1e-14)
    np.testing.assert_allclose(model.coefficients, other.params, rtol=1e-6)


def test_the_intercept_alone_is_the_mean():
    model, expected = glm(DESIGN, FRAME, "satisf ~ 1"), mean(DESIGN, FRAME, ["satisf"])
    np.testing.assert_allclose(model.coefficients, expected.values)
    np.testing.assert_allclose(model.se, expected.se)
    assert model.residual_df == expected.df
    assert model.deviance == pytest.approx(model.null_deviance)


def test_a_saturated_model_predicts_the_means_of_its_groups():
    model = glm(DESIGN, FRAME, "satisf ~ sex * age")
    groups = grouped(DESIGN, FRAME, ["satisf"], ["sex", "age"])
    new = pd.DataFrame(groups.groups, columns=["sex", "age"])
    found = model.predict(new)
    np.testing.assert_allclose(found.values, groups.estimates.values)
    np.testing.assert_allclose(found.se, groups.estimates.se)


def test_predicted_shares_lie_between_0_and_1_and_carry_the_delta_method():
    model = glm(DESIGN, FRAME, "voted ~ satisf", family="binomial")
    new = pd.DataFrame({"satisf": [0.0, 50.0, 120.0]})
    shares, odds = model.predict(new), model.predict(new, on_link=True)
    np.testing.assert_allclose(shares.values, 1 / (1 + np.exp(-odds.values)))
    np.testing.assert_allclose(shares.se, shares.values * (1 - shares.values) * odds.se)


def test_linearised_and_replicated_errors_agree():
    linear, replicated = fit("binomial"), fit("binomial", jackknife(DESIGN))
    np.testing.assert_allclose(replicated.se, linear.se, rtol=0.08)
    np.testing.assert_allclose(replicated.coefficients, linear.coefficients)
    assert replicated.variance_method == "replicates"


def test_equal_weights_without_clusters_give_the_sandwich():
    model = glm(SurveyDesign(weights=np.ones(len(FRAME))), FRAME, "satisf ~ sex + parks")
    x = np.column_stack([np.ones(len(FRAME)), FRAME["sex"] == "M", FRAME["parks"]]).astype(float)
    robust = sm.OLS(FRAME["satisf"], x).fit(cov_type="HC0")
    n = len(FRAME)
    np.testing.assert_allclose(model.se, robust.bse * np.sqrt(n / (n - 1)))


def test_an_offset_has_the_coefficient_one():
    frame = FRAME.assign(months=np.linspace(1, 12, len(FRAME)))
    with_offset = glm(DESIGN, frame, "trips ~ sex + offset(log(months))", family="poisson")
    free = glm(DESIGN, frame, "trips ~ sex + log(months)", family="poisson")
    assert "log(months)" not in with_offset.terms
    assert with_offset.deviance > free.deviance
    new = pd.DataFrame({"sex": ["F", "F"], "months": [1.0, 2.0]})
    doubled = with_offset.predict(new).values
    assert doubled[1] == pytest.approx(2 * doubled[0])


def test_one_coefficient_tested_by_wald_is_its_t_squared():
    model = fit("binomial")
    position = model.terms.index("satisf")
    found = wald_test(model, ["satisf"])
    assert found.statistic == pytest.approx(model.t[position] ** 2)
    assert found.p_value == pytest.approx(model.p_values[position])


def test_terms_are_named_in_any_order():
    model = fit("gaussian")
    assert wald_test(model, ["age:sex"]).statistic == wald_test(model, ["sex:age"]).statistic
    with pytest.raises(StatsError, match="term-unknown"):
        wald_test(model, ["voted"])


def test_the_likelihood_ratio_of_a_linear_model_agrees_with_wald():
    model = glm(DESIGN, FRAME, "satisf ~ sex + age")
    ratio = likelihood_ratio_test(DESIGN, FRAME, model, ["age"])
    assert ratio.design_effects.shape == (2,)
    assert ratio.p_value == pytest.approx(wald_test(model, ["age"]).p_value, rel=0.5)


def test_the_smaller_model_uses_the_rows_of_the_larger():
    model = glm(DESIGN, FRAME, "voted ~ sex + service", family="binomial")
    found = likelihood_ratio_test(DESIGN, FRAME, model, ["service"])
    answered = FRAME["service"].notna().to_numpy()
    smaller = glm(DESIGN.subset(answered), FRAME, "voted ~ sex", family="binomial")
    assert found.statistic == pytest.approx(smaller.deviance * smaller.scale / model.scale - model.deviance)


@pytest.mark.parametrize(
    ("formula", "family", "error", "code"),
    [
        ("satisf ~ parks + I(2 * parks)", "gaussian", EstimationError, "collinear"),
        ("satisf ~ sex", "binomial", EstimationError, "response-domain"),
        ("I(satisf - 100) ~ sex", "poisson", EstimationError, "response-domain"),
        ("I(sex == 'M') ~ sex", "binomial", ConvergenceError, "glm-diverges"),
        ("satisf ~ nothing", "gaussian", StatsError, "column-unknown"),
        ("satisf ~ sex", "cauchy", StatsError, "family-unknown"),
        ("age ~ sex", "gaussian", EstimationError, "response-kind"),
    ],
)
def test_a_model_that_cannot_be_fitted_says_why(formula, family, error, code):
    with pytest.raises(error, match=code):
        glm(DESIGN, FRAME, formula, family=family)


def test_negative_weights_are_refused():
    weights = FRAME["weight"].to_numpy().copy()
    weights[3] = -0.5
    calibrated = SurveyDesign(weights=FRAME["weight"]).reweight(weights)
    with pytest.raises(EstimationError, match=r"weights-negative\] regression, row 3"):
        glm(calibrated, FRAME, "satisf ~ sex")


def test_two_ordered_levels_are_a_logistic_regression_turned_round():
    logistic = glm(DESIGN, FRAME, "voted ~ sex + satisf", family="binomial")
    found = ordinal(DESIGN, FRAME, "voted ~ sex + satisf").estimates
    assert found.terms == ("sexM", "satisf", "0|1")
    order = [1, 2, 0]
    np.testing.assert_allclose(found.values * [1, 1, -1], logistic.coefficients[order], rtol=1e-6)
    np.testing.assert_allclose(found.se, logistic.se[order], rtol=1e-5)


@pytest.mark.parametrize("link", ["logistic", "probit"])
def test_without_predictors_thresholds_give_the_cumulative_shares(link):
    found = ordinal(DESIGN, FRAME, "parks ~ 1", link=link).estimates
    cdf = {"logistic": stats.logistic.cdf, "probit": stats.norm.cdf}[link]
    shares = mean(DESIGN, {"parks": FRAME["parks"].astype(int).astype(str)}, ["parks"]).values
    np.testing.assert_allclose(cdf(found.values), np.cumsum(shares)[:-1], rtol=1e-7)


def test_ordinal_errors_agree_with_the_jackknife_and_with_the_path_of_r():
    exact = ordinal(DESIGN, FRAME, "parks ~ sex + satisf").estimates
    replicated = ordinal(jackknife(DESIGN), FRAME, "parks ~ sex + satisf").estimates
    near = ordinal(DESIGN, FRAME, "parks ~ sex + satisf", compat="R").estimates
    np.testing.assert_allclose(replicated.se, exact.se, rtol=0.1)
    np.testing.assert_allclose(near.values, exact.values, rtol=5e-3, atol=1e-3)


def test_the_scale_of_the_weights_changes_no_ordinal_model():
    scaled = FRAME.assign(weight=FRAME["weight"] * 1e9)
    found = ordinal(design_of(scaled), scaled, "parks ~ sex").estimates
    np.testing.assert_allclose(
        found.values, ordinal(DESIGN, FRAME, "parks ~ sex").estimates.values, rtol=1e-9
    )


def test_a_saturated_log_linear_model_fits_every_cell():
    model = loglinear(DESIGN, FRAME, "~ sex * age")
    np.testing.assert_allclose(model.fitted, model.observed, rtol=1e-7)
    assert model.deviance == pytest.approx(0.0, abs=1e-8)


def test_main_effects_keep_the_margins():
    model = loglinear(DESIGN, FRAME, "~ sex + age + parks")
    observed, fitted = (shares.reshape(5, 3, 2) for shares in (model.observed, model.fitted))
    for axes in [(0, 1), (0, 2), (1, 2)]:
        np.testing.assert_allclose(fitted.sum(axis=axes), observed.sum(axis=axes), rtol=1e-6)


@pytest.mark.parametrize(("statistic", "name"), [("Chisq", "first_order"), ("F", "F")])
def test_leaving_out_the_interaction_is_the_test_of_independence(statistic, name):
    models = [loglinear(DESIGN, FRAME, formula) for formula in ("~ sex + parks", "~ sex * parks")]
    compared = compare_loglinear(*models)
    expected = independence_test(DESIGN, FRAME, "sex", "parks", statistic=statistic)
    assert compared.p_values(compared.score)[name] == pytest.approx(expected.p_value, rel=1e-6)
    assert compared.deviance == pytest.approx(compared.score, rel=0.1)


def test_only_nested_models_are_compared():
    models = [loglinear(DESIGN, FRAME, formula) for formula in ("~ sex + parks", "~ sex * age")]
    with pytest.raises(EstimationError, match="models-nested"):
        compare_loglinear(*models)


def test_a_loglinear_model_refuses_a_cell_that_nobody_is_in():
    frame = FRAME.assign(alike=FRAME["sex"])
    with pytest.raises(EstimationError, match=r"table-cell-empty.*sex = ., alike = "):
        loglinear(DESIGN, frame, "~ sex * alike")


@pytest.mark.parametrize(
    ("family", "link", "response"),
    [
        ("binomial", "cloglog", "voted"),
        ("binomial", "cauchit", "voted"),
        ("poisson", "sqrt", "satisf"),
        ("inverse.gaussian", None, "satisf"),
    ],
)
def test_other_families_and_links_give_the_group_means(family, link, response):
    positive = DESIGN.subset((FRAME["satisf"] > 0).to_numpy())
    model = glm(positive, FRAME, f"{response} ~ sex", family=family, link=link)
    means = model.predict(pd.DataFrame({"sex": list(FRAME["sex"].cat.categories)}))
    direct = grouped(positive, FRAME, [response], ["sex"]).estimates
    np.testing.assert_allclose(means.values, direct.values, rtol=1e-6)
    np.testing.assert_allclose(means.se, direct.se, rtol=1e-6)
