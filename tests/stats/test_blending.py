import math

import numpy as np
import pandas as pd
import pytest

from cityvoice.stats import estimation
from cityvoice.stats.blending.equations import equations
from cityvoice.stats.blending.estimators import doubly_robust, inverse_propensity, mass_imputation
from cityvoice.stats.blending.propensity import fit_propensity_to_opt_in
from cityvoice.stats.blending.reference import KnownTotals, ProbabilitySample
from cityvoice.stats.design import SurveyDesign
from cityvoice.stats.errors import ConvergenceError, EstimationError, MissingValuesError, StatsError
from cityvoice.stats.items import NumericItem
from cityvoice.stats.replication import jackknife
from cityvoice.stats.results import WarningCode
from cityvoice.stats.tables import tabulate
from cityvoice.stats.weighting.blend import BlendOptIn
from cityvoice.stats.weighting.recipe import Recipe, apply_recipe

N, N_REFERENCE = 20_000, 500
TERMS = ("x", "group")


def population(rng):
    x, group = rng.normal(size=N), rng.integers(0, 3, N)
    return pd.DataFrame(
        {
            "x": x,
            "group": pd.Categorical.from_codes(group, ["a", "b", "c"]),
            "score": 10 + 2 * x + group + rng.normal(0, 2, N),
            "voted": (rng.random(N) < 1 / (1 + np.exp(0.2 - 0.5 * x))).astype(float),
            "propensity": 1 / (1 + np.exp(4 - 0.8 * x - 0.4 * group)),
        }
    )


def samples(people, rng):
    optin = people[rng.random(N) < people["propensity"]].reset_index(drop=True)
    reference = people.iloc[rng.choice(N, N_REFERENCE, replace=False)].reset_index(drop=True)
    design = SurveyDesign(weights=np.full(N_REFERENCE, N / N_REFERENCE), fpc=np.full(N_REFERENCE, float(N)))
    return optin, ProbabilitySample(design, reference)


@pytest.fixture(scope="module")
def sources():
    rng = np.random.default_rng(7)
    people = population(rng)
    return people, *samples(people, rng)


@pytest.mark.parametrize("link", ["logit", "probit", "cloglog"])
def test_calibrated_propensities_reproduce_the_reference(sources, link):
    _, optin, reference = sources
    fit = fit_propensity_to_opt_in(optin, reference, TERMS, link=link, method="calibration")
    assert fit.weights.sum() == pytest.approx(N, rel=1e-9)
    for _, weighted, target in fit.balance().values():
        assert weighted == pytest.approx(target, rel=1e-8, abs=1e-8)


def test_with_the_logit_link_the_moment_equations_are_those_of_the_pseudo_likelihood(sources):
    _, optin, reference = sources
    likelihood, moment = (
        fit_propensity_to_opt_in(optin, reference, TERMS, method=method)
        for method in ("pseudo-likelihood", "moment")
    )
    np.testing.assert_allclose(moment.coefficients, likelihood.coefficients, rtol=1e-8)


@pytest.mark.parametrize("method", ["pseudo-likelihood", "calibration", "moment"])
@pytest.mark.parametrize("link", ["logit", "probit", "cloglog"])
def test_the_jacobian_is_the_derivative_of_the_equations(sources, link, method):
    _, optin, reference = sources
    fit = fit_propensity_to_opt_in(optin, reference, TERMS, link=link, method=method)
    step = 1e-6
    for column in range(len(fit.coefficients)):
        moved = np.eye(len(fit.coefficients))[column] * step
        sides = [
            equations(fit.joined, fit.link, fit.method, fit.coefficients + sign * moved) for sign in (1, -1)
        ]
        np.testing.assert_allclose(
            (sides[0] - sides[1]) / (2 * step), fit.jacobian[:, column], rtol=1e-5, atol=1e-3
        )


def test_known_totals_that_a_reference_would_give_give_its_weights(sources):
    _, optin, reference = sources
    by_sample = fit_propensity_to_opt_in(optin, reference, TERMS, method="calibration")
    joined = by_sample.joined
    totals = dict(zip(joined.optin.names, joined.weights @ joined.reference, strict=True))
    by_totals = fit_propensity_to_opt_in(optin, KnownTotals(totals), TERMS)
    np.testing.assert_allclose(by_totals.weights, by_sample.weights, rtol=1e-8)
    known = inverse_propensity(optin, "score", by_totals)
    assert known.reference_variance == 0.0
    assert known.estimate.se < inverse_propensity(optin, "score", by_sample).estimate.se


def test_mass_imputation_of_a_saturated_model_weights_group_means(sources):
    _, optin, reference = sources
    found = mass_imputation(optin, "score", reference, ["group"])
    shares = estimation.mean(reference.design, reference.data, ["group"]).values
    means = optin.groupby("group", observed=True)["score"].mean().to_numpy()
    assert found.estimate.value == pytest.approx(shares @ means, rel=1e-12)
    by_totals = mass_imputation(
        optin, "score", KnownTotals({"(Intercept)": N, "groupb": N * shares[1], "groupc": N * shares[2]}),
        ["group"],
    )  # fmt: skip
    assert by_totals.estimate.value == pytest.approx(found.estimate.value, rel=1e-12)


def test_errors_and_coverage_over_repeated_samples():
    """Every estimator is unbiased where its model is right, and its standard error is the real one."""
    rng = np.random.default_rng(11)
    people = population(rng)
    truth = {"score": people["score"].mean(), "voted": people["voted"].mean()}
    found = {"ipw": [], "calibrated": [], "imputed": [], "robust": [], "robust share": []}
    for _ in range(150):
        optin, reference = samples(people, rng)
        fit = fit_propensity_to_opt_in(optin, reference, TERMS)
        calibrated = fit_propensity_to_opt_in(optin, reference, TERMS, method="calibration")
        found["ipw"].append(inverse_propensity(optin, "score", fit))
        found["calibrated"].append(inverse_propensity(optin, "score", calibrated))
        found["imputed"].append(mass_imputation(optin, "score", reference, TERMS))
        found["robust"].append(doubly_robust(optin, "score", fit, reference, TERMS))
        found["robust share"].append(doubly_robust(optin, "voted", fit, reference, ["x"], family="binomial"))
    for name, results in found.items():
        target = truth["voted" if "share" in name else "score"]
        values = np.array([one.estimate.value for one in results])
        errors = np.array([one.estimate.se for one in results])
        covered = np.mean([one.estimate.low <= target <= one.estimate.high for one in results])
        assert abs(values.mean() - target) < 4 * values.std() / math.sqrt(150), name
        assert errors.mean() / values.std() == pytest.approx(1.0, abs=0.2), name
        assert covered >= 0.88, name


def test_the_naive_mean_is_biased_and_blending_repairs_it(sources):
    people, optin, reference = sources
    truth = people["score"].mean()
    fit = fit_propensity_to_opt_in(optin, reference, TERMS)
    blended = doubly_robust(optin, "score", fit, reference, TERMS)
    assert abs(optin["score"].mean() - truth) > 1.0
    assert abs(blended.estimate.value - truth) < 0.5
    assert blended.estimate.df == reference.design.degrees_of_freedom
    assert blended.estimate.se**2 == pytest.approx(blended.optin_variance + blended.reference_variance)


def test_either_model_alone_makes_the_robust_estimate_right(sources):
    people, optin, reference = sources
    truth = people["score"].mean()
    right, wrong = (fit_propensity_to_opt_in(optin, reference, terms) for terms in (TERMS, ["group"]))
    assert abs(doubly_robust(optin, "score", right, reference, ["group"]).estimate.value - truth) < 0.6
    assert abs(doubly_robust(optin, "score", wrong, reference, TERMS).estimate.value - truth) < 0.4
    assert abs(inverse_propensity(optin, "score", wrong).estimate.value - truth) > 0.8


def test_a_domain_of_the_reference_and_its_replicates_are_respected(sources):
    _, optin, reference = sources
    inside = reference.data["group"].isin(["a", "b"]).to_numpy()
    ours = optin[optin["group"].isin(["a", "b"])].reset_index(drop=True)
    ours["group"] = ours["group"].cat.remove_unused_categories()
    domain = ProbabilitySample(reference.design.subset(inside), reference.data.assign(group="a"))
    found = mass_imputation(ours.assign(group="a"), "score", domain, ["x"])
    kept = reference.data[inside]
    plain = mass_imputation(
        ours, "score", ProbabilitySample(SurveyDesign(weights=np.full(len(kept), 40.0)), kept), ["x"]
    )
    assert found.estimate.value == pytest.approx(plain.estimate.value, rel=1e-12)
    replicated = ProbabilitySample(jackknife(reference.design), reference.data)
    linear = mass_imputation(optin, "score", reference, TERMS).reference_variance
    assert mass_imputation(optin, "score", replicated, TERMS).reference_variance == pytest.approx(
        linear, rel=0.02
    )


def test_a_few_heavy_records_are_noted(sources):
    _, _, reference = sources
    rng = np.random.default_rng(0)
    people = reference.data
    heavy = people[rng.random(len(people)) < np.where(people["group"] == "c", 0.02, 0.9)]
    fit = fit_propensity_to_opt_in(heavy.reset_index(drop=True), reference, ["group"])
    found = inverse_propensity(heavy.reset_index(drop=True), "score", fit)
    assert fit.diagnostics.kish_deff > 5
    assert WarningCode.EXTREME_WEIGHTS in found.estimate.notes


def test_bad_sources_are_refused_with_their_place(sources):
    _, optin, reference = sources
    with pytest.raises(MissingValuesError) as caught:
        fit_propensity_to_opt_in(optin.assign(x=optin["x"].mask(optin.index == 4)), reference, TERMS)
    assert caught.value.where == "opt-in sample, row 4"
    nobody = optin[optin["group"] != "c"].reset_index(drop=True)
    with pytest.raises(EstimationError) as no_overlap:
        fit_propensity_to_opt_in(nobody, reference, TERMS)
    assert (no_overlap.value.code, no_overlap.value.where) == ("blend-no-overlap", "column groupc")
    light = ProbabilitySample(reference.design.reweight(np.ones(N_REFERENCE)), reference.data)
    with pytest.raises(EstimationError, match="blend-population"):
        fit_propensity_to_opt_in(optin, light, TERMS)
    doubled = {
        name: source.assign(z=2 * source["x"]) for name, source in (("o", optin), ("r", reference.data))
    }
    with pytest.raises(EstimationError, match="blend-collinear"):
        fit_propensity_to_opt_in(doubled["o"], ProbabilitySample(reference.design, doubled["r"]), ["x", "z"])
    with pytest.raises(EstimationError, match="blend-method"):
        fit_propensity_to_opt_in(optin, KnownTotals({"(Intercept)": N}), [], method="moment")
    with pytest.raises(EstimationError, match="blend-intercept"):
        fit_propensity_to_opt_in(optin, KnownTotals({"x": 10.0}), ["x", "-1"])
    with pytest.raises(EstimationError, match="outcome-values"):
        mass_imputation(optin, "score", reference, TERMS, family="binomial")
    totals = KnownTotals({"(Intercept)": N, "x": 0.0})
    with pytest.raises(EstimationError, match="blend-family"):
        mass_imputation(optin, "voted", totals, ["x"], family="binomial")
    fit = fit_propensity_to_opt_in(optin, reference, TERMS)
    with pytest.raises(MissingValuesError, match="column score, row 2"):
        inverse_propensity(optin.assign(score=optin["score"].mask(optin.index == 2)), "score", fit)


def test_totals_that_no_propensity_can_meet_are_refused(sources):
    _, optin, _ = sources
    with pytest.raises(ConvergenceError):
        fit_propensity_to_opt_in(optin, KnownTotals({"(Intercept)": N, "x": 50.0 * N}), ["x"])


def test_an_outcome_that_a_group_answers_alike_is_refused(sources):
    _, optin, reference = sources
    separated = optin.assign(voted=(optin["group"] == "a").astype(float))
    with pytest.raises(ConvergenceError, match="outcome-convergence"):
        mass_imputation(separated, "voted", reference, ["group"], family="binomial")


def stacked(optin, reference):
    """Both samples in one file: opt-in records are their own PSUs, in a stratum of their own."""
    file = pd.concat([optin.assign(web=1), reference.data.assign(web=0)], ignore_index=True)
    base = np.where(file["web"] == 1, 1.0, N / N_REFERENCE)
    return file, SurveyDesign(weights=base, strata=file["web"], psu=np.arange(len(file)))


def test_a_recipe_blends_both_samples_by_inverse_propensity(sources):
    people, optin, reference = sources
    file, design = stacked(optin, reference)
    recipe = Recipe((BlendOptIn("web", TERMS),))
    assert Recipe.from_json(recipe.to_json()) == recipe
    weighting = apply_recipe(recipe, file, design.weights)
    web, (record,) = file["web"] == 1, weighting.records
    fit = fit_propensity_to_opt_in(optin, reference, TERMS)
    ratio = weighting.weights[web] / fit.weights
    np.testing.assert_allclose(ratio, ratio[0], rtol=1e-8)
    assert weighting.weights.sum() == pytest.approx(N)
    share = record.counts["opt_in_share"]
    assert weighting.weights[web].sum() == pytest.approx(share * N)
    assert {level.margin for level in record.levels} == {"group"}
    naive = optin["score"].mean() - people["score"].mean()
    mean = np.average(file["score"], weights=weighting.weights) - people["score"].mean()
    assert abs(mean) < abs(naive) / 5


def test_the_jackknife_repeats_the_blend(sources):
    _, optin, reference = sources
    file, design = stacked(optin, reference)
    recipe = Recipe((BlendOptIn("web", TERMS, share=1.0),))
    blended = apply_recipe(recipe, file, design.weights).design(design)
    table = tabulate(blended, [NumericItem("score", file["score"].to_numpy())])
    direct = inverse_propensity(optin, "score", fit_propensity_to_opt_in(optin, reference, TERMS))
    assert table[0].variance == "jackknife-reweighted"
    assert table[0].value == pytest.approx(direct.estimate.value)
    assert table[0].se == pytest.approx(direct.estimate.se, rel=0.2)


@pytest.mark.parametrize(
    ("step", "code"),
    [
        (BlendOptIn("web", TERMS, share=2.0), "blend-share"),
        (BlendOptIn("x", TERMS), "blend-source"),
        (BlendOptIn("nobody", TERMS), "blend-source"),
        (BlendOptIn("web", ("income",)), "column-unknown"),
    ],
)
def test_a_blend_that_cannot_be_made_is_refused(sources, step, code):
    _, optin, reference = sources
    file, design = stacked(optin, reference)
    with pytest.raises(StatsError, match=code):
        apply_recipe(Recipe((step,)), file.assign(nobody=0), design.weights)
