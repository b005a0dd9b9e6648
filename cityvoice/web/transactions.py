"""The one place where a web request commits."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from typing import Any, ParamSpec, overload

from flask import Response, make_response, request
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from cityvoice.core.db import begin_write, statement_engine
from cityvoice.web.extensions import db

P = ParamSpec("P")
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True)
class AfterCommit:
    """What a view answers once its changes are committed: drawing a page holds up no other writer."""

    answer: Callable[[], ResponseReturnValue]


@overload
def writes(view: Callable[P, Any]) -> Callable[P, Response]: ...
@overload
def writes(*, even_if_refused: bool) -> Callable[[Callable[P, Any]], Callable[P, Response]]: ...
def writes(view: Any = None, *, even_if_refused: bool = False) -> Any:
    """Commit when the view has answered, unless it refused (status 400 or above) or failed.

    Parameters
    ----------
    even_if_refused : bool
        Also keep what a refusing view recorded (a failed login is counted).
    """

    def decorate(view: Callable[..., Any]) -> Callable[..., Response]:
        @wraps(view)
        def committing(*args: Any, **kwargs: Any) -> Response:
            if request.method not in SAFE_METHODS:
                _take_the_write_lock()
            answer = view(*args, **kwargs)
            if isinstance(answer, AfterCommit):
                return _committed(answer)
            response = make_response(answer)
            if response.status_code < 400 or even_if_refused:
                db.session.commit()
            else:
                db.session.rollback()
            return response

        return committing

    return decorate if view is None else decorate(view)


def _committed(answer: AfterCommit) -> Response:
    session = db.session()
    session.expire_on_commit = False  # what was just written is what the page shows
    session.commit()
    return make_response(answer.answer())


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
