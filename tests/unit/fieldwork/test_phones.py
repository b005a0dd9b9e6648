"""Phone numbers: what is taken, and what is said about the rest."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cityvoice.fieldwork.phones import (
    PhoneFault,
    PhoneKind,
    PhoneProblem,
    mask,
    number_digest,
    read_phone,
    spaced,
)


@pytest.mark.parametrize(
    "text",
    [
        "600123456",
        " 600 123 456 ",
        "600-123-456",
        "+48 600 123 456",
        "0048600123456",
        "48 600123456",
        "+48 (0) 600 123 456",
        "0 600 123 456",
        "tel:+48600123456",
        "600.123.456",
        "\u00a0600\u00a0123\u00a0456",
    ],
)
def test_one_number_however_it_is_written(text):
    assert read_phone(text).e164 == "+48600123456"


@pytest.mark.parametrize(
    ("text", "kind", "zone"),
    [
        ("600 123 456", PhoneKind.MOBILE, "Europe/Warsaw"),
        ("(22) 345 67 89", PhoneKind.FIXED, "Europe/Warsaw"),
        ("022 345 67 89", PhoneKind.FIXED, "Europe/Warsaw"),
        ("800 123 456", PhoneKind.OTHER, "Europe/Warsaw"),
        ("+380 50 123 45 67", PhoneKind.MOBILE, "Europe/Kyiv"),
        ("+44 20 7946 0018", PhoneKind.FIXED, "Europe/London"),
    ],
)
def test_kind_and_time_zone(text, kind, zone):
    phone = read_phone(text)
    assert (phone.kind, phone.time_zone) == (kind, zone)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", PhoneFault.EMPTY),
        ("  ", PhoneFault.EMPTY),
        ("brak", PhoneFault.WORDS),
        ("600 123 456 wew. 12", PhoneFault.WORDS),
        ("6.00123E+8", PhoneFault.WORDS),
        ("600123456, 601123456", PhoneFault.SEVERAL),
        ("600123456/601123456", PhoneFault.SEVERAL),
        ("600 123 45", PhoneFault.UNKNOWN),
        ("12345", PhoneFault.SHORT),
        ("112", PhoneFault.SHORT),
        ("600 123 456 789", PhoneFault.LONG),
        ("600 123 456 789 012 345", PhoneFault.LONG),
        ("000 000 000", PhoneFault.UNKNOWN),
        ("+999 600 123 456", PhoneFault.UNKNOWN),
        ("-", PhoneFault.UNKNOWN),
        ("701 234 567", PhoneFault.PREMIUM),
    ],
)
def test_what_is_no_number_says_why(text, fault):
    with pytest.raises(PhoneProblem) as refused:
        read_phone(text)
    assert refused.value.fault is fault
    assert "600 123 456" in str(refused.value)


@given(st.text(max_size=20))
def test_any_text_is_a_number_or_a_problem(text):
    with suppress(PhoneProblem):
        phone = read_phone(text)
        assert read_phone(phone.e164) == phone


@given(st.integers(600_000_000, 609_999_999))
def test_a_mask_shows_only_the_end(number):
    e164 = read_phone(str(number)).e164
    assert mask(e164) == f"+48 *** *** {str(number)[-3:]}"
    assert spaced(e164).replace(" ", "") == e164


def test_numbers_of_no_plan_can_still_be_shown():
    assert spaced("+48000012345") == "+48 000 012 345"
    assert mask("+48000012345") == "+48 *** *** 345"


def test_a_digest_recognises_a_number():
    assert number_digest(read_phone("600123456").e164) == number_digest("+48600123456")
    assert number_digest("+48600123456") != number_digest("+48600123457")
