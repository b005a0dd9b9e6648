"""Surveys and answers from the command line."""

import io
import sys
from pathlib import Path

import click
from sqlalchemy.orm import Session

from cityvoice.accounts.services import COMMAND_LINE, record
from cityvoice.accounts.types import Action
from cityvoice.core.runtime import Runtime
from cityvoice.questionnaire.codebook import read_codebook
from cityvoice.questionnaire.microdata import Microdata, read_microdata
from cityvoice.surveys import queries, services
from cityvoice.surveys.documents import read_survey_document
from cityvoice.surveys.imports import import_answers, read_text
from cityvoice.surveys.models import Survey

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def survey() -> None:
    """Surveys and their questionnaires."""


@survey.command("import")
@click.argument("file", type=FILE)
@click.option("--slug", help="The survey's name in addresses; else the document's, else the file's.")
@click.option("--open", "open_", is_flag=True, help="Open it to residents at once.")
@click.pass_obj
def import_(runtime: Runtime, file: Path, slug: str | None, open_: bool) -> None:
    """Make a survey from the questionnaire document FILE (YAML or JSON)."""
    document = read_survey_document(file)
    with runtime.database.writing() as session:
        made = services.create_survey(
            session,
            slug=slug or document.slug,
            questionnaire=document.questionnaire,
            method=document.method,
            fieldwork=document.fieldwork,
        )
        record(session, actor=COMMAND_LINE, action=Action.SURVEY_IMPORTED, object=made.slug)
        if open_:
            services.open_survey(session, survey=made)
            record(session, actor=COMMAND_LINE, action=Action.SURVEY_OPENED, object=made.slug)
        made_slug = made.slug
    questions = sum(1 for _ in document.questionnaire.questions)
    click.echo(f"{made_slug}: {questions} questions in {', '.join(document.questionnaire.languages)}")
    if open_:
        click.echo(f"http://127.0.0.1:{runtime.config.port}/s/{made_slug}")


@survey.command("list")
@click.pass_obj
def list_(runtime: Runtime) -> None:
    """All surveys: name, status, completed responses, title."""
    with runtime.database.reading() as session:
        counts = queries.count_complete(session)
        for each in queries.list_surveys(session):
            title = each.title.get(runtime.config.default_locale) or next(iter(each.title.values()), "")
            click.echo(f"{each.slug}\t{each.status}\t{counts.get(each.id, 0)}\t{title}")


@click.group()
def answers() -> None:
    """Answers of residents."""


@answers.command("import")
@click.argument("file", type=FILE)
@click.option("--survey", "slug", required=True, help="The survey's name; it is made when there is none.")
@click.option("--codebook", required=True, type=FILE, help="JSON, CSV dictionary or questionnaire document.")
@click.option("--weight", metavar="COLUMN", help="The column of weights that came with the data.")
@click.option(
    "--case-id", metavar="COLUMN", help="The column of case identifiers, if it has another name than id."
)
@click.option("--title", help="The survey's title; else the codebook's.")
@click.option("--sponsor", help="Who ordered the survey, for the report's title page.")
@click.pass_obj
def import_answers_(
    runtime: Runtime,
    file: Path,
    slug: str,
    codebook: Path,
    weight: str | None,
    case_id: str | None,
    title: str | None,
    sponsor: str | None,
) -> None:
    """Take survey microdata FILE (CSV, may be gzipped) and its codebook."""
    click.echo(f"reading {file.name} ...", err=True)
    lines = io.StringIO(read_text(file), newline="")
    microdata = read_microdata(lines, read_codebook(read_text(codebook)), weight=weight, case_id=case_id)
    with runtime.database.writing() as session:
        target = queries.find_survey(session, slug) or _make(session, slug, microdata, title, sponsor)
        with click.progressbar(length=len(microdata.records), label="storing", file=sys.stderr) as bar:
            n = import_answers(session, survey=target, microdata=microdata, on_progress=bar.update)
        details = {"file": file.name, "n": n}
        record(session, actor=COMMAND_LINE, action=Action.ANSWERS_IMPORTED, object=slug, details=details)
    _tell(slug, n, microdata)


def _make(
    session: Session, slug: str, microdata: Microdata, title: str | None, sponsor: str | None
) -> Survey:
    questionnaire = microdata.questionnaire
    language = questionnaire.language
    made = services.create_survey(
        session,
        slug=slug,
        questionnaire=questionnaire,
        title={language: title} if title else None,
        method={"sponsor": {language: sponsor}} if sponsor else None,
    )
    services.close_imported(session, survey=made)
    return made


def _tell(slug: str, n: int, microdata: Microdata) -> None:
    roles = {
        "weight": microdata.weight_column,
        "mode": microdata.mode_column,
        "case": microdata.case_id_column,
    }
    known = ", ".join(f"{role} in {column}" for role, column in roles.items() if column)
    click.echo(f"{slug}: {n} responses imported" + (f" ({known})" if known else ""))
    for column, codes in microdata.undeclared.items():
        counted = ", ".join(f"{code} ({times} times)" for code, times in codes.items())
        click.echo(f"  column {column}: codes without a label taken as missing: {counted}")
    if microdata.ignored_columns:
        click.echo(f"  columns left out: {', '.join(microdata.ignored_columns)}")
