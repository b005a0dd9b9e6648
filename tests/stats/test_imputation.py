import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cityvoice.stats import estimation
from cityvoice.stats.design import SurveyDesign
from cityvoice.stats.errors import EstimationError, StatsError
from cityvoice.stats.imputation import HotDeck, multiple_imputation
from cityvoice.stats.pooling import pool, pool_arrays


def survey(seed=0, n=300, missing=0.25):
    rng = np.random.default_rng(seed)
    group = rng.choice(["a", "b", "c"], n, p=[0.5, 0.45, 0.05])
    base = pd.Series(group).map({"a": 1.0, "b": 5.0, "c": 9.0}).to_numpy()
    frame = pd.DataFrame({"group": group, "sex": rng.choice(["F", "M"], n), "y": base + rng.normal(0, 1, n)})
    frame["z"] = frame["y"] * 10
    lost = rng.random(n) < missing
    frame.loc[lost, ["y", "z"]] = np.nan
    frame.loc[rng.random(n) < 0.05, "z"] = np.nan
    return frame


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000), st.booleans())
def test_every_gap_is_filled_with_an_answer_of_the_own_class(seed, bayesian):
    frame = survey(seed)
    found = HotDeck(("y", "z"), ("group",), min_donors=1, bayesian=bayesian).impute(frame, seed=seed)
    assert not found.frame[["y", "z"]].isna().any().any()
    for name in ("y", "z"):
        donors, own = found.donors[name], frame[name].notna().to_numpy()
        assert ((donors == -1) == own).all()
        pd.testing.assert_series_equal(found.frame[name][own], frame[name][own])
        assert (found.frame[name][~own].to_numpy() == frame[name].to_numpy()[donors[~own]]).all()
        shared = found.classes_used[~own] == 1
        assert (frame["group"].to_numpy()[donors[~own]] == frame["group"].to_numpy()[~own])[shared].all()


def test_answers_missing_together_come_from_one_donor():
    found = HotDeck(("y", "z"), ("group",)).impute(survey(), seed=1)
    both = survey()["y"].isna() & survey()["z"].isna()
    filled = found.frame[both]
    np.testing.assert_allclose(filled["z"], filled["y"] * 10)


def test_a_thin_class_is_widened_and_says_so():
    frame = pd.DataFrame(
        {"sex": ["F"] * 8, "age": ["1"] * 6 + ["2"] * 2, "y": [1.0, 2, 3, 4, 5, np.nan, 6, np.nan]}
    )
    found = HotDeck(("y",), ("sex", "age"), min_donors=3).impute(frame, seed=0)
    assert found.classes_used.tolist() == [-1, -1, -1, -1, -1, 2, -1, 1]
    assert found.counts == {"y": 2}
    assert 1 <= found.busiest_donor <= 2


def test_the_seed_decides_and_a_donor_without_weight_gives_nothing():
    frame = survey()
    deck = HotDeck(("y",), ("group",))
    first, again, other = (deck.impute(frame, seed=seed).frame["y"] for seed in (5, 5, 6))
    pd.testing.assert_series_equal(first, again)
    assert not first.equals(other)
    weights = (frame["sex"] == "F").astype(float)
    donors = deck.impute(frame, seed=5, weights=weights).donors["y"]
    assert (frame["sex"].to_numpy()[donors[donors >= 0]] == "F").all()


def test_categorical_answers_stay_categorical():
    frame = survey()
    frame["word"] = pd.Categorical(np.where(frame["y"] > 3, "yes", "no"), ["no", "yes"])
    frame.loc[frame["y"].isna(), "word"] = None
    found = HotDeck(("word",), ("group",)).impute(frame, seed=1).frame
    assert list(found["word"].cat.categories) == ["no", "yes"]
    assert found["word"].notna().all()


def test_bad_decks_are_refused():
    frame = survey()
    with pytest.raises(StatsError, match="impute-no-donor"):
        HotDeck(("y",), ("group",)).impute(frame.assign(y=np.nan), seed=1)
    with pytest.raises(StatsError, match="impute-weights"):
        HotDeck(("y",), ("group",)).impute(frame, seed=1, weights=np.full(len(frame), -1.0))
    with pytest.raises(StatsError, match="impute-count"):
        multiple_imputation(frame, ["y"], ["group"], n_imputations=1, seed=1)
    with pytest.raises(StatsError, match="column-unknown"):
        HotDeck(("nothing",), ("group",)).impute(frame, seed=1)


def test_pooling_by_hand():
    given = ["q"], [[10.0], [12.0], [14.0]], [[[1.0]], [[2.0]], [[3.0]]]
    pooled = pool_arrays(*given, complete_df=50, df_rule="barnard-rubin")
    assert pooled.values.tolist() == [12.0]
    total = 2 + (1 + 1 / 3) * 4
    assert pooled.se[0] == pytest.approx(math.sqrt(total))
    missing = (4 / 3 * 4) / total
    old = 2 / missing**2
    observed = 51 / 53 * 50 * (1 - missing)
    assert pooled.df[0] == pytest.approx(1 / (1 / old + 1 / observed))
    by_mitools = 51 / 53 * 50 * (1 - 4 / 6)
    assert pool_arrays(*given, complete_df=50).df[0] == pytest.approx(1 / (1 / old + 1 / by_mitools))
    r = 4 / 3 * 4 / 2
    assert pooled.missing_information[0] == pytest.approx((r + 2 / (pooled.df[0] + 3)) / (r + 1))


def test_nothing_missing_changes_nothing():
    frame = survey(missing=0).dropna()
    design = SurveyDesign(weights=np.ones(len(frame)))
    one = estimation.mean(design, frame, ["y"])
    pooled = pool([one, one, one])
    assert pooled.se[0] == pytest.approx(one.se[0])
    assert pooled.relative_increase[0] == pytest.approx(0, abs=1e-12)
    df = one.df
    assert pooled.df[0] == pytest.approx((df + 1) / (df + 3) * df)
    assert pool([one, one], complete_df=math.inf).df[0] > 1e12


def test_the_table_carries_df_bases_and_the_interval():
    frame = survey()
    completed = multiple_imputation(frame, ["y"], ["group"], n_imputations=5, seed=3)
    design = SurveyDesign(weights=np.ones(len(frame)))
    pooled = pool([estimation.mean(design, one.frame, ["y"]) for one in completed])
    estimate = pooled.to_table("y")[0]
    assert (estimate.low, estimate.high) == pytest.approx(tuple(pooled.interval()[0]))
    assert (estimate.n, estimate.variance) == (300, "rubin")
    assert estimate.df == pooled.df[0] < 299


def test_multiple_imputation_covers_the_truth():
    covered = 0
    for seed in range(120):
        frame = survey(seed, n=200)
        design = SurveyDesign(weights=np.ones(200))
        completed = multiple_imputation(frame, ["y"], ["group"], n_imputations=10, seed=seed)
        low, high = pool([estimation.mean(design, one.frame, ["y"]) for one in completed]).interval()[0]
        covered += low <= 0.5 * 1 + 0.45 * 5 + 0.05 * 9 <= high
    assert 0.9 <= covered / 120 <= 0.99


def test_analyses_that_do_not_match_are_refused():
    with pytest.raises(EstimationError, match="pool-shape"):
        pool_arrays(["q"], [[1.0]], [[[1.0]]])
    with pytest.raises(EstimationError, match="pool-shape"):
        pool_arrays(["q"], [[1.0], [2.0]], [[1.0], [2.0]])
