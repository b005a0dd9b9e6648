"""The session cookie, read and signed with one serializer: Flask would make a new one for every request."""

from functools import cached_property
from typing import Any

from flask import Flask
from flask.sessions import SecureCookieSessionInterface


class Sessions(SecureCookieSessionInterface):
    def __init__(self, app: Flask) -> None:
        self._app = app

    def get_signing_serializer(self, app: Flask) -> Any:
        return self._serializer

    @cached_property
    def _serializer(self) -> Any:
        return super().get_signing_serializer(self._app)


def init_sessions(app: Flask) -> None:
    app.session_interface = Sessions(app)
