"""Which language a page speaks: the one in the address, then the remembered one, then the city's."""

from flask import Flask, Response, current_app, request
from flask_babel import get_locale

from cityvoice.core.clock import CITY_TIME
from cityvoice.core.config import LOCALES
from cityvoice.core.i18n import TRANSLATIONS
from cityvoice.web.extensions import babel

COOKIE = "lang"
LANGUAGE_NAMES = {"pl": "Polski", "en": "English", "uk": "Українська"}
ONE_YEAR = 365 * 24 * 3600


def asked_locale() -> str | None:
    asked = request.args.get("lang", "")
    return asked if asked in LOCALES else None


def choose_locale() -> str:
    remembered = request.cookies.get(COOKIE, "")
    return (
        asked_locale()
        or (remembered if remembered in LOCALES else None)
        or current_app.config["CITYVOICE"].default_locale
    )


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
        if (asked := asked_locale()) is not None:
            response.set_cookie(COOKIE, asked, max_age=ONE_YEAR, samesite="Lax", httponly=True)
        return response

    @app.context_processor
    def languages() -> dict[str, object]:
        return {"languages": LANGUAGE_NAMES, "language": current_language()}
