"""How far an interview is, and where it goes on.

That is at the item after the last one that was answered, by phone or on the web.
"""

from cityvoice.questionnaire import routing
from cityvoice.questionnaire.kinds import QuestionKind
from cityvoice.questionnaire.model import Questionnaire
from cityvoice.questionnaire.question import Question
from cityvoice.questionnaire.routing import Route
from cityvoice.surveys.models import Response
from cityvoice.surveys.published import arranged_questionnaire

NOT_BY_PHONE = frozenset({QuestionKind.FILE})  # nobody can answer these by voice


def next_question(questionnaire: Questionnaire, route: Route, response: Response) -> Question | None:
    """The question to ask next; None when the last one has been asked.

    Parameters
    ----------
    questionnaire
        In the order of this response.
    """
    asked = [
        question for section in questionnaire.sections for question in route.questions.get(section.name, ())
    ]
    done = _behind_reached(questionnaire, route, response.reached, asked)
    for place, question in enumerate(asked):
        if any(name in response.answers for name in question.fields):
            done = max(done, place if _is_begun_only(question, response) else place + 1)
    return asked[done] if done < len(asked) else None


def share_answered(response: Response) -> float:
    """Of the questions asked on this respondent's road, the share that has an answer."""
    questionnaire = arranged_questionnaire(response.version, response.seed)
    route = routing.route(questionnaire, response.engine_answers)
    asked = [
        question
        for questions in route.questions.values()
        for question in questions
        if question.fields and question.kind not in NOT_BY_PHONE
    ]
    answered = [each for each in asked if any(name in response.answers for name in each.fields)]
    return len(answered) / len(asked) if asked else 0.0


def _behind_reached(
    questionnaire: Questionnaire, route: Route, reached: str | None, asked: list[Question]
) -> int:
    """How many questions stand on the pages up to the last one that was sent."""
    names = [section.name for section in questionnaire.sections]
    if reached not in names:
        return 0
    sent = names[: names.index(reached) + 1]
    return sum(len(route.questions.get(name, ())) for name in sent)


def _is_begun_only(question: Question, response: Response) -> bool:
    """Some of its rows are answered, and some are not."""
    if len(question.main_fields) < 2 or not question.items:
        return False
    answered = [name in response.answers for name in question.main_fields]
    return any(answered) and not all(answered) and not answered[-1]
