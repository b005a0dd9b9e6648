"""Who may call a view. Every view says so, and `cityvoice.app` refuses to start when one does not."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from flask import Flask, abort, redirect, request, url_for
from flask_login import current_user

from cityvoice.accounts.types import Role
from cityvoice.web.resending import send_again_page

View = TypeVar("View", bound=Callable[..., Any])
EVERYONE: frozenset[str] = frozenset({"everyone"})
ANALYSIS = (Role.OFFICIAL, Role.ANALYST)
STAFF = tuple(Role)


def everyone(view: View) -> View:
    """Residents without an account too."""
    view.access = EVERYONE  # type: ignore[attr-defined]
    return view


def allows(*roles: Role) -> Callable[[View], View]:
    """Only accounts with one of `roles`; administrators always."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            if not current_user.is_authenticated:
                if request.method == "POST" and (page := send_again_page(401, needs_login=True)):
                    return page
                return redirect(url_for("accounts.login", next=request.full_path))
            if not current_user.roles & guarded.access:  # type: ignore[attr-defined]
                abort(403)
            return view(*args, **kwargs)

        guarded.access = frozenset(roles) | {Role.ADMINISTRATOR}  # type: ignore[attr-defined]
        return guarded  # type: ignore[return-value]

    return decorate


def access_table(app: Flask) -> dict[str, frozenset[str]]:
    """Endpoint -> who may call it.

    Raises
    ------
    LookupError
        when a view does not say who may call it.
    """
    silent = [name for name, view in app.view_functions.items() if not hasattr(view, "access")]
    if silent:
        raise LookupError(f"no access declared (use @everyone or @allows): {', '.join(sorted(silent))}")
    return {name: getattr(view, "access") for name, view in app.view_functions.items()}  # noqa: B009 (mypy)
