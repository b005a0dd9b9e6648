"""The one place where a web request commits."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any, TypeVar, overload

from flask import make_response, request
from sqlalchemy import Connection

from cityvoice.core.db import begin_write, statement_engine
from cityvoice.web.extensions import db

View = TypeVar("View", bound=Callable[..., Any])
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


@overload
def writes(view: View) -> View: ...
@overload
def writes(*, even_if_refused: bool) -> Callable[[View], View]: ...
def writes(view: View | None = None, *, even_if_refused: bool = False) -> View | Callable[[View], View]:
    """Commit when the view has answered, unless it refused (status 400 or above) or failed.

    Parameters
    ----------
    even_if_refused : bool
        Also keep what a refusing view recorded (a failed login is counted).
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def committing(*args: Any, **kwargs: Any) -> Any:
            if request.method not in SAFE_METHODS:
                _take_the_write_lock()
            response = make_response(view(*args, **kwargs))
            if response.status_code < 400 or even_if_refused:
                db.session.commit()
            else:
                db.session.rollback()
            return response

        return committing  # type: ignore[return-value]

    return decorate if view is None else decorate(view)


@contextmanager
def reading() -> Iterator[Connection]:
    """For one statement of a page that only reads: a connection without a session's bookkeeping."""
    with statement_engine(db.engine).connect() as connection:
        yield connection


def _take_the_write_lock() -> None:
    """Only once the guard has let the request pass and its body has come: a slow sender holds up nobody."""
    request.form  # noqa: B018 - reads the body
    db.session.rollback()  # ends the reading transaction in which the account was loaded
    begin_write(db.session())
