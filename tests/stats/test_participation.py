"""Participation indicators against numbers worked out by hand."""

import math

import pytest

from cityvoice.stats.errors import EstimationError
from cityvoice.stats.participation import (
    Participation,
    dissimilarity,
    inclusion_gaps,
    min_max_ratio,
    participation_cv,
    participation_rates,
    representation_ratios,
)

COUNTS = Participation.from_counts({"young": 20, "old": 80}, {"young": 5000, "old": 5000})


def test_rates_per_thousand_with_their_fractions():
    whole, young, old = participation_rates(COUNTS)
    assert (whole.value, whole.numerator, whole.denominator) == (10.0, 100.0, 10_000.0)
    assert (young.value, old.value) == (4.0, 16.0)
    assert whole.low < 10 < whole.high
    assert young.high < old.low


def test_dissimilarity_and_cv():
    assert dissimilarity(COUNTS).value == pytest.approx(0.3)
    assert dissimilarity(COUNTS).numerator == pytest.approx(30)
    assert participation_cv(COUNTS).value == pytest.approx(0.6)
    by_shares = math.sqrt((0.2 - 0.5) ** 2 / 0.5 + (0.8 - 0.5) ** 2 / 0.5)
    assert participation_cv(COUNTS).value == pytest.approx(by_shares)


def test_representation_ratios_with_intervals():
    young, old = representation_ratios(COUNTS)
    assert (young.value, old.value) == pytest.approx((0.4, 1.6))
    spread = 1.959963984540054 * math.sqrt(0.8 / (100 * 0.2))
    assert young.low == pytest.approx(0.4 * math.exp(-spread))
    assert young.high == pytest.approx(0.4 * math.exp(spread))
    assert (young.numerator, young.denominator) == pytest.approx((20, 50))


def test_min_max_ratio_and_inclusion_gap():
    assert min_max_ratio(COUNTS).value == pytest.approx(0.25)
    worst, other = inclusion_gaps(COUNTS, ["old", "young"])
    assert (worst.group, worst.value, worst.numerator) == ("young", pytest.approx(30), pytest.approx(30))
    assert other.value == pytest.approx(-30)


def test_perfect_representation():
    same = Participation.from_counts({"a": 10, "b": 30}, {"a": 1000, "b": 3000})
    assert dissimilarity(same).value == 0
    assert participation_cv(same).value == pytest.approx(0)
    assert min_max_ratio(same).value == 1


def test_a_group_nobody_came_from():
    counts = Participation.from_counts({"a": 40}, {"a": 1000, "b": 1000})
    b = representation_ratios(counts)[1]
    assert b.value == 0
    assert math.isnan(b.low)
    assert min_max_ratio(counts).value == 0
    assert participation_rates(counts)[2].low == 0.0


def test_small_numerators_are_suppressed_and_flagged():
    counts = Participation.from_counts({"a": 3, "b": 100}, {"a": 1000, "b": 1000})
    a = participation_rates(counts)[1]
    assert a.is_suppressed
    assert a.is_flagged
    assert not participation_rates(counts)[2].is_suppressed


@pytest.mark.parametrize(
    ("participants", "population"),
    [({"x": 1}, {"a": 10}), ({"a": 1}, {"a": 0}), ({"a": 0}, {"a": 10}), ({"a": -1}, {"a": 10})],
)
def test_impossible_counts_are_refused(participants, population):
    with pytest.raises(EstimationError):
        Participation.from_counts(participants, population)


def test_an_undeclared_group_is_refused():
    with pytest.raises(EstimationError, match="participation-group"):
        inclusion_gaps(COUNTS, ["middle"])
