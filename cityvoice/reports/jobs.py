"""Background work of reports: read, render, keep. Each part may be done again after a crash."""

import io

import pypdf

from cityvoice.analysis.errors import AnalysisError
from cityvoice.core.pdf import PdfError
from cityvoice.core.queue import JobError, JobRun
from cityvoice.reports import queries, services

BUILD_REPORT = services.BUILD_REPORT


def build(run: JobRun) -> None:
    storage = run.config.storage
    with run.database.reading() as session:
        edition = queries.get_edition_of_job(session, run.job_id)
        try:
            pdf = services.build_edition(session, edition=edition, storage=storage, progress=run.progress)
        except (AnalysisError, PdfError) as error:
            raise JobError(str(error)) from error
    n_pages = len(pypdf.PdfReader(io.BytesIO(pdf)).pages)
    with run.database.writing() as session:
        edition = queries.get_edition_of_job(session, run.job_id)
        services.keep_pdf(session, edition=edition, storage=storage, pdf=pdf, n_pages=n_pages)
    run.progress(services.STEPS[-1], len(services.STEPS), len(services.STEPS))
