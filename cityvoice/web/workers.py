"""Settings of gunicorn, which `cityvoice.serving` starts: it reads this module by its name."""

import gc
from typing import Any

worker_class = "gthread"
threads = 2  # in each worker: while one waits for the database another works; more only wait for each other
preload_app = True  # what all workers need is made once and shared between them
keepalive = 5  # seconds: long enough to fetch what a page consists of over the same connection
loglevel = "warning"
GARBAGE = (50_000, 20, 50)  # of `gc.set_threshold`: a page makes some thousands of objects and no cycles


def when_ready(_server: Any) -> None:
    """Before workers are forked: what is there now is never garbage, and not looked through again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*GARBAGE)
