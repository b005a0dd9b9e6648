from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cityvoice.fieldwork.holidays import is_holiday, polish_holidays
from cityvoice.fieldwork.hours import CallingHours, HoursError
from cityvoice.fieldwork.slots import Slot, slot_of

WARSAW, LISBON = "Europe/Warsaw", "Europe/Lisbon"
USUAL = CallingHours()
MOMENTS = st.integers(0, 730 * 24 * 60).map(lambda minutes: utc(2026, 1, 1) + timedelta(minutes=minutes))


def utc(*parts):
    return datetime(*parts, tzinfo=UTC)


def test_the_holidays_of_2026():
    assert sorted(polish_holidays(2026)) == [
        date(2026, *day)
        for day in [
            (1, 1), (1, 6), (4, 5), (4, 6), (5, 1), (5, 3), (5, 24), (6, 4), (8, 15),
            (11, 1), (11, 11), (12, 24), (12, 25), (12, 26),
        ]
    ]  # fmt: skip


def test_christmas_eve_is_free_since_2025():
    assert is_holiday(date(2025, 12, 24))
    assert not is_holiday(date(2024, 12, 24))


@pytest.mark.parametrize(
    ("local", "slot"),
    [
        (utc(2026, 11, 23, 16, 59), Slot.WEEKDAY),
        (utc(2026, 11, 23, 17, 0), Slot.WEEKNIGHT),
        (utc(2026, 11, 28, 12, 0), Slot.WEEKEND),
        (utc(2026, 11, 11, 12, 0), Slot.WEEKEND),  # a Wednesday, Independence Day
    ],
)
def test_slots_of_the_week(local, slot):
    assert slot_of(local) is slot


def test_calls_keep_to_the_clock_of_who_is_called():
    assert USUAL.is_open(utc(2026, 11, 23, 8, 0), WARSAW)
    assert not USUAL.is_open(utc(2026, 11, 23, 8, 0), LISBON)
    assert not USUAL.is_open(utc(2026, 11, 23, 19, 0), WARSAW)  # 20:00 there
    assert USUAL.is_open(utc(2026, 11, 23, 19, 0), LISBON)


@pytest.mark.parametrize(
    ("at", "opening"),
    [
        (utc(2026, 11, 23, 10, 0), utc(2026, 11, 23, 10, 0)),
        (utc(2026, 11, 23, 19, 30), utc(2026, 11, 24, 8, 0)),
        (utc(2026, 11, 28, 17, 0), utc(2026, 11, 30, 8, 0)),  # Saturday 18:00
        (utc(2026, 12, 23, 19, 0), utc(2026, 12, 28, 8, 0)),  # over Christmas, a Saturday and a Sunday
        (utc(2026, 10, 23, 18, 30), utc(2026, 10, 24, 8, 0)),  # the last summer day
        (utc(2026, 10, 24, 16, 0), utc(2026, 10, 26, 8, 0)),  # clocks go back in between
    ],
)
def test_the_next_opening(at, opening):
    assert USUAL.next_open(at, WARSAW) == opening


def test_closed_days_and_a_plan_that_never_opens():
    closed = CallingHours(closed_days=frozenset({date(2026, 11, 24)}))
    assert closed.next_open(utc(2026, 11, 23, 20, 0), WARSAW) == utc(2026, 11, 25, 8, 0)
    assert CallingHours({}).next_open(utc(2026, 11, 23, 10, 0), WARSAW) is None


def test_holidays_may_have_hours_of_their_own():
    hours = CallingHours({"holiday": (time(12), time(16))})
    assert hours.next_open(utc(2026, 11, 2, 10, 0), WARSAW) == utc(2026, 11, 11, 11, 0)


def test_hours_survive_being_stored():
    hours = CallingHours({"mon": (time(9, 30), time(20))}, frozenset({date(2026, 5, 24)}))
    assert CallingHours.from_rules(hours.to_rules()) == hours
    assert CallingHours.from_rules({}) == USUAL


@pytest.mark.parametrize(
    ("rules", "day"),
    [
        ({"days": {"mon": ["20:00", "09:00"]}}, "mon"),
        ({"days": {"mon": ["nine", "20:00"]}}, "mon"),
        ({"days": {"mon": ["09:00"]}}, "mon"),
        ({"days": {"someday": ["09:00", "20:00"]}}, "someday"),
        ({"closed": ["soon"]}, "closed"),
    ],
)
def test_hours_that_cannot_be_are_refused_with_their_place(rules, day):
    with pytest.raises(HoursError) as caught:
        CallingHours.from_rules(rules)
    assert caught.value.day == day


@given(
    MOMENTS,
    st.sampled_from([WARSAW, LISBON]),
)
def test_an_opening_is_open_and_not_in_the_past(at, zone):
    opening = USUAL.next_open(at, zone)
    assert opening >= at
    assert USUAL.is_open(opening, zone)
