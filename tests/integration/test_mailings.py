"""Invitations and reminders through a real mail server."""

import io
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from datetime import timedelta

import pypdf
import pytest
from sqlalchemy import event, select, update

from cityvoice.accounts.types import Role
from cityvoice.core import clock
from cityvoice.core.queue import Job, Queue
from cityvoice.invitations.compose import default_draft
from cityvoice.invitations.errors import MailNotConfigured, NobodyToWrite, SurveyNotOpen
from cityvoice.invitations.models import Delivery, Mailing
from cityvoice.invitations.services import request_mailing, retry_mailing
from cityvoice.invitations.types import MailingKind
from cityvoice.jobs import HANDLERS
from cityvoice.surveys.models import Participant
from cityvoice.surveys.queries import get_survey
from cityvoice.surveys.services import close_survey
from tests.databases import SECRET, on_sqlite
from tests.factories import make_survey
from tests.invited import invite, people
from tests.postbox import postbox

PATIENCE = 60  # seconds for a worker on a busy machine
ROWS = ("a,Ann,ann@example.org,,", "b,Bob,bob@example.org,,", "c,Zoë,zoe@example.org,,", "d,Dan,,Street 1,")


@pytest.fixture
def box():
    with postbox() as (box, config):
        box.config = config
        yield box


@pytest.fixture
def mailing_config(config, box):
    return replace(config, mail=box.config, base_url="https://voice.city.example")


@pytest.fixture
def jobs(mailing_config, database):
    made = Queue(mailing_config, HANDLERS)
    event.listen(database.sessions, "after_commit", made.send_waiting)
    yield made
    made.huey.storage.close()


@pytest.fixture(autouse=True)
def tokens(database) -> list[str]:
    with database.writing() as session:
        make_survey(session)
    return invite(database, *ROWS)


def request(database, config, kind=MailingKind.INVITATION) -> int:
    with database.writing() as session:
        survey = get_survey(session, "life")
        draft = default_draft(kind, ("en",))
        return request_mailing(session, survey=survey, draft=draft, actor="a test", config=config).job_id


def send(database, jobs, kind=MailingKind.INVITATION) -> Job:
    job_id = request(database, jobs.config, kind)
    jobs.run(job_id)
    return job_of(database, job_id)


def job_of(database, job_id: int) -> Job:
    with database.reading() as session:
        return session.get_one(Job, job_id)


def statuses(database) -> list[str]:
    with database.reading() as session:
        return list(session.scalars(select(Delivery.status).order_by(Delivery.id)))


def days_pass(monkeypatch, n: int = 1) -> None:
    later = clock.now() + timedelta(days=n)
    monkeypatch.setattr(clock, "now", lambda: later)


def test_an_invitation_reaches_everybody_once(database, jobs, box, tokens):
    job = send(database, jobs)
    assert (job.state, job.error, job.n_done) == ("done", None, 3)
    assert box.recipients == ["ann@example.org", "bob@example.org", "zoe@example.org"]
    mail = box.mail[2]
    body = mail.get_content()
    assert "Good morning, Zoë," in body
    assert f"https://voice.city.example/t/{tokens[2]}\n" in body.replace("\r\n", "\n")
    assert str(mail["From"]) == "City <voice@city.example>"
    assert mail["Subject"] == "Invitation to the survey “Life in the city”"
    assert mail["List-Unsubscribe"].strip() == f"<https://voice.city.example/t/{tokens[2]}/stop>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert tokens[2] not in mail["Message-ID"]
    assert len({each["Message-ID"] for each in box.mail}) == 3
    assert [person.invited_on for person in people(database)] == [clock.today()] * 3 + [None]
    assert statuses(database) == ["sent"] * 3
    with pytest.raises(NobodyToWrite):
        request(database, jobs.config)


def test_reminders_go_to_the_silent(database, jobs, box, tokens, monkeypatch):
    send(database, jobs)
    with pytest.raises(NobodyToWrite):
        request(database, jobs.config, MailingKind.REMINDER)  # not on the same day
    days_pass(monkeypatch)
    with database.writing() as session:
        changed = update(Participant).where(Participant.external_id == "a")
        session.execute(changed.values(has_taken_part=True))
        out = update(Participant).where(Participant.external_id == "b")
        session.execute(out.values(opted_out_on=clock.today()))
    box.mail.clear()
    assert send(database, jobs, MailingKind.REMINDER).state == "done"
    assert box.recipients == ["zoe@example.org"]
    assert f"/t/{tokens[2]}" in box.mail[0].get_content(), "the same link as in the invitation"
    zoe = people(database)[2]
    assert (zoe.n_reminders, zoe.reminded_on) == (1, clock.today())


def test_what_the_server_refuses(database, jobs, box, monkeypatch):
    box.refused = {"ann@example.org": "550 5.1.1 no such user", "bob@example.org": "451 4.3.0 try later"}
    assert send(database, jobs).state == "done"
    assert statuses(database) == ["bounced", "failed", "sent"]
    assert people(database)[0].bounced_on == clock.today()
    box.refused = {}
    with database.writing() as session:
        mailing = session.scalars(select(Mailing)).one()
        retry_mailing(session, mailing=mailing)
        again = mailing.job_id
    jobs.run(again)
    assert statuses(database) == ["bounced", "sent", "sent"]
    assert box.recipients == ["zoe@example.org", "bob@example.org"]
    days_pass(monkeypatch)
    box.mail.clear()
    send(database, jobs, MailingKind.REMINDER)
    assert box.recipients == ["bob@example.org", "zoe@example.org"]


def test_who_answers_or_refuses_before_their_turn_is_not_written_to(database, jobs, box):
    job_id = request(database, jobs.config)
    with database.writing() as session:
        session.execute(update(Participant).where(Participant.external_id == "a").values(has_taken_part=True))
    jobs.run(job_id)
    assert box.recipients == ["bob@example.org", "zoe@example.org"]
    assert statuses(database) == ["skipped", "sent", "sent"]


def test_nobody_gets_two_when_the_button_is_pressed_twice(database, jobs, box):
    job_id = request(database, jobs.config)
    with pytest.raises(NobodyToWrite):
        request(database, jobs.config)
    jobs.run(job_id)
    jobs.run(job_id)
    assert len(box.mail) == 3


def test_a_server_that_is_away(database, jobs, box):
    jobs.config = replace(jobs.config, mail=replace(jobs.config.mail, port=1))
    job = send(database, jobs)
    assert job.state == "failed"
    assert "mail server 127.0.0.1:1 cannot be used" in job.error
    assert statuses(database) == ["queued"] * 3
    assert [person.invited_on for person in people(database)] == [None] * 4


@on_sqlite
def test_a_key_that_changed_writes_no_wrong_links(database, jobs, box):
    jobs.config = replace(jobs.config, secret_key="another" * 8)
    job = send(database, jobs)
    assert (job.state, box.mail) == ("failed", [])
    assert "secret key has changed" in job.error
    assert statuses(database) == ["queued"] * 3


@on_sqlite
def test_what_must_be_there_before(database, config, mailing_config):
    with pytest.raises(MailNotConfigured, match="CITYVOICE_MAIL_HOST"):
        request(database, config)
    with pytest.raises(MailNotConfigured, match="CITYVOICE_BASE_URL"):
        request(database, replace(mailing_config, base_url="", is_production=True))
    with database.writing() as session:
        close_survey(session, survey=get_survey(session, "life"))
    with pytest.raises(SurveyNotOpen):
        request(database, mailing_config)


def test_a_worker_killed_between_sending_and_writing_it_down_mails_nobody_twice(
    database, mailing_config, jobs, box
):
    invite(database, *(f"p{number},P,p{number}@example.org,," for number in range(6)))
    job_id = request(database, mailing_config)
    box.pause = 0.4
    mail = box.config
    environment = os.environ | {
        "CITYVOICE_INSTANCE": str(mailing_config.instance),
        "CITYVOICE_DATABASE_URL": mailing_config.database_url,
        "CITYVOICE_SECRET_KEY": SECRET,
        "CITYVOICE_BASE_URL": mailing_config.base_url,
        "CITYVOICE_MAIL_HOST": mail.host,
        "CITYVOICE_MAIL_PORT": str(mail.port),
        "CITYVOICE_MAIL_SECURITY": mail.security,
        "CITYVOICE_MAIL_SENDER": mail.sender,
    }

    def worker() -> subprocess.Popen:
        command = [sys.executable, "-m", "cityvoice", "worker"]
        return subprocess.Popen(command, env=environment, start_new_session=True)

    def wait_for(condition) -> None:
        deadline = time.monotonic() + PATIENCE
        while not condition():
            assert time.monotonic() < deadline, "the worker took too long"
            time.sleep(0.01)

    first = worker()
    second = None
    try:
        wait_for(lambda: box.taken >= 3)  # the server has the third message and has not said so yet
        os.killpg(first.pid, signal.SIGKILL)
        first.wait()
        assert job_of(database, job_id).state == "running", "nobody was there to say that it ended"
        second = worker()
        wait_for(lambda: job_of(database, job_id).is_over)
    finally:
        for process in filter(None, (first, second)):
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGTERM)
                process.wait(PATIENCE)
    job = job_of(database, job_id)
    assert (job.state, job.error, job.n_attempts) == ("done", None, 2)
    assert len(box.recipients) == len(set(box.recipients)) == 9
    assert sorted(statuses(database)) == ["sending"] + ["sent"] * 8, "of one nobody can know"
    with database.reading() as session:
        (unsure,) = session.scalars(select(Delivery).where(Delivery.status == "sending"))
        assert "may have arrived" in unsure.error


def dsn(message_id: str, status: str = "5.1.1", action: str = "failed") -> bytes:
    return f"""From: MAILER-DAEMON@mx.example.org
To: voice@city.example
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="B"

--B
Content-Type: text/plain

I am sorry to inform you ...

--B
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org

Final-Recipient: rfc822; ann@example.org
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 5.1.1 <ann@example.org>: no such user

--B
Content-Type: text/rfc822-headers

From: City <voice@city.example>
Message-ID: {message_id}

--B--
""".encode()


def test_mail_that_comes_back(database, jobs, cli, tmp_path, monkeypatch):
    send(database, jobs)
    with database.reading() as session:
        ids = list(session.scalars(select(Delivery.message_id).order_by(Delivery.id)))
    box = tmp_path / "mbox"
    parts = [
        dsn(ids[0]),
        dsn(ids[1], "4.2.2", "delayed"),
        dsn("<nobody@else.example>"),
        b"Subject: Hello\n\nHi\n",
    ]
    box.write_bytes(b"".join(b"From MAILER-DAEMON Mon Nov 23 18:00:00 2026\n" + part for part in parts))
    said = cli("mail", "bounces", box)
    assert said.output == "2 failures read, 1 of our mail, 1 for good\n"
    assert statuses(database) == ["bounced", "sent", "sent"]
    assert people(database)[0].bounced_on == clock.today()
    assert cli("mail", "bounces", stdin=dsn(ids[1]).decode()).output.startswith(
        "1 failures read, 1 of our mail"
    )


@on_sqlite
def test_staff_write_look_and_send(app, database, jobs, login, box, mailing_config):
    app.config["CITYVOICE"] = mailing_config
    browser = login(Role.OFFICIAL)
    page = browser.get("/surveys/life/people").follow("Write an invitation")
    assert "People to write to now: 3." in page.text
    wrong = page.submit("/invitation", status=422, **{"body-en": "Please answer: {link} {colour}"})
    assert "{colour} is not one of" in wrong.text
    assert "expected {opt_out_link} in the text" in wrong.text
    body = "Dear {name}, {link}\n\nNo more: {opt_out_link}"
    shown = page.submit("/invitation", press="Look at it", status=200, **{"body-en": body})
    assert "Dear Anna Kowalska," in shown.text
    assert box.mail == []
    sent = shown.send("/invitation", press="Send now")
    assert "waiting 3" in sent.text
    with database.reading() as session:
        job_id = session.scalars(select(Mailing.job_id)).one()
    jobs.run(job_id)
    done = browser.get(sent.path)
    assert "sent 3" in done.text
    assert "Dear Ann, https://voice.city.example/t/" in box.mail[0].get_content()
    assert "a test" not in browser.get("/surveys/life/people").text


@on_sqlite
def test_letters_are_one_pdf_with_a_code_each(app, database, jobs, login, mailing_config):
    app.config["CITYVOICE"] = mailing_config
    browser = login(Role.SUPERVISOR)
    page = browser.get("/surveys/life/mailings/new/letter")
    page = page.submit("/letter", press="Look at it", status=200)
    sent = page.send("/letter", press="Make the letters")
    with database.reading() as session:
        jobs.run(session.scalars(select(Mailing.job_id)).one())
    assert "The letters are ready." in browser.get(sent.path).text
    with browser.client.get(f"{sent.path}/letters.pdf") as file:
        pages = pypdf.PdfReader(io.BytesIO(file.data)).pages
    assert len(pages) == 1, "one of four has a postal address"
    text = pages[0].extract_text()
    assert "Dan" in text
    assert "Street 1" in text
    assert people(database)[3].invited_on == clock.today()
    poster = browser.client.get("/surveys/life/poster.pdf")
    assert "voice.city.example/s/life" in pypdf.PdfReader(io.BytesIO(poster.data)).pages[
        0
    ].extract_text().replace("\n", "")
