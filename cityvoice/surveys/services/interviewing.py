"""Record one question at a time, as an interviewer does; each answer keeps the mode it was given in."""

from collections.abc import Mapping, Sequence

from sqlalchemy.orm import Session

from cityvoice.questionnaire import routing, validation
from cityvoice.questionnaire.kinds import Mode, QuestionKind
from cityvoice.questionnaire.routing import Route
from cityvoice.surveys.models import Response, Survey
from cityvoice.surveys.published import arranged_questionnaire
from cityvoice.surveys.services.answering import hold_places, without_seed
from cityvoice.surveys.services.modes import modes_after


def record_question(
    session: Session,
    *,
    survey: Survey,
    response: Response,
    question: str,
    form: Mapping[str, Sequence[str]],
    mode: Mode,
) -> validation.PageResult:
    """Keep what is right of the answer to one question; the other answers of its page stay as they are.

    The page counts as sent once the last question that is asked on it was answered. As with a page, answers
    of questions no longer asked are dropped, and where a quota has no place left the response is over.

    Raises
    ------
    LookupError
        A question that is not asked of this respondent.
    """
    questionnaire = arranged_questionnaire(response.version, response.seed)
    before = routing.route(questionnaire, response.engine_answers)
    section = next(
        (
            each
            for each in before.sections
            if question in {asked.name for asked in before.questions[each.name]}
        ),
        None,
    )
    if section is None:
        raise LookupError(f"question {question!r} is not asked of this respondent")
    kind = next(asked.kind for asked in before.questions[section.name] if asked.name == question)
    if kind is QuestionKind.FILE and mode == Mode.CATI:  # no voice sends a file; one that the web sent stays
        page = validation.PageResult(dict(response.engine_answers), (), ())
    else:
        page = validation.read_page(questionnaire, section, form, response.engine_answers, only=question)
    route = routing.route(questionnaire, page.answers)
    answers = without_seed(route.answers)
    response.modes = modes_after(response, answers, mode)
    response.answers = answers
    response.reached = _reached(before, route, section.name, question, response.reached, bool(page.errors))
    session.flush()
    if survey.has_quotas and not response.is_test:
        hold_places(session, survey=survey, response=response, mode=mode)
    return page


def _reached(
    before: Route, route: Route, section: str, question: str, reached: str | None, is_wrong: bool
) -> str | None:
    """The last section whose every question was put."""
    asked = route.questions.get(section, ())
    if not is_wrong and asked and asked[-1].name == question:
        return section
    names = [each.name for each in before.sections]
    place = names.index(section)
    if reached in names and names.index(reached) >= place:  # gone back into a page sent earlier
        return reached
    return names[place - 1] if place else None
