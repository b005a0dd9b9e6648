from itertools import permutations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cityvoice.stats.design import SurveyDesign
from cityvoice.stats.driver_measures import MEASURES, decompose, shapley, subset_residuals
from cityvoice.stats.errors import EstimationError, MissingValuesError
from cityvoice.stats.key_drivers import key_drivers
from cityvoice.stats.replication import jackknife

DRIVERS = ("a", "b", "c", "d")


def survey(seed=0, n=400):
    rng = np.random.default_rng(seed)
    common = rng.normal(size=n)
    scores = {name: 0.6 * common + rng.normal(size=n) for name in DRIVERS}
    frame = pd.DataFrame(scores)
    frame["y"] = frame["a"] + 0.5 * frame["b"] + 0.2 * frame["c"] + rng.normal(0, 1.5, n)
    frame["stratum"] = np.arange(n) % 4
    frame["unit"] = np.arange(n) // 8
    frame["weight"] = rng.lognormal(0, 0.5, n)
    return frame.sort_values("stratum", ignore_index=True)


def design_of(frame):
    return SurveyDesign(weights=frame["weight"], strata=frame["stratum"], psu=frame["unit"], nest=True)


def r_squared(frame, names):
    if not names:
        return 0.0
    root = np.sqrt(frame["weight"].to_numpy())
    x = np.column_stack([np.ones(len(frame)), frame[list(names)]]) * root[:, None]
    y = frame["y"].to_numpy()
    w = frame["weight"].to_numpy()
    residual = y * root - x @ np.linalg.lstsq(x, y * root, rcond=None)[0]
    centred = y - w @ y / w.sum()
    return 1 - residual @ residual / (w @ centred**2)


def test_lmg_is_the_mean_gain_over_all_orders_of_entry():
    frame = survey()
    gains = dict.fromkeys(DRIVERS, 0.0)
    orders = list(permutations(DRIVERS))
    for order in orders:
        for k, name in enumerate(order):
            gains[name] += (r_squared(frame, order[: k + 1]) - r_squared(frame, order[:k])) / len(orders)
    found = key_drivers(design_of(frame), frame, "y", DRIVERS)
    np.testing.assert_allclose(found.measures["lmg"], [gains[name] for name in DRIVERS], rtol=1e-9)
    assert found.r_squared == pytest.approx(r_squared(frame, DRIVERS))
    assert found.ranking()[:2] == ("a", "b")


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 6))
def test_shares_add_up_and_agree_when_drivers_are_independent(seed, p):
    rng = np.random.default_rng(seed)
    mixed = rng.normal(size=(p + 1, p + 3))
    covariance = mixed @ mixed.T
    spread = np.sqrt(np.diag(covariance))
    correlations = covariance / np.outer(spread, spread)
    found = decompose(correlations[None])
    simple = correlations[0, 1:]
    explained = simple @ np.linalg.solve(correlations[1:, 1:], simple)
    for measure in ("lmg", "johnson", "pratt"):
        assert found[measure].sum() == pytest.approx(explained, rel=1e-8, abs=1e-10)
    apart = np.eye(p + 1)
    apart[0, 1:] = apart[1:, 0] = simple / (2 * max(1.0, np.linalg.norm(simple)))
    for measure in MEASURES:
        np.testing.assert_allclose(decompose(apart[None])[measure][0], apart[0, 1:] ** 2, atol=1e-12)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 7))
def test_shapley_values_share_out_the_worth_of_everyone(seed, p):
    worth = np.random.default_rng(seed).normal(size=(2, 2**p))
    np.testing.assert_allclose(shapley(worth).sum(axis=1), worth[:, -1] - worth[:, 0], atol=1e-10)


def test_residuals_of_every_subset():
    rng = np.random.default_rng(2)
    mixed = rng.normal(size=(5, 8))
    covariance = mixed @ mixed.T
    found = subset_residuals(covariance[None])[0]
    for subset in range(16):
        chosen = [k + 1 for k in range(4) if subset >> k & 1]
        expected = covariance[0, 0]
        if chosen:
            part = covariance[np.ix_(chosen, chosen)]
            expected -= covariance[0, chosen] @ np.linalg.solve(part, covariance[chosen, 0])
        assert found[subset] == pytest.approx(expected)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 1000), st.floats(-6, 9), st.floats(0.1, 50))
def test_units_of_weights_and_answers_do_not_matter(seed, power, unit):
    frame = survey(seed, n=80)
    scaled = frame.assign(weight=frame["weight"] * 10**power, a=frame["a"] * unit + 3, y=frame["y"] * unit)
    plain, other = (key_drivers(design_of(one), one, "y", DRIVERS) for one in (frame, scaled))
    for measure in MEASURES:
        np.testing.assert_allclose(other.measures[measure], plain.measures[measure], rtol=1e-6, atol=1e-9)
        np.testing.assert_allclose(other.se(measure), plain.se(measure), rtol=1e-4)


def test_linearised_errors_agree_with_replicates():
    frame = survey(n=1600)
    design = design_of(frame)
    linear = key_drivers(design, frame, "y", DRIVERS)
    replicated = key_drivers(jackknife(design), frame, "y", DRIVERS)
    assert (linear.variance_method, replicated.variance_method) == ("linearised", "replicates")
    for measure in MEASURES:
        np.testing.assert_allclose(linear.se(measure), replicated.se(measure), rtol=0.05)


def test_errors_are_those_of_repeated_samples():
    rng = np.random.default_rng(5)
    everyone = survey(99, n=40_000)
    values, errors = [], []
    for _ in range(120):
        frame = everyone.iloc[rng.choice(len(everyone), 300, replace=False)].reset_index(drop=True)
        found = key_drivers(SurveyDesign(weights=np.ones(300)), frame, "y", DRIVERS)
        values.append(found.measures["lmg"])
        errors.append(found.se())
    np.testing.assert_allclose(np.mean(errors, axis=0), np.std(values, axis=0), rtol=0.25)


def test_a_domain_is_a_domain_and_missing_answers_are_dropped_on_purpose():
    frame = survey()
    frame.loc[5, "b"] = np.nan
    with pytest.raises(MissingValuesError, match="row 5"):
        key_drivers(design_of(frame), frame, "y", DRIVERS)
    found = key_drivers(design_of(frame), frame, "y", DRIVERS, missing="drop")
    assert found.n == 399
    estimate = found.to_table().select(item="y", term="a")[0]
    assert (estimate.statistic, estimate.value) == ("lmg", found.measures["lmg"][0])
    assert estimate.low < estimate.value < estimate.high
    domain = design_of(frame).subset(frame["stratum"] < 2)
    inside = key_drivers(domain, frame, "y", DRIVERS, missing="drop")
    kept = frame[frame["stratum"] < 2].dropna().reset_index(drop=True)
    np.testing.assert_allclose(
        inside.measures["lmg"], key_drivers(design_of(kept), kept, "y", DRIVERS).measures["lmg"]
    )


@pytest.mark.parametrize(
    ("drivers", "code"),
    [
        (("a", "a"), "drivers-columns"),
        ((), "drivers-count"),
        (("a", "constant"), "drivers-constant"),
        (("a", "b", "both"), "drivers-collinear"),
        (("a", "word"), "drivers-columns"),
    ],
)
def test_bad_drivers_are_refused(drivers, code):
    frame = survey().assign(constant=1.0, both=lambda one: one["a"] + one["b"], word="x")
    with pytest.raises(EstimationError) as caught:
        key_drivers(design_of(frame), frame, "y", drivers)
    assert caught.value.code == code
