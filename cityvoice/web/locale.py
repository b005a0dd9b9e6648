"""Which language a page speaks: the one in the address, then the remembered one, then the city's."""

import re

from flask import Flask, Response, current_app, request
from flask_babel import get_locale

from cityvoice.core.clock import CITY_TIME
from cityvoice.core.config import LOCALES
from cityvoice.core.i18n import TRANSLATIONS
from cityvoice.web.extensions import babel

COOKIE = "lang"
TAG = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})?")
LANGUAGE_NAMES = {"pl": "Polski", "en": "English", "uk": "Українська"}
ONE_YEAR = 365 * 24 * 3600


def asked_language() -> str | None:
    """The language in the address; a questionnaire may have more than the interface."""
    asked = request.args.get("lang", "")
    return asked if TAG.fullmatch(asked) else None


def wanted_language() -> str:
    """The language that the reader chose, whether or not the interface speaks it."""
    remembered = request.cookies.get(COOKIE, "")
    kept = remembered if TAG.fullmatch(remembered) else None
    default: str = current_app.config["CITYVOICE"].default_locale
    return asked_language() or kept or default


def has_chosen_language() -> bool:
    """Whether the address or the browser says which language is wanted."""
    return asked_language() is not None or COOKIE in request.cookies


def choose_locale() -> str:
    candidates = (asked_language(), request.cookies.get(COOKIE, ""))
    default: str = current_app.config["CITYVOICE"].default_locale
    return next((each for each in candidates if each in LOCALES), default)


def current_language() -> str:
    return str(get_locale())


def init_locale(app: Flask) -> None:
    babel.init_app(
        app,
        default_timezone=str(CITY_TIME),
        default_locale=app.config["CITYVOICE"].default_locale,
        default_translation_directories=str(TRANSLATIONS),
        locale_selector=choose_locale,
    )

    @app.after_request
    def remember(response: Response) -> Response:
        if (asked := asked_language()) is not None:
            response.set_cookie(COOKIE, asked, max_age=ONE_YEAR, samesite="Lax", httponly=True)
        return response

    @app.context_processor
    def languages() -> dict[str, object]:
        return {"languages": LANGUAGE_NAMES, "language": current_language()}
