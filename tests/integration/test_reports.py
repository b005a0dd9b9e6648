"""Reports: asked for on the web, built by a job, the same bytes from the same data wherever they are kept."""

import io
import threading
import time

import pypdf
import pytest
from sqlalchemy import select

from cityvoice.accounts.types import Role
from cityvoice.analysis.services import run_weighting
from cityvoice.core.db import Database
from cityvoice.core.pdf import PdfError
from cityvoice.core.queue import Job, Queue
from cityvoice.jobs import HANDLERS
from cityvoice.reports import services
from cityvoice.reports.models import ReportEdition
from cityvoice.reports.services import pdf_path, request_report
from cityvoice.surveys.queries import get_survey
from cityvoice.territory.services import declare_margin
from tests.databases import config_of, on_sqlite
from tests.factories import add_responses, make_survey, typical_answers


def fill(config, database: Database) -> None:
    """A survey with weights."""
    with database.writing() as session:
        survey = make_survey(session)
        add_responses(session, survey, typical_answers())
        reference = declare_margin(
            session, slug="life", variable="sex", totals={"F": 520, "M": 480}, source="Statistics office"
        )
        survey.population_reference_id = reference.id
        run_weighting(session, survey=survey, storage=config.storage, actor="a test", reference=reference)


@pytest.fixture
def survey(config, database):
    fill(config, database)


@pytest.fixture
def official(survey, login):
    return login(Role.OFFICIAL)


def do_jobs(app) -> int:
    """What the worker would do: every job that was sent."""
    huey = app.extensions["queue"].huey
    n_jobs = 0
    while task := huey.dequeue():
        huey.execute(task)
        n_jobs += 1
    return n_jobs


def test_from_the_button_to_the_pdf(app, official):
    page = official.get("/surveys/life/reports").send("", status=302)
    assert "Waiting for the worker" in page.text
    edition = page.path
    official.get(f"{edition}/report.pdf", status=404)
    assert do_jobs(app) == 1
    assert "The report is ready: " in official.get(f"{edition}/progress").text
    response = official.get(edition).follow("Open the PDF").response
    assert response.mimetype == "application/pdf"
    assert response.headers["Content-Disposition"].startswith("inline; filename=life-")
    pages = pypdf.PdfReader(io.BytesIO(response.data)).pages
    assert "Life in the city" in pages[0].extract_text()
    text = " ".join(page.extract_text() for page in pages)
    assert "How is life here?" in text
    assert f"PDF, {len(pages)} pages" in official.get("/surveys/life/reports").text


@on_sqlite
def test_progress_is_told_step_by_step(official, database):
    page = official.get("/surveys/life/reports").send("", status=302)
    for step, n_done, said in (
        ("tables", 0, "Computing tables"),
        ("pdf", 1, "Drawing figures and setting pages"),
        ("file", 2, "Saving the file"),
    ):
        with database.writing() as session:
            job = session.scalars(select(Job)).one()
            job.step, job.n_done = step, n_done
        shown = official.get(page.path)
        assert said in shown.text
        assert shown.one(".//progress").get("value") == str(n_done)


@on_sqlite
def test_a_report_that_cannot_be_built_says_why_and_can_be_tried_again(app, official, monkeypatch):
    def fail(*_arguments, **_more):
        raise PdfError("the PDF was not finished within 600 seconds")

    with monkeypatch.context() as broken:
        broken.setattr(services, "render_report", fail)
        page = official.get("/surveys/life/reports").submit("", status=302)
        do_jobs(app)
    page = page.follow_redirect()
    assert "The report could not be built: the PDF was not finished within 600 seconds" in page.text
    assert "failed" in official.get("/surveys/life/reports").text
    again = page.send("/reports", status=302)
    assert again.path != page.path
    do_jobs(app)
    assert "The report is ready" in official.get(again.path).text


@on_sqlite
def test_a_report_speaks_the_language_it_was_asked_for_in(official, database):
    official.get("/surveys/life/reports?lang=pl").submit("", status=302)
    with database.reading() as session:
        assert session.scalars(select(ReportEdition.language)).all() == ["pl"]


def test_an_edition_of_another_survey_is_not_found(official, database):
    with database.writing() as session:
        make_survey(session, "other")
    official.get("/surveys/life/reports").submit("", status=302)
    official.get("/surveys/life/reports/1")
    official.get("/surveys/other/reports/1", status=404)
    official.get("/surveys/other/reports/1/report.pdf", status=404)


def test_from_the_command_line(survey, cli, config, tmp_path):
    copy = tmp_path / "copy.pdf"
    built = cli("report", "build", "life", "--language", "en", "--output", copy)
    assert built.exit_code == 0, built.stderr
    path, _, facts = built.stdout.strip().partition(": ")
    assert path == str(copy)
    digest = facts.split()[-1]
    assert copy.read_bytes() == pdf_path(config.storage, digest).read_bytes()
    assert facts == f"{len(pypdf.PdfReader(copy).pages)} pages, sha256 {digest}"


@on_sqlite
def test_a_worker_may_take_the_command_lines_job(survey, cli, database, monkeypatch):
    do, workers = Queue.run, []

    def hand_over(self, job_id):
        workers.append(threading.Thread(target=do, args=(self, job_id)))
        workers[0].start()
        while _state(database) == "queued":
            time.sleep(0.01)

    monkeypatch.setattr(Queue, "run", hand_over)
    built = cli("report", "build", "life", "--language", "en")
    workers[0].join()
    assert built.exit_code == 0, built.stderr
    assert "sha256" in built.stdout


def _state(database) -> str:
    with database.reading() as session:
        return session.scalars(select(Job.state)).one()


@pytest.mark.postgres
def test_the_same_data_give_the_same_bytes_on_both_databases(sqlite, postgres, tmp_path):
    built = set()
    for backend in (sqlite, postgres, sqlite):
        config = config_of(tmp_path / f"instance-{len(built)}", backend.make())
        config.instance.mkdir(exist_ok=True)
        database = Database(config.database_url)
        fill(config, database)
        built.add(_build(config, database))
        database.engine.dispose()
        backend.drop(config.database_url)
    assert len(built) == 1


def _build(config, database: Database) -> bytes:
    """The report's bytes."""
    jobs = Queue(config, HANDLERS)
    with database.writing() as session:
        survey = get_survey(session, "life")
        asked = request_report(session, survey=survey, storage=config.storage, language="pl", actor="a test")
        job_id = asked.job_id
    jobs.run(job_id)
    jobs.huey.storage.close()
    with database.reading() as session:
        (digest,) = session.scalars(select(ReportEdition.pdf_sha256)).all()
    return pdf_path(config.storage, digest).read_bytes()
