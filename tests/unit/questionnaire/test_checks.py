from dataclasses import replace

import pytest
from hypothesis import given

from cityvoice.questionnaire.checking.checks import check
from cityvoice.questionnaire.kinds import MissingKind
from cityvoice.questionnaire.model import Questionnaire
from cityvoice.questionnaire.question import Item, ResponseOption, Text

from .builders import items, options, page, question, questionnaire, section, single, text
from .strategies import questionnaires

DK = MissingKind.DONT_KNOW


def found(whole):
    return [str(problem) for problem in check(whole)]


@given(questionnaires())
def test_sound_questionnaires_have_no_problem(whole):
    assert check(whole) == ()


@pytest.mark.parametrize(
    ("asked", "problem"),
    [
        (single("2nd"), "questions[0].name: '2nd' is no name"),
        (single("żółć"), "questions[0].name: 'żółć' is no name"),
        (single("not"), "questions[0].name: 'not' is a word with a meaning of its own"),
        (single("back"), "'back' is a word with a meaning of its own"),
        (single("csrf_token"), "'csrf_token' is a word with a meaning of its own"),
        (question("q"), "questions[0].options: question 'q' has no response options"),
        (question("q", options=options(dk=DK)), "question 'q' has no response options"),
        (
            single("q", "1", "1"),
            "options[1].code: code '1' is already used at sections[0].questions[0].options[0].code",
        ),
        (single("q", "1", " 2"), "options[1].code: ' 2' is no code"),
        (single("q", "1", "2\n"), "options[1].code: '2\\n' is no code"),
        (single("q", favourable=("9",)), "favourable[0]: question 'q' has no such valid option: '9'"),
        (question("q", options=options("1", dk=DK), favourable=("dk",)), "no such valid option: 'dk'"),
        (
            question("q", options=(ResponseOption("1", text("x"), exclusive=True),)),
            "options[0].exclusive: only an option of a multiple choice",
        ),
        (
            question("q", "multiple", options=options("a b")),
            "options[0].code: 'a b' becomes part of a column's name",
        ),
        (question("q", "multiple", options=options("1"), max_answers=0), "max_answers: must be at least 1"),
        (question("q", "matrix", options=options("1")), "items: matrix 'q' has no items"),
        (
            question("q", "matrix", options=options("1"), items=items("a", "a")),
            "item name 'a' is already used",
        ),
        (question("q", "matrix", options=options("1"), items=items("a-b")), "items[0]: 'q_a-b' is no name"),
        (question("q", "scale"), "scale 'q' needs low and high"),
        (question("q", "scale", low=5, high=1), "high: must be above low (5)"),
        (question("q", "scale", low=0, high=1000), "high: a scale has 2 to 101 points"),
        (question("q", "scale", low=0, high=5, step=-1), "step: must be above 0"),
        (
            question("q", "scale", low=0, high=1, options=(ResponseOption("1", text("x"), missing=DK),)),
            "options: code '1' is a point of the scale",
        ),
        (question("q", "number", options=options("1")), "options[0].missing: beside its values"),
        (question("q", "number", low=3, high=3), "high: must be above low (3)"),
        (question("q", "text", max_length=0), "max_length: must be at least 1"),
        (question("q", "text", options=options("1")), "options: a question of kind 'text' has no 'options'"),
        (question("q", "info", required=True), "required: a question of kind 'info' has no 'required'"),
        (single("q", low=1), "low: a question of kind 'single' has no 'low'"),
        (replace(single("q"), text=Text({})), "text: the text in 'pl' is missing"),
        (replace(single("q"), hint=Text({"pl": " "})), "hint: the text in 'pl' is missing"),
        (
            replace(single("q"), hint=Text({"pl": "x", "de": "y"})),
            "hint: the questionnaire has no language 'de'",
        ),
        (single("q", when="q = 1"), "when: 'q' is not asked before this condition needs it"),
        (single("q", when="("), "when: expected a name"),
        (single("q", when="1"), "when: 1 is a number"),
    ],
)
def test_problems_of_one_question(asked, problem):
    assert any(problem in each for each in found(page(asked)))


@pytest.mark.parametrize(
    ("whole", "problem"),
    [
        (questionnaire(), "sections: at least one section is needed"),
        (questionnaire(section("s")), "sections[0].questions: section 's' has no question"),
        (
            questionnaire(section("s", single("a")), section("s", single("b"))),
            "sections[1].name: section name 's' is already used at sections[0].name",
        ),
        (
            page(single("a"), single("a")),
            "sections[0].questions[1].name: 'a' is already a name or a column of",
        ),
        (
            page(question("m", "multiple", options=options("1")), single("m_1")),
            "sections[0].questions[1].name: 'm_1' is already a name or a column of sections[0].questions[0]",
        ),
        (
            page(
                question(
                    "m",
                    "matrix",
                    options=options("1"),
                    items=(Item("x", text("x"), "c"), Item("y", text("y"), "c")),
                )
            ),
            "sections[0].questions[0].items: 2 items share the column 'c'",
        ),
        (page(single("a", when="b = 1"), single("b")), "questions[0].when: 'b' is not asked before"),
        (
            questionnaire(section("one", single("a"), when="a = 1")),
            "sections[0].when: 'a' is not asked before this condition needs it",
        ),
        (
            replace(page(single("a")), languages=("en", "pl")),
            "sections[0].questions[0].options[1].label: the text in 'en' is missing",
        ),
        (replace(page(single("a")), languages=("pl", "pl")), "language 'pl' is already used"),
        (
            replace(page(single("a")), languages=("pl", "Polish")),
            "languages[1]: 'Polish' is no language code",
        ),
        (Questionnaire(Text({}), (), ()), "languages: at least one language is needed"),
    ],
)
def test_problems_of_the_whole(whole, problem):
    assert any(problem in each for each in found(whole))


def test_a_condition_may_name_a_neighbour_asked_before_it():
    assert check(page(single("a"), single("b", when="a = 1"))) == ()


def test_all_problems_are_told_together():
    whole = page(single("1st"), question("q"), single("r", when="nobody = 1"))
    assert len(check(whole)) == 3
