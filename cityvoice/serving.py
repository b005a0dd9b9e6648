"""Processes: the web server and the job worker beside it."""

import logging
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from threading import Event, Thread
from types import FrameType

from huey.consumer import Consumer
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from cityvoice.core.config import ConfigurationError
from cityvoice.core.queue import LEASE
from cityvoice.core.runtime import Runtime

log = logging.getLogger("cityvoice")
GRACE = 30.0  # seconds that a process has to finish what it does
RESTART_PAUSE = 1.0  # seconds between a worker's death and its successor


def serve(runtime: Runtime, *, port: int, web_workers: int, with_jobs: bool) -> int:
    """Run gunicorn, and a job worker that is started again whenever it dies, until told to stop.

    Returns
    -------
    int
        0 when it was told to stop, 1 when the web server ended by itself.
    """
    commands = [web_command(port, web_workers)]
    if with_jobs:
        commands.append([sys.executable, "-m", "cityvoice", "worker"])
    return _supervise(
        commands,
        {
            "OPENBLAS_NUM_THREADS": "1",  # requests run side by side; threads inside one are in their way
            **os.environ,
            "PORT": str(port),
            "CITYVOICE_INSTANCE": str(runtime.config.instance),
        },
    )


def web_command(port: int, workers: int) -> list[str]:
    """What runs the web server; the configuration is in the environment."""
    address = ["--bind", f"127.0.0.1:{port}", "--workers", str(workers)]
    settings = ["--config", "python:cityvoice.web.workers"]
    return [sys.executable, "-m", "gunicorn", *address, *settings, "cityvoice.app:create_app()"]


def _supervise(commands: list[list[str]], environment: dict[str, str]) -> int:
    status = 0
    stopping = False

    def stop(_signal: int, _frame: FrameType | None) -> None:
        nonlocal stopping
        stopping = True

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    running = [subprocess.Popen(command, env=environment) for command in commands]
    while not stopping:
        for place, process in enumerate(running):
            if process.poll() is None:
                continue
            if place == 0:  # without the web server there is nothing to serve
                log.error("the web server ended with %s", process.returncode)
                stopping, status = True, 1
                break
            log.warning("the job worker ended with %s; starting another", process.returncode)
            running[place] = subprocess.Popen(commands[place], env=environment)
        time.sleep(RESTART_PAUSE)
    for process in running:
        process.terminate()
    for process in running:
        try:
            process.wait(GRACE)
        except subprocess.TimeoutExpired:
            process.kill()
    return status


def require_free_port(port: int) -> None:
    """Raise `ConfigurationError` when another program listens on the port already."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise ConfigurationError(f"PORT: cannot listen on 127.0.0.1:{port}: {error.strerror}") from None


def work(runtime: Runtime, *, rounds: Sequence[Callable[[Session], object]] = ()) -> None:
    """Run jobs until told to stop, beginning with those that a killed worker left.

    Parameters
    ----------
    rounds
        What is done now and then beside the jobs, each in a transaction.
    """
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    logging.getLogger("huey.consumer").setLevel(logging.WARNING)
    again = runtime.queue.recover()
    if again:
        log.warning("taking up unfinished jobs: %s", ", ".join(map(str, again)))
    Thread(target=_make_rounds, args=(runtime, rounds), daemon=True).start()
    Consumer(runtime.queue.huey, workers=1, periodic=False, max_delay=1.0, graceful_signal="TERM").run()


def _make_rounds(runtime: Runtime, rounds: Sequence[Callable[[Session], object]]) -> None:
    """Jobs of a worker that died elsewhere, or that were never sent, are found while this one runs."""
    pause = Event()
    while not pause.wait(LEASE.total_seconds()):
        try:
            runtime.queue.recover(at_start=False)
            for each in rounds:
                with runtime.database.writing() as session:
                    each(session)
        except OperationalError as error:
            log.warning("the database cannot be used now: %s", error.orig)
