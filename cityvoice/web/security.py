"""Response headers that keep a page to its own files and out of other sites' frames."""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, Response, abort, request

from cityvoice.web.extensions import csrf

View = TypeVar("View", bound=Callable[..., Any])

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


def init_security(app: Flask) -> None:
    @app.url_value_preprocessor  # earlier than the CSRF check, which reads the form
    def bound_forms(_endpoint: str | None, _values: object) -> None:
        """What people type is small; only files may be as large as the configuration says."""
        if request.mimetype != "multipart/form-data":
            request.max_content_length = request.max_form_memory_size

    @app.before_request
    def refuse_nul_characters() -> None:
        """No keyboard types them, and PostgreSQL cannot store them."""
        if "\0" in request.path:
            abort(404)
        sent = (request.args,) if request.method == "GET" else (request.args, request.form)
        if any("\0" in value for fields in sent for values in fields.listvalues() for value in values):
            abort(400)

    @app.after_request
    def set_headers(response: Response) -> Response:
        headers = response.headers
        said = {name for name, _value in headers}
        headers.extend([each for each in HEADERS.items() if each[0] not in said])
        if response.mimetype == "text/html":
            response.headers.setdefault("Cache-Control", "no-store")
        return response


def holds_secret(view: View) -> View:
    """For views whose request holds a secret that only its sender can know: no form token is needed."""
    csrf.exempt(view)
    return view
