"""Pages and static files travel compressed: a first view on a phone weighs a quarter.

Compressing secrets beside words of a stranger's choice can leak the secrets to whoever counts bytes and makes
a browser ask again and again. Here other sites cannot do that: the cookie that a page of answers needs does
not travel with their requests (SameSite=Lax).
"""

import gzip
import zlib
from functools import lru_cache

from flask import Flask, Response, request

TYPES = frozenset(
    {"text/html", "text/css", "text/javascript", "image/svg+xml", "text/csv", "application/json"}
)
SMALLEST = 600  # bytes; below it compression gains nothing
PAGE_LEVEL = 3  # a page is compressed for each reader
WINDOW, MEMORY = 14, 6  # a page is small: clearing the usual tables would take longer than compressing it
GZIP = 16  # added to the window: with gzip's header
FILE_LEVEL = 9  # a file once


def init_compression(app: Flask) -> None:
    @app.after_request
    def compress(response: Response) -> Response:
        if response.mimetype not in TYPES or response.headers.get("Content-Encoding"):
            return response
        response.headers.add("Vary", "Accept-Encoding")
        if response.status_code in (204, 304) or not _takes_gzip():
            return response
        is_file = request.endpoint == "static"
        if response.is_streamed and not is_file:
            return response
        response.direct_passthrough = False
        content = response.get_data()
        if len(content) < SMALLEST:
            return response
        response.set_data(_file(content) if is_file else _page(content))
        response.headers["Content-Encoding"] = "gzip"
        if is_file:
            response.headers.pop("ETag", None)  # that of the file as it lies on disk
        return response


def _page(content: bytes) -> bytes:
    writer = zlib.compressobj(PAGE_LEVEL, zlib.DEFLATED, GZIP + WINDOW, MEMORY)
    return writer.compress(content) + writer.flush()


def _takes_gzip() -> bool:
    """Browsers do; weights are read only where some are given."""
    wish = request.headers.get("Accept-Encoding", "")
    return bool(request.accept_encodings.quality("gzip")) if ";" in wish or "*" in wish else "gzip" in wish


@lru_cache(maxsize=64)
def _file(content: bytes) -> bytes:
    return gzip.compress(content, FILE_LEVEL, mtime=0)
