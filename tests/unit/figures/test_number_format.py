import pytest

from cityvoice.figures.numbers import Unit, number_format

PL, EN, UK = map(number_format, ("pl", "en_GB", "uk"))


def test_decimal_mark_and_thousands_follow_the_language():
    assert PL.fixed(26306.25, 1) == "26\u00a0306,3"
    assert UK.integer(1_234_567) == "1\u00a0234\u00a0567"
    assert EN.fixed(26306.25, 1) == "26,306.3"


def test_polish_and_ukrainian_keep_four_digits_together():
    assert PL.integer(1026) == UK.integer(1026) == "1026"
    assert EN.integer(1026) == "1,026"


def test_halves_round_away_from_zero_also_where_floats_lie_below():
    assert [PL.fixed(value, 1) for value in (0.25, 0.35, 1.005, -0.25)] == ["0,3", "0,4", "1,0", "−0,3"]
    assert PL.fixed(2.675, 2) == "2,68"


def test_nothing_reads_minus_zero():
    assert PL.fixed(-0.04, 1) == "−0,0".replace("−", "")
    assert PL.signed(-0.0001) == "0,0"
    assert PL.signed(0.0001) == "0,0"


def test_signs_of_a_difference():
    assert PL.signed(0.021) == "+2,1"
    assert PL.signed(-0.021) == "−2,1"


@pytest.mark.parametrize(
    ("unit", "expected"),
    [(Unit.SHARE, "40,8"), (Unit.RATE, "0,4"), (Unit.RATIO, "0,41"), (Unit.INDEX, "0,408")],
)
def test_units_scale_and_round(unit, expected):
    assert PL.value(0.40811, unit) == expected


def test_sentences_columns_and_intervals():
    assert PL.with_sign(0.742) == "74,2%"
    assert PL.with_sign(0.187, Unit.INDEX) == "0,187"
    assert PL.interval(0.701, 0.783) == "70,1–78,3"
    assert PL.margin(0.041) == "±4,1"


def test_what_does_not_exist_is_a_dash():
    assert {
        PL.value(None),
        PL.integer(None),
        PL.interval(None, 0.5),
        PL.margin(None),
        PL.with_sign(None),
    } == {"–"}


def test_an_unknown_language_is_refused():
    with pytest.raises(KeyError):
        number_format("de")
