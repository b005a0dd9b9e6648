"""An interviewer's numbers of the day."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any

from flask_login import current_user

from cityvoice.cati import queries
from cityvoice.cati.models import Shift
from cityvoice.cati.types import MadeCall
from cityvoice.cati.words.calls import outcomes
from cityvoice.core import clock
from cityvoice.fieldwork.outcomes import Outcome
from cityvoice.surveys.models import Survey
from cityvoice.web.extensions import db

SHORTEST = 600  # seconds of work below which a number of interviews per hour says nothing
MOST_SHOWN = 12


def today(survey: Survey, shifts: Sequence[Shift]) -> dict[str, Any]:
    """An interviewer's numbers since midnight, and until when their shift is.

    Parameters
    ----------
    shifts
        Theirs, soonest first; those that are over do not count.
    """
    session, now = db.session(), clock.now()
    local = now.astimezone(clock.CITY_TIME)
    midnight = datetime.combine(local.date(), time(0), clock.CITY_TIME)
    calls = queries.list_calls_since(session, survey, current_user.id, midnight)
    planned = next((shift for shift in shifts if shift.ends_at > now), None)
    return {
        "n_calls": len(calls),
        "n_complete": sum(call.outcome == Outcome.COMPLETE for call in calls),
        "per_hour": _per_hour(calls, now),
        "shift": planned,
        "is_on_shift": planned is not None and planned.starts_at <= now,
        "shift_ends": planned and planned.ends_at.astimezone(clock.CITY_TIME),
        "recent": [(call, call.at.astimezone(clock.CITY_TIME)) for call in calls[:MOST_SHOWN]],
        "outcomes": outcomes,
    }


def _per_hour(calls: Sequence[MadeCall], now: datetime) -> float | None:
    """Complete interviews by hour since the first call of the day was begun."""
    if not calls:
        return None
    began = min(call.at - timedelta(seconds=call.seconds or 0) for call in calls)
    seconds = (now - began).total_seconds()
    n_complete = sum(call.outcome == Outcome.COMPLETE for call in calls)
    return n_complete * 3600 / seconds if seconds >= SHORTEST else None
