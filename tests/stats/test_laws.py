"""Laws that hold for any sample, whatever its numbers."""

import numpy as np
import pandas as pd
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st

from cityvoice.stats import estimation
from cityvoice.stats.design import LonelyPsu, SurveyDesign
from cityvoice.stats.encoding import Codes
from cityvoice.stats.errors import WeightingError
from cityvoice.stats.estimates import Estimates
from cityvoice.stats.items import CategoricalItem, NumericItem
from cityvoice.stats.quantiles import quantile
from cityvoice.stats.tables import tabulate
from cityvoice.stats.variance import design_covariance
from cityvoice.stats.weighting.margins import Margin
from cityvoice.stats.weighting.poststratification import Poststratify
from cityvoice.stats.weighting.raking import Rake
from cityvoice.stats.weighting.recipe import Recipe, apply_recipe

LEVELS = ("a", "b", "c")
quick = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@st.composite
def samples(draw):
    """A stratified cluster sample in which every level of every margin occurs."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n_strata, per_stratum = draw(st.integers(1, 4)), draw(st.integers(2, 5))
    n_units = n_strata * per_stratum
    n = n_units * draw(st.integers(3, 8))
    unit = np.concatenate([np.arange(n_units), rng.integers(0, n_units, n - n_units)])
    frame = pd.DataFrame(
        {
            "stratum": unit // per_stratum,
            "unit": unit,
            "weight": rng.lognormal(0, 0.7, n),
            "y": rng.normal(3, 2, n),
            "scale": rng.integers(1, 6, n).astype(float),
            "g": np.concatenate([[0, 1, 2], rng.integers(0, 3, n - 3)]),
            "h": np.concatenate([[0, 1, 0, 1], rng.integers(0, 2, n - 4)]),
        }
    )
    frame.loc[rng.random(n) < 0.1, "scale"] = np.nan
    return frame


def design_of(frame, **options):
    return SurveyDesign(weights=frame["weight"], strata=frame["stratum"], psu=frame["unit"], **options)


def columns_of(frame):
    return {"g": Codes(frame["g"].to_numpy(), LEVELS), "h": Codes(frame["h"].to_numpy(), ("x", "z"))}


def recipe_of(draw_shares):
    g, h = draw_shares
    return Recipe(
        (
            Rake(
                (Margin("g", dict(zip(LEVELS, g, strict=True))), Margin("h", dict(zip("xz", h, strict=True))))
            ),
        )
    )


def weighted(frame, targets):
    """Raked weights; targets that no weights can meet are no example of these laws."""
    try:
        return apply_recipe(recipe_of(targets), columns_of(frame), frame["weight"])
    except WeightingError:
        reject()


def items_of(frame):
    answered = frame["scale"].fillna(0).to_numpy(int) - 1
    scale = CategoricalItem("q", answered.astype(np.int8), tuple("12345"), boxes={"top2": ("4", "5")})
    return (scale, NumericItem("y", frame["y"].to_numpy()), NumericItem("scale", frame["scale"].to_numpy()))


def numbers(table):
    return np.column_stack(
        [table.columns[name].astype(float) for name in ("value", "se", "low", "high", "n_eff")]
    )


def tabulated(frame, design, **options):
    by = {"g": Codes(frame["g"].to_numpy(), LEVELS)}
    return numbers(tabulate(design, items_of(frame), by, missing="drop", **options))


@quick
@given(samples(), st.floats(-6, 9))
def test_the_scale_of_weights_changes_nothing_but_totals(frame, power):
    scaled = frame.assign(weight=frame["weight"] * 10**power)
    np.testing.assert_allclose(
        tabulated(frame, design_of(frame)), tabulated(scaled, design_of(scaled)), rtol=1e-7, atol=1e-9
    )


@quick
@given(samples(), st.randoms(use_true_random=False))
def test_row_order_changes_nothing(frame, random):
    order = list(range(len(frame)))
    random.shuffle(order)
    shuffled = frame.iloc[order].reset_index(drop=True)
    np.testing.assert_allclose(
        tabulated(frame, design_of(frame)), tabulated(shuffled, design_of(shuffled)), rtol=1e-9, atol=1e-10
    )


@quick
@given(samples())
def test_a_row_split_in_two_changes_no_value_and_no_error(frame):
    halved = frame.assign(weight=frame["weight"] / 2)
    doubled = pd.concat([halved, halved], ignore_index=True)
    one, two = tabulated(frame, design_of(frame)), tabulated(doubled, design_of(doubled))
    np.testing.assert_allclose(one[:, :2], two[:, :2], rtol=1e-9, atol=1e-10)


@quick
@given(samples())
def test_level_order_changes_nothing(frame):
    design, rng = design_of(frame), frame["g"].to_numpy()
    relabelled = Codes(2 - rng, LEVELS[::-1])
    first = tabulate(design, items_of(frame), {"g": Codes(rng, LEVELS)}, missing="drop", overall=False)
    second = tabulate(design, items_of(frame), {"g": relabelled}, missing="drop", overall=False)
    for level in LEVELS:
        np.testing.assert_allclose(numbers(first.select(g=level)), numbers(second.select(g=level)), rtol=1e-9)


shares = st.tuples(
    st.lists(st.floats(0.1, 1.0), min_size=3, max_size=3),
    st.lists(st.floats(0.1, 1.0), min_size=2, max_size=2),
).map(lambda pair: tuple([value / sum(values) for value in values] for values in pair))


@quick
@given(samples(), shares)
def test_raking_reproduces_its_margins(frame, targets):
    weighting = weighted(frame, targets)
    total = weighting.weights.sum()
    for name, wanted in zip("gh", targets, strict=True):
        reached = np.bincount(frame[name], weights=weighting.weights) / total
        np.testing.assert_allclose(reached, wanted, rtol=1e-7)
    np.testing.assert_allclose(total, frame["weight"].sum(), rtol=1e-9)


@quick
@given(samples(), shares)
def test_collapsed_variances_equal_the_formula_row_by_row(frame, targets):
    weighting = weighted(frame, targets)
    design = weighting.design(design_of(frame))
    by = {"g": Codes(frame["g"].to_numpy(), LEVELS)}
    table = tabulate(design, items_of(frame), by, missing="drop", variance="linearised")
    for level, code in zip(LEVELS, range(3), strict=True):
        own = design.subset(frame["g"] == code)
        direct = estimation.mean(own, frame, ["scale"], missing="drop")
        found = table.one(item="scale", g=level)
        assert np.isclose(found.value, direct.values[0], rtol=1e-10, equal_nan=True)
        assert np.isclose(found.se, direct.se[0], rtol=1e-7, atol=1e-7, equal_nan=True)


@quick
@given(samples())
def test_a_domain_equals_the_full_design_with_zeros_outside(frame):
    design = design_of(frame)
    inside = (frame["g"] == 1).to_numpy()
    mean = estimation.mean(design.subset(inside), frame, ["y"])
    weights = frame["weight"].to_numpy()
    size = (weights * inside).sum()
    value = (weights * inside * frame["y"]).sum() / size
    scores = weights * inside * (frame["y"].to_numpy() - value) / size
    by_hand = 0.0
    for _, rows in frame.groupby("stratum").groups.items():
        totals = pd.Series(scores[rows]).groupby(frame.loc[rows, "unit"].to_numpy()).sum()
        by_hand += len(totals) / (len(totals) - 1) * ((totals - totals.mean()) ** 2).sum()
    assert np.isclose(mean.values[0], value)
    assert np.isclose(mean.covariance[0, 0], by_hand, rtol=1e-9)


@quick
@given(samples(), shares)
def test_a_margin_has_no_error_after_calibration_to_it(frame, targets):
    recipe = Recipe((Poststratify(Margin("g", dict(zip(LEVELS, targets[0], strict=True)))),))
    design = apply_recipe(recipe, columns_of(frame), frame["weight"]).design(design_of(frame))
    item = CategoricalItem("g", frame["g"].to_numpy(np.int8), LEVELS)
    for method in ("linearised", "jackknife"):
        table = tabulate(design, [item], variance=method)
        np.testing.assert_allclose(table.columns["value"].astype(float), targets[0], rtol=1e-9)
        assert (table.columns["se"].astype(float) < 1e-6).all()


@quick
@given(samples(), st.floats(0.05, 0.95))
def test_the_correction_for_a_finite_population_scales_errors_exactly(frame, fraction):
    sampled = frame.groupby("stratum")["unit"].nunique().to_numpy()[frame["stratum"]]
    free = estimation.mean(design_of(frame), frame, ["y"])
    finite = estimation.mean(design_of(frame, fpc=sampled / fraction), frame, ["y"])
    first_stage = finite.covariance[0, 0] / free.covariance[0, 0]
    assert np.isclose(first_stage, 1 - fraction, rtol=1e-9)


@quick
@given(samples())
def test_shares_of_all_levels_sum_to_one_and_so_do_their_variances(frame):
    found = estimation.mean(design_of(frame), {"g": Codes(frame["g"].to_numpy(), LEVELS)}, ["g"])
    assert np.isclose(found.values.sum(), 1)
    np.testing.assert_allclose(found.covariance.sum(axis=0), 0, atol=1e-12)


def test_a_contrast_of_two_groups_does_not_feel_an_empty_third():
    values, covariance = np.array([1.0, np.nan, 3.0]), np.diag([0.1, np.nan, 0.2])
    covariance[1], covariance[:, 1] = np.nan, np.nan
    n = np.array([5.0, 0, 5])
    found = Estimates("mean", ("a", "b", "c"), values, covariance, 8.0, n, n, n)
    change = found.contrast({"c less a": {"c": 1, "a": -1}, "b less a": {"b": 1, "a": -1}, "none": {}})
    np.testing.assert_allclose(change.values, [2, np.nan, 0])
    np.testing.assert_allclose(np.diag(change.covariance), [0.3, np.nan, 0])
    assert change.n.tolist() == [5, 0, 0]


@quick
@given(samples())
def test_a_contrast_equals_the_same_combination_of_scores(frame):
    design = design_of(frame)
    grouped = estimation.grouped(
        design, {"y": frame["y"], "g": columns_of(frame)["g"]}, ["y"], ["g"]
    ).estimates
    change = grouped.contrast({"change": {"b": 1, "a": -1}})
    ratio = grouped.function({"ratio": lambda term: term["b"] / term["a"]})
    assert np.isclose(change.values[0], grouped.values[1] - grouped.values[0])
    spread = grouped.covariance[1, 1] + grouped.covariance[0, 0] - 2 * grouped.covariance[0, 1]
    assert np.isclose(change.covariance[0, 0], spread)
    gradient = np.array([-grouped.values[1] / grouped.values[0] ** 2, 1 / grouped.values[0], 0])
    assert np.isclose(ratio.covariance[0, 0], gradient @ grouped.covariance @ gradient)


@quick
@given(samples(), st.floats(0.05, 0.95))
def test_quantiles_rise_with_p_and_lie_among_the_values(frame, p):
    design = design_of(frame)
    lower, upper = sorted((p, 1 - p))
    for rule in ("math", "school", "hf5", "hf7", "hf8", "shahvaish"):
        (found,) = quantile(design, frame, ["y"], [lower, upper], rule=rule)
        assert found.values[0] <= found.values[1] + 1e-12
        assert frame["y"].min() <= found.values[0] <= frame["y"].max()


@quick
@given(samples())
def test_covariance_is_symmetric_and_not_negative(frame):
    scores = frame[["y", "weight"]].to_numpy()
    design = design_of(frame, lonely_psu=LonelyPsu.ADJUST)
    covariance = design_covariance(design, scores)
    np.testing.assert_allclose(covariance, covariance.T)
    assert np.linalg.eigvalsh(covariance).min() >= -1e-9 * np.abs(covariance).max()
