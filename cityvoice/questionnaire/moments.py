"""Days and times of day, as browsers send them and as people type them; stored as 2026-11-23 and 18:05."""

import re
from datetime import date, time

_ISO_DAY = re.compile(r"(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})", re.ASCII)
_TYPED_DAY = re.compile(r"(?P<day>\d{1,2})[./-](?P<month>\d{1,2})[./-](?P<year>\d{4})", re.ASCII)
_TIME = re.compile(r"(?P<hour>\d{1,2})[:.](?P<minute>\d{2})(?:[:.]\d{2}(?:\.\d+)?)?", re.ASCII)


def read_day(words: str) -> str | None:
    """A day as 2026-11-23, from that or from 23.11.2026, 23/11/2026, 23-11-2026; None when it is none."""
    match = _ISO_DAY.fullmatch(words) or _TYPED_DAY.fullmatch(words)
    if match is None:
        return None
    try:
        return date(int(match["year"]), int(match["month"]), int(match["day"])).isoformat()
    except ValueError:
        return None


def read_time(words: str) -> str | None:
    """A time of day as 18:05, from that or from 18.05 or 18:05:30; None when it is none."""
    match = _TIME.fullmatch(words)
    if match is None:
        return None
    try:
        return time(int(match["hour"]), int(match["minute"])).strftime("%H:%M")
    except ValueError:
        return None


def is_day(words: str | None) -> bool:
    """Whether this is a day as it is stored, and no expression."""
    return words is not None and read_day(words) == words


def is_time(words: str | None) -> bool:
    """Whether this is a time as it is stored, and no expression."""
    return words is not None and read_time(words) == words
