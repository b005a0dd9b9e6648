"""Why the queue gives what it gives: its groups in the order in which they are asked, and their first cases.

Reads only, and locks nothing: by the time that somebody asks for a case, another one may be first.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cityvoice.cati import queries
from cityvoice.cati.models import CaseGroup, PhoneCase
from cityvoice.cati.plans import Plan
from cityvoice.cati.services.queue import N_IN_SLOT, can_call, order_groups, place_in_queue
from cityvoice.cati.types import OPEN, CaseState
from cityvoice.core import clock
from cityvoice.fieldwork.slots import Slot
from cityvoice.surveys.models import QuotaCell, Survey
from cityvoice.surveys.queries import list_quota_cells

N_FIRST = 3


@dataclass(frozen=True)
class QueuePart:
    """Cases of one group and time zone.

    Parameters
    ----------
    need : float
        Share that is missing of the quota cell that is furthest from its target, of those they can fill.
    sure, possible : list of QuotaCell
        Cells that these cases will fill, and those that they may fill.
    opens_at : datetime, optional
        When calling is allowed next in the zone: now, later, or never.
    first : list of PhoneCase
        Of those that may be called now, in the order in which they are given.
    """

    need: float
    sure: list[QuotaCell]
    possible: list[QuotaCell]
    time_zone: str
    is_open: bool
    opens_at: datetime | None
    slot: Slot
    states: dict[CaseState, int]
    first: list[PhoneCase]


@dataclass(frozen=True)
class Unserved:
    """Open cases for which no interviewer has the skill or speaks the language."""

    skill: str
    language: str | None
    n: int


def explain_queue(
    session: Session, *, survey: Survey, plan: Plan, now: datetime | None = None
) -> tuple[list[QueuePart], int]:
    """The parts of the queue in their order, and how many open cases a full quota keeps out of it."""
    now = now or clock.now()
    cells = {cell.id: cell for cell in list_quota_cells(session, survey)}
    counts = _counts(session, survey)
    parts: list[QueuePart] = []
    used: set[int] = set()
    for needed in order_groups(session, survey, plan):
        used.update(group.id for group in needed.groups)
        alike = [
            _part(session, group, needed.need, cells, counts[group.id], plan, now)
            for group in needed.groups
            if sum(counts[group.id].values())
        ]
        parts += sorted(alike, key=_turn(now))
    shut_out = sum(sum(states.values()) for group, states in counts.items() if group not in used)
    return parts, shut_out


def find_unserved(session: Session, survey: Survey) -> list[Unserved]:
    """Open cases that nobody can call: refusals without somebody to convert them, languages nobody speaks."""
    crew = [interviewer for interviewer, _ in queries.list_crew(session, survey)]
    waiting = (
        select(PhoneCase.skill, PhoneCase.language, func.count())
        .where(PhoneCase.survey_id == survey.id, PhoneCase.state.in_(OPEN))
        .group_by(PhoneCase.skill, PhoneCase.language)
        .order_by(PhoneCase.skill, PhoneCase.language)
    )
    return [
        Unserved(skill, language, n)
        for skill, language, n in session.execute(waiting)
        if crew and not any(can_call(each, skill, language) for each in crew)
    ]


def _turn(now: datetime) -> Callable[[QueuePart], tuple[object, ...]]:
    """Zones of equal need come by their first cases, as in `queue`; those with none to call now come last."""

    def turn(part: QueuePart) -> tuple[object, ...]:
        if not part.is_open or not part.first:
            return (True,)
        return (False, *place_in_queue(part.first[0], part.time_zone, part.slot, now))

    return turn


def _counts(session: Session, survey: Survey) -> dict[int, dict[CaseState, int]]:
    group = (PhoneCase.group_id, PhoneCase.state)
    counted = select(*group, func.count()).where(PhoneCase.survey_id == survey.id, PhoneCase.state.in_(OPEN))
    counts: dict[int, dict[CaseState, int]] = defaultdict(dict)
    for number, state, n in session.execute(counted.group_by(*group)):
        counts[number][CaseState(state)] = n
    return counts


def _part(
    session: Session,
    group: CaseGroup,
    need: float,
    cells: dict[int, QuotaCell],
    states: dict[CaseState, int],
    plan: Plan,
    now: datetime,
) -> QueuePart:
    slot = plan.slot(now, group.time_zone)
    order = (PhoneCase.replicate, N_IN_SLOT[slot], PhoneCase.last_called_at, PhoneCase.order_key)
    first = select(PhoneCase).where(PhoneCase.group_id == group.id, PhoneCase.state == CaseState.READY)
    if plan.max_calls_by_slot is not None:
        first = first.where(N_IN_SLOT[slot] < plan.max_calls_by_slot)
    return QueuePart(
        need=need,
        sure=[cells[number] for number in group.sure if number in cells],
        possible=[cells[number] for number in group.possible if number in cells],
        time_zone=group.time_zone,
        is_open=plan.hours.is_open(now, group.time_zone),
        opens_at=plan.hours.next_open(now, group.time_zone),
        slot=slot,
        states=states,
        first=list(session.scalars(first.order_by(*order).limit(N_FIRST))),
    )
