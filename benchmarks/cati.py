"""Interviewers claim, interview and dispose at once: is a case held twice, an attempt lost, a cap exceeded?

The web server runs as `cityvoice serve` starts it, over 100,000 cases: PostgreSQL with 200 interviewers,
SQLite with 20. A call takes 8 to 25 seconds, so that they ask more often than real ones.
With `--kill` a worker of the server is killed half-way. Afterwards the ledger must hold every call that the
server confirmed, once each; whoever finds otherwise ends with an error.
"""

import argparse
import os
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import func, select

from benchmarks.cati_interviewers import Claimed, Interviewer
from benchmarks.cawi_clients import cpu_seconds
from cityvoice.cati.models import LedgerEntry, PhoneCase
from cityvoice.core.db import Database
from cityvoice.fieldwork.outcomes import Outcome
from cityvoice.surveys.models import Response
from cityvoice.surveys.queries import get_survey, list_quota_cells
from tests.databases import postgres_server
from tests.factories import DOCUMENT
from tests.phoning import make_cases, make_interviewer, make_phone_survey
from tests.serving import Server, free_port, run

N_CASES, N_EAGER, MAX_CALLS = 100_000, 400, 3
INTERVIEWERS = {"sqlite": 20, "postgresql": 200}
QUOTA = {"name": "men", "label": "Men", "when": "sex == 'M'", "limit": 50_000}
HEADER = (
    "database", "interviewers", "calls", "interviews", "next case p50 ms", "p95", "p99",
    "on screen p50", "p99", "errors", "server CPU ms a call",
)  # fmt: skip


@dataclass
class Shift:
    """What a bench's interviewers saw."""

    people: list[Interviewer] = field(default_factory=list)

    @property
    def claims(self) -> list[Claimed]:
        return sorted((claim for person in self.people for claim in person.claims), key=lambda c: c.since)

    @property
    def waits(self) -> list[float]:
        return sorted(wait for person in self.people for wait in person.waits)

    @property
    def pages(self) -> list[float]:
        return sorted(page for person in self.people for page in person.pages)

    @property
    def errors(self) -> list[str]:
        return [error for person in self.people for error in person.errors]


@contextmanager
def database_url(name: str, folder: Path) -> Iterator[str]:
    if name == "sqlite":
        yield f"sqlite:///{folder / 'cityvoice.sqlite3'}"
        return
    with postgres_server(folder) as server:
        server.be_durable()
        yield server.make_blank()


def fill(url: str, n_interviewers: int, n_cases: int) -> list[str]:
    """Cases, of which some are wanted most and called again at once; the interviewers' e-mails."""
    database = Database(url)
    with database.writing() as session:
        delays = {"no_answer": 0, "busy": 0}
        survey = make_phone_survey(
            session, document=DOCUMENT | {"quotas": [QUOTA]}, max_calls=MAX_CALLS, delays=delays
        )
        (cell,) = list_quota_cells(session, survey)
        make_cases(session, survey, min(N_EAGER, n_cases), sure=(cell.id,), key="men")
        make_cases(session, survey, max(n_cases - N_EAGER, 0))
        people = [
            make_interviewer(session, survey, f"i{n}", skills=("refusal",)) for n in range(n_interviewers)
        ]
        emails = [person.email for person in people]
    database.engine.dispose()
    return emails


def work(server: Server, emails: Sequence[str], seconds: float, *, kill: bool) -> Shift:
    """Everybody logs in first; then the clock runs."""
    shift = Shift([Interviewer(server.port, email, number) for number, email in enumerate(emails)])
    for person in shift.people:
        person.log_in()
    until = time.monotonic() + seconds
    threads = [threading.Thread(target=person.work, args=(until,)) for person in shift.people]
    for thread in threads:
        thread.start()
    if kill:
        time.sleep(seconds / 2)
        os.kill(_workers(server.pid)[0], signal.SIGKILL)
    for thread in threads:
        thread.join()
    return shift


def faults(url: str, shift: Shift, *, was_killed: bool) -> list[str]:
    """What must not be: said in words, with numbers."""
    database, found = Database(url), []
    with database.reading() as session:
        survey = get_survey(session, "life")
        keys = Counter(session.scalars(select(LedgerEntry.key).where(LedgerEntry.survey_id == survey.id)))
        calls = dict(
            session.execute(
                select(LedgerEntry.case_id, func.count())
                .where(LedgerEntry.outcome != Outcome.NOT_CALLED)
                .group_by(LedgerEntry.case_id)
            ).all()
        )
        counted = dict(
            session.execute(select(PhoneCase.case_id, PhoneCase.n_calls).where(PhoneCase.n_calls > 0)).all()
        )
        n_complete = session.scalar(select(func.count()).where(Response.status == "complete"))
    database.engine.dispose()
    confirmed = [claim.key for claim in shift.claims if claim.is_confirmed]
    lost = [key for key in confirmed if not keys[key]]
    twice = [key for key, n in keys.items() if n > 1]
    beyond = [case for case, n in calls.items() if n > MAX_CALLS]
    unsure = sum(not claim.is_confirmed for claim in shift.claims)
    n_interviews = sum(claim.is_interview and claim.is_confirmed for claim in shift.claims)
    overlaps = list(_held_twice(shift.claims))
    found += [f"{len(lost)} confirmed calls are not in the ledger"] if lost else []
    found += [f"{len(twice)} calls are in the ledger twice"] if twice else []
    found += [f"{len(beyond)} cases were called more than {MAX_CALLS} times"] if beyond else []
    found += [f"cases {overlaps[:5]} were held by two at once"] if overlaps else []
    found += ["the calls counted differ from the ledger's"] if counted != calls else []
    found += (
        [f"{sum(keys.values()) - len(confirmed)} calls too many"]
        if (sum(keys.values()) - len(confirmed) > unsure)
        else []
    )
    if not 0 <= (n_complete or 0) - n_interviews <= unsure:
        found.append(f"{n_complete} complete responses, {n_interviews} confirmed interviews")
    return found + ([] if was_killed else shift.errors[:5])


def _held_twice(claims: Sequence[Claimed]) -> Iterator[int]:
    """Cases that one interviewer was given while another's call was not over. `claims` by their beginning."""
    last: dict[int, Claimed] = {}
    for claim in claims:
        before = last.get(claim.case_id)
        if before is not None and before.who != claim.who and claim.since < before.until:
            yield claim.case_id
        last[claim.case_id] = claim


def _workers(master: int) -> list[int]:
    return [int(pid) for pid in Path(f"/proc/{master}/task/{master}/children").read_text().split()]


def measure(name: str, n_interviewers: int, seconds: float, *, n_cases: int, kill: bool) -> str:
    """One row of the table; ends the program where something was lost, doubled or exceeded."""
    with TemporaryDirectory() as folder, database_url(name, Path(folder)) as url:
        environment = {key: value for key, value in os.environ.items() if not key.startswith("CITYVOICE_")}
        environment |= {"CITYVOICE_INSTANCE": folder, "CITYVOICE_LOCALE": "en", "CITYVOICE_DATABASE_URL": url}
        run(environment, "db", "upgrade")
        emails = fill(url, n_interviewers, n_cases)
        server = Server(environment, free_port(), "life")
        server.start()
        try:
            cpu = cpu_seconds(server.pid)
            shift = work(server, emails, seconds, kill=kill)
            cpu = cpu_seconds(server.pid) - cpu
        finally:
            server.stop()
        problems = faults(url, shift, was_killed=kill)
    if problems:
        raise SystemExit("\n".join((f"{name}:", *problems)))
    n_calls = len(shift.claims)
    at = [1000 * shift.waits[int(share * (len(shift.waits) - 1))] for share in (0.5, 0.95, 0.99)]
    at += [1000 * shift.pages[int(share * (len(shift.pages) - 1))] for share in (0.5, 0.99)]
    cells = [name, n_interviewers, n_calls, sum(claim.is_interview for claim in shift.claims)]
    cells += [*(f"{each:.0f}" for each in at), len(shift.errors), f"{1000 * cpu / n_calls:.0f}"]
    return "| " + " | ".join(map(str, cells)) + " |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--databases", nargs="+", default=list(INTERVIEWERS), choices=list(INTERVIEWERS))
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--cases", type=int, default=N_CASES)
    parser.add_argument("--interviewers", type=int, help="instead of 20 on SQLite and 200 on PostgreSQL")
    parser.add_argument("--kill", action="store_true", help="kill a worker of the server half-way")
    asked = parser.parse_args()
    print("| " + " | ".join(HEADER) + " |\n| " + " | ".join("---" for _ in HEADER) + " |")
    for name in asked.databases:
        people = asked.interviewers or INTERVIEWERS[name]
        print(measure(name, people, asked.seconds, n_cases=asked.cases, kill=asked.kill))
        sys.stdout.flush()


if __name__ == "__main__":
    main()
