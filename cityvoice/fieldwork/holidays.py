"""Public holidays of Poland.

References
----------
Act of 18 January 1951 on days off work (Dz.U. 2025 item 296): 24 December since 2025, 6 January since 2011.
"""

from datetime import date, timedelta
from functools import cache

from dateutil.easter import easter

FIXED = ((1, 1), (5, 1), (5, 3), (8, 15), (11, 1), (11, 11), (12, 25), (12, 26))
SINCE = {(1, 6): 2011, (12, 24): 2025}  # month and day: first year
AFTER_EASTER = (0, 1, 49, 60)  # Easter Sunday and Monday, Pentecost, Corpus Christi


@cache
def polish_holidays(year: int) -> frozenset[date]:
    fixed = [date(year, month, day) for month, day in FIXED]
    added = [date(year, month, day) for (month, day), first in SINCE.items() if year >= first]
    return frozenset([*fixed, *added, *(easter(year) + timedelta(days) for days in AFTER_EASTER)])


def is_holiday(day: date) -> bool:
    return day in polish_holidays(day.year)
