import numpy as np
import pandas as pd
import pytest

from cityvoice.stats import estimation
from cityvoice.stats.design import SurveyDesign
from cityvoice.stats.errors import EstimationError, MissingValuesError
from cityvoice.stats.mode_effects import mode_effect, mode_effects, mode_table
from cityvoice.stats.replication import jackknife

COVARIATES = ("age", "sex")


def survey(effect=0.0, n=1200, seed=0):
    """The young answer by web and are less content; `effect` is what the web itself does."""
    rng = np.random.default_rng(seed)
    age, sex = rng.integers(0, 3, n), rng.integers(0, 2, n)
    web = rng.random(n) < np.array([0.8, 0.5, 0.2])[age]
    return pd.DataFrame(
        {
            "age": pd.Categorical.from_codes(age, ["18-34", "35-54", "55+"]),
            "sex": np.where(sex, "F", "M"),
            "mode": np.where(web, "CAWI", "CATI"),
            "content": 5 + age + 0.3 * sex + effect * web + rng.normal(size=n),
            "other": rng.normal(size=n),
            "unit": np.arange(n) // 6,
            "weight": rng.lognormal(0, 0.3, n),
        }
    )


def design_of(frame):
    return SurveyDesign(weights=frame["weight"], psu=frame["unit"])


def test_composition_alone_leaves_no_adjusted_effect():
    frame = survey()
    found = mode_effect(design_of(frame), frame, "content", "mode", COVARIATES)
    assert found.raw.value < -0.7
    assert abs(found.adjusted.value) < 3 * found.adjusted.se
    assert found.raw.value == pytest.approx(found.adjusted.value + found.composition.value)
    assert found.composition.high < 0
    assert found.extrapolates
    assert found.n_mode + found.n_reference == len(frame)


def test_a_real_effect_is_found_behind_composition_that_hides_it():
    frame = survey(effect=0.8)
    found = mode_effect(design_of(frame), frame, "content", "mode", COVARIATES)
    assert found.adjusted.low < 0.8 < found.adjusted.high
    assert found.p_value < 1e-6


def test_the_raw_difference_is_the_contrast_of_two_means():
    frame = survey()
    means = estimation.grouped(design_of(frame), frame, ["content"], ["mode"]).estimates
    contrast = means.contrast({"raw": {"CAWI": 1, "CATI": -1}})
    found = mode_effect(design_of(frame), frame, "content", "mode", COVARIATES)
    assert found.raw.value == pytest.approx(contrast.values[0])
    assert found.raw.se == pytest.approx(contrast.se[0])
    assert found.raw.df == design_of(frame).degrees_of_freedom


def test_without_covariates_everything_is_raw():
    frame = survey(effect=0.3)
    found = mode_effect(design_of(frame), frame, "content", "mode", ["1"])
    assert found.adjusted.value == pytest.approx(found.raw.value)
    assert found.adjusted.se == pytest.approx(found.raw.se)
    assert found.composition.value == pytest.approx(0, abs=1e-12)


def test_the_modes_swapped_turn_the_sign():
    frame = survey(effect=0.3)
    one = mode_effect(design_of(frame), frame, "content", "mode", COVARIATES)
    other = mode_effect(
        design_of(frame), frame, "content", "mode", COVARIATES, level_of="CATI", reference="CAWI"
    )
    assert other.adjusted.value == pytest.approx(-one.adjusted.value)
    assert other.adjusted.se == pytest.approx(one.adjusted.se)


def test_linearised_errors_agree_with_the_jackknife():
    frame = survey(effect=0.3)
    linear, repeated = (
        mode_effect(design, frame, "content", "mode", COVARIATES)
        for design in (design_of(frame), jackknife(design_of(frame)))
    )
    for part in ("raw", "adjusted", "composition"):
        assert getattr(linear, part).se == pytest.approx(getattr(repeated, part).se, rel=0.03)
        assert getattr(linear, part).value == pytest.approx(getattr(repeated, part).value)


def test_many_items_are_tested_together():
    frame = survey(effect=0.8)
    found = mode_effects(design_of(frame), frame, ["content", "other"], "mode", COVARIATES)
    (content, adjusted), (other, kept) = found
    assert adjusted == pytest.approx(min(2 * content.p_value, 1.0))
    assert kept == pytest.approx(max(other.p_value, adjusted))
    table = mode_table([content, other])
    assert len(table) == 6
    assert table.one(item="content", term="adjusted") == content.adjusted


def test_other_modes_and_missing_answers():
    frame = survey()
    frame.loc[:20, "mode"] = "PAPI"
    frame.loc[30, "content"] = np.nan
    with pytest.raises(MissingValuesError, match="row 30"):
        mode_effect(design_of(frame), frame, "content", "mode", COVARIATES)
    found = mode_effect(design_of(frame), frame, "content", "mode", COVARIATES, missing="drop")
    assert found.n_mode + found.n_reference == len(frame) - 22


def test_modes_that_cannot_be_compared_are_refused():
    frame = survey()
    with pytest.raises(EstimationError, match="mode-unknown"):
        mode_effect(design_of(frame), frame, "content", "mode", COVARIATES, reference="CAPI")
    apart = frame[(frame["mode"] == "CATI") | (frame["age"] != "55+")].reset_index(drop=True)
    with pytest.raises(EstimationError) as caught:
        mode_effect(design_of(apart), apart, "content", "mode", COVARIATES)
    assert (caught.value.code, caught.value.where) == ("mode-overlap", "mode CAWI")
    with pytest.raises(EstimationError, match="mode-item"):
        mode_effect(design_of(frame), frame, "sex", "mode", ["age"])
