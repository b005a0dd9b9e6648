import pytest
from figure_cases import CASES, PL, dot_row, dots

from cityvoice.figures.axis import axis_for
from cityvoice.figures.dots import DotRow
from cityvoice.figures.numbers import Unit
from cityvoice.figures.reading import Mark, Reading


def test_shares_take_the_tightest_round_axis():
    assert axis_for([0.2, 0.24], Unit.SHARE).ticks[-1] == 0.25
    assert axis_for([0.3], Unit.SHARE).ticks[-1] == 0.5
    assert axis_for([0.51], Unit.SHARE).ticks == (0.0, 0.25, 0.5, 0.75, 1.0)
    assert axis_for([0.2], Unit.SHARE, whole=True).ticks[-1] == 1.0


def test_half_and_double_are_equally_far_from_parity():
    axis = axis_for([0.6, 1.4], Unit.RATIO)
    assert axis.ticks == (0.5, 1.0, 2.0)
    assert axis.position(1.0) - axis.position(0.5) == pytest.approx(axis.position(2.0) - axis.position(1.0))


@pytest.mark.parametrize("values", [[27.4], [0.0], [-3.0, 8.0], [12345.0], [0.002]])
def test_other_numbers_stand_between_even_ticks(values):
    ticks = axis_for(values, Unit.RATE).ticks
    assert ticks[0] <= min(values)
    assert ticks[-1] >= max(values)
    assert 2 <= len(ticks) <= 8


def test_values_beyond_the_axis_stay_at_its_end():
    axis = axis_for([0.2], Unit.SHARE)
    assert (axis.position(-1), axis.position(3)) == (0.0, 1.0)


def test_ticks_read_without_useless_zeros():
    assert axis_for([1.0], Unit.RATIO).tick_text(0.5, PL) == "0,5"
    assert axis_for([0.2], Unit.SHARE).tick_text(0.25, PL) == "25"


def test_a_base_is_named_where_bases_differ():
    assert "n = 100" not in dots(dot_row("a", 0.4), dot_row("b", 0.5)).svg()
    assert "n = 50" in dots(dot_row("a", 0.4), dot_row("b", 0.5, 50)).svg()


def test_a_column_of_effective_bases_needs_an_effective_base():
    plain = DotRow("a", Reading(0.4, 0.3, 0.5, 100))
    assert len(dots(plain).table().columns) == 4
    assert len(dots(plain, dot_row("b", 0.5)).table().columns) == 5


def test_a_section_heads_its_rows_in_the_table():
    first, second = dots(dot_row("Łąki", 0.4), heading="Dzielnica").table().rows
    assert first.is_heading
    assert first.cells == ("Dzielnica", "", "", "", "")
    assert second.cells == ("Łąki", "40,0", "30,0–50,0", "100", "70")


def test_a_suppressed_group_gives_no_number_away():
    figure = dots(dot_row("Łąki", 0.4321, 4, Mark.SUPPRESSED), dot_row("Las", 0.6))
    told = figure.svg() + figure.alt + "".join("".join(row.cells) for row in figure.table().rows)
    assert "43,2" not in told


def test_the_profile_says_how_far_weighting_came():
    profile = next(case.figure for case in CASES if case.name == "profile")
    assert profile.table().rows[1].cells == ("kobiety", "310", "53,0", "60,0", "53,0", "0,0")


class Measurement:
    """An estimate as `stats` makes them, in the few fields that a reading asks for."""

    def __init__(self, value, n, reliability, low=0.1, high=0.3):
        self.value, self.n, self.reliability = value, n, reliability
        self.low, self.high, self.n_eff = low, high, n * 0.7


@pytest.mark.parametrize(
    ("estimate", "mark"),
    [
        (Measurement(0.2, 500, "high"), Mark.FIRM),
        (Measurement(0.2, 500, "low"), Mark.FLAGGED),
        (Measurement(0.2, 29, "moderate"), Mark.FLAGGED),
        (Measurement(0.2, 8, "insufficient"), Mark.SUPPRESSED),
        (Measurement(float("nan"), 500, "high"), Mark.SUPPRESSED),
    ],
)
def test_reliability_decides_how_a_reading_is_shown(estimate, mark):
    assert Reading.of(estimate).mark is mark


def test_an_interval_that_does_not_exist_is_left_out():
    reading = Reading.of(Measurement(0.2, 500, "high", low=float("nan")))
    assert reading.interval is None
    assert reading.half_width is None
    assert "circle" in dots(DotRow("a", reading)).svg()
