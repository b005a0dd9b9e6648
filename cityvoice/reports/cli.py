"""Reports from the command line."""

import sys
from pathlib import Path
from threading import Thread

import click

from cityvoice.accounts.services import COMMAND_LINE, record
from cityvoice.accounts.types import Action
from cityvoice.core.queue import Job, JobState
from cityvoice.core.runtime import Runtime
from cityvoice.core.storage import write_whole
from cityvoice.reports import queries, services
from cityvoice.reports.errors import ReportFailed
from cityvoice.surveys.queries import get_survey

GLANCE = 0.2  # seconds between looks at the job


@click.group()
def report() -> None:
    """Audit reports."""


@report.command()
@click.argument("slug")
@click.option("--language", type=click.Choice(services.LANGUAGES), default="pl", show_default=True)
@click.option(
    "--output", type=click.Path(dir_okay=False, path_type=Path), help="Where to put a copy of the PDF."
)
@click.pass_obj
def build(runtime: Runtime, slug: str, language: str, output: Path | None) -> None:
    """Build the audit report of survey SLUG as a PDF, from its latest weighting."""
    if output is not None and not output.absolute().parent.is_dir():
        raise ReportFailed(f"--output: there is no folder {output.absolute().parent}")
    storage = runtime.config.storage
    with runtime.database.writing() as session:
        survey = get_survey(session, slug)
        edition = services.request_report(
            session, survey=survey, storage=storage, language=language, actor=COMMAND_LINE
        )
        details = {"edition": edition.id}
        record(session, actor=COMMAND_LINE, action=Action.REPORT_REQUESTED, object=slug, details=details)
        job_id = edition.job_id
    _watch(runtime, job_id)
    with runtime.database.reading() as session:
        finished = queries.get_edition_of_job(session, job_id)
        if finished.pdf_sha256 is None:
            raise ReportFailed(f"report of {slug}: {finished.job.error}")
        path = services.pdf_path(storage, finished.pdf_sha256)
        if output is not None:
            path = write_whole(output, path.read_bytes())
        click.echo(f"{path}: {finished.n_pages} pages, sha256 {finished.pdf_sha256}")


def _watch(runtime: Runtime, job_id: int) -> None:
    """Do the job here, in a thread, and show how far it is; a worker just started may do it instead."""
    work = Thread(target=runtime.queue.run, args=(job_id,))
    work.start()
    stderr = sys.stderr
    with click.progressbar(length=len(services.STEPS), label="building", file=stderr) as bar:
        is_running = True
        while is_running:
            work.join(GLANCE)
            with runtime.database.reading() as session:
                job = session.get_one(Job, job_id)
                bar.update(job.n_done - bar.pos)
                is_running = work.is_alive() or job.state == JobState.RUNNING
