"""A survey's calling plan: the rules of the queue, as they are stored and as they are used."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from cityvoice.fieldwork.hours import CallingHours
from cityvoice.fieldwork.outcomes import OUTCOMES, Outcome
from cityvoice.fieldwork.precedence import Limits
from cityvoice.fieldwork.slots import Slot, slot_of

SCRIPTS = ("introduction", "callback", "machine", "refusal", "notice", "quota_full", "end")


@dataclass(frozen=True)
class Plan:
    """Rules of calling.

    Parameters
    ----------
    max_calls : int
        Calls of one case, at all of its numbers together.
    max_calls_by_slot : int, optional
        Calls of one case in one slot of the week.
    max_refusals : int
        Refusals after which nobody tries to convert.
    max_machine_messages : int
        Messages left on answering machines.
    delays : mapping of Outcome to minutes
        How long a case rests after an outcome, where it differs from the usual (`OUTCOMES`).
    hours : CallingHours
    lease_seconds : int
        A case comes back to the queue so long after its screen was last heard of.
    appointment_minutes : int
        How long an appointment stays live.
    early_minutes : int
        An appointment may be called so long before its time.
    by_effective_size : bool
        Quota cells are compared by effective sample size, not by plain numbers.
    selection : str
        How a household's respondent is chosen, see `questionnaire.kinds.SelectionMethod`; "" where the frame
        lists people.
    partial_from : float
        Share of the questions asked from which a break-off counts as a partial interview (AAPOR 1.2).
    edition : str
        Of AAPOR's Standard Definitions: "9" or "10".
    eligibility : float, optional
        e as given; estimated where there is none.
    scripts : mapping of language to mapping of str to str
        What interviewers say, by occasion (`SCRIPTS`).
    """

    max_calls: int = 8
    max_calls_by_slot: int | None = None
    max_refusals: int = 2
    max_machine_messages: int = 2
    delays: Mapping[Outcome, int] = field(default_factory=lambda: MappingProxyType({}))
    hours: CallingHours = field(default_factory=CallingHours)
    lease_seconds: int = 120
    appointment_minutes: int = 15
    early_minutes: int = 2
    by_effective_size: bool = True
    selection: str = ""
    partial_from: float = 0.5
    edition: str = "10"
    eligibility: float | None = None
    scripts: Mapping[str, Mapping[str, str]] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def limits(self) -> Limits:
        return Limits(calls=self.max_calls, refusals=self.max_refusals)

    @property
    def lease(self) -> timedelta:
        return timedelta(seconds=self.lease_seconds)

    @property
    def early(self) -> timedelta:
        return timedelta(minutes=self.early_minutes)

    def due_at(self, outcome: Outcome, at: datetime, zone: str) -> datetime:
        """When a case may be called again after an outcome: in calling hours, if there are any."""
        minutes = self.delays.get(outcome)
        delay = OUTCOMES[outcome].delay if minutes is None else timedelta(minutes=minutes)
        return self.hours.next_open(at + delay, zone) or at + delay

    def slot(self, at: datetime, zone: str) -> Slot:
        return slot_of(at.astimezone(ZoneInfo(zone)))

    def script(self, name: str, language: str) -> str:
        """What to say; "" where nobody wrote it in that language."""
        return self.scripts.get(language, {}).get(name, "")

    def to_rules(self) -> dict[str, Any]:
        """As a document of plain values, without what is usual; `plan_of_rules` reads it."""
        usual = Plan()
        changed = {
            each.name: getattr(self, each.name)
            for each in fields(self)
            if getattr(self, each.name) != getattr(usual, each.name)
        }
        if "hours" in changed:
            changed["hours"] = self.hours.to_rules()
        if "delays" in changed:
            changed["delays"] = {str(outcome): minutes for outcome, minutes in self.delays.items()}
        if "scripts" in changed:
            changed["scripts"] = {language: dict(texts) for language, texts in self.scripts.items()}
        return changed


def plan_of_rules(rules: Mapping[str, Any]) -> Plan:
    """Read what `Plan.to_rules` wrote.

    Raises
    ------
    HoursError
        Hours that cannot be read.
    """
    known = {each.name for each in fields(Plan)}
    values = {name: value for name, value in rules.items() if name in known}
    if "hours" in values:
        values["hours"] = CallingHours.from_rules(values["hours"])
    if "delays" in values:
        values["delays"] = {Outcome(outcome): int(minutes) for outcome, minutes in values["delays"].items()}
    return replace(Plan(), **values)
