"""Jobs: sent after commit, done once, taken up again when their worker was killed."""

import os
import socket
import subprocess
import sys
import threading
import time
from datetime import timedelta

import pytest
from sqlalchemy import event

from cityvoice.core import clock, queue
from cityvoice.core.queue import LEASE, MOST_ATTEMPTS, Job, JobError, Queue, add_job

ELSEWHERE = "another-host:1"


class Diary:
    """A handler that writes down what it was asked to do."""

    def __init__(self) -> None:
        self.done: list[int] = []
        self.error: Exception | None = None

    def __call__(self, run) -> None:
        self.done.append(run.job_id)
        run.progress("half", 1, 2)
        if self.error is not None:
            raise self.error


@pytest.fixture
def diary() -> Diary:
    return Diary()


@pytest.fixture
def jobs(config, database, diary):
    made = Queue(config, {"note": diary})
    event.listen(database.sessions, "after_commit", made.send_waiting)
    yield made
    made.huey.storage.close()


@pytest.fixture
def job_id(jobs, database) -> int:
    with database.writing() as session:
        return add_job(session, "note", {}).id


def job_of(database, job_id: int) -> Job:
    with database.reading() as session:
        return session.get_one(Job, job_id)


def change(database, job_id: int, **values) -> None:
    with database.writing() as session:
        job = session.get_one(Job, job_id)
        for name, value in values.items():
            setattr(job, name, value)


def taken_by(owner: str, lease: timedelta) -> dict:
    return {"state": "running", "owner": owner, "lease_until_at": clock.now() + lease, "n_attempts": 1}


def test_a_job_is_sent_when_its_transaction_has_committed(jobs, database):
    with database.writing() as session:
        add_job(session, "note", {})
        assert jobs.huey.pending_count() == 0
    assert jobs.huey.pending_count() == 1


def test_a_job_whose_transaction_failed_was_never_asked_for(jobs, database):
    def ask_and_fail() -> None:
        with database.writing() as session:
            add_job(session, "note", {})
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        ask_and_fail()
    assert jobs.huey.pending_count() == 0
    assert jobs.recover() == []


def test_a_job_is_done_once(jobs, database, diary, job_id):
    jobs.run(job_id)
    jobs.run(job_id)
    job = job_of(database, job_id)
    assert diary.done == [job_id]
    assert (job.state, job.step, job.n_done, job.owner, job.error) == ("done", "half", 1, None, None)
    assert job.finished_at is not None
    assert jobs.recover() == []


def test_two_workers_do_not_do_the_same_job(jobs, diary, job_id):
    workers = [threading.Thread(target=jobs.run, args=(job_id,)) for _worker in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert diary.done == [job_id]


def test_a_job_that_cannot_succeed_says_why(jobs, database, diary, job_id):
    diary.error = JobError("nobody has answered")
    jobs.run(job_id)
    assert (job_of(database, job_id).state, job_of(database, job_id).error) == (
        "failed",
        "nobody has answered",
    )
    assert jobs.recover() == []


def test_an_unexpected_error_goes_to_the_log_and_ends_the_job(jobs, database, diary, job_id):
    diary.error = KeyError("secret")
    with pytest.raises(KeyError):
        jobs.run(job_id)
    assert job_of(database, job_id).error == "unexpected error: KeyError"


def test_an_unknown_kind_of_job_fails(jobs, database):
    with database.writing() as session:
        job_id = add_job(session, "sing", {}).id
    with pytest.raises(KeyError):
        jobs.run(job_id)
    assert job_of(database, job_id).state == "failed"


def test_a_job_lost_between_commit_and_queue_is_sent_again(jobs, job_id, diary):
    jobs.huey.storage.flush_queue()
    assert jobs.recover() == [job_id]
    assert jobs.huey.pending_count() == 1
    jobs.huey.execute(jobs.huey.dequeue())
    assert diary.done == [job_id]


def test_a_dead_workers_job_is_taken_up_at_once(jobs, database, diary, job_id):
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    change(database, job_id, **taken_by(f"{socket.gethostname()}:{ended.pid}", LEASE))
    assert jobs.recover() == [job_id]
    jobs.run(job_id)
    assert diary.done == [job_id]
    assert job_of(database, job_id).n_attempts == 2


def test_a_job_of_our_own_number_belonged_to_a_dead_process(jobs, database, job_id):
    change(database, job_id, **taken_by(f"{socket.gethostname()}:{os.getpid()}", LEASE))
    assert jobs.recover() == [job_id]


def test_a_living_workers_job_is_left_alone(jobs, database, job_id):
    change(database, job_id, **taken_by(f"{socket.gethostname()}:{os.getppid()}", LEASE))
    assert jobs.recover() == []
    change(database, job_id, **taken_by(ELSEWHERE, LEASE))
    assert jobs.recover() == []
    assert job_of(database, job_id).state == "running"


def test_a_job_of_another_host_is_taken_up_when_its_lease_has_run_out(jobs, database, job_id):
    change(database, job_id, **taken_by(ELSEWHERE, -timedelta(seconds=1)))
    assert jobs.recover() == [job_id]


def test_a_job_that_kills_its_workers_is_given_up(jobs, database, job_id):
    change(database, job_id, **taken_by(ELSEWHERE, -timedelta(seconds=1)))
    change(database, job_id, n_attempts=MOST_ATTEMPTS)
    assert jobs.recover() == []
    job = job_of(database, job_id)
    assert (job.state, job.owner) == ("failed", None)
    assert job.error == "the worker stopped 3 times while doing this"


def test_a_long_step_keeps_its_lease(config, database, monkeypatch):
    monkeypatch.setattr(queue, "HEARTBEAT", 0.05)
    leases = set()

    def linger(run) -> None:
        for _look in range(100):
            leases.add(job_of(database, run.job_id).lease_until_at)
            if len(leases) > 2:
                break
            time.sleep(0.05)

    slow = Queue(config, {"linger": linger})
    with database.writing() as session:
        job_id = add_job(session, "linger", {}).id
    slow.run(job_id)
    slow.huey.storage.close()
    assert len(leases) > 2
    assert job_of(database, job_id).state == "done"
