"""From everything that happened to a case to its one disposition: the published precedence.

From strongest to weakest:

1. a supervisor's latest decision, unless they reopened the case after it;
2. an interview: complete (1.1), then partial (1.2);
3. the latest outcome that closed the case;
4. not eligible by number (4.2 to 4.5): every number of the case is dead, and no call ever met a household;
5. the most telling of all that was learnt, in the order of `EVIDENCE`: refusals and break-offs, other reasons
   of those who are eligible, non-contact, a household in which nobody was chosen, what silent lines say;
6. never tried (3.11).

Reopening a case takes back what closed it: an interview then counts as broken off (2.12), a refusal as one
that may be converted, and what made the case not eligible no longer counts. Once a respondent was chosen,
2.21 is the least that is known. Moments count in whole seconds; inside one second the order of entries does
not matter.

References
----------
AAPOR (2016), Standard Definitions, 9th edition: temporary and final disposition codes; BRFSS Policy Memo
97.3: a case with a chosen respondent does not end as "no answer".
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from cityvoice.fieldwork.outcomes import (
    NEVER_TRIED,
    NON_CONTACT,
    OUTCOMES,
    UNKNOWN_IF_ELIGIBLE,
    Outcome,
    Reached,
)

# What is known of a case that nothing closed, from most to least telling
EVIDENCE = (
    "2.112", "2.12", "2.111",
    "2.31", "2.32", "2.332", "2.331", "2.333", "2.34", "2.35", "2.36",
    NON_CONTACT, "2.222", "2.221",
    UNKNOWN_IF_ELIGIBLE,
    "3.14", "3.15", "3.12", "3.13", "3.16", NEVER_TRIED,
)  # fmt: skip
RANKS = {code: rank for rank, code in enumerate(EVIDENCE)}
BROKEN_OFF = "2.12"
OUT_OF_SERVICE = OUTCOMES[Outcome.OUT_OF_SERVICE].code
INTERVIEWS = ("1.1", "1.2")
UNNAMED = ""  # the number of calls that do not say theirs
OF_A_NUMBER = ("4.2", "4.3", "4.4", "4.5")  # not eligible because of where the number leads


class Kind(StrEnum):
    CALL = "call"
    WEB = "web"
    SUPERVISOR = "supervisor"


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened to a case.

    Parameters
    ----------
    at : datetime
    outcome : Outcome
    code : str
        As recorded; counts where it is of the same class as the outcome's own, and always in a decision.
    kind : Kind
    is_selected : bool
        A respondent had been chosen by then: in a household by its members; of a list of people, by having
        reached the household of the one listed.
    number : str, optional
        Which of the case's numbers was called.
    """

    at: datetime
    outcome: Outcome
    code: str = ""
    kind: Kind = Kind.CALL
    is_selected: bool = False
    number: str | None = None

    @property
    def second(self) -> datetime:
        return self.at.replace(microsecond=0)


@dataclass(frozen=True, slots=True)
class Limits:
    """After how many of them a case is given up; None is never.

    Parameters
    ----------
    calls : int, optional
        Calls at any number; of a case that waits for its appointment, never before that time.
    refusals : int, optional
        Refusals that might have been converted.
    """

    calls: int | None = None
    refusals: int | None = None


NO_LIMITS = Limits()


class Why(StrEnum):
    """Which rule gave the disposition, or that it is not final yet."""

    DECIDED = "decided"
    INTERVIEWED = "interviewed"
    CLOSED_BY_OUTCOME = "closed_by_outcome"
    NUMBERS_DEAD = "numbers_dead"
    GIVEN_UP = "given_up"  # the limits were reached
    FIELDWORK_ENDED = "fieldwork_ended"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Standing:
    """A case's disposition as of now; `code` is what it would be if fieldwork ended."""

    code: str
    is_final: bool
    why: Why


def standing(
    entries: Iterable[Entry],
    *,
    closed: bool = False,
    limits: Limits = NO_LIMITS,
    numbers: Collection[str] = (),
    waits: bool = False,
) -> Standing:
    """Disposition of a case by the precedence above.

    Parameters
    ----------
    entries : iterable of Entry
        The case's whole ledger, in any order.
    closed : bool
        Fieldwork has ended: whatever is known is final.
    limits : Limits
    numbers : collection of str
        Every number of the case, called or not; those in the entries always count.
    waits : bool
        A time was agreed on that is still to come: no limit of calls breaks a promise.
    """
    ledger = sorted(entries, key=lambda entry: entry.second)
    every_number = {*numbers, *(entry.number for entry in ledger if entry.number is not None)}
    reopened = max((entry.second for entry in ledger if entry.outcome is Outcome.REOPENED), default=None)
    decision = _decision(ledger, reopened)
    if decision:
        return Standing(decision, True, Why.DECIDED)
    fresh = [entry for entry in ledger if reopened is None or entry.second > reopened]
    ended = _ended(fresh)
    if ended:
        return ended
    is_known = any(_is_of_household(entry) for entry in ledger)
    dead = None if is_known else _dead_code(ledger, every_number)
    code = dead or _most_telling(ledger)
    return Standing(code, *_finality(fresh, every_number, closed, limits, waits=waits))


def final_code(entries: Iterable[Entry], *, numbers: Collection[str] = ()) -> str:
    """Disposition of a case when fieldwork has ended."""
    return standing(entries, closed=True, numbers=numbers).code


def _decision(ledger: Sequence[Entry], reopened: datetime | None) -> str | None:
    made = [entry for entry in ledger if entry.outcome is Outcome.DECIDED and entry.code]
    if not made or (reopened and made[-1].second < reopened):
        return None
    return min(entry.code for entry in made if entry.second == made[-1].second)


def _ended(fresh: Sequence[Entry]) -> Standing | None:
    """By an interview, or by the latest outcome that closes a case; in one second the lowest code counts."""
    closing = [
        (entry.second, _code(entry))
        for entry in fresh
        if OUTCOMES[entry.outcome].closes and OUTCOMES[entry.outcome].code
    ]
    codes = {code for _, code in closing}
    for interview in INTERVIEWS:
        if interview in codes:
            return Standing(interview, True, Why.INTERVIEWED)
    if not closing:
        return None
    latest = max(second for second, _ in closing)
    return Standing(min(code for second, code in closing if second == latest), True, Why.CLOSED_BY_OUTCOME)


def _code(entry: Entry) -> str:
    own = OUTCOMES[entry.outcome].code
    return entry.code if own and entry.code.startswith(own[:3]) else own


def _is_of_household(entry: Entry) -> bool:
    """A person or a machine showed that the number is a household's."""
    return entry.is_selected or _evidence(entry).startswith(("2.", "3.2"))


def _evidence(entry: Entry) -> str:
    """What an entry tells of a case that it did not close."""
    meaning = OUTCOMES[entry.outcome]
    for code in (_code(entry), meaning.code):
        if code in RANKS:
            return code
    if meaning.code in INTERVIEWS:
        return BROKEN_OFF
    return UNKNOWN_IF_ELIGIBLE if meaning.reached is Reached.HOUSEHOLD else NEVER_TRIED


def _most_telling(ledger: Sequence[Entry]) -> str:
    known = [_evidence(entry) for entry in ledger]
    if any(entry.is_selected or OUTCOMES[entry.outcome].reached is Reached.RESPONDENT for entry in ledger):
        known.append(NON_CONTACT)
    return min(known, key=RANKS.__getitem__, default=NEVER_TRIED)


def _dead_code(entries: Sequence[Entry], numbers: Collection[str], *, for_good: bool = False) -> str | None:
    """Code of the number that died last, if the last word on every number is that it cannot be used.

    A number that is out of service for a time is not dead `for_good`.
    """
    last: dict[str, tuple[datetime, str]] = {}
    for entry in entries:
        if entry.kind is Kind.CALL:
            word, number = (entry.second, _code(entry)), entry.number or UNNAMED
            known = last.get(number, word)
            last[number] = min(word, known) if word[0] == known[0] else word
    dead = [word for word in last.values() if word[1].startswith(OF_A_NUMBER)]
    if not dead or len(dead) < len(last) or set(numbers) - set(last):
        return None
    if for_good and any(code == OUT_OF_SERVICE for _, code in dead):
        return None
    latest = max(second for second, _ in dead)
    return min(code for second, code in dead if second == latest)


def _finality(
    fresh: Sequence[Entry], numbers: Collection[str], closed: bool, limits: Limits, *, waits: bool
) -> tuple[bool, Why]:
    if closed:
        return True, Why.FIELDWORK_ENDED
    if _dead_code(fresh, numbers, for_good=True):
        return True, Why.NUMBERS_DEAD
    if _is_given_up(fresh, limits, waits=waits):
        return True, Why.GIVEN_UP
    return False, Why.OPEN


def _is_given_up(fresh: Sequence[Entry], limits: Limits, *, waits: bool) -> bool:
    calls = [entry for entry in fresh if entry.kind is Kind.CALL and entry.outcome is not Outcome.NOT_CALLED]
    refusals = [entry for entry in calls if _code(entry).startswith("2.11")]
    if limits.refusals is not None and len(refusals) >= limits.refusals:
        return True
    return limits.calls is not None and len(calls) >= limits.calls and not waits
