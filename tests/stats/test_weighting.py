"""Recipes: what each step does, what it records, and what it says when it cannot."""

import numpy as np
import pandas as pd
import pytest

from cityvoice.stats.errors import (
    ConvergenceError,
    InfeasibleError,
    MarginError,
    MissingValuesError,
    StatsError,
    WeightingError,
)
from cityvoice.stats.results import WarningCode
from cityvoice.stats.weighting.calibration import Calibrate
from cityvoice.stats.weighting.margins import Margin
from cityvoice.stats.weighting.nonresponse import PropensityClasses, WeightingClasses
from cityvoice.stats.weighting.poststratification import Poststratify
from cityvoice.stats.weighting.raking import Rake
from cityvoice.stats.weighting.recipe import Recipe, apply_recipe
from cityvoice.stats.weighting.trimming import CapAndRerake, Trim


@pytest.fixture
def sample():
    rng = np.random.default_rng(11)
    n = 400
    return pd.DataFrame(
        {
            "sex": rng.choice(["F", "M"], n, p=[0.6, 0.4]),
            "age": rng.choice(["18-34", "35-59", "60+"], n, p=[0.2, 0.4, 0.4]),
            "district": rng.choice(["D1", "D2", "D3", "D4"], n),
            "income": rng.gamma(3, 10, n),
            "resp": rng.integers(0, 2, n),
        }
    )


SEX = Margin("sex", {"F": 520.0, "M": 480.0})
AGE = Margin("age", {"18-34": 0.3, "35-59": 0.4, "60+": 0.3})


def totals(frame, weights, name):
    return pd.Series(weights).groupby(frame[name].to_numpy()).sum().to_dict()


def test_raking_meets_totals_and_shares_together(sample):
    weighting = apply_recipe(Recipe((Rake((SEX, AGE)),)), sample)
    assert totals(sample, weighting.weights, "sex") == pytest.approx({"F": 520, "M": 480}, rel=1e-8)
    assert totals(sample, weighting.weights, "age") == pytest.approx(
        {"18-34": 300, "35-59": 400, "60+": 300}, rel=1e-8
    )
    (record,) = weighting.records
    assert record.converged
    assert record.largest_change < 1e-10
    fit = next(level for level in record.levels if level.level == "18-34")
    assert fit.n == (sample["age"] == "18-34").sum()
    assert fit.before_share == pytest.approx(fit.n / 400)
    assert fit.after_share == pytest.approx(0.3)
    assert record.after.n_eff == pytest.approx(record.after.n / record.after.kish_deff)


def test_crossed_margins(sample):
    cells = {(s, a): 1 / 6 for s in "FM" for a in ("18-34", "35-59", "60+")}
    weighting = apply_recipe(Recipe((Rake((Margin(("sex", "age"), cells),)),)), sample)
    reached = pd.Series(weighting.weights).groupby([sample["sex"], sample["age"]]).sum()
    np.testing.assert_allclose(reached, 400 / 6)


def test_a_recipe_survives_json(sample):
    recipe = Recipe(
        (
            WeightingClasses("resp", ("district",)),
            PropensityClasses("resp", ("sex", "age"), n_classes=4, weighted=True),
            Poststratify(SEX),
            Rake((SEX, AGE), missing="keep"),
            Calibrate(("sex", "income"), {"(Intercept)": 1000, "sexM": 480, "income": 3e4}, bounds=(0.2, 5)),
            Trim(upper=9.0),
            CapAndRerake(Rake((SEX,)), cap=4.0),
        ),
        name="wave 1",
    )
    assert Recipe.from_json(recipe.to_json()) == recipe


def test_an_unknown_step_is_refused():
    with pytest.raises(WeightingError, match="step-unknown"):
        Recipe.from_dict({"steps": [{"kind": "magic"}]})


def test_rows_without_a_level_keep_their_share(sample):
    sample.loc[:39, "age"] = None
    with pytest.raises(MarginError, match="margin-missing-values"):
        apply_recipe(Recipe((Rake((SEX, AGE)),)), sample)
    weighting = apply_recipe(Recipe((Rake((SEX, AGE), missing="keep"),)), sample)
    assert WarningCode.MISSING_KEPT in weighting.records[0].warnings
    assert weighting.records[0].counts["rows_missing_a_margin"] == 40
    known = sample["age"].notna().to_numpy()
    by_age = pd.Series(weighting.weights[known]).groupby(sample["age"][known].to_numpy()).sum()
    np.testing.assert_allclose(by_age / by_age.sum(), [0.3, 0.4, 0.3], rtol=1e-6)
    assert totals(sample, weighting.weights, "sex") == pytest.approx({"F": 520, "M": 480}, rel=1e-6)
    assert weighting.weights[~known].sum() / 1000 == pytest.approx(0.1, abs=0.02)


@pytest.mark.parametrize(
    ("margins", "code", "says"),
    [
        ((Margin("sex", {"F": 1, "M": 1, "X": 1}),), "margin-level-missing", "level X"),
        ((Margin("sex", {"F": 100}),), "margin-level-unknown", "level M"),
        ((SEX, Margin("age", {"18-34": 1, "35-59": 1, "60+": 10})), "margin-totals-differ", "12"),
    ],
)
def test_margins_that_do_not_fit_are_named(sample, margins, code, says):
    with pytest.raises(MarginError) as caught:
        apply_recipe(Recipe((Rake(margins),)), sample)
    assert caught.value.code == code
    assert says in str(caught.value)


def test_an_absent_level_comes_with_a_partner_to_collapse_with(sample):
    ages = {"15-17": 0.05, "18-34": 0.25, "35-59": 0.4, "60+": 0.3}
    with pytest.raises(MarginError, match='Collapse "15-17" with "18-34"'):
        apply_recipe(Recipe((Rake((Margin("age", ages),)),)), sample)


@pytest.mark.parametrize(
    "targets", [{}, {"F": -1.0, "M": 2.0}, {"F": 0.0, "M": 0.0}, {"F": np.nan, "M": 1.0}]
)
def test_impossible_targets_are_refused_when_written(targets):
    with pytest.raises(MarginError):
        Margin("sex", targets)


def test_margins_that_contradict_each_other_are_infeasible():
    frame = pd.DataFrame({"a": ["x", "x", "y"], "b": ["p", "p", "q"]})
    margins = (Margin("a", {"x": 0.5, "y": 0.5}), Margin("b", {"p": 0.7, "q": 0.3}))
    with pytest.raises(InfeasibleError, match="raking-infeasible"):
        apply_recipe(Recipe((Rake(margins),)), frame)
    lenient = apply_recipe(Recipe((Rake(margins, on_failure="warn"),)), frame)
    assert WarningCode.NOT_CONVERGED in lenient.records[0].warnings


def test_too_few_sweeps_are_an_error(sample):
    with pytest.raises(ConvergenceError, match="raking-not-converged"):
        apply_recipe(Recipe((Rake((SEX, AGE), max_iterations=1, tolerance=1e-14),)), sample)


@pytest.mark.parametrize("base", [[-1.0] + [1.0] * 399, [0.0] * 400, [np.nan] + [1.0] * 399, [1.0] * 3])
def test_bad_base_weights_are_refused(sample, base):
    with pytest.raises(StatsError):
        apply_recipe(Recipe((Rake((SEX,)),)), sample, np.array(base))


def test_respondents_without_a_population_are_an_error(sample):
    with pytest.raises(MarginError, match="margin-target-zero"):
        apply_recipe(Recipe((Rake((Margin("sex", {"F": 1.0, "M": 0.0}),)),)), sample)


def test_one_who_speaks_for_ten_is_pointed_at(sample):
    sample.loc[0, "district"] = "D5"
    targets = {"D1": 0.2, "D2": 0.2, "D3": 0.2, "D4": 0.2, "D5": 0.2}
    record = apply_recipe(Recipe((Rake((Margin("district", targets),)),)), sample).records[0]
    assert WarningCode.EXTREME_WEIGHTS in record.warnings


def test_thin_cells_are_pointed_at(sample):
    sample.loc[0, "district"] = "D5"
    targets = dict.fromkeys(("D1", "D2", "D3", "D4", "D5"), 0.2)
    record = apply_recipe(Recipe((Rake((Margin("district", targets),)),)), sample).records[0]
    assert [(cell.level, cell.n) for cell in record.thin_cells] == [("D5", 1)]
    assert WarningCode.THIN_CELL in record.warnings


@pytest.mark.parametrize("distance", ["linear", "raking", "logit"])
def test_calibration_meets_numeric_totals(sample, distance):
    wanted = {"(Intercept)": 1000.0, "sexM": 480.0, "income": 31_000.0}
    step = Calibrate(
        ("sex", "income"), wanted, distance=distance, bounds=(0.3, 3.0) if distance == "logit" else None
    )
    weighting = apply_recipe(Recipe((step,)), sample, np.full(400, 2.5))
    weights = weighting.weights
    assert weights.sum() == pytest.approx(1000)
    assert weights[sample["sex"] == "M"].sum() == pytest.approx(480)
    assert weights @ sample["income"] == pytest.approx(31_000)
    if distance == "logit":
        assert (weights / 2.5 > 0.3).all()
        assert (weights / 2.5 < 3.0).all()


def test_raking_and_calibration_with_its_distance_are_one(sample):
    raked = apply_recipe(Recipe((Rake((SEX, AGE), tolerance=1e-13),)), sample).weights
    wanted = {"(Intercept)": 1000.0, "sexM": 480.0, "age35-59": 400.0, "age60+": 300.0}
    calibrated = apply_recipe(Recipe((Calibrate(("sex", "age"), wanted, distance="raking"),)), sample).weights
    np.testing.assert_allclose(raked, calibrated, rtol=1e-7)


def test_bounds_that_cannot_hold_name_the_total(sample):
    step = Calibrate(("sex",), {"(Intercept)": 400.0, "sexM": 390.0}, bounds=(0.9, 1.1), max_iterations=30)
    with pytest.raises(InfeasibleError, match="sexM"):
        apply_recipe(Recipe((step,)), sample)


def test_totals_must_match_the_columns(sample):
    with pytest.raises(StatsError, match="totals-names"):
        apply_recipe(Recipe((Calibrate(("sex",), {"(Intercept)": 400.0}),)), sample)


def test_collinear_columns_do_no_harm(sample):
    sample["twice"] = sample["income"] * 2
    wanted = {"(Intercept)": 400.0, "income": 12_500.0, "twice": 25_000.0}
    weights = apply_recipe(Recipe((Calibrate(("income", "twice"), wanted),)), sample).weights
    assert weights @ sample["income"] == pytest.approx(12_500)


def test_persons_of_a_household_get_one_factor(sample):
    sample["home"] = np.repeat(np.arange(200), 2)
    wanted = {"(Intercept)": 400.0, "sexM": 210.0}
    weights = apply_recipe(Recipe((Calibrate(("sex",), wanted, cluster="home"),)), sample).weights
    pairs = weights.reshape(-1, 2)
    np.testing.assert_allclose(pairs[:, 0], pairs[:, 1])
    assert weights[sample["sex"] == "M"].sum() == pytest.approx(210)


def test_trimming_keeps_the_total_and_the_bounds(sample):
    base = np.random.default_rng(1).lognormal(0, 1, 400)
    weighting = apply_recipe(Recipe((Trim(lower=0.3, upper=4.0),)), sample, base)
    assert weighting.weights.sum() == pytest.approx(base.sum())
    assert weighting.weights.max() <= 4.0
    assert weighting.weights.min() >= 0.3
    assert weighting.records[0].counts["rows_cut"] >= ((base < 0.3) | (base > 4.0)).sum()


def test_trimming_below_the_mean_is_impossible(sample):
    with pytest.raises(WeightingError, match="trim-impossible"):
        apply_recipe(Recipe((Trim(upper=0.9),)), sample)


def test_cap_and_rerake_meets_margins_and_cap(sample):
    base = np.random.default_rng(4).lognormal(0, 1, 400)
    weighting = apply_recipe(Recipe((CapAndRerake(Rake((SEX, AGE)), cap=3.0),)), sample, base)
    assert weighting.weights.max() <= 3.0 * weighting.weights.mean() * (1 + 1e-5)
    assert totals(sample, weighting.weights, "sex") == pytest.approx({"F": 520, "M": 480}, rel=1e-6)
    assert WarningCode.CAPPED in weighting.records[0].warnings


def test_a_cap_that_cannot_hold_says_so(sample):
    heavy = Margin("age", {"18-34": 0.8, "35-59": 0.1, "60+": 0.1})
    with pytest.raises(ConvergenceError, match="cap-infeasible"):
        apply_recipe(Recipe((CapAndRerake(Rake((heavy,)), cap=1.2),)), sample)


def test_respondents_take_over_the_weight_of_their_class(sample):
    weighting = apply_recipe(Recipe((WeightingClasses("resp", ("age",)),)), sample, np.full(400, 2.0))
    assert (weighting.weights[sample["resp"] == 0] == 0).all()
    assert totals(sample, weighting.weights, "age") == pytest.approx(totals(sample, np.full(400, 2.0), "age"))


def test_a_class_nobody_answered_from_is_flagged(sample):
    sample.loc[sample["age"] == "60+", "resp"] = 0
    record = apply_recipe(Recipe((WeightingClasses("resp", ("age",)),)), sample).records[0]
    assert record.counts["classes_without_respondents"] == 1
    assert WarningCode.EMPTY_DOMAIN in record.warnings


def test_propensity_classes_keep_the_weighted_total(sample):
    record = apply_recipe(Recipe((PropensityClasses("resp", ("sex", "age", "district")),)), sample).records[0]
    assert record.after.total == pytest.approx(400)
    assert record.counts["classes"] == 5


def test_predictors_must_be_known_for_everyone(sample):
    sample.loc[0, "age"] = None
    with pytest.raises(MissingValuesError):
        apply_recipe(Recipe((PropensityClasses("resp", ("age",)),)), sample)
    with pytest.raises(MissingValuesError):
        apply_recipe(Recipe((WeightingClasses("resp", ("age",)),)), sample)


def test_the_audit_file_is_plain_json(sample):
    import json

    weighting = apply_recipe(Recipe((Rake((SEX, AGE)), Trim(upper=20.0))), sample)
    plain = json.loads(json.dumps(weighting.to_dict()))
    assert [record["kind"] for record in plain["records"]] == ["rake", "trim"]
    assert {level["level"] for level in plain["records"][0]["levels"]} == {"F", "M", "18-34", "35-59", "60+"}
    assert len(weighting.records[0].to_frame()) == 5
