"""What was typed outlives an expired form or a lost login: a page that holds it, to send it once more."""

from flask import Response, make_response, render_template, request

SECRET = "password"  # noqa: S105 - the field's name: what stands in it is never written into a page


def send_again_page(status: int, *, needs_login: bool) -> Response | None:
    """The form that was just sent, as a page with one button; None where that cannot or must not be.

    Only what one of our own pages sent is offered: a form of another site would else get the token that keeps
    such forms out. Files cannot be sent again, so a form with files is not offered either.
    """
    is_ours = request.origin is not None and request.origin == request.host_url.rstrip("/")
    if not is_ours or SECRET in request.form or any(file.filename for file in request.files.values()):
        return None
    fields = [pair for pair in request.form.items(multi=True) if pair[0] != "csrf_token"]
    return make_response(
        render_template(
            "errors/send_again.html",
            fields=fields,
            action=request.full_path.rstrip("?"),
            needs_login=needs_login,
        ),
        status,
    )
