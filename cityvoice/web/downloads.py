"""Files that a browser saves."""

import re

from flask import Response


def csv_response(text: str, name: str) -> Response:
    safe = re.sub(r"[^A-Za-z0-9._-]", "_", name)
    disposition = f'attachment; filename="{safe}"'
    return Response(text, mimetype="text/csv", headers={"Content-Disposition": disposition})
