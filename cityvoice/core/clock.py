"""The one place that asks what time it is, so that tests and simulations can say."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

CITY_TIME = ZoneInfo("Europe/Warsaw")  # what a resident's and an official's clock shows


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)


def today() -> date:
    """The day it is in the city."""
    return now().astimezone(CITY_TIME).date()
