"""Phone numbers: read as people write them, kept in one way (E.164), shown in groups or masked.

The numbering plans are those of Google's libphonenumber, through the package `phonenumbers`.

References
----------
ITU-T Recommendation E.164: the international public telecommunication numbering plan.
"""

import hashlib
import re
from dataclasses import dataclass
from enum import StrEnum

import phonenumbers
from phonenumbers import PhoneNumberFormat, PhoneNumberType, timezone

REGION = "PL"
TIME_ZONE = "Europe/Warsaw"  # of numbers that say none
UNKNOWN_ZONE = "Etc/Unknown"
TRUNK_ZERO = re.compile(r"\(0\)")  # +48 (0) 22 ...
OLD_POLISH_ZERO = re.compile(r"^0(?=[1-9]\d{8}$)")  # 022 123 45 67, as before 2009
LETTERS = re.compile(r"[^\W\d_]")  # libphonenumber would read them as on a keypad
SHOWN_DIGITS = 3  # of a masked number


class PhoneKind(StrEnum):
    MOBILE = "mobile"
    FIXED = "fixed"
    OTHER = "other"


KINDS = {
    PhoneNumberType.MOBILE: PhoneKind.MOBILE,
    PhoneNumberType.FIXED_LINE: PhoneKind.FIXED,
}


class PhoneFault(StrEnum):
    """Why a text is no number that can be called."""

    EMPTY = "empty"
    WORDS = "words"  # letters stand in it
    SEVERAL = "several"  # more than one number
    SHORT = "short"
    LONG = "long"
    UNKNOWN = "unknown"  # the numbering plan has no such number
    PREMIUM = "premium"  # nobody's home, and dear


class PhoneProblem(ValueError):
    """A text that is no number to call.

    Parameters
    ----------
    fault : PhoneFault
    text : str
        As it was written.
    """

    def __init__(self, fault: PhoneFault, text: str) -> None:
        super().__init__(f"expected a phone number such as {EXAMPLE}, got {text!r} ({fault})")
        self.fault, self.text = fault, text


EXAMPLE = "600 123 456"


@dataclass(frozen=True, slots=True)
class Phone:
    """A number that the numbering plan knows.

    Parameters
    ----------
    e164 : str
        Such as ``+48600123456``.
    kind : PhoneKind
    time_zone : str
        IANA name; where the number says no zone, `TIME_ZONE`.
    """

    e164: str
    kind: PhoneKind
    time_zone: str = TIME_ZONE


def read_phone(text: str, *, region: str = REGION) -> Phone:
    """A phone number as people write it.

    Parameters
    ----------
    text : str
        With or without blanks, brackets, hyphens, ``+48``, ``0048`` or an old leading 0.
    region : str
        ISO code of the country whose numbers need no prefix.

    Raises
    ------
    PhoneProblem
        with what was wrong.
    """
    number = _parse(text, region)
    kind = phonenumbers.number_type(number)
    if kind == PhoneNumberType.PREMIUM_RATE:
        raise PhoneProblem(PhoneFault.PREMIUM, text)
    if kind == PhoneNumberType.UNKNOWN:
        raise PhoneProblem(_length_fault(number), text)
    e164 = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    return Phone(e164, KINDS.get(kind, PhoneKind.OTHER), _time_zone(number))


def _parse(text: str, region: str) -> phonenumbers.PhoneNumber:
    bare = TRUNK_ZERO.sub("", text.strip().removeprefix("tel:"))
    if not bare:
        raise PhoneProblem(PhoneFault.EMPTY, text)
    if LETTERS.search(bare):
        raise PhoneProblem(PhoneFault.WORDS, text)
    if re.search(r"[,;/|\n]\s*\+?\d{2}", bare):
        raise PhoneProblem(PhoneFault.SEVERAL, text)
    if region == REGION:
        bare = OLD_POLISH_ZERO.sub("", re.sub(r"[\s().-]", "", bare))
    try:
        return phonenumbers.parse(bare, region)
    except phonenumbers.NumberParseException as error:
        too_long = error.error_type == phonenumbers.NumberParseException.TOO_LONG
        raise PhoneProblem(PhoneFault.LONG if too_long else PhoneFault.UNKNOWN, text) from None


def _length_fault(number: phonenumbers.PhoneNumber) -> PhoneFault:
    faults = {
        phonenumbers.ValidationResult.TOO_SHORT: PhoneFault.SHORT,
        phonenumbers.ValidationResult.TOO_LONG: PhoneFault.LONG,
    }
    return faults.get(phonenumbers.is_possible_number_with_reason(number), PhoneFault.UNKNOWN)


def _time_zone(number: phonenumbers.PhoneNumber) -> str:
    if number.country_code == 48:  # one zone: nothing to look up
        return TIME_ZONE
    zone, *_ = timezone.time_zones_for_number(number)
    return TIME_ZONE if zone == UNKNOWN_ZONE else str(zone)


def stored_phone(e164: str) -> Phone:
    """Kind and time zone of a number that was read before, whatever the numbering plan has become since."""
    number = phonenumbers.parse(e164)
    kind = KINDS.get(phonenumbers.number_type(number), PhoneKind.OTHER)
    return Phone(e164, kind, _time_zone(number))


def mask(e164: str) -> str:
    """What is shown once a call is over: ``+48 *** *** 456``."""
    return f"{_country(e164)} *** *** {e164[-SHOWN_DIGITS:]}"


def spaced(e164: str) -> str:
    """As people read it aloud: ``+48 600 123 456``."""
    number = phonenumbers.parse(e164)
    if not phonenumbers.is_valid_number(number):  # invented ones
        country = _country(e164)
        return f"{country} {' '.join(re.findall('.{1,3}', e164.removeprefix(country)))}"
    return str(phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL))


def number_digest(e164: str) -> str:
    """SHA-256 of a number, by which a list recognises it without holding it."""
    return hashlib.sha256(e164.encode()).hexdigest()


def _country(e164: str) -> str:
    return f"+{phonenumbers.parse(e164).country_code}"
