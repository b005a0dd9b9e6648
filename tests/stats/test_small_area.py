import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cityvoice.stats.benchmarking import BenchmarkMethod, benchmark
from cityvoice.stats.errors import EstimationError
from cityvoice.stats.results import WarningCode
from cityvoice.stats.small_area import fay_herriot

METHODS = ("reml", "ml", "moment")


def city(seed=1, m=18, between=4.0):
    """Districts with a covariate, true means and direct estimates."""
    rng = np.random.default_rng(seed)
    x = rng.uniform(0.1, 0.5, m)
    sampling = rng.uniform(1.0, 9.0, m)
    truth = 40 + 30 * x + rng.normal(0, np.sqrt(between), m)
    direct = truth + rng.normal(0, np.sqrt(sampling))
    return pd.DataFrame({"y": direct, "d": sampling, "x": x, "truth": truth})


def fitted(frame, method="reml", terms=("x",)):
    return fay_herriot(frame["y"], frame["d"], frame, terms, method=method)


@pytest.mark.parametrize("method", METHODS)
def test_a_prediction_lies_between_direct_and_synthetic(method):
    model = fitted(city(2), method)
    low = np.minimum(model.direct, model.synthetic) - 1e-12
    high = np.maximum(model.direct, model.synthetic) + 1e-12
    assert ((low <= model.values) & (model.values <= high)).all()
    assert ((model.shrinkage > 0) & (model.shrinkage < 1)).all()


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000), st.floats(-4, 6), st.sampled_from(METHODS))
def test_the_unit_of_measurement_does_not_matter(seed, power, method):
    frame, factor = city(seed), 10.0**power
    plain = fitted(frame, method)
    scaled = fitted(frame.assign(y=frame["y"] * factor, d=frame["d"] * factor**2), method)
    np.testing.assert_allclose(scaled.variance, plain.variance * factor**2, rtol=1e-7, atol=1e-9 * factor**2)
    np.testing.assert_allclose(scaled.values, plain.values * factor, rtol=1e-8)
    np.testing.assert_allclose(scaled.mse, plain.mse * factor**2, rtol=1e-7)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000))
def test_the_order_of_areas_does_not_matter(seed):
    frame = city(seed)
    order = np.random.default_rng(seed).permutation(len(frame))
    turned = fitted(frame.iloc[order].reset_index(drop=True))
    np.testing.assert_allclose(turned.values, fitted(frame).values[order], rtol=1e-9)


@pytest.mark.parametrize("method", METHODS)
def test_at_the_boundary_every_area_is_synthetic_and_says_so(method):
    frame = city()
    model = fitted(frame.assign(y=40 + 30 * frame["x"]), method)
    assert model.variance == 0.0
    assert model.at_boundary
    assert model.is_synthetic.all()
    np.testing.assert_allclose(model.values, model.synthetic)
    table = model.to_table("satisfied", n=np.full(18, 40))
    assert all(WarningCode.SYNTHETIC in estimate.notes for estimate in table)


def test_an_area_without_a_sample_is_synthetic_with_the_variance_between_areas():
    frame = city()
    frame.loc[3, ["y", "d"]] = np.nan
    model = fitted(frame)
    assert model.is_synthetic.tolist() == [k == 3 for k in range(18)]
    x = np.array([1.0, frame["x"][3]])
    assert model.mse[3] == pytest.approx(model.variance + x @ model.fit.covariance @ x)
    rest = fitted(frame.drop(index=3).reset_index(drop=True))
    assert model.variance == pytest.approx(rest.variance, rel=1e-12)


def test_the_mse_is_about_the_mean_squared_error():
    errors, claimed = [], []
    for seed in range(400):
        frame = city(seed)
        model = fitted(frame)
        errors.append(np.square(model.values - frame["truth"]).mean())
        claimed.append(model.mse.mean())
    assert np.mean(claimed) / np.mean(errors) == pytest.approx(1.0, abs=0.08)


def test_the_table_carries_interval_bases_and_degrees_of_freedom():
    frame = city()
    model = fitted(frame)
    estimate = model.to_table("q1", n=np.full(18, 50), n_eff=np.full(18, 40.0), by="district")[2]
    assert estimate.value == model.values[2]
    assert estimate.se == pytest.approx(np.sqrt(model.mse[2]))
    assert (estimate.n, estimate.df, estimate.domain) == (50, 16, (("district", "3"),))
    assert estimate.low < estimate.value < estimate.high
    assert estimate.n_eff == pytest.approx(40 * frame["d"][2] / model.mse[2])


@pytest.mark.parametrize("method", list(BenchmarkMethod))
def test_benchmarked_values_add_up_to_the_city(method):
    model = fitted(city())
    shares = np.linspace(1, 3, 18) / np.linspace(1, 3, 18).sum()
    target = float(shares @ model.direct)
    found = benchmark(model, shares, target, method=method)
    assert shares @ found.values == pytest.approx(target, rel=1e-12)
    assert (found.mse > model.mse).all()
    assert found.gap == pytest.approx(target - shares @ model.values)
    assert len(found.to_table("q1", n=np.full(18, 50))) == 18


def test_the_least_sure_area_moves_most():
    model = fitted(city())
    found = benchmark(model, np.full(18, 1 / 18), 60.0)
    moved = np.abs(found.values - model.values)
    assert np.argmax(moved) == np.argmax(model.mse)


@pytest.mark.parametrize(
    ("change", "code", "place"),
    [
        ({"d": [0.0] + [1.0] * 17}, "area-variance", "area 1"),
        ({"d": [1.0] * 17 + [np.nan]}, "area-variance", "area 18"),
        ({"x": [np.nan] + [1.0] * 17}, "area-covariate", "area 1"),
        ({"x": [1.0] * 18}, "area-rank", "covariates"),
    ],
)
def test_bad_areas_are_refused_with_their_place(change, code, place):
    with pytest.raises(EstimationError) as caught:
        fitted(city().assign(**change))
    assert (caught.value.code, caught.value.where) == (code, place)


def test_too_few_areas_and_wrong_shares_are_refused():
    with pytest.raises(EstimationError, match="area-rank"):
        fitted(city().head(2))
    with pytest.raises(EstimationError, match="area-length"):
        fay_herriot([1.0, 2.0], [1.0], {"x": [1.0, 2.0]})
    model = fitted(city())
    with pytest.raises(EstimationError, match="benchmark-shares"):
        benchmark(model, np.full(18, 0.1), 50.0)
    negative = fitted(city().assign(y=lambda frame: -frame["y"]))
    with pytest.raises(EstimationError, match="benchmark-ratio"):
        benchmark(negative, np.full(18, 1 / 18), -50.0, method="ratio")
