"""The web application: one of the composition roots, the places that know every feature."""

from pathlib import Path
from typing import Any

from flask import Flask
from flask_login import current_user
from werkzeug.middleware.proxy_fix import ProxyFix

from cityvoice.accounts import routes as accounts
from cityvoice.accounts.guards import EVERYONE, access_table, everyone
from cityvoice.accounts.types import Role
from cityvoice.analysis.routes import bp as analysis
from cityvoice.analysis.routes import results, weighting
from cityvoice.cati.routes import bp as cati
from cityvoice.cati.routes import (
    console,
    console_call,
    console_interview,
    floor,
    floor_cases,
    floor_quality,
    floor_rates,
    sample,
)
from cityvoice.cati.routes import plan as calling_plan
from cityvoice.cati.services.grouping import follow_publication
from cityvoice.cati.services.web import follow_begin, follow_web
from cityvoice.core.config import Config, load_config
from cityvoice.core.db import prepare_engine
from cityvoice.core.queue import Queue
from cityvoice.designer.routes import bp as designer
from cityvoice.designer.routes import elements, foreign, outline, release, texts
from cityvoice.indicators import routes as indicators
from cityvoice.invitations.routes import bp as invitations
from cityvoice.invitations.routes import mailings, people, refusal
from cityvoice.jobs import HANDLERS
from cityvoice.reports import routes as reports
from cityvoice.surveys.events import published, response_begun, response_over
from cityvoice.surveys.routes import bp as surveys
from cityvoice.surveys.routes import control, data, files, links, manage, respond, trial
from cityvoice.surveys.words import survey_statuses
from cityvoice.territory.queries import find_city
from cityvoice.web.assets import init_assets
from cityvoice.web.compression import init_compression
from cityvoice.web.error_pages import init_errors
from cityvoice.web.extensions import csrf, db, login_manager, migrate
from cityvoice.web.filters import init_filters
from cityvoice.web.locale import init_locale
from cityvoice.web.security import init_security
from cityvoice.web.sessions import init_sessions

BLUEPRINTS = (accounts.bp, surveys, designer, invitations, analysis, indicators.bp, reports.bp, cati)
PAGES = (
    control,
    data,
    files,
    links,
    manage,
    respond,
    trial,
    mailings,
    people,
    refusal,
    outline,
    elements,
    foreign,
    texts,
    release,
    weighting,
    results,
    console,
    console_call,
    console_interview,
    calling_plan,
    sample,
    floor,
    floor_cases,
    floor_quality,
    floor_rates,
)  # imported for the views they put on a blueprint
MIGRATIONS = Path(__file__).parent.parent / "migrations"


def create_app(config: Config | None = None) -> Flask:
    config = config or load_config()
    app = Flask("cityvoice")
    app.config.update(
        CITYVOICE=config,
        SECRET_KEY=config.secret_key,
        SQLALCHEMY_DATABASE_URI=config.database_url,
        MAX_CONTENT_LENGTH=config.largest_upload,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=config.is_production,
        WTF_CSRF_TIME_LIMIT=None,  # a resident may take a day over a page; the token lives with the session
    )
    if config.is_production:
        app.wsgi_app = ProxyFix(app.wsgi_app)  # type: ignore[method-assign]
    _init_extensions(app, config)
    for init in (
        init_sessions,
        init_compression,
        init_locale,
        init_security,
        init_errors,
        init_assets,
        init_filters,
    ):
        init(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    everyone(app.view_functions["static"])
    published.connect(follow_publication)
    response_begun.connect(follow_begin)
    response_over.connect(follow_web)
    access = access_table(app)
    app.jinja_env.globals["survey_statuses"] = survey_statuses
    app.jinja_env.globals["may_open"] = lambda endpoint: _may_open(access[endpoint])
    app.context_processor(_city)
    return app


def _init_extensions(app: Flask, config: Config) -> None:
    db.init_app(app)
    csrf.init_app(app)
    login_manager.init_app(app)
    migrate.init_app(app, db, directory=str(MIGRATIONS), render_as_batch=True)
    app.extensions["queue"] = Queue(config, HANDLERS)
    with app.app_context():
        prepare_engine(db.engine)


def _may_open(roles: frozenset[str]) -> bool:
    held: frozenset[Role] = current_user.roles if current_user.is_authenticated else frozenset()
    return roles == EVERYONE or bool(roles & held)


def _city() -> dict[str, Any]:
    city = find_city(db.session())
    return {"city_name": city.name if city else "CityVoice"}
