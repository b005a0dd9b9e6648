"""Response headers that keep a page to its own files and out of other sites' frames."""

from flask import Flask, Response, abort, request

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
        if any("\0" in value for _name, values in request.values.lists() for value in values):
            abort(400)

    @app.after_request
    def set_headers(response: Response) -> Response:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if response.mimetype == "text/html":
            response.headers.setdefault("Cache-Control", "no-store")
        return response
