"""An interviewer's numbers of the day."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any

from flask_login import current_user

from cityvoice.cati import queries
from cityvoice.cati.models import LedgerEntry
from cityvoice.cati.words import outcomes
from cityvoice.core import clock
from cityvoice.fieldwork.outcomes import Outcome
from cityvoice.surveys.models import Survey
from cityvoice.web.extensions import db

SHORTEST = 600  # seconds of work below which a number of interviews per hour says nothing
MOST_SHOWN = 12


def today(survey: Survey) -> dict[str, Any]:
    """An interviewer's numbers since midnight, and until when their shift is."""
    session, now = db.session(), clock.now()
    local = now.astimezone(clock.CITY_TIME)
    midnight = datetime.combine(local.date(), time(0), clock.CITY_TIME)
    entries = queries.list_entries_since(session, survey, current_user.id, midnight)
    planned = queries.find_shift(session, survey, current_user.id, now)
    return {
        "n_calls": len(entries),
        "n_complete": sum(entry.outcome == Outcome.COMPLETE for entry in entries),
        "per_hour": _per_hour(entries, now),
        "shift": planned,
        "is_on_shift": planned is not None and planned.starts_at <= now,
        "shift_ends": planned and planned.ends_at.astimezone(clock.CITY_TIME),
        "recent": [(entry, entry.at.astimezone(clock.CITY_TIME)) for entry in entries[:MOST_SHOWN]],
        "outcomes": outcomes,
    }


def _per_hour(calls: Sequence[LedgerEntry], now: datetime) -> float | None:
    """Complete interviews by hour since the first call of the day was begun."""
    if not calls:
        return None
    began = min(entry.at - timedelta(seconds=entry.seconds or 0) for entry in calls)
    seconds = (now - began).total_seconds()
    n_complete = sum(entry.outcome == Outcome.COMPLETE for entry in calls)
    return n_complete * 3600 / seconds if seconds >= SHORTEST else None
