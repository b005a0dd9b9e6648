"""What `serve` refuses before it promises an address, and which jobs a running worker may take up."""

import socket

import pytest
from click.testing import CliRunner

from cityvoice.cli import main
from cityvoice.core.config import ConfigurationError
from cityvoice.core.queue import Job, JobState, Queue, _me, add_job
from cityvoice.serving import require_free_port
from tests.databases import on_sqlite


def test_a_taken_port_is_refused():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(ConfigurationError, match=f"PORT: cannot listen on 127.0.0.1:{port}"):
            require_free_port(port)
    require_free_port(port)


def test_without_a_schema_there_is_nothing_to_serve(tmp_path, monkeypatch):
    monkeypatch.setenv("CITYVOICE_INSTANCE", str(tmp_path / "new"))
    monkeypatch.delenv("CITYVOICE_DATABASE_URL", raising=False)
    result = CliRunner().invoke(main, ["serve", "--port", "1"])
    assert result.exit_code == 2
    assert "Run 'cityvoice db upgrade' first" in result.output
    assert "answers at" not in result.output


@on_sqlite
def test_a_running_worker_leaves_its_own_job_alone(config, database):
    """At its start a job under its own number is a dead worker's; later it is its own."""
    with database.writing() as session:
        job = add_job(session, "test", {})
        job.state, job.owner, job.n_attempts = JobState.RUNNING, _me(), 1
        job.lease_until_at = job.created_at.replace(year=job.created_at.year + 1)
        job_id = job.id
    queue = Queue(config, {})
    assert queue.recover(at_start=False) == []
    with database.reading() as session:
        assert session.get_one(Job, job_id).state == JobState.RUNNING
    assert queue.recover() == [job_id]
