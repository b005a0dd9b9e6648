"""Error pages: what happened and what to do, never a traceback."""

import logging

from flask import Flask, Response, make_response, render_template
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from cityvoice.web.extensions import db

log = logging.getLogger(__name__)


def explanation(code: int) -> tuple[str, str]:
    """Title and advice for a status code."""
    known = {
        400: (_("We could not read that request"), _("Go back, check what you entered and try again.")),
        403: (_("You may not open this page"), _("Log in with an account that has the right role.")),
        404: (_("There is no such page"), _("Check the address, or start from the home page.")),
        405: (_("This address does not take that request"), _("Start again from the home page.")),
        413: (_("That is too large"), _("Send a smaller file, or use the command line for large files.")),
        429: (_("Too many attempts"), _("Wait a few minutes and try again.")),
    }
    something = (_("Something went wrong on our side"), _("Nothing was lost. Try again in a moment."))
    return known.get(code, something)


def error_page(code: int) -> Response:
    title, advice = explanation(code)
    return make_response(render_template("errors/error.html", title=title, advice=advice, code=code), code)


def init_errors(app: Flask) -> None:
    @app.errorhandler(CSRFError)
    def expired_form(_error: CSRFError) -> Response:
        title = _("This page was open for too long")
        advice = _("Go back, reload the page and send it again. Answers already saved are kept.")
        return make_response(render_template("errors/error.html", title=title, advice=advice, code=400), 400)

    @app.errorhandler(HTTPException)
    def http_error(error: HTTPException) -> Response:
        if error.response is not None:  # a redirect raised on purpose
            return make_response(error.get_response())
        return error_page(error.code or 500)

    @app.errorhandler(Exception)
    def unexpected(error: Exception) -> Response:
        log.exception("unexpected error", exc_info=error)
        db.session.rollback()
        return error_page(500)
