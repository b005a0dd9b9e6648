"""Who answers: the client of ../shared/load where it is there, which knows no platform; else our own."""

import json
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.client import HTTPException
from importlib.util import find_spec
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from threading import Lock, Thread

from tests.walking import Walker

CLIENT = Path(__file__).parent.parent.parent / "shared" / "load" / "respondent.py"
YEAR = "year of birth=1940..2005"  # a rule of the yardstick that its markup does not state
TICKS = 100  # per second, in /proc


@dataclass
class Measured:
    """One run.

    Attributes
    ----------
    cpu_ms
        Processor time per complete, by process family.
    others
        Share of the machine that other programs took, if known.
    """

    completes: int
    per_second: float
    p50_ms: float
    p95_ms: float
    p99_ms: float
    errors: int
    cpu_ms: dict[str, float] = field(default_factory=dict)
    others: float | None = None


def measure(address: str, residents: int, seconds: float, watched: Mapping[str, int]) -> Measured:
    """Let that many residents answer at a time, again and again, until the seconds are over."""
    if CLIENT.exists() and find_spec("aiohttp") and find_spec("cssselect"):
        return _measure_with_client(address, residents, seconds, watched)
    return _measure_ourselves(address, residents, seconds, watched)


def _measure_with_client(
    address: str, residents: int, seconds: float, watched: Mapping[str, int]
) -> Measured:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "result.json"
        command = [sys.executable, str(CLIENT), address, "-c", str(residents), "-d", str(seconds)]
        command += [
            "--done-text",
            "Thank you",
            "--answer",
            YEAR,
            "--seed",
            str(time.time_ns()),
            "--json",
            str(file),
        ]
        command += [part for name, pid in watched.items() for part in ("--watch", f"{name}={pid}")]
        subprocess.run(command, stdout=subprocess.DEVNULL, check=False)
        found = json.loads(file.read_text())
    latency = found["page_latency"]
    return Measured(
        completes=found["completes"],
        per_second=found["completes_per_s"],
        p50_ms=latency["p50_ms"],
        p95_ms=latency["p95_ms"],
        p99_ms=latency["p99_ms"],
        errors=sum(found["errors"].values()),
        cpu_ms=found["cpu_ms_per_complete"] or {},
        others=found["cpu_of_others_share"],
    )


def _measure_ourselves(address: str, residents: int, seconds: float, watched: Mapping[str, int]) -> Measured:
    times: list[float] = []
    walkers: list[Walker] = []
    errors: list[BaseException] = []
    lock, began = Lock(), time.perf_counter()
    before = {name: cpu_seconds(pid) for name, pid in watched.items()}

    def answer(number: int) -> None:
        dice = Random(number)  # noqa: S311 - answers, no secrets
        while time.perf_counter() < began + seconds:
            walker, last = Walker(address, dice), time.perf_counter()
            try:
                for _page in walker.walk():
                    now = time.perf_counter()
                    times.append(now - last)
                    last = now
            except (OSError, HTTPException, AssertionError) as error:
                errors.append(error)
            finally:
                walker.close()
            with lock:
                walkers.append(walker)

    threads = [Thread(target=answer, args=(number,)) for number in range(residents)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    completes = sum(walker.has_finished for walker in walkers)
    spent = {name: cpu_seconds(pid) - before[name] for name, pid in watched.items()}
    ordered = sorted(times) or [0.0]
    p50, p95, p99 = (1000 * ordered[int(share * (len(ordered) - 1))] for share in (0.5, 0.95, 0.99))
    return Measured(
        completes=completes,
        per_second=completes / (time.perf_counter() - began),
        p50_ms=p50,
        p95_ms=p95,
        p99_ms=p99,
        errors=len(errors),
        cpu_ms={name: 1000 * each / max(completes, 1) for name, each in spent.items()},
    )


def cpu_seconds(root: int) -> float:
    """Processor time of a process and all that descend from it, those that ended included."""
    parents, ticks = {}, {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            parents[int(entry.name)] = int(fields[1])
            ticks[int(entry.name)] = sum(map(int, fields[11:15]))
    family = {root}
    while more := {pid for pid, parent in parents.items() if parent in family} - family:
        family |= more
    return sum(ticks.get(pid, 0) for pid in family) / TICKS
