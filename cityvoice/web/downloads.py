"""Files that a browser saves."""

import mimetypes
import re

from flask import Response


def csv_response(text: str, name: str) -> Response:
    return _saved(Response(text, mimetype="text/csv"), name)


def file_response(content: bytes, name: str) -> Response:
    kind = "text/csv" if name.endswith(".csv") else mimetypes.guess_type(name)[0]
    return _saved(Response(content, mimetype=kind or "application/octet-stream"), name)


def _saved(response: Response, name: str) -> Response:
    safe = re.sub(r"[^A-Za-z0-9._-]", "_", name)
    response.headers["Content-Disposition"] = f'attachment; filename="{safe}"'
    return response
