"""What a question proposes before anybody has answered it."""

from cityvoice.questionnaire.expressions.types import ValueType
from cityvoice.questionnaire.expressions.values import Lookup, Value, as_number, as_text, number_text
from cityvoice.questionnaire.model import Questionnaire
from cityvoice.questionnaire.names import AnswerField
from cityvoice.questionnaire.plan import plan_of
from cityvoice.questionnaire.question import Answer, Answers, Question
from cityvoice.questionnaire.steps import Step


def proposed(questionnaire: Questionnaire, question: Question, answers: Answers) -> dict[str, Answer]:
    """The answers that a page shows as already given, by form field; none where the question has an answer.

    They are proposals of the page alone: nothing is stored until it is sent.

    Parameters
    ----------
    questionnaire
        In its flat form.
    answers
        The answers that count: `routing.Route.answers`.
    """
    plan = plan_of(questionnaire)
    step, look = plan.steps[question.name], plan.lookup(answers)
    if step.default is None or any(name in answers for name in question.fields):
        return {}
    value = step.default(look)
    fields = (part for part in step.live_fields(look) if not part.is_words)
    found = {part.name: _as_answer(value, step, part, look) for part in fields}
    return {name: answer for name, answer in found.items() if answer is not None}


def _as_answer(value: Value, step: Step, part: AnswerField, look: Lookup) -> Answer | None:
    """A value as an answer that this field may hold; None where it may not."""
    if value is None or isinstance(value, bool):
        return None
    offered = step.offered_codes(part, look)
    if part.type is ValueType.CODES:
        chosen = value if isinstance(value, tuple) else (_code(value),)
        return [code for code in part.codes if code in chosen and code in offered]
    if isinstance(value, tuple):
        return None
    if _code(value) in offered:
        return _code(value)
    if part.type is ValueType.NUMBER:
        return as_number(value)
    return None if part.type is ValueType.CODE else as_text(value)


def _code(value: str | float) -> str:
    return str(value) if isinstance(value, str) else number_text(value)
