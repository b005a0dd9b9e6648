"""Surveys and answers from the command line."""

import io
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
from sqlalchemy.orm import Session

from cityvoice.accounts.services import COMMAND_LINE, record
from cityvoice.accounts.types import Action
from cityvoice.core.runtime import Runtime
from cityvoice.questionnaire.errors import QuestionnaireError
from cityvoice.questionnaire.microdata.codebook import read_codebook
from cityvoice.questionnaire.microdata.reading import Microdata, read_microdata
from cityvoice.surveys import queries, services
from cityvoice.surveys.documents import (
    FILE_FORMATS,
    describe,
    describe_failure,
    find_files,
    read_survey_document,
    write_questionnaire,
)
from cityvoice.surveys.errors import SurveyError
from cityvoice.surveys.exports.files import AnswersFormat, write_answers
from cityvoice.surveys.exports.rows import stream_rows
from cityvoice.surveys.imports import import_answers, read_text
from cityvoice.surveys.models import Survey
from cityvoice.surveys.published import data_questionnaire

REFUSALS = (QuestionnaireError, SurveyError, OSError)
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def survey() -> None:
    """Surveys and their questionnaires."""


@survey.command("import")
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--slug", help="The survey's name in addresses; else the document's, else the file's.")
@click.option("--open", "open_", is_flag=True, help="Open it to residents at once.")
@click.option("--check", is_flag=True, help="Only say what an import would give; store nothing.")
@click.option("--json", "as_json", is_flag=True, help="With --check: one JSON object for each file.")
@click.pass_obj
def import_(
    runtime: Runtime, files: tuple[Path, ...], slug: str | None, open_: bool, check: bool, as_json: bool
) -> None:
    """Make a survey from each questionnaire FILE; of a folder, from each in it.

    Documents of ours (YAML, JSON), of LimeSurvey (.lss, .lsa, .lsg, .lsq, .tsv) and XLSForms (.xlsx, .xls,
    .csv) are read. With several files, one that is bad does not stop the rest, and the exit status is 1.
    """
    found, skipped = find_files(files)
    if as_json and not check:
        raise click.UsageError("--json goes with --check")
    if slug and len(found) != 1:
        raise click.UsageError(f"--slug is the name of one survey, but there are {len(found)} files")
    if check:
        failures = sum(not _check(path, as_json=as_json) for path in found)
    elif len(found) == 1:
        _import(runtime, found[0], slug, open_)
        failures = 0
    else:
        failures = sum(not _try_import(runtime, path, open_) for path in found)
    if skipped:
        click.echo(f"{len(skipped)} files in folders are no questionnaires by their names", err=True)
    if failures:
        click.echo(f"{failures} of {len(found)} files cannot be imported", err=True)
        sys.exit(1)


def _check(path: Path, *, as_json: bool) -> bool:
    """Say what is in a file; whether it can be imported."""
    try:
        description = describe(path, read_survey_document(path))
    except REFUSALS as error:
        description = describe_failure(path, _said(error))
    if as_json:
        click.echo(json.dumps(description, ensure_ascii=False))
    else:
        click.echo(_in_words(description))
    return bool(description["ok"])


def _in_words(description: Mapping[str, Any]) -> str:
    if not description["ok"]:
        return f"{description['file']}: {description['error']}"
    counts = ", ".join(
        f"{description[name]} {name}" for name in ("sections", "questions", "items", "options")
    )
    expressions = "{compiled} of {found} expressions".format(**description["expressions"])
    losses = [f"  {loss['where']}: {loss['what']}: {loss['why']}" for loss in description["losses"]]
    return "\n".join([f"{description['file']}: {counts}, {expressions}", *losses])


def _try_import(runtime: Runtime, path: Path, open_: bool) -> bool:
    try:
        _import(runtime, path, None, open_)
    except REFUSALS as error:
        click.echo(f"{path}: {_said(error)}", err=True)
        return False
    return True


def _said(error: Exception) -> str:
    return error.strerror or str(error) if isinstance(error, OSError) else str(error)


def _import(runtime: Runtime, path: Path, slug: str | None, open_: bool) -> None:
    """Make one survey, in a transaction of its own."""
    document = read_survey_document(path)
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
    if losses := len(document.imported.losses):
        click.echo(f"{path.name}: {losses} losses; --check lists them", err=True)
    if open_:
        address = runtime.config.base_url or f"http://127.0.0.1:{runtime.config.port}"
        click.echo(f"{address}/s/{made_slug}")


@survey.command("export")
@click.argument("slug")
@click.option("--format", "format_", type=click.Choice(list(FILE_FORMATS)), default="yaml", show_default=True)
@click.option("--language", help="Of the form on paper (pdf); else the questionnaire's first.")
@click.option("--for-interviewers", is_flag=True, help="On paper: with what only an interviewer reads.")
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="A file; else the screen.")
@click.pass_obj
def export(
    runtime: Runtime,
    slug: str,
    format_: str,
    language: str | None,
    for_interviewers: bool,
    output: Path | None,
) -> None:
    """Write the questionnaire of survey SLUG: in our format, in another program's, or on paper (pdf)."""
    with runtime.database.reading() as session:
        asked = queries.get_survey(session, slug)
        exported = write_questionnaire(
            session, asked, format_, language=language, for_interviewers=for_interviewers
        )
    if output:
        output.write_bytes(exported.content)
    else:
        click.echo(exported.content, nl=False)
    for loss in exported.losses:
        click.echo(f"{loss.where}: {loss.what}: {loss.why}", err=True)


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


@answers.command("export")
@click.argument("slug")
@click.option(
    "--format",
    "form",
    type=click.Choice([each.value for each in AnswersFormat]),
    default="csv",
    show_default=True,
)
@click.option("--language", help="Of the labels; else the questionnaire's first.")
@click.option("--partial", is_flag=True, help="Also responses that were begun and not sent.")
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="Else SLUG.FORMAT in this folder."
)
@click.pass_obj
def export_answers(
    runtime: Runtime, slug: str, form: str, language: str | None, partial: bool, out: Path | None
) -> None:
    """Write the answers of the survey SLUG to a file."""
    path = out or Path(f"{slug}.{form}")
    with runtime.database.reading() as session:
        target = queries.get_survey(session, slug)
        questionnaire = data_questionnaire(target)
        language = language or questionnaire.language
        if language not in questionnaire.languages:
            raise click.UsageError(f"--language: {slug} is in {', '.join(questionnaire.languages)}")
        rows = stream_rows(session, target, with_partial=partial)
        try:
            write_answers(path, AnswersFormat(form), questionnaire, rows, language)
        except REFUSALS as error:
            raise click.ClickException(str(error)) from None
    details = {"format": form, "partial": partial}
    with runtime.database.writing() as session:
        record(session, actor=COMMAND_LINE, action=Action.ANSWERS_EXPORTED, object=slug, details=details)
    click.echo(str(path))


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
        services.recount_places(session, survey=target)
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
