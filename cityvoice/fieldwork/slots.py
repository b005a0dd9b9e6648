"""Calling occasions: times of the week at which different people are at home.

References
----------
BRFSS (OMB 201501-0920-014): attempts are spread over weekdays, weeknights and weekends.
"""

from datetime import datetime
from enum import StrEnum

from cityvoice.fieldwork.holidays import is_holiday

SATURDAY, EVENING = 5, 17  # a day of the week from 0; an hour


class Slot(StrEnum):
    WEEKDAY = "weekday"  # before 17:00
    WEEKNIGHT = "weeknight"  # from 17:00
    WEEKEND = "weekend"  # and public holidays


def slot_of(local: datetime) -> Slot:
    """Slot of a moment on the respondent's clock."""
    if local.weekday() >= SATURDAY or is_holiday(local.date()):
        return Slot.WEEKEND
    return Slot.WEEKNIGHT if local.hour >= EVENING else Slot.WEEKDAY
