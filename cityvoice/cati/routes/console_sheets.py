"""An interview as HTML: all of it for the script, or one section as a plain form."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from flask import current_app, render_template
from flask_babel import get_locale
from markupsafe import Markup

from cityvoice.cati.books import InterviewBook
from cityvoice.cati.drawing import keys_of, keys_of_question
from cityvoice.cati.guards import Desk
from cityvoice.cati.instant import Script, interview_script
from cityvoice.cati.services.resuming import NOT_BY_PHONE, next_question
from cityvoice.questionnaire import routing
from cityvoice.questionnaire.model import Section
from cityvoice.questionnaire.question import Question
from cityvoice.questionnaire.validation import FieldError
from cityvoice.surveys.books import Respondent
from cityvoice.surveys.drawing.pen import Pen
from cityvoice.surveys.messages import describe
from cityvoice.surveys.published import published_version

_books: dict[tuple[str, str, str, bool], InterviewBook] = {}  # by version, languages, and whether whole


def whole_interview(desk: Desk) -> dict[str, Any]:
    """Everything that the script needs to conduct an interview without asking again."""
    book, script = _book(desk, is_whole=True), _script(desk)
    shown = {question.name for asked in desk.route.questions.values() for question in asked}
    respondent = _respondent(desk)
    sections = book.whole(desk.questionnaire.sections, shown, script, respondent, _placeholder)
    following = next_question(desk.questionnaire, desk.route, desk.response) if desk.response else None
    return {
        "sections": [
            (book.words(section.title, respondent) if section.title else "", Markup(drawn))  # noqa: S704
            for section, drawn in sections
        ],
        "plan": script.page.data(routing.lookup_in(desk.questionnaire, desk.route.answers)) or "[]",
        "pipes": json.dumps([script.pipes[words] for words in book.numbers], ensure_ascii=False),
        "next": following.name if following else "",
    }


def one_question(desk: Desk, name: str) -> str | None:
    """A question as the server draws it now; None where it is not asked."""
    asked = {question.name: question for each in desk.route.questions.values() for question in each}
    if name not in asked:
        return None
    return _book(desk, is_whole=True).one(asked[name], _script(desk), _respondent(desk))


def section_form(
    desk: Desk,
    section: Section,
    typed: Mapping[str, Sequence[str]] | None = None,
    errors: Sequence[FieldError] = (),
) -> Markup:
    """The questions of one section that are asked now, as a form's contents."""
    book = _book(desk, is_whole=False)
    respondent = _respondent(desk)
    respondent.typed = typed
    respondent.errors = dict(reversed([words_of(desk, error) for error in errors]))
    shown = desk.route.questions.get(section.name, ())
    return Markup(book.page(section, shown, respondent))  # noqa: S704 - drawn by templates


def words_of(desk: Desk, error: FieldError) -> tuple[str, str]:
    """A field, and what is wrong with it."""
    book, respondent = _book(desk, is_whole=False), _respondent(desk)
    return error.field, describe(error, lambda text: book.words(text, respondent))


def current_section(desk: Desk, wanted: str) -> Section | None:
    """The section of that name on this respondent's road, else the one to go on with; None at the end."""
    for section in desk.route.sections:
        if section.name == wanted:
            return section
    following = next_question(desk.questionnaire, desk.route, desk.response) if desk.response else None
    if following is None:
        return desk.route.incomplete(passing=NOT_BY_PHONE)
    names = {question.name: name for name, asked in desk.route.questions.items() for question in asked}
    return desk.questionnaire.section(names[following.name])


def _respondent(desk: Desk) -> Respondent:
    return Respondent(desk.questionnaire, desk.route.answers)


def _script(desk: Desk) -> Script:
    return interview_script(desk.flat, desk.language)


def _book(desk: Desk, *, is_whole: bool) -> InterviewBook:
    """The drawings of this version, kept for as long as the process lives."""
    version = desk.response.version if desk.response else published_version(desk.survey)
    key = (version.sha256, desk.language, str(get_locale()), is_whole)
    if key not in _books:
        numbers = {words: place for place, words in enumerate(_script(desk).pipes)} if is_whole else {}
        _books[key] = InterviewBook(desk.flat, desk.language, _draw_question, numbers=numbers)
    return _books[key]


def _draw_question(question: Question, pen: Pen) -> str:
    macros = current_app.jinja_env.get_template("cati/console/question.html").module
    columns = {column.name: keys_of(column.options) for column in question.columns}
    return str(macros.question(question, pen, keys_of_question(question), columns))  # type: ignore[attr-defined]


def _placeholder(name: str) -> str:
    return render_template("cati/console/placeholder.html", name=name)
