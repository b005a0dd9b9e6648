"""What an estimate turns into, and how reliability is graded."""

import json

import numpy as np
import pytest

from cityvoice.stats.design import SurveyDesign
from cityvoice.stats.encoding import Codes, cross, encode
from cityvoice.stats.errors import MarginError, StatsError
from cityvoice.stats.estimation import mean
from cityvoice.stats.intervals import t_quantile, wilson_t
from cityvoice.stats.items import CategoricalItem
from cityvoice.stats.proportions import BY_LOG_ODDS, METHODS, proportion
from cityvoice.stats.results import Reliability, reliability_of
from cityvoice.stats.tables import tabulate

ITEM = CategoricalItem("park", np.tile(np.array([0, 1, 1, 1], dtype=np.int8), 50), ("no", "yes"))
TABLE = tabulate(
    SurveyDesign(weights=np.ones(200)), [ITEM], {"side": Codes(np.arange(200) % 2, ("left", "right"))}
)


def test_a_frame_has_a_row_per_estimate_and_a_column_per_domain():
    frame = TABLE.to_frame()
    assert len(frame) == 6
    assert frame["side"].tolist()[2:] == ["left", "right", "left", "right"]
    assert frame.loc[frame["term"] == "yes", "value"].iloc[0] == 0.75


def test_dictionaries_are_json():
    plain = json.loads(json.dumps(TABLE.to_dicts()))
    assert plain[1]["term"] == "yes"
    assert plain[2]["domain"] == {"side": "left"}
    assert plain[0]["reliability"] == "moderate"


def test_a_sentence_says_it_all():
    sentence = TABLE.one(term="yes", side="right").to_sentence()
    assert sentence.startswith("park = yes, side right: 100.0 %")
    assert "n = 100, effective n = 100, t with 99 df" in sentence


def test_selection_and_slices():
    assert len(TABLE.select(term="yes")) == 3
    assert len(TABLE[:2]) == 2
    assert TABLE[-1].term == "yes"
    with pytest.raises(KeyError, match="3 estimates"):
        TABLE.one(term="yes")
    assert len(TABLE.to_sentences()) == 6


@pytest.mark.parametrize(
    ("given", "band"),
    [
        ({"value": 0.5, "se": 0.02, "half_width": 0.04, "n_eff": 600, "is_share": True}, "high"),
        ({"value": 0.5, "se": 0.02, "half_width": 0.04, "n_eff": 60, "is_share": True}, "moderate"),
        ({"value": 0.5, "se": 0.02, "half_width": 0.08, "n_eff": 600, "is_share": True}, "moderate"),
        ({"value": 0.5, "se": 0.02, "half_width": 0.12, "n_eff": 600, "is_share": True}, "low"),
        ({"value": 0.5, "se": 0.02, "half_width": 0.04, "n_eff": 25, "is_share": True}, "low"),
        ({"value": 0.5, "se": 0.02, "half_width": 0.04, "n_eff": 9, "is_share": True}, "insufficient"),
        ({"value": 10, "se": 1.4, "half_width": 3, "n_eff": 600, "is_share": False}, "high"),
        ({"value": 10, "se": 2.9, "half_width": 6, "n_eff": 600, "is_share": False}, "moderate"),
        ({"value": 10, "se": 3.1, "half_width": 6, "n_eff": 600, "is_share": False}, "low"),
        ({"value": 0, "se": 3.1, "half_width": 6, "n_eff": 600, "is_share": False}, "low"),
        ({"value": np.nan, "se": 1, "half_width": 6, "n_eff": 600, "is_share": False}, "insufficient"),
    ],
)
def test_bands(given, band):
    assert reliability_of(**given) is Reliability(band)


def test_an_error_names_code_place_expected_got_and_hint():
    error = MarginError("code", "margin sex", "two levels", "one", "Add the other.")
    assert str(error) == "[code] margin sex: expected two levels, got one. Add the other."
    assert isinstance(error, StatsError)
    assert isinstance(error, ValueError)


def test_a_vector_of_estimates_becomes_a_table():
    found = mean(SurveyDesign(weights=np.ones(4)), {"x": np.array([1.0, 2, 3, 4])}, ["x"])
    estimate = found.to_table("income")[0]
    assert (estimate.item, estimate.value, estimate.df) == ("income", 2.5, 3.0)
    assert estimate.low == pytest.approx(2.5 - t_quantile(0.95, 3) * found.se[0])


def test_wilson_at_the_edges_and_in_the_middle():
    share, se = np.array([0.0, 1.0, 0.5, 0.3]), np.array([0.0, 0.0, 0.05, 0.0])
    low, high = wilson_t(share, se, np.array([50.0] * 4), np.array([2.0] * 4))
    assert (low[0], high[1]) == (0.0, 1.0)
    assert high[0] == pytest.approx(4 / 54)
    assert low[1] == pytest.approx(50 / 54)
    assert low[2] == pytest.approx(1 - high[2])
    assert (low[3], high[3]) == (0.3, 0.3)


@pytest.mark.parametrize("method", sorted((*METHODS, *BY_LOG_ODDS)))
def test_intervals_of_a_proportion_hold_it_and_narrow_with_the_level(method):
    rng = np.random.default_rng(2)
    design = SurveyDesign(weights=rng.lognormal(0, 0.3, 300))
    met = rng.random(300) < 0.2
    wide, narrow = (proportion(design, met, method=method, level=level) for level in (0.95, 0.8))
    assert 0 < wide.low < narrow.low < wide.value < narrow.high < wide.high < 1


TOLERANCES = {"logit": 1e-6, "likelihood": 0.05}


@pytest.mark.parametrize("method", TOLERANCES)
def test_the_path_of_r_is_near_the_formula(method):
    rng = np.random.default_rng(2)
    design = SurveyDesign(weights=rng.lognormal(0, 0.3, 300))
    met = rng.random(300) < 0.2
    found, formula = (proportion(design, met, method=name) for name in (method, "xlogit"))
    assert (found.low, found.high) == pytest.approx((formula.low, formula.high), rel=TOLERANCES[method])


def test_encoding_keeps_level_order_and_marks_missing():
    assert encode([2.0, np.nan, 1.0]).levels == ("1", "2")
    coded = encode(["b", "a", None, "c"], ["c", "b"])
    assert coded.codes.tolist() == [1, -1, -1, 0]
    combined, size = cross([np.array([0, 0, 5_000_000_000]), np.array([-1, 2, 2])])
    assert size == 3
    assert sorted(combined.tolist()) == [0, 1, 2]
