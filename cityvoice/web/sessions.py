"""The session cookie, cheaply: one serializer for all requests, and each cookie's signature checked once.

Flask makes a new serializer for every request. What a cookie says and when it was signed never change, so a
process remembers them of the cookies seen last; whether one is too old is asked each time.
"""

import time
from copy import deepcopy
from datetime import datetime
from functools import cached_property, lru_cache
from typing import Any

from flask import Flask, Request, Response
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from itsdangerous import BadSignature

MOST_COOKIES = 4096


class Sessions(SecureCookieSessionInterface):
    def __init__(self, app: Flask) -> None:
        self._app = app
        self._read = lru_cache(MOST_COOKIES)(self._verified)

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession:
        cookie = request.cookies.get(self.get_cookie_name(app))
        if not cookie:
            return self.session_class()
        try:
            content, signed_at = self._read(cookie)
        except BadSignature:
            return self.session_class()
        age = time.time() - signed_at.timestamp()
        is_fresh = 0 <= age <= app.permanent_session_lifetime.total_seconds()
        return self.session_class(deepcopy(content) if is_fresh else None)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """A cookie that stays as it is needs none of its settings looked up."""
        if session.modified or session.permanent:
            super().save_session(app, session, response)
        elif session.accessed:
            response.vary.add("Cookie")

    def get_signing_serializer(self, app: Flask) -> Any:
        return self._serializer

    def _verified(self, cookie: str) -> tuple[dict[str, Any], datetime]:
        content, signed_at = self._serializer.loads(cookie, return_timestamp=True)
        return content, signed_at

    @cached_property
    def _serializer(self) -> Any:
        return super().get_signing_serializer(self._app)


def init_sessions(app: Flask) -> None:
    app.session_interface = Sessions(app)
