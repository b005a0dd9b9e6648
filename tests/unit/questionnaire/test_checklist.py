from dataclasses import replace

import pytest

from cityvoice.questionnaire.checking.checklist import warnings
from cityvoice.questionnaire.checking.checks import check
from cityvoice.questionnaire.kinds import MissingKind
from cityvoice.questionnaire.model import Group, Repeat

from .builders import options, page, question, questionnaire, section, single

A = single("a", "1", "2", "3")
AGE = question("age", "number", low=0, high=80, options=options(**{"99": MissingKind.REFUSED}))
NEWS = question("news", "multiple", options=options("web", "press"))
LATER = single("later", when='a = "1"')


@pytest.mark.parametrize(
    "when",
    [
        'a = "1" and a = "2"',
        'a in ["1", "2"] and a = "3"',
        'not (a = "1" or a != "1")',
        "a > 3",
        "age > 80",
        "age < 18 and age >= 65",
        "5 > age and age > 5",
        'selected(news, "web") and not selected(news, "web", "press")',
        'later = "1" and a = "2"',  # `later` is asked of those who said 1
        "false",
        'a not in ["1", "2", "3"]',
    ],
)
def test_a_question_that_no_answers_lead_to_is_told(when):
    whole = page(A, AGE, NEWS, LATER, single("q", when=when))
    assert check(whole) == ()
    assert [each.path for each in warnings(whole)] == ["sections[0].questions[4]"]
    assert "'q' is never asked" in warnings(whole)[0].message


@pytest.mark.parametrize(
    "when",
    [
        'a = "1" or a = "2"',
        'a != "1" and a != "2"',
        "age = 99",
        "age >= 80",
        "age + 1 > 200",  # arithmetic is not judged
        'selected(news, "web") and selected(news, "press")',
        'later = "1" and a = "1"',
        'later = "1"',
        'not selected(news, "web")',
        "count(news) > 5",
        "a = age",
    ],
)
def test_what_may_be_asked_is_not_told(when):
    assert warnings(page(A, AGE, NEWS, LATER, single("q", when=when))) == ()


def test_what_needs_an_unreachable_question_is_unreachable_too():
    lost = single("lost", when='a = "1" and a = "2"')
    whole = page(A, lost, single("q", when='lost = "1"'))
    assert [each.path for each in warnings(whole)] == ["sections[0].questions[1]", "sections[0].questions[2]"]


def test_conditions_of_sections_and_groups_count():
    group = Group("g", None, (single("b", when='a = "2"'),), when='a = "1"')
    whole = questionnaire(section("one", A), section("two", group, when='a != "3"'))
    assert [each.path for each in warnings(whole)] == ["sections[1].questions[0].questions[0]"]


def test_a_repeat_is_unreachable_when_no_copy_is_asked():
    persons = question("persons", "number", low=0, high=2)
    group = Group("people", None, (single("b"),), repeat=Repeat(3, count="persons"))
    assert warnings(page(persons, group)) == ()


def test_a_missing_translation_is_no_obstacle_but_told():
    whole = replace(page(single("a")), languages=("pl", "en"))
    assert check(whole) == ()
    found = [str(each) for each in warnings(whole)]
    assert "sections[0].questions[0].options[1].label: the text in 'en' is missing" in found


def test_a_chain_of_many_cases_ends():
    long = " and ".join(f'(a = "1" or age = {n})' for n in range(60))
    assert warnings(page(A, AGE, single("q", when=long))) == ()
