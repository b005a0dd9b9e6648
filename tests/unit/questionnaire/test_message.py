"""Messages that keep what they were made of, so that another language can make them again."""

import copy
import pickle

import pytest

from cityvoice.questionnaire.checking.checks import check
from cityvoice.questionnaire.expressions.types import ValueType
from cityvoice.questionnaire.kinds import QuestionKind
from cityvoice.questionnaire.message import Message
from cityvoice.questionnaire.model import Questionnaire, Section
from cityvoice.questionnaire.question import Question, Text


def test_a_message_is_its_english_sentence():
    message = Message("%(name)r has %(n)s of 100%% (%(high)s)", name="q", n=2, high=2.50)
    assert message == "'q' has 2 of 100% (2.5)"
    assert message.values == {"name": "q", "n": 2, "high": 2.5}


def test_alternatives_and_parts_are_said_in_it():
    wanted = (ValueType.CODE, ValueType.NUMBER)
    message = Message("%(part)s must be %(wanted)s", part=Message("this part"), wanted=wanted)
    assert message == "this part must be a response option or a number"


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda message: pickle.loads(pickle.dumps(message))])  # noqa: S301
def test_a_copy_keeps_template_and_values(copied):
    message = Message("%(share)s of %(name)r", share="50%", name="a'b")
    again = copied(message)
    assert (again, again.template, again.values) == (message, message.template, message.values)


def test_checks_say_messages_down_to_their_parts():
    question = Question("q", QuestionKind.NUMBER, Text({"en": "{x +}"}), when="(", low=2, high=1)
    questionnaire = Questionnaire(Text({"en": "T"}), ("en",), (Section("s", None, (question, question)),))
    problems = check(questionnaire)
    assert len(problems) >= 4
    assert all(isinstance(problem.message, Message) for problem in problems)
    unread = next(problem.message for problem in problems if problem.path.endswith(".when"))
    assert isinstance(unread.values["reason"], Message)
    assert unread.values["expression"] == "("
