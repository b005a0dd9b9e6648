"""A page of questions as HTML: its frame and its questions, drawn once and filled in for a respondent."""

import hashlib
import time
from collections.abc import Callable, Mapping, Sequence
from functools import cache, lru_cache
from typing import Any

from babel.core import UnknownLocaleError
from flask import Response as FlaskResponse
from flask import current_app, make_response, render_template, request, url_for
from flask import session as browser
from flask_babel import Locale, force_locale
from flask_babel import gettext as _
from flask_login import current_user
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup, escape

from cityvoice.core.config import LOCALES
from cityvoice.questionnaire import piping
from cityvoice.questionnaire.kinds import QuestionKind
from cityvoice.questionnaire.model import Questionnaire, Section
from cityvoice.questionnaire.names import fields_of
from cityvoice.questionnaire.question import Question, Text
from cityvoice.questionnaire.validation import FieldError
from cityvoice.surveys import uploads
from cityvoice.surveys.books import Book, Respondent
from cityvoice.surveys.drawing.compiling import Drawing, compile_drawing
from cityvoice.surveys.drawing.filling import Filling
from cityvoice.surveys.drawing.pen import Pen
from cityvoice.surveys.drawing.words import paragraphs
from cityvoice.surveys.messages import describe
from cityvoice.surveys.models import QuestionnaireVersion, Response, Survey
from cityvoice.surveys.published import questionnaire_of
from cityvoice.surveys.routes.visits import Visit, stamp
from cityvoice.surveys.uploads import FileError
from cityvoice.territory.imports import CityMap, find_map
from cityvoice.web.extensions import db
from cityvoice.web.locale import LANGUAGE_NAMES, wanted_language

FRAME_SECONDS = 60  # how long a frame is kept: it holds the city's name and the survey's title
MOST_FRAMES = 2000
MEGABYTE = 1024 * 1024
RIGHT_TO_LEFT = frozenset({"ar", "ckb", "dv", "fa", "he", "ks", "ps", "sd", "ug", "ur", "yi"})
POSITION = "camera=(), geolocation=(self), microphone=()"  # on pages that ask for a place

_books: dict[tuple[str, str], Book] = {}  # by version and language


def language_for(questionnaire: Questionnaire) -> str:
    """The language that a resident asked for, if the questionnaire has it; else its first."""
    wanted = wanted_language()
    if wanted in questionnaire.languages:
        return wanted
    near = (each for each in questionnaire.languages if each.split("-")[0] == wanted.split("-")[0])
    return next(near, questionnaire.language)


@cache
def interface_language(language: str) -> Locale:
    """What the interface itself speaks beside a questionnaire in `language`."""
    known = language.split("-")[0]
    return Locale.parse(known if known in LOCALES else "en")


def spoken(questionnaire: Questionnaire) -> dict[str, Any]:
    """What the frame of a page must know of languages, when the page is of a questionnaire."""
    language = language_for(questionnaire)
    return {
        "language": language,
        "languages": {code: _own_name(code) for code in questionnaire.languages},
        "direction": "rtl" if language.split("-")[0] in RIGHT_TO_LEFT else None,
    }


def render_survey_page(template: str, questionnaire: Questionnaire, **context: Any) -> str:
    """A page around the questions, such as the notice before them, in the questionnaire's language."""
    known = spoken(questionnaire)
    with force_locale(interface_language(known["language"])):
        return render_template(
            template, questionnaire=questionnaire, paragraphs=_paragraphs(questionnaire), **known, **context
        )


def draw_thanks(version: QuestionnaireVersion, survey: Survey) -> str:
    return draw_still_page("surveys/thanks.html", version, survey, endpoint=".thanks")


def draw_still_page(
    template: str, version: QuestionnaireVersion, survey: Survey, *, endpoint: str = ".start", **flags: bool
) -> str:
    """As `render_survey_page`, but kept for a minute like a frame: every visitor of a campaign sees it."""
    questionnaire = questionnaire_of(version)
    if request.args:  # they go along with the links to other languages
        return render_survey_page(template, questionnaire, survey=survey, **flags)
    language = language_for(questionnaire)

    def draw(pen: Pen) -> str:
        field = Markup('<input type="hidden" name="csrf_token" value="{}">').format(pen.part("csrf"))
        return render_survey_page(
            template,
            questionnaire,
            survey=survey,
            csrf_field=lambda: field,
            in_language=lambda code: url_for(endpoint, slug=survey.slug, lang=code),
            **flags,
        )

    key = (template, version.id, survey.is_open, survey.has_open_link, language, *flags.items())
    frame = _kept_frame(key, Pen(language), draw)
    return frame.fill(Filling(parts={"csrf": generate_csrf()}))


def draw_page(
    visit: Visit,
    section: Section,
    errors: Sequence[FieldError | FileError] = (),
    typed: Mapping[str, Sequence[str]] | None = None,
) -> FlaskResponse:
    """A page of the questionnaire for whoever answers it; with errors, what was typed stands in it."""
    language = language_for(visit.questionnaire)
    with force_locale(interface_language(language)):
        response = make_response(_draw(visit, section, errors, typed, language))
    if any(question.kind is QuestionKind.PLACE for question in section.questions):
        response.headers["Permissions-Policy"] = POSITION
    return response


def _draw(
    visit: Visit,
    section: Section,
    errors: Sequence[FieldError | FileError],
    typed: Mapping[str, Sequence[str]] | None,
    language: str,
) -> str:
    route = visit.route
    book = book_of(visit.response.version, language)
    respondent = Respondent(
        visit.questionnaire,
        route.answers,
        typed,
        is_new_here=_is_new(visit, section),
        parts=_own_parts(section, visit.response),
    )
    for error in errors:
        respondent.errors.setdefault(error.field, describe(error, lambda text: book.words(text, respondent)))
    progress = route.progress(section.name)
    parts = {
        "token": str(escape(visit.token)),
        "made": stamp(visit.token),
        "draft": _draft(visit, section),
        "step": str(progress.step),
        "steps": str(progress.steps),
        "error": "",
        "errors": "",
        "questions": book.page(section, route.questions.get(section.name, ()), respondent),
        "routing": _attribute("data-routing", book.data(section, respondent)),
    }
    if errors:
        parts["errors"] = _summary(book, respondent)
        parts["error"] = f"{escape(_('Error'))}: "
    is_first, is_last = section.name == route.sections[0].name, section.name == route.sections[-1].name
    frame = _frame(visit, section, book, is_first=is_first, is_last=is_last)
    filling = Filling(parts=parts, pipe=lambda text: book.words(text, respondent))
    return frame.fill(filling)


def _is_new(visit: Visit, section: Section) -> bool:
    """Whether this page was never sent; going back does not undo what was sent after it."""
    names = [each.name for each in visit.questionnaire.sections]
    reached = visit.response.reached
    return reached not in names or names.index(section.name) > names.index(reached)


def book_of(version: QuestionnaireVersion, language: str) -> Book:
    """The drawings of a version in a language, kept for as long as the process lives."""
    key = (version.sha256, language)
    if key not in _books:
        _books[key] = Book(questionnaire_of(version), language, _draw_question)
    return _books[key]


def _draw_question(question: Question, pen: Pen) -> str:
    megabytes = current_app.config["CITYVOICE"].largest_upload // MEGABYTE
    macros = current_app.jinja_env.get_template("surveys/questions/question.html").module
    return str(macros.question(question, pen, megabytes))  # type: ignore[attr-defined]


def _frame(visit: Visit, section: Section, book: Book, *, is_first: bool, is_last: bool) -> Drawing:
    """The page around its questions; kept for a minute, for it needs the database."""

    def draw(pen: Pen) -> str:
        return render_template(
            "surveys/page.html",
            survey=visit.survey,
            section=section,
            pen=pen,
            is_first=is_first,
            is_last=is_last,
            has_files=any(question.kind is QuestionKind.FILE for question in section.questions),
            is_test=visit.response.is_test,
            **spoken(book.questionnaire),
        )

    key = (visit.response.version_id, section.name, book.language, is_first, is_last)
    return _kept_frame(key, Pen(book.language, is_piped=book.is_piped), draw)


def _kept_frame(key: tuple[Any, ...], pen: Pen, draw: Callable[[Pen], str]) -> Drawing:
    """What `draw` gives in this minute, for staff or for residents."""
    frames: dict[tuple[Any, ...], Drawing] = current_app.extensions.setdefault("survey_frames", {})
    is_staff = "_user_id" in browser and bool(current_user.is_authenticated)
    full_key = (*key, is_staff, int(time.monotonic() // FRAME_SECONDS))
    if full_key not in frames:
        if len(frames) >= MOST_FRAMES:
            frames.clear()
        frames[full_key] = compile_drawing(draw(pen), pen)
    return frames[full_key]


def _own_parts(section: Section, response: Response) -> dict[str, str]:
    """What only the application can write into a question: the file that was received, the city's map."""
    parts = {}
    for question in section.questions:
        if question.kind is QuestionKind.FILE:
            parts[f"kept:{question.name}"] = _kept(question, response)
        elif question.kind is QuestionKind.PLACE:
            city_map = find_map(current_app.config["CITYVOICE"].storage)
            parts["map"] = "" if city_map is None else _drawn(city_map)
    return parts


@lru_cache(maxsize=4)
def _drawn(city_map: CityMap) -> str:
    return render_template("surveys/questions/map.html", city=city_map)


def _kept(question: Question, response: Response) -> str:
    upload = uploads.find_upload(
        db.session(), response=response, field=question.name, answer=response.answers.get(question.name)
    )
    if upload is None:
        return ""
    macros = current_app.jinja_env.get_template("surveys/questions/files.html").module
    return str(macros.kept(question.name, upload.id, upload.name))  # type: ignore[attr-defined]


def _summary(book: Book, respondent: Respondent) -> str:
    """The list of errors on top of the page, each a link to its field."""
    links = [(name, _name_of(name, book, respondent), words) for name, words in respondent.errors.items()]
    return render_template("surveys/questions/errors.html", links=links)


def _name_of(field: str, book: Book, respondent: Respondent) -> str:
    """What a field is called in the list of errors: its row, its option, else its question."""
    known = fields_of(book.questionnaire).get(field)
    if known is None:
        return book.words(book.questionnaire.question(field).text, respondent)
    holders = [holder for holder in (known.item, known.column, known.option) if holder is not None]
    texts = [holder.label for holder in holders] or [known.question.text]
    return ", ".join(book.words(text, respondent) for text in texts)


def _draft(visit: Visit, section: Section) -> str:
    """The name under which a browser keeps what is typed and not sent: it tells nothing about anybody."""
    return hashlib.sha256(f"draft:{visit.token}:{section.name}".encode()).hexdigest()[:16]


def _attribute(name: str, value: str) -> str:
    return str(Markup(' {}="{}"').format(Markup(name), value)) if value else ""  # noqa: S704 - our own name


def _paragraphs(questionnaire: Questionnaire) -> Callable[[Text], Markup]:
    """Long words outside the pages of questions, where no answer is known."""
    language = language_for(questionnaire)
    return lambda text: Markup(paragraphs(piping.fill(text, questionnaire, {}, language)))  # noqa: S704 - escaped


def _own_name(code: str) -> str:
    """A language in its own words; its code where nobody knows them."""
    if code in LANGUAGE_NAMES:
        return LANGUAGE_NAMES[code]
    try:
        locale = Locale.parse(code, sep="-")
    except (UnknownLocaleError, ValueError):
        return code
    return (locale.get_display_name(locale) or code).capitalize()
