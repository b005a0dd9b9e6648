"""Processes: the web server and the job worker beside it."""

import logging
import os
import signal
import subprocess
import sys
import time
from types import FrameType

from huey.consumer import Consumer

from cityvoice.core.runtime import Runtime

log = logging.getLogger("cityvoice")
RESTART_PAUSE = 1.0  # seconds between a worker's death and its successor


def serve(runtime: Runtime, *, port: int, web_workers: int, with_jobs: bool) -> None:
    """Run gunicorn, and a job worker that is started again whenever it dies, until told to stop."""
    web = [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "--workers", str(web_workers)]
    web += ["--threads", "4", "--preload", "--log-level", "warning", "cityvoice.app:create_app()"]
    commands = [web]
    if with_jobs:
        commands.append([sys.executable, "-m", "cityvoice", "worker"])
    _supervise(
        commands, {**os.environ, "PORT": str(port), "CITYVOICE_INSTANCE": str(runtime.config.instance)}
    )


def _supervise(commands: list[list[str]], environment: dict[str, str]) -> None:
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
                stopping = True
                break
            log.warning("the job worker ended with %s; starting another", process.returncode)
            running[place] = subprocess.Popen(commands[place], env=environment)
        time.sleep(RESTART_PAUSE)
    for process in running:
        process.terminate()
    for process in running:
        process.wait()


def work(runtime: Runtime) -> None:
    """Run jobs until told to stop, beginning with those that a killed worker left."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    logging.getLogger("huey.consumer").setLevel(logging.WARNING)
    again = runtime.queue.recover()
    if again:
        log.warning("taking up unfinished jobs: %s", ", ".join(map(str, again)))
    Consumer(runtime.queue.huey, workers=1, periodic=False, max_delay=1.0, graceful_signal="TERM").run()
