"""What may be published and still deserves a look: a designer's checklist."""

from collections.abc import Iterator

from cityvoice.questionnaire.checking.reachability import Reach
from cityvoice.questionnaire.errors import Problem
from cityvoice.questionnaire.flat import flatten
from cityvoice.questionnaire.message import Message
from cityvoice.questionnaire.model import Questionnaire
from cityvoice.questionnaire.phrases import phrases
from cityvoice.questionnaire.places import questions_of


def warnings(questionnaire: Questionnaire) -> tuple[Problem, ...]:
    """What deserves a look in an authored questionnaire, with paths as those of `checks.check`.

    Missing translations, for which the first language stands in, and questions that no answers lead to.
    """
    return (*_translations(questionnaire), *_unreachable(questionnaire))


def _translations(questionnaire: Questionnaire) -> Iterator[Problem]:
    for phrase in phrases(questionnaire):
        for language in questionnaire.languages[1:]:
            if not phrase.text.translations.get(language, "").strip():
                yield Problem(phrase.path, Message("the text in %(language)r is missing", language=language))


def _unreachable(questionnaire: Questionnaire) -> Iterator[Problem]:
    flat = flatten(questionnaire)
    lost = set(Reach(flat).unreachable)
    copies: dict[str, set[str]] = {}
    for question in flat.questions:
        copies.setdefault(question.name.partition(".")[0], set()).add(question.name)
    for path, question in questions_of(questionnaire):
        if copies.get(question.name, {question.name}) <= lost:  # of a repeat: all its instances
            yield Problem(
                path,
                Message("question %(name)r is never asked: its conditions contradict", name=question.name),
            )
