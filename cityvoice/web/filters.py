"""How numbers, days and moments read on a page; and the few names that every template may use."""

import math
from datetime import date, datetime
from typing import cast
from urllib.parse import urlencode

from flask import Flask, current_app, request, url_for
from flask_babel import format_date, format_datetime
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup
from werkzeug.exceptions import HTTPException
from werkzeug.routing import MapAdapter

from cityvoice.figures.numbers import ABSENT, number_format
from cityvoice.web.locale import current_language


def day(value: date | None) -> str:
    return format_date(value, "d MMMM yyyy") if value else "–"


def moment(value: datetime | None) -> str:
    return format_datetime(value, "d.MM.yyyy, HH:mm") if value else "–"


def whole(value: float) -> str:
    """1234567 as 1 234 567 or 1,234,567."""
    return number_format(current_language()).integer(round(value))


def decimal(value: float, places: int = 1) -> str:
    """3.14159 as 3,1 or 3.1; undefined as a dash."""
    return number_format(current_language()).fixed(value, places) if math.isfinite(value) else ABSENT


def percent(share: float, places: int = 1) -> str:
    """0.7339 as 73,4 (the unit stands in the column's head)."""
    return decimal(100 * share, places)


def in_language(code: str) -> str:
    """The present page in another language; the home page where the address takes only a POST."""
    adapter = current_app.create_url_adapter(request)
    try:
        endpoint, arguments = cast(MapAdapter, adapter).match(method="GET")
    except HTTPException:
        return url_for("surveys.home", lang=code)
    query = urlencode({**request.args.to_dict(), "lang": code})
    return f"{url_for(endpoint, **arguments)}?{query}"


def csrf_field() -> Markup:
    return Markup('<input type="hidden" name="csrf_token" value="{}">').format(generate_csrf())


def init_filters(app: Flask) -> None:
    app.jinja_env.filters.update(
        day=day, moment=moment, in_words=in_words, whole=whole, decimal=decimal, percent=percent
    )
    app.jinja_env.globals.update(in_language=in_language, csrf_field=csrf_field)


def in_words(translated: dict[str, str], language: str | None = None) -> str:
    """A text kept by language, in the page's language or the first that it has."""
    return translated.get(language or current_language()) or next(iter(translated.values()), "")
