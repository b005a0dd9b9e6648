"""About days and times. What time it is may come with the answers (`NOW`), so that it can be repeated."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from math import floor
from zoneinfo import ZoneInfo

from cityvoice.questionnaire.expressions.functions.signature import Function
from cityvoice.questionnaire.expressions.types import DATED, NUMERIC, TIMED, WORDS, ValueType
from cityvoice.questionnaire.expressions.values import Value, as_moment, as_number, as_text

NOW = "_now"  # the name whose value is the present moment as 2026-11-23T18:05:00; without one, the clock's
WALL_CLOCK = ZoneInfo("Europe/Warsaw")  # that residents look at; a server's own may show another day
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - moments have no zone: they are what the clock on the wall shows

_FORMATS: Mapping[str, Callable[[datetime], str]] = {
    "%Y": lambda moment: f"{moment.year:04}",
    "%y": lambda moment: f"{moment.year % 100:02}",
    "%m": lambda moment: f"{moment.month:02}",
    "%n": lambda moment: str(moment.month),
    "%d": lambda moment: f"{moment.day:02}",
    "%e": lambda moment: str(moment.day),
    "%H": lambda moment: f"{moment.hour:02}",
    "%h": lambda moment: str(moment.hour),
    "%M": lambda moment: f"{moment.minute:02}",
    "%S": lambda moment: f"{moment.second:02}",
    "%%": lambda _: "%",
}


def _now(given: Value) -> str:
    moment = as_moment(given) or datetime.now(WALL_CLOCK).replace(microsecond=0, tzinfo=None)
    return moment.isoformat()


def _today(given: Value) -> str:
    return _now(given)[:10]


def _date(value: Value, month: Value = None, day: Value = None) -> str | None:
    """The day of a moment; of a number, so many days after 1970-01-01; of a year, month and day."""
    number = as_number(value)
    if month is not None or day is not None:
        parts = [as_number(part) for part in (value, month, day)]
        whole = [int(part) for part in parts if part is not None]
        return date(*whole).isoformat() if len(whole) == len(parts) else None
    if number is not None:
        return (_EPOCH + timedelta(days=floor(number))).date().isoformat()
    moment = as_moment(value)
    return moment.date().isoformat() if moment else None


def _time(value: Value) -> str | None:
    moment = as_moment(value)
    return moment.strftime("%H:%M") if moment else None


def _part(compute: Callable[[datetime], float]) -> Function:
    def part(value: Value) -> Value:
        text = as_text(value)
        moment = as_moment(value) or as_moment(f"1970-01-01T{text}" if text else None)
        return compute(moment) if moment else None

    return Function((TIMED,), ValueType.NUMBER, part)


def _months_between(first: Value, last: Value) -> int | None:
    """Whole months: from the 31st to the 30th of the next month is none."""
    start, end = as_moment(first), as_moment(last)
    if start is None or end is None:
        return None
    sign = -1 if end < start else 1
    start, end = min(start, end), max(start, end)
    unfinished = (end.day, end.time()) < (start.day, start.time())
    return sign * ((end.year - start.year) * 12 + end.month - start.month - unfinished)


def _months_since(now: Value, first: Value, last: Value = None) -> int | None:
    return _months_between(first, last if last is not None else _today(now))


def _years_since(now: Value, first: Value, last: Value = None) -> int | None:
    months = _months_since(now, first, last)
    return None if months is None else int(months / 12)


def _add_months(value: Value, months: Value) -> str | None:
    """The same day so many months later; the last day of the month where there is no such day."""
    moment, number = as_moment(value), as_number(months)
    if moment is None or number is None:
        return None
    year, month = divmod(moment.year * 12 + moment.month - 1 + int(number), 12)
    last = (date(year + month // 11, (month + 1) % 12 + 1, 1) - timedelta(days=1)).day
    return _shown(moment.replace(year=year, month=month + 1, day=min(moment.day, last)), value)


def _shown(moment: datetime, like: Value) -> str:
    """A moment as text: a day where `like` is one."""
    return moment.isoformat() if len(str(like)) > len("2026-11-23") else moment.date().isoformat()


def _format_date(value: Value, form: Value) -> str | None:
    moment, text = as_moment(value), as_text(form)
    if moment is None or text is None:
        return None
    return re.sub("%.", lambda mark: _FORMATS[mark[0]](moment) if mark[0] in _FORMATS else mark[0], text)


def shifted(value: Value, days: float) -> str | None:
    """The date or moment so many days later."""
    moment = as_moment(value)
    if moment is None:
        return None
    try:
        later = moment + timedelta(days=days)
    except OverflowError:
        return None
    return _shown(later, value)


def days_between(first: Value, last: Value) -> float | None:
    """How many days lie between two moments, parts of days included."""
    start, end = as_moment(first), as_moment(last)
    return None if start is None or end is None else (end - start) / timedelta(days=1)


FUNCTIONS: Mapping[str, Function] = {
    "today": Function((), ValueType.DATE, _today, certain=True, given=(NOW,)),
    "now": Function((), ValueType.DATE, _now, certain=True, given=(NOW,)),
    "date": Function((WORDS, NUMERIC, NUMERIC), ValueType.DATE, _date, optional=2),
    "time": Function((DATED,), ValueType.TIME, _time),
    "year": _part(lambda moment: moment.year),
    "month": _part(lambda moment: moment.month),
    "day": _part(lambda moment: moment.day),
    "weekday": _part(datetime.isoweekday),
    "hour": _part(lambda moment: moment.hour),
    "minute": _part(lambda moment: moment.minute),
    "seconds": _part(lambda moment: (moment - _EPOCH).total_seconds()),
    "years_since": Function((DATED, DATED), ValueType.NUMBER, _years_since, optional=1, given=(NOW,)),
    "months_since": Function((DATED, DATED), ValueType.NUMBER, _months_since, optional=1, given=(NOW,)),
    "add_months": Function((DATED, NUMERIC), ValueType.DATE, _add_months),
    "format_date": Function((DATED, WORDS), ValueType.TEXT, _format_date),
}
