"""What was typed about a calling plan: to a `Plan` and back, with errors by field."""

from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from datetime import date, datetime, time
from typing import Any

from flask_babel import gettext as _

from cityvoice.cati.plans import SCRIPTS, Plan
from cityvoice.core import clock
from cityvoice.fieldwork.hours import DAYS, HOLIDAY, CallingHours, Hours, HoursError
from cityvoice.fieldwork.outcomes import OUTCOMES, Outcome
from cityvoice.questionnaire.message import Message
from cityvoice.web.sentences import said

WHOLE = ("max_calls", "max_refusals", "max_machine_messages", "lease_seconds", "appointment_minutes",
         "early_minutes")  # fmt: skip
EVERY_DAY = (*DAYS, HOLIDAY)
RESTING = tuple(  # outcomes after which a case is called again
    outcome for outcome, meaning in OUTCOMES.items() if meaning.is_interim and meaning.delay
)
MINUTE = 60


def typed_of(plan: Plan) -> dict[str, str]:
    """A plan as the form shows it."""
    typed = {name: str(getattr(plan, name)) for name in WHOLE}
    typed["max_calls_by_slot"] = "" if plan.max_calls_by_slot is None else str(plan.max_calls_by_slot)
    typed |= {"selection": plan.selection, "edition": plan.edition}
    typed["by_effective_size"] = "y" if plan.by_effective_size else ""
    typed["partial_from"] = _percent(plan.partial_from)
    typed["eligibility"] = "" if plan.eligibility is None else _percent(plan.eligibility)
    for day, (opens, closes) in plan.hours.by_day.items():
        typed |= {f"from:{day}": f"{opens:%H:%M}", f"to:{day}": f"{closes:%H:%M}"}
    typed["closed"] = "\n".join(sorted(day.isoformat() for day in plan.hours.closed_days))
    typed |= {f"delay:{outcome}": str(minutes) for outcome, minutes in plan.delays.items()}
    for language, texts in plan.scripts.items():
        typed |= {f"script:{language}:{name}": text for name, text in texts.items()}
    return typed


def read_plan(typed: Mapping[str, str], *, languages: tuple[str, ...]) -> tuple[Plan, dict[str, str]]:
    """The plan that was typed, and what cannot be read, by field; bounds are the service's to judge."""
    reader = _Reader(typed)
    values: dict[str, Any] = {name: reader.whole(name) for name in WHOLE}
    values["max_calls_by_slot"] = reader.whole("max_calls_by_slot", may_be_empty=True)
    values |= {"selection": reader.text("selection"), "edition": reader.text("edition")}
    values["by_effective_size"] = bool(reader.text("by_effective_size"))
    values["partial_from"] = reader.share("partial_from")
    values["eligibility"] = reader.share("eligibility", may_be_empty=True)
    values["hours"] = reader.hours()
    values["delays"] = reader.delays()
    values["scripts"] = reader.scripts(languages)
    known = {each.name for each in fields(Plan)}
    read = {name: value for name, value in values.items() if name in known and name not in reader.errors}
    usable = {name: value for name, value in read.items() if value is not None or name in _MAY_BE_EMPTY}
    return replace(Plan(), **usable), reader.errors


_MAY_BE_EMPTY = ("max_calls_by_slot", "eligibility")


def read_moment(day: str, hour: str) -> datetime | None:
    """A day and a time on the city's clock; None where that is none."""
    try:
        at = datetime.combine(date.fromisoformat(day.strip()), time.fromisoformat(hour.strip()))
    except ValueError:
        return None
    return at.replace(tzinfo=clock.CITY_TIME) if at.tzinfo is None else None


def _clock_time(written: str) -> time:
    return time.fromisoformat(written).replace(tzinfo=None)


class _Reader:
    def __init__(self, typed: Mapping[str, str]) -> None:
        self.typed, self.errors = typed, dict[str, str]()

    def text(self, name: str) -> str:
        return self.typed.get(name, "").strip()

    def whole(self, name: str, *, may_be_empty: bool = False) -> int | None:
        number: int | None = self._number(name, int, _("Enter a whole number."), may_be_empty)
        return number

    def share(self, name: str, *, may_be_empty: bool = False) -> float | None:
        percent = self._number(name, _decimal, _("Enter a number from 0 to 100."), may_be_empty)
        return None if percent is None else percent / 100

    def hours(self) -> CallingHours | None:
        by_day: dict[str, Hours] = {}
        for day in EVERY_DAY:
            opens, closes = self.text(f"from:{day}"), self.text(f"to:{day}")
            if opens or closes:
                try:
                    by_day[day] = (_clock_time(opens), _clock_time(closes))
                except ValueError:
                    self.errors[f"from:{day}"] = _("Enter two times such as 09:00 and 20:00, or none.")
        closed = self._closed()
        if self.errors:
            return None
        try:
            return CallingHours(by_day, closed)
        except HoursError as error:
            self.errors[f"from:{error.day}"] = _("Calls must begin before they end.")
            return None

    def _closed(self) -> frozenset[date]:
        found = set()
        for line in self.typed.get("closed", "").replace(",", "\n").split():
            try:
                found.add(date.fromisoformat(line))
            except ValueError:
                self.errors["closed"] = said(
                    Message("Enter days such as 2026-05-24, got %(found)r", found=line[:20])
                )
        return frozenset(found)

    def delays(self) -> dict[Outcome, int]:
        found = {}
        for outcome in RESTING:
            minutes = self.whole(f"delay:{outcome}", may_be_empty=True)
            if minutes is not None:
                found[outcome] = minutes
        return found

    def scripts(self, languages: tuple[str, ...]) -> dict[str, dict[str, str]]:
        found: dict[str, dict[str, str]] = {}
        for language in languages:
            texts = {name: self.text(f"script:{language}:{name}") for name in SCRIPTS}
            if kept := {name: text.replace("\r\n", "\n") for name, text in texts.items() if text}:
                found[language] = kept
        return found

    def _number(self, name: str, read: Callable[[str], Any], error: str, may_be_empty: bool) -> Any:
        text = self.text(name)
        if not text and may_be_empty:
            return None
        try:
            return read(text)
        except ValueError:
            self.errors[name] = error
            return None


def _decimal(text: str) -> float:
    value = float(text.replace(",", "."))
    if not 0 <= value <= 100:
        raise ValueError(text)
    return value


def _percent(share: float) -> str:
    return f"{share * 100:g}"
