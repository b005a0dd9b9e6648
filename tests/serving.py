"""The real web server, as `cityvoice serve` starts it, on a database of its own."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

from cityvoice.serving import web_command

START = 60.0  # seconds that a server may take to answer
N_WORKERS = 2
COMMAND = (sys.executable, "-m", "cityvoice")


@dataclass
class Server:
    """A survey that is open to everybody, and the processes that ask it.

    Attributes
    ----------
    environment
        What every command that shares its database must have.
    """

    environment: dict[str, str]
    port: int
    slug: str
    process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/s/{self.slug}"

    @property
    def pid(self) -> int:
        assert self.process is not None
        return self.process.pid

    def start(self) -> None:
        command = web_command(self.port, N_WORKERS)
        self.process = subprocess.Popen(command, env=self.environment, start_new_session=True)
        until = time.monotonic() + START
        while not self._answers():
            if time.monotonic() > until or self.process.poll() is not None:
                raise AssertionError("the server does not start")
            time.sleep(0.05)

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait(START)
            self.process = None

    def kill(self) -> None:
        """As when the power goes: gunicorn and its workers at once, in whatever they are doing."""
        os.killpg(self.pid, signal.SIGKILL)
        self.stop()

    def _answers(self) -> bool:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=START)
        try:
            connection.request("GET", f"/s/{self.slug}")
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()


@contextmanager
def served_survey(instance: Path, url: str | None, document: Path) -> Iterator[Server]:
    """A running server with this questionnaire open to everybody; `url` None: SQLite in the instance."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("CITYVOICE_")}
    port = free_port()
    environment |= {"CITYVOICE_INSTANCE": str(instance), "CITYVOICE_LOCALE": "en", "PORT": str(port)}
    environment |= {"CITYVOICE_DATABASE_URL": url} if url else {}
    run(environment, "db", "upgrade")
    made = run(environment, "survey", "import", str(document), "--open")
    server = Server(environment, port, made.strip().splitlines()[-1].rpartition("/")[2])
    server.start()
    try:
        yield server
    finally:
        server.stop()


def run(environment: dict[str, str], *arguments: str) -> str:
    """What a command of ours says."""
    done = subprocess.run(
        (*COMMAND, *arguments), env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise AssertionError(f"cityvoice {' '.join(arguments)}: {done.stderr}")
    return done.stdout


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
