"""Samples: stated inclusion probabilities are those that many draws show, and every draw can be repeated."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cityvoice.fieldwork import draws, rdd
from cityvoice.fieldwork.allocation import Allocation, allocate
from cityvoice.fieldwork.impossible import DrawFault, ImpossibleDraw

STRATA = ["a"] * 5 + ["b"] * 12 + ["c"] * 3
SIZES = np.array([1, 1, 2, 3, 5, 8, 13, 40, 2, 6.5])
N_DRAWS = 4000

seeds = st.integers(0, 2**63 - 1)


def fault_of(call, *args, **options) -> DrawFault:
    with pytest.raises(ImpossibleDraw) as refused:
        call(*args, **options)
    return refused.value.fault


METHODS = {
    "simple": (20, lambda seed: draws.simple(20, 7, seed=seed)),
    "systematic": (20, lambda seed: draws.systematic(20, 7, seed=seed)),
    "systematic in an order": (20, lambda seed: draws.systematic(20, 7, seed=seed, order=range(19, -1, -1))),
    "stratified": (20, lambda seed: draws.stratified(STRATA, {"a": 2, "b": 3, "c": 3}, seed=seed)),
    "pps": (10, lambda seed: draws.pps(SIZES, 4, seed=seed)),
    "pps in an order": (10, lambda seed: draws.pps(SIZES, 4, seed=seed, order=np.argsort(SIZES))),
}


@pytest.mark.parametrize("name", METHODS)
def test_realised_inclusion_equals_the_stated_probability(name):
    n_units, draw = METHODS[name]
    hits, stated = np.zeros(n_units), np.full(n_units, np.nan)
    for seed in range(N_DRAWS):
        sample = draw(seed)
        hits[sample.rows] += 1
        stated[sample.rows] = sample.probabilities
    assert not np.isnan(stated).any()
    noise = np.sqrt(stated * (1 - stated) / N_DRAWS)
    assert np.all(np.abs(hits / N_DRAWS - stated) <= 4 * noise)
    assert stated.sum() == pytest.approx(len(draw(0)))


@pytest.mark.parametrize("name", METHODS)
def test_weights_estimate_a_total_without_bias(name):
    n_units, draw = METHODS[name]
    y = np.arange(n_units) ** 1.5
    totals = [(sample.weights * y[sample.rows]).sum() for sample in map(draw, range(N_DRAWS))]
    assert abs(np.mean(totals) - y.sum()) <= 4 * np.std(totals) / np.sqrt(N_DRAWS)


@pytest.mark.parametrize("name", METHODS)
def test_places_in_the_order_are_equally_likely(name):
    """Any cut of a sample is a random subsample: half of the time a unit stands in its first half."""
    n_units, draw = METHODS[name]
    first, all_ = np.zeros(n_units), np.zeros(n_units)
    for seed in range(N_DRAWS):
        rows = draw(seed).rows
        all_[rows] += 1
        first[rows[: len(rows) // 2]] += 1
    share = (len(rows) // 2) / len(rows)
    assert np.all(np.abs(first / all_ - share) <= 4.5 * np.sqrt(share * (1 - share) / all_))


@pytest.mark.parametrize("name", METHODS)
@given(seed=seeds)
@settings(max_examples=30, deadline=None)
def test_nobody_twice_and_the_same_seed_the_same_sample(name, seed):
    _, draw = METHODS[name]
    sample, again = draw(seed), draw(seed)
    assert len(set(sample.rows.tolist())) == len(sample)
    assert np.array_equal(sample.rows, again.rows)
    assert np.all((sample.probabilities > 0) & (sample.probabilities <= 1))


def test_a_seed_gives_these_units_on_every_machine():
    assert draws.simple(100, 5, seed=20261123).rows.tolist() == [78, 40, 12, 76, 25]


@given(seed=seeds, n=st.integers(1, 60), sizes=st.lists(st.floats(0.01, 1000), min_size=1, max_size=60))
@settings(deadline=None)
def test_pps_takes_out_what_is_certain(seed, n, sizes):
    size, n = np.array(sizes), min(n, len(sizes))
    sample, p = draws.pps(size, n, seed=seed), draws.inclusion_probabilities(size, n)
    assert len(set(sample.rows.tolist())) == n
    assert p.sum() == pytest.approx(n)
    assert set(np.flatnonzero(p == 1)) <= set(sample.rows.tolist())
    rest = p < 1
    if rest.any():
        assert np.allclose(p[rest] / size[rest], p[rest][0] / size[rest][0])
        assert p[~rest].size == 0 or size[rest].max() <= size[~rest].min()


def test_systematic_spreads_along_its_order():
    order = np.argsort(np.arange(1000) % 10, kind="stable")  # by the last digit: ten implicit strata
    rows = draws.systematic(1000, 50, seed=3, order=order).rows
    assert np.bincount(rows % 10).tolist() == [5] * 10


def test_what_cannot_be_drawn_is_said():
    assert fault_of(draws.simple, 0, 1, seed=1) is DrawFault.NO_UNITS
    assert fault_of(draws.simple, 5, 0, seed=1) is DrawFault.NONE_WANTED
    assert fault_of(draws.simple, 5, 6, seed=1) is DrawFault.TOO_MANY
    assert fault_of(draws.systematic, 5, 2, seed=1, order=[0, 1, 2, 3, 3]) is DrawFault.NOT_AN_ORDER
    assert fault_of(draws.stratified, STRATA, {"a": 1, "b": 1}, seed=1) is DrawFault.WRONG_STRATA
    assert fault_of(draws.stratified, STRATA, {"a": 1, "b": 1, "c": 4}, seed=1) is DrawFault.BEYOND_STRATUM
    assert fault_of(draws.pps, [1, 0, 2], 1, seed=1) is DrawFault.NO_SIZES
    assert fault_of(draws.pps, [1, float("nan"), 2], 1, seed=1) is DrawFault.NO_SIZES
    assert fault_of(draws.replicates, 5, 6) is DrawFault.TOO_MANY_REPLICATES


@given(n_cases=st.integers(1, 500), n_replicates=st.integers(1, 40))
def test_replicates_differ_by_one_case_at_most(n_cases, n_replicates):
    n_replicates = min(n_replicates, n_cases)
    sizes = np.bincount(draws.replicates(n_cases, n_replicates))[1:]
    assert len(sizes) == n_replicates
    assert sizes.sum() == n_cases
    assert sizes.max() - sizes.min() <= 1


# --- allocation


def test_allocations_of_a_small_city():
    sizes = [5000, 3000, 1500, 500]
    assert allocate(sizes, 101).tolist() == [51, 30, 15, 5]  # the remainders .5 and .3 of 50.5 and 30.3
    assert allocate(sizes, 101, method=Allocation.EQUAL).tolist() == [26, 25, 25, 25]
    by_spread = allocate(sizes, 100, method=Allocation.NEYMAN, deviations=[1, 2, 4, 8])
    assert by_spread.tolist() == [24, 29, 28, 19]  # 5000, 6000, 6000, 4000 of 21000
    assert allocate(sizes, 20, least=3).tolist() == [9, 5, 3, 3]


def test_a_stratum_that_is_full_leaves_its_share_to_the_others():
    assert allocate([10, 1000, 1000], 300, method=Allocation.EQUAL).tolist() == [10, 145, 145]
    assert allocate([10, 10], 15, method=Allocation.NEYMAN, deviations=[1, 0]).tolist() == [10, 5]
    assert allocate([3, 1], 4, method=Allocation.NEYMAN, deviations=[0, 5e-324], least=0).tolist() == [3, 1]


@given(
    st.lists(st.integers(1, 10_000), min_size=1, max_size=12),
    st.sampled_from([Allocation.PROPORTIONAL, Allocation.EQUAL, Allocation.NEYMAN]),
    st.integers(0, 5),
    st.data(),
)
@settings(deadline=None)
def test_an_allocation_sums_up_inside_its_bounds(sizes, method, least, data):
    lowest = sum(min(least, size) for size in sizes)
    n = data.draw(st.integers(lowest, sum(sizes)))
    spread = data.draw(st.lists(st.floats(0, 50), min_size=len(sizes), max_size=len(sizes)))
    if method is Allocation.NEYMAN and not any(spread):
        spread[0] = 1.0
    found = allocate(sizes, n, method=method, deviations=spread, least=least)
    assert found.sum() == n
    assert all(min(least, size) <= n_h <= size for n_h, size in zip(found, sizes, strict=True))


@given(st.lists(st.integers(1, 10_000), min_size=1, max_size=12), st.data())
def test_proportional_is_within_one_of_its_share(sizes, data):
    n = data.draw(st.integers(0, sum(sizes)))
    found = allocate(sizes, n, least=0)
    assert np.all(np.abs(found - n * np.array(sizes) / sum(sizes)) < 1)


def test_what_cannot_be_allocated_is_said():
    assert fault_of(allocate, [5, 5], 11) is DrawFault.TOO_MANY
    assert fault_of(allocate, [5, 5], 3, least=2) is DrawFault.TOO_FEW
    assert fault_of(allocate, [5, 5], 3, method=Allocation.NEYMAN) is DrawFault.NO_DEVIATIONS
    neyman = {"method": Allocation.NEYMAN, "deviations": [0, 0]}
    assert fault_of(allocate, [5, 5], 3, **neyman) is DrawFault.NO_DEVIATIONS


# --- random digit dialling


def test_generated_numbers_are_of_their_blocks():
    blocks = rdd.read_blocks(["+48 22 345 6", "600-123", "6001234"])
    assert [block.prefix for block in blocks] == ["223456", "600123"]
    numbers = rdd.generate(blocks, 500, seed=5)
    assert numbers.size == 2000
    assert numbers.probability == 0.25
    assert numbers.weights.sum() == 2000
    written = [phone.e164 for phone in numbers.phones]
    assert len(set(written)) == 500
    assert {e164[3:9] for e164 in written} == {"223456", "600123"}
    assert written == [phone.e164 for phone in rdd.generate(blocks, 500, seed=5).phones]


def test_all_numbers_of_a_block():
    numbers = rdd.generate(rdd.read_blocks(["60012345"]), 10, seed=1)
    assert sorted(phone.e164[-1] for phone in numbers.phones) == list("0123456789")


def test_each_number_is_as_likely_whatever_its_block():
    blocks = rdd.read_blocks(["60012345", "60012346", "22345678"])
    hits: dict[str, int] = {}
    for seed in range(2000):
        for phone in rdd.generate(blocks, 10, seed=seed).phones:
            hits[phone.e164] = hits.get(phone.e164, 0) + 1
    shares = np.array(list(hits.values())) / 2000
    assert len(hits) == 30
    assert np.all(np.abs(shares - 1 / 3) <= 4 * np.sqrt(2 / 9 / 2000))


def test_blocks_that_are_none_are_said():
    assert fault_of(rdd.read_blocks, []) is DrawFault.NO_UNITS
    assert fault_of(rdd.read_blocks, ["22"]) is DrawFault.BAD_BLOCK
    assert fault_of(rdd.read_blocks, ["22x"]) is DrawFault.BAD_BLOCK
    assert fault_of(rdd.read_blocks, ["223456789"]) is DrawFault.BAD_BLOCK
    outside = rdd.read_blocks(["270000"])
    assert fault_of(rdd.generate, outside, 3, seed=1) is DrawFault.NOT_IN_PLAN
    small = rdd.read_blocks(["60012345"])
    assert fault_of(rdd.generate, small, 11, seed=1) is DrawFault.TOO_MANY
    assert fault_of(rdd.generate, small, 0, seed=1) is DrawFault.NONE_WANTED
