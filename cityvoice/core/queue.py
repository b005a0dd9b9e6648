"""Jobs that survive a killed worker.

The queue (Huey) carries only the number of a job; what is to be done, how far it is and who works on it
stands in the `job` table. A job is sent after the transaction that asked for it has committed, and a worker
that starts looks for jobs whose owner died and does them again. Handlers are therefore idempotent.
"""

import logging
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from threading import Event, Thread
from typing import Any

from huey import Huey, PostgresHuey, SqliteHuey
from sqlalchemy import CheckConstraint, String, Text, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Mapped, Session, mapped_column

from cityvoice.core import clock
from cityvoice.core.config import Config
from cityvoice.core.db import Base, Database, Moment, PrimaryKey

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=30)
HEARTBEAT = 5.0  # seconds
MOST_ATTEMPTS = 3


class JobState(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Job(Base):
    __tablename__ = "job"
    __table_args__ = (
        CheckConstraint("state IN ('queued', 'running', 'done', 'failed')", name="state_known"),
        CheckConstraint("n_done >= 0 AND n_total >= 0", name="progress_not_negative"),
        CheckConstraint("(state = 'running') = (owner IS NOT NULL)", name="owner_while_running"),
    )

    id: Mapped[PrimaryKey]
    kind: Mapped[str] = mapped_column(String(60))
    arguments: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(String(10), default=JobState.QUEUED, index=True)
    step: Mapped[str] = mapped_column(
        String(60), default=""
    )  # what it does now, a word that the web translates
    n_done: Mapped[int] = mapped_column(default=0)
    n_total: Mapped[int] = mapped_column(default=0)
    n_attempts: Mapped[int] = mapped_column(default=0)
    owner: Mapped[str | None] = mapped_column(String(120))  # host:process
    lease_until_at: Mapped[Moment | None]
    error: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[Moment] = mapped_column(default=clock.now)
    finished_at: Mapped[Moment | None]

    @property
    def is_over(self) -> bool:
        return self.state in (JobState.DONE, JobState.FAILED)


@dataclass(frozen=True, slots=True)
class JobRun:
    """What a handler gets: its arguments, the database, and a way to say how far it is."""

    job_id: int
    arguments: dict[str, Any]
    database: Database
    config: Config

    def progress(self, step: str, n_done: int, n_total: int) -> None:
        with self.database.writing() as session:
            session.execute(
                update(Job).where(Job.id == self.job_id).values(step=step, n_done=n_done, n_total=n_total)
            )


class JobError(Exception):
    """A job that cannot succeed however often it is tried; the message is for the person who asked."""


Handler = Callable[[JobRun], None]


def make_huey(config: Config) -> Huey:
    """SQLite beside the embedded database, tables inside the production one."""
    if config.database_url.startswith("postgresql"):
        return PostgresHuey("cityvoice", dsn=config.database_url.replace("+psycopg", ""), results=False)
    return SqliteHuey("cityvoice", filename=str(config.jobs_file), results=False)


class Queue:
    """Sends jobs to workers and runs them."""

    def __init__(self, config: Config, handlers: dict[str, Handler]) -> None:
        self.config = config
        self.handlers = handlers
        self.huey = make_huey(config)
        self.send = self.huey.task(name="run_job")(self.run)

    def send_waiting(self, session: Session) -> None:
        """Send the jobs that a session asked for, once it has committed."""
        for job_id in session.info.pop("jobs_to_send", ()):
            self.send(job_id)

    def run(self, job_id: int) -> None:
        """Do one job now, in this process, unless another worker has it."""
        database = Database(self.config.database_url)
        try:
            arguments = _claim(database, job_id)
            if arguments is not None:
                with _heartbeat(database, job_id):
                    self._do(JobRun(job_id, arguments, database, self.config))
        finally:
            database.engine.dispose()

    def _do(self, run: JobRun) -> None:
        try:
            with run.database.reading() as session:
                kind = session.get_one(Job, run.job_id).kind
            self.handlers[kind](run)
        except OperationalError:
            _put_back(run.database, run.job_id)  # the database was away: somebody tries again
            raise
        except JobError as error:
            _finish(run.database, run.job_id, JobState.FAILED, str(error))
        except Exception as error:
            _finish(run.database, run.job_id, JobState.FAILED, f"unexpected error: {type(error).__name__}")
            raise  # the worker's log gets the traceback
        else:
            _finish(run.database, run.job_id, JobState.DONE, None)

    def recover(self, *, at_start: bool = True) -> list[int]:
        """Send again what nobody works on: a killed worker's jobs, those lost between commit and queue."""
        database = Database(self.config.database_url)
        with database.writing() as session:
            lost = [job for job in session.scalars(_unfinished()) if _is_abandoned(job, at_start)]
            for job in lost:
                _give_back(job)
            again = [job.id for job in lost if job.state == JobState.QUEUED]
        database.engine.dispose()
        for job_id in again:
            self.send(job_id)
        return again


def add_job(session: Session, kind: str, arguments: dict[str, Any]) -> Job:
    """Ask for a job; it is sent once `session` commits (see `Queue.send_waiting`)."""
    job = Job(kind=kind, arguments=arguments)
    session.add(job)
    session.flush()
    session.info.setdefault("jobs_to_send", []).append(job.id)
    return job


def _unfinished() -> Any:
    return select(Job).where(Job.state.in_((JobState.QUEUED, JobState.RUNNING))).order_by(Job.id)


def _me() -> str:
    return f"{socket.gethostname()}:{os.getpid()}"


def _is_abandoned(job: Job, at_start: bool) -> bool:
    if job.state == JobState.QUEUED or job.owner is None or job.lease_until_at is None:
        return True
    host, _, process = job.owner.rpartition(":")
    if host == socket.gethostname() and not _is_alive(int(process)):
        return True
    if job.owner == _me() and at_start:  # the number is used again; the old owner is gone
        return True
    return job.lease_until_at < clock.now()


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _give_back(job: Job) -> None:
    job.owner = job.lease_until_at = None
    if job.n_attempts >= MOST_ATTEMPTS:
        job.state, job.finished_at = JobState.FAILED, clock.now()
        job.error = f"the worker stopped {job.n_attempts} times while doing this"
    else:
        job.state = JobState.QUEUED


def _put_back(database: Database, job_id: int) -> None:
    with database.writing() as session:
        _give_back(session.get_one(Job, job_id))


def _claim(database: Database, job_id: int) -> dict[str, Any] | None:
    """Take a queued job; None if it is taken, finished or gone."""
    with database.writing() as session:
        return session.execute(
            update(Job)
            .where(Job.id == job_id, Job.state == JobState.QUEUED)
            .values(
                state=JobState.RUNNING,
                owner=_me(),
                lease_until_at=clock.now() + LEASE,
                n_attempts=Job.n_attempts + 1,
            )
            .returning(Job.arguments)
        ).scalar_one_or_none()


def _finish(database: Database, job_id: int, state: JobState, error: str | None) -> None:
    with database.writing() as session:
        session.execute(
            update(Job)
            .where(Job.id == job_id, Job.owner == _me())
            .values(state=state, error=error, owner=None, lease_until_at=None, finished_at=clock.now())
        )


@contextmanager
def _heartbeat(database: Database, job_id: int) -> Iterator[None]:
    """Renew the lease while the handler works, however long a single step takes."""
    done = Event()

    def beat() -> None:
        while not done.wait(HEARTBEAT):
            try:
                _renew(database, job_id, clock.now() + LEASE)
            except OperationalError:
                log.warning("job %s: the lease could not be renewed this time", job_id)

    thread = Thread(target=beat, daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _renew(database: Database, job_id: int, until: datetime) -> None:
    with database.writing() as session:
        mine = update(Job).where(Job.id == job_id, Job.owner == _me())
        session.execute(mine.values(lease_until_at=until))
