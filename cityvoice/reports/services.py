"""Use cases of reports: ask for an edition, build it."""

from collections.abc import Callable
from pathlib import Path

from sqlalchemy.orm import Session

from cityvoice.analysis.queries import find_latest_run, find_population_reference
from cityvoice.analysis.services import open_data, take_snapshot
from cityvoice.cati.services import plan_of
from cityvoice.cati.services.rates import RateTable, outcome_rates
from cityvoice.core.queue import add_job
from cityvoice.core.storage import sha256, write_whole
from cityvoice.reports import queries
from cityvoice.reports.compose.report import compose
from cityvoice.reports.models import ReportEdition
from cityvoice.reports.render import render_report
from cityvoice.surveys.models import Survey
from cityvoice.territory.models import PopulationReference
from cityvoice.territory.queries import find_city

BUILD_REPORT = "report.build"
LANGUAGES = ("pl", "en")
STEPS = ("tables", "pdf", "file")

Progress = Callable[[str, int, int], None]


def request_report(
    session: Session, *, survey: Survey, storage: Path, language: str, actor: str
) -> ReportEdition:
    """Ask for an audit report of the survey as last weighted (or, before that, as it stands now).

    Raises
    ------
    NoAnswers
        when nobody has completed the survey.
    """
    run = find_latest_run(session, survey)
    snapshot = run.snapshot if run is not None else take_snapshot(session, survey=survey, storage=storage)
    run_id = run.id if run is not None else None
    under_way = queries.find_edition_under_way(
        session, run_id=run_id, snapshot_id=snapshot.id, language=language
    )
    if under_way is not None:
        return under_way
    job = add_job(session, BUILD_REPORT, {"survey": survey.slug})
    edition = ReportEdition(
        survey_id=survey.id,
        weighting_run_id=run_id,
        snapshot_id=snapshot.id,
        job_id=job.id,
        language=language,
        requested_by=actor,
    )
    session.add(edition)
    session.flush()
    return edition


def build_edition(session: Session, *, edition: ReportEdition, storage: Path, progress: Progress) -> bytes:
    """The finished PDF of an edition. Reads only, so it can be repeated after a crash."""
    survey = session.get_one(Survey, edition.survey_id)
    progress(STEPS[0], 0, len(STEPS))
    data = open_data(
        session, survey=survey, storage=storage, run=edition.weighting_run, snapshot=edition.snapshot
    )
    reference = _reference(session, survey, edition)
    city = find_city(session)
    report = compose(
        data,
        reference,
        city_name=city.name if city else None,
        language=edition.language,
        rates=_rates(session, survey),
    )
    progress(STEPS[1], 1, len(STEPS))
    pdf = render_report(report, locale=edition.language)
    progress(STEPS[2], 2, len(STEPS))
    return pdf


def _rates(session: Session, survey: Survey) -> list[RateTable]:
    plan = plan_of(session, survey)
    return outcome_rates(session, survey=survey, edition=plan.edition, e=plan.eligibility)


def _reference(session: Session, survey: Survey, edition: ReportEdition) -> PopulationReference | None:
    """The control totals that the weighting used, whatever has been declared since."""
    if edition.weighting_run is None:
        return find_population_reference(session, survey)
    used = edition.weighting_run.diagnostics["reference"]
    return PopulationReference.from_plain(used) if used else None


def keep_pdf(session: Session, *, edition: ReportEdition, storage: Path, pdf: bytes, n_pages: int) -> None:
    digest = sha256(pdf)
    write_whole(pdf_path(storage, digest), pdf)
    edition.pdf_sha256, edition.n_pages = digest, n_pages
    session.flush()


def pdf_path(storage: Path, digest: str) -> Path:
    return storage / "reports" / f"{digest}.pdf"
