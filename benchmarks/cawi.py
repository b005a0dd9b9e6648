"""Residents answer a questionnaire of 4 pages: completes per second, page times, errors, server CPU.

The web server runs as `cityvoice serve` starts it, on SQLite and on PostgreSQL. The stored completes must
equal those that the client counted. "others" is the share of the machine that other programs took; "loop ms"
is a fixed piece of work timed just before each run, larger when the machine itself is slower.
"""

import argparse
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.cawi_clients import Measured, measure
from tests.databases import postgres_server
from tests.serving import Server, run, served_survey

ROOT = Path(__file__).parent.parent
YARDSTICK = ROOT.parent / "shared" / "load" / "quality_of_life.lss"
OWN = ROOT / "benchmarks" / "everyday.yaml"
LEVELS = (1, 8, 32, 64)
WARM_UP = 3.0  # seconds, not counted: every worker draws each question and composes each statement once
HEADER = (
    "database", "residents", "completes", "per s", "page p50 ms", "p95", "p99", "errors", "server CPU ms",
    "database CPU ms", "others", "loop ms",
)  # fmt: skip


@contextmanager
def database(name: str, folder: Path) -> Iterator[tuple[str | None, int | None]]:
    """Address and process number of a database as a city would run it; SQLite has neither."""
    if name == "sqlite":
        yield None, None
        return
    with postgres_server(folder) as server:
        server.be_durable()
        yield server.make_blank(), server.pid


def stored_completes(server: Server) -> int:
    line = next(line for line in run(server.environment, "survey", "list").splitlines() if line)
    return int(line.split("\t")[2])


def loop_ms() -> float:
    """A fixed piece of work, the best of three."""
    times = []
    for _ in range(3):
        began, total = time.process_time(), 0
        for number in range(400_000):
            total += number % 7
        times.append(time.process_time() - began)
    return 1000 * min(times)


def levels(
    server: Server, name: str, database_pid: int | None, seconds: float, wanted: list[int]
) -> Iterator[str]:
    watched = {"server": server.pid} | ({"database": database_pid} if database_pid else {})
    measure(server.address, 8, WARM_UP, {})
    stored = stored_completes(server)
    for residents in wanted:
        loop = loop_ms()
        found = measure(server.address, residents, seconds, watched)
        before, stored = stored, stored_completes(server)
        if stored - before != found.completes:
            raise SystemExit(f"{name}: {found.completes} completes counted, {stored - before} stored")
        yield _row(name, residents, found, loop)


def _row(name: str, residents: int, found: Measured, loop: float) -> str:
    cells = [name, residents, found.completes, f"{found.per_second:.1f}"]
    cells += [f"{each:.0f}" for each in (found.p50_ms, found.p95_ms, found.p99_ms)]
    cells += [
        found.errors,
        *(f"{found.cpu_ms[who]:.1f}" if who in found.cpu_ms else "" for who in ("server", "database")),
    ]
    cells += ["" if found.others is None else f"{found.others:.0%}", f"{loop:.0f}"]
    return _line(cells)


def _line(cells: object) -> str:
    return "| " + " | ".join(map(str, cells)) + " |"  # type: ignore[call-overload]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--databases", nargs="+", default=["sqlite", "postgresql"], choices=["sqlite", "postgresql"]
    )
    parser.add_argument("--levels", nargs="+", type=int, default=list(LEVELS), help="residents at a time")
    parser.add_argument("--seconds", type=float, default=15, help="for each level")
    parser.add_argument("--quick", action="store_true", help="5 seconds for each level")
    options = parser.parse_args()
    document = YARDSTICK if YARDSTICK.exists() else OWN
    print(f"{document.name}, Python {sys.version.split()[0]}, {time.strftime('%Y-%m-%d')}\n")
    print(_line(HEADER), _line(["---"] * len(HEADER)), sep="\n")
    for name in options.databases:
        with ExitStack() as stack:
            folder = Path(stack.enter_context(TemporaryDirectory()))
            url, pid = stack.enter_context(database(name, folder))
            server = stack.enter_context(served_survey(folder / "instance", url, document))
            for row in levels(server, name, pid, 5 if options.quick else options.seconds, options.levels):
                print(row, flush=True)


if __name__ == "__main__":
    main()
