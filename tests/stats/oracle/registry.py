"""Which function runs which kind of case."""

import importlib
import pkgutil
from collections.abc import Callable
from typing import Any

from tests.stats.oracle.context import Case

Handler = Callable[[Case], dict[str, Any]]

HANDLERS: dict[str, Handler] = {}


def handles(*names: str) -> Callable[[Handler], Handler]:
    """Register a handler for some values of ``op.fn``; it returns the keys of ``expect`` it can compute."""

    def register(handler: Handler) -> Handler:
        for name in names:
            HANDLERS[name] = handler
        return handler

    return register


def load_handlers() -> None:
    """Import every module of the package `handlers`."""
    package = importlib.import_module("tests.stats.oracle.handlers")
    for module in pkgutil.iter_modules(package.__path__):
        importlib.import_module(f"{package.__name__}.{module.name}")
