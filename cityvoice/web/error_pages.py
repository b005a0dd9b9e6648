"""Error pages: what happened and what to do, never a traceback."""

import logging
from urllib.parse import urlsplit

from flask import Flask, Response, make_response, render_template, request
from flask_babel import gettext as _
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from cityvoice.web.extensions import db
from cityvoice.web.resending import send_again_page

log = logging.getLogger(__name__)
TOO_LARGE = 413
PIECE = 64 * 1024  # bytes


def explanation(code: int) -> tuple[str, str]:
    """Title and advice for a status code."""
    known = {
        400: (_("We could not read that request"), _("Go back, check what you entered and try again.")),
        403: (_("You may not open this page"), _("Log in with an account that has the right role.")),
        404: (_("There is no such page"), _("Check the address, or start from the home page.")),
        405: (_("This address does not take that request"), _("Start again from the home page.")),
        413: (_("That is too large"), _("Nothing of it was kept. Send a smaller file or a shorter text.")),
        429: (_("Too many attempts"), _("Wait a few minutes and try again.")),
    }
    something = (_("Something went wrong on our side"), _("Nothing was lost. Try again in a moment."))
    return known.get(code, something)


def error_page(code: int) -> Response:
    title, advice = explanation(code)
    return _page(title, advice, code)


def _page(title: str, advice: str, code: int) -> Response:
    page = render_template("errors/error.html", title=title, advice=advice, code=code, way_back=_way_back())
    return make_response(page, code)


def _way_back() -> str | None:
    """The page of ours that a refused form was sent from."""
    came_from = urlsplit(request.referrer or "")
    if request.method != "POST" or came_from.netloc != request.host:
        return None
    return f"{came_from.path}?{came_from.query}" if came_from.query else came_from.path


def _take_the_rest(most: int) -> None:
    """A browser shows an answer only when it has sent everything: what is too large is thrown away unread."""
    left = min(request.content_length or 0, most)
    while left > 0 and (piece := request.environ["wsgi.input"].read(min(left, PIECE))):
        left -= len(piece)


def _is_for_everyone(app: Flask) -> bool:
    view = app.view_functions.get(request.endpoint or "")
    return "everyone" in getattr(view, "access", ())


def init_errors(app: Flask) -> None:
    @app.errorhandler(CSRFError)
    def expired_form(_error: CSRFError) -> Response:
        needs_login = not current_user.is_authenticated and not _is_for_everyone(app)
        title = _("This page was open for too long")
        advice = _("Go back, reload the page and send it again. Answers already saved are kept.")
        return send_again_page(400, needs_login=needs_login) or _page(title, advice, 400)

    @app.errorhandler(HTTPException)
    def http_error(error: HTTPException) -> Response:
        if error.response is not None:  # a redirect raised on purpose
            return make_response(error.get_response())
        if error.code == TOO_LARGE:
            _take_the_rest(most=app.config["MAX_CONTENT_LENGTH"])
        return error_page(error.code or 500)

    @app.errorhandler(Exception)
    def unexpected(error: Exception) -> Response:
        log.exception("unexpected error", exc_info=error)
        db.session.rollback()
        return error_page(500)
