"""A page that was sent: its fields, the questions that script showed, and the files that came with it."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, TypeVar

from flask import current_app, g, request

from cityvoice.questionnaire.kinds import QuestionKind
from cityvoice.questionnaire.model import Section
from cityvoice.questionnaire.question import Question
from cityvoice.surveys import queries, uploads
from cityvoice.surveys.models import Upload
from cityvoice.surveys.published import questionnaire_of
from cityvoice.surveys.routes import bp
from cityvoice.surveys.routes.sheets import MEGABYTE
from cityvoice.surveys.routes.visits import TOKEN, Visit
from cityvoice.surveys.uploads import FileCode, FileError, Prepared
from cityvoice.web.extensions import db

SEEN = "_seen"  # questions that script had shown when the page was sent
REMOVE = "_remove"  # fields whose file is to be taken away
MOST_FILES = 10  # on one page

Form = dict[str, list[str]]
View = TypeVar("View", bound=Callable[..., Any])


def takes_files(view: View) -> View:
    """Prepare the files that came before the view begins to write: a large photo holds up nobody."""

    @wraps(view)
    def prepared(*args: Any, **kwargs: Any) -> Any:
        sent = {name: file for name, file in request.files.items() if file.filename}
        g.files = {}
        if sent and queries.find_response_of_any_survey(db.session(), request.form.get(TOKEN, "")):
            most = current_app.config["CITYVOICE"].largest_upload
            for name, file in list(sent.items())[:MOST_FILES]:
                g.files[name] = uploads.prepare(file.read(), most_bytes=most)
                file.close()
        return view(*args, **kwargs)

    return prepared  # type: ignore[return-value]


@bp.url_value_preprocessor
def bound_files(endpoint: str | None, values: dict[str, Any] | None) -> None:
    """A page may come with a file for each of its questions, each as large as one may be."""
    if request.mimetype != "multipart/form-data" or endpoint != f"{bp.name}.answer" or not values:
        return
    survey = queries.find_survey(db.session(), values["slug"])
    sections = (
        (section for version in survey.versions for section in questionnaire_of(version).sections)
        if survey
        else ()
    )
    n = max((_n_files(section) for section in sections if section.name == values["name"]), default=0)
    if n > 1:
        largest = current_app.config["CITYVOICE"].largest_upload
        request.max_content_length = min(n, MOST_FILES) * largest + (request.max_form_memory_size or 0)


def _n_files(section: Section) -> int:
    return sum(question.kind is QuestionKind.FILE for question in section.questions)


def sweep_files(visit: Visit, before: Mapping[str, Any]) -> None:
    """A file goes with its answer, where its question is no longer asked."""
    for question in visit.questionnaire.questions:
        name = question.name
        if question.kind is QuestionKind.FILE and name in before and name not in visit.response.answers:
            folder = current_app.config["CITYVOICE"].storage
            uploads.remove(db.session(), response=visit.response, field=name, folder=folder)


def read_form(visit: Visit, section: Section) -> tuple[Form, list[FileError]]:
    """The fields of a page, each file's identifier in its field; and what is wrong with its files."""
    form: Form = request.form.to_dict(flat=False)
    for name in form.get(SEEN, ()):
        if question := next((each for each in section.questions if each.name == name), None):
            form |= {field: form.get(field, []) for field in question.main_fields}
    refused = []
    for question in section.questions:
        if question.kind is QuestionKind.FILE:
            kept = _take_file(visit, question, form)
            if isinstance(kept, FileError):
                refused.append(kept)
    return form, refused


def _take_file(visit: Visit, question: Question, form: Form) -> Upload | FileError | None:
    """Put what is now the answer into the form: the file that came, else the one that is there, or none."""
    session, response, name = db.session(), visit.response, question.name
    folder = current_app.config["CITYVOICE"].storage
    there = uploads.find_upload(session, response=response, field=name, answer=response.answers.get(name))
    came: Prepared | FileCode | None = g.files.get(name)
    if came is None and there is not None and name in form.get(REMOVE, ()):
        uploads.remove(session, response=response, field=name, folder=folder)
        there = None
    kept: Upload | FileError | None = there
    if isinstance(came, FileCode):
        most = current_app.config["CITYVOICE"].largest_upload // MEGABYTE
        kept = FileError(name, came, {"most": most})
    elif came is not None:
        kept = uploads.keep(session, response=response, question=question, file=came, folder=folder)
    present = kept if isinstance(kept, Upload) else there
    if present is not None or name in form:
        form[name] = [str(present.id)] if present is not None else []
    return kept
