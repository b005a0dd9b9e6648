"""A real worker, in a process of its own, killed in the middle of a report."""

import os
import signal
import subprocess
import sys
import time

import pytest
from sqlalchemy import event, select

from cityvoice.core.queue import Job, Queue
from cityvoice.demo import study
from cityvoice.jobs import HANDLERS
from cityvoice.reports.models import ReportEdition
from cityvoice.reports.services import request_report
from cityvoice.surveys.queries import get_survey
from tests.databases import DEMO

contents = DEMO
PATIENCE = 120  # seconds for a worker on a busy machine


@pytest.fixture
def worker(config):
    """Starts `cityvoice worker` as a process of its own."""
    started: list[subprocess.Popen] = []
    environment = os.environ | {
        "CITYVOICE_INSTANCE": str(config.instance),
        "CITYVOICE_DATABASE_URL": config.database_url,
    }

    def start() -> subprocess.Popen:
        command = [sys.executable, "-m", "cityvoice", "worker"]
        started.append(subprocess.Popen(command, env=environment, start_new_session=True))
        return started[-1]

    yield start
    for process in started:
        if process.poll() is None:
            process.kill()
            process.wait()


def _job(database, job_id: int) -> Job:
    with database.reading() as session:
        return session.get_one(Job, job_id)


def wait_for(condition) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "the worker took too long"
        time.sleep(0.02)


def test_a_killed_worker_loses_nothing(config, database, worker):
    reports = Queue(config, HANDLERS)
    event.listen(database.sessions, "after_commit", reports.send_waiting)
    with database.writing() as session:
        survey = get_survey(session, study.SLUG)
        edition = request_report(
            session, survey=survey, storage=config.storage, language="en", actor="a test"
        )
        job_id = edition.job_id
    reports.huey.storage.close()
    first = worker()
    wait_for(lambda: _job(database, job_id).step == "pdf")
    os.killpg(first.pid, signal.SIGKILL)  # with the process that sets the pages
    first.wait()
    assert _job(database, job_id).state == "running", "nobody was there to say that it ended"
    assert not list(config.storage.glob("reports/*"))
    second = worker()
    wait_for(lambda: _job(database, job_id).is_over)
    job = _job(database, job_id)
    assert (job.state, job.n_attempts, job.error) == ("done", 2, None)
    (pdf,) = config.storage.glob("reports/*")
    assert pdf.read_bytes().startswith(b"%PDF-")
    with database.reading() as session:
        (edition,) = session.scalars(select(ReportEdition)).all()
        assert pdf.name == f"{edition.pdf_sha256}.pdf"
    second.terminate()
    assert second.wait(timeout=PATIENCE) == 0
