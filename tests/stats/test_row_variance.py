"""Counts of levels give the variances that scores of single rows give."""

import numpy as np
import pytest

from cityvoice.stats.design import LonelyPsu, SurveyDesign
from cityvoice.stats.errors import LonelyPsuError
from cityvoice.stats.items import CategoricalItem, NumericItem
from cityvoice.stats.tables import tabulate

COLUMNS = ("value", "se", "low", "high", "df", "n", "n_eff", "design_deff", "numerator", "denominator")
N = 400


def items(dice):
    levels = ("a", "b", "c")
    return (
        CategoricalItem("box", dice.integers(-1, 3, N), levels, {"ab": ("a", "b")}, {"a": 1, "b": 2, "c": 5}),
        CategoricalItem("same", np.zeros(N, int), levels),
        NumericItem("scale", np.where(dice.random(N) < 0.1, np.nan, dice.integers(1, 8, N))),
        NumericItem("away from nought", 100 + dice.normal(size=N)),
        NumericItem("constant", np.full(N, 0.1)),
    )


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("by", [{}, {"g": True}], ids=["whole", "groups"])
def test_equal_to_scores_row_by_row(seed, by):
    dice = np.random.default_rng(seed)
    groups = {"g": dice.choice(["p", "q", "r"], N)} if by else {}
    sampled = {
        "weights": dice.choice([0.0, 0.5, 1.7], N) + dice.random(N) * (seed % 2),
        "strata": dice.choice(["s", "t"], N) if seed > 1 else None,
        "fpc": np.full(N, 1000.0) if seed == 3 else None,
    }
    asked = items(dice)
    counted = tabulate(SurveyDesign(**sampled), asked, groups, missing="drop")
    # this rule about lonely strata, of which there are none, has no shortcut
    singly = tabulate(SurveyDesign(**sampled, lonely_psu=LonelyPsu.ADJUST), asked, groups, missing="drop")
    for column in COLUMNS:
        found, expected = ([getattr(each, column) for each in table] for table in (counted, singly))
        np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-12, err_msg=column)


def test_a_lonely_stratum_is_refused():
    design = SurveyDesign(weights=np.ones(3), strata=["s", "s", "t"])
    with pytest.raises(LonelyPsuError, match="stratum number 2"):
        tabulate(design, [NumericItem("x", np.arange(3.0))])


@pytest.mark.parametrize("value", [0.1, 3.0, 1e6 + 0.1])
def test_a_constant_has_no_design_effect(value):
    weights = np.random.default_rng(1).uniform(0.5, 2, 1000)
    for n in (3, 10, 999):
        (found,) = tabulate(SurveyDesign(weights=weights[:n]), [NumericItem("x", np.full(n, value))])
        assert found.se == 0
        assert np.isnan(found.design_deff)


def test_a_census_has_one_of_nought():
    design = SurveyDesign(weights=np.ones(4), fpc=np.full(4, 4))
    (found,) = tabulate(design, [NumericItem("x", np.arange(4.0))])
    assert (found.se, found.design_deff) == (0, 0)
