"""When people may be called, on their own clocks."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from cityvoice.fieldwork.holidays import is_holiday

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
HOLIDAY = "holiday"
Hours = tuple[time, time]
USUAL: Mapping[str, Hours] = MappingProxyType(
    {**dict.fromkeys(DAYS[:5], (time(9), time(20))), "sat": (time(10), time(18))}
)
SEARCHED = timedelta(days=370)  # a plan that is closed for longer never opens


class HoursError(ValueError):
    """Calling hours that cannot be: which day, what was expected, what came."""

    def __init__(self, day: str, expected: str, got: object) -> None:
        super().__init__(f"{day}: expected {expected}, got {got!r}")
        self.day, self.expected, self.got = day, expected, got


@dataclass(frozen=True)
class CallingHours:
    """Hours of calling.

    Parameters
    ----------
    by_day : mapping of str to (time, time)
        From and to, by "mon" ... "sun" and "holiday" (public holidays of Poland), the end excluded; a day
        that is absent is closed.
    closed_days : set of date
        Days without calls: an election, a day of mourning.
    """

    by_day: Mapping[str, Hours] = field(default_factory=lambda: USUAL)
    closed_days: frozenset[date] = frozenset()

    def __post_init__(self) -> None:
        for day, (opens, closes) in self.by_day.items():
            if day not in (*DAYS, HOLIDAY):
                raise HoursError(day, f"one of {', '.join((*DAYS, HOLIDAY))}", day)
            if opens >= closes:
                raise HoursError(day, "an end after the start", f"{opens:%H:%M}-{closes:%H:%M}")

    def on(self, day: date) -> Hours | None:
        """Hours of a day, or None if it is closed."""
        if day in self.closed_days:
            return None
        return self.by_day.get(HOLIDAY if is_holiday(day) else DAYS[day.weekday()])

    def is_open(self, at: datetime, zone: str) -> bool:
        """Whether somebody in the time zone may be called at an aware moment."""
        local = at.astimezone(ZoneInfo(zone))
        hours = self.on(local.date())
        return hours is not None and hours[0] <= local.time() < hours[1]

    def next_open(self, at: datetime, zone: str) -> datetime | None:
        """The moment itself if open, else the next opening, in UTC; None if there is none within a year."""
        if self.is_open(at, zone):
            return at.astimezone(UTC)
        day = at.astimezone(ZoneInfo(zone)).date()
        for later in range(SEARCHED.days):
            hours = self.on(day + timedelta(days=later))
            opening = hours and datetime.combine(day + timedelta(days=later), hours[0], ZoneInfo(zone))
            if opening and opening >= at:
                return opening.astimezone(UTC)
        return None

    def to_rules(self) -> dict[str, Any]:
        """As a document of plain values, which `from_rules` reads."""
        days = {day: [f"{a:%H:%M}", f"{b:%H:%M}"] for day, (a, b) in self.by_day.items()}
        return {"days": days, "closed": sorted(day.isoformat() for day in self.closed_days)}

    @classmethod
    def from_rules(cls, rules: Mapping[str, Any]) -> "CallingHours":
        """Read ``{"days": {"mon": ["09:00", "20:00"]}, "closed": ["2026-05-24"]}``.

        Raises
        ------
        HoursError
            A day or a time that cannot be read; names it.
        """
        days = {day: _hours(day, value) for day, value in rules.get("days", {}).items()}
        closed = frozenset(_date(value) for value in rules.get("closed", ()))
        return cls(days, closed) if "days" in rules else cls(closed_days=closed)


def _hours(day: str, value: Any) -> Hours:
    try:
        opens, closes = (time.fromisoformat(one).replace(tzinfo=None) for one in value)
    except (TypeError, ValueError):
        raise HoursError(day, 'two times such as ["09:00", "20:00"]', value) from None
    return opens, closes


def _date(value: Any) -> date:
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise HoursError("closed", "a date such as 2026-05-24", value) from None
