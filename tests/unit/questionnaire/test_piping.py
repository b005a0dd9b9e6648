from dataclasses import replace

import pytest

from cityvoice.questionnaire.checking.checks import check
from cityvoice.questionnaire.defaults import proposed
from cityvoice.questionnaire.kinds import MissingKind
from cityvoice.questionnaire.pipes import Pipe, escape, parts
from cityvoice.questionnaire.piping import fill
from cityvoice.questionnaire.question import Text

from .builders import options, page, question, single, text

WHOLE = page(
    single("tenure", "own", "rent"),
    question("news", "multiple", options=options("web", "press", dk=MissingKind.DONT_KNOW)),
    question("age", "number", options=options(dk=MissingKind.DONT_KNOW)),
    question("day", "date"),
    question("wish", "text"),
    question("level", "scale", low=0, high=10),
)
ANSWERS = {
    "tenure": "rent",
    "news": ["web", "press"],
    "age": 12.5,
    "day": "2026-11-23",
    "wish": "<b>{age}</b>",
    "level": "7",
}


@pytest.mark.parametrize(
    ("words", "filled"),
    [
        ("You {tenure}.", "You label rent."),
        ("From {news}", "From label web, label press"),
        ("{age} and {age * 2}", "12,5 and 25"),
        ("On {day}", "On 23.11.2026"),
        ("{label(tenure)}: {question(age)}", "label rent: Question age?"),
        ("{wish}", "<b>{age}</b>"),  # what a respondent typed is no expression, and no HTML yet
        ("{level} of 10", "7 of 10"),
        ('{if(age > 10, "adult {1}", "child")}', "adult {1}"),
        ('{if(tenure = "rent", tenure, "-")}', "label rent"),
        ("a { b } {{c}}", "a { b } {c}}"),
        ("{\n}", "{\n}"),
        ("open {age", "open {age"),
        ("{", "{"),
    ],
)
def test_answers_are_filled_in(words, filled):
    assert fill(text(words), WHOLE, ANSWERS, "pl") == filled


def test_what_is_unknown_is_nothing_and_a_missing_answer_its_label():
    assert fill(text("<{tenure}{age + 1}{news}>"), WHOLE, {}, "pl") == "<>"
    assert fill(text("{age}"), WHOLE, {"age": "dk"}, "pl") == "label dk"


def test_a_language_writes_numbers_and_days_in_its_own_way():
    words = Text({"en": "{age} {day}", "de-AT": "{age} {day}"})
    assert fill(words, WHOLE, ANSWERS, "en") == "12.5 2026-11-23"
    assert fill(words, WHOLE, ANSWERS, "de-AT") == "12,5 23.11.2026"


def test_escaped_words_stay_as_they_are():
    assert parts(escape("a {b} {{c")) == ("a ", "{", "b} ", "{", "{", "c")
    assert parts("a {b}") == ("a ", Pipe("b"))


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        ("{nobody}", "questions[0].text.pl: unknown name 'nobody'"),
        ("{a +}", "questions[0].text.pl: expected a name"),
        ("{}", "questions[0].text.pl: expected a name"),
    ],
)
def test_expressions_in_texts_are_checked(words, problem):
    (found,) = check(page(replace(single("a"), text=text(words))))
    assert problem in str(found)


# --- defaults


def test_a_default_is_proposed_until_there_is_an_answer():
    city = single("city", "k", "g", default='"g"')
    age = question("age", "number", default="20 + 22")
    whole = page(city, age, question("again", "text", default="city"), single("odd", "1", default='"9"'))
    assert check(whole) == ()
    assert proposed(whole, city, {}) == {"city": "g"}
    assert proposed(whole, city, {"city": "k"}) == {}
    assert proposed(whole, age, {}) == {"age": 42}
    assert proposed(whole, whole.question("again"), {"city": "k"}) == {"again": "k"}
    assert proposed(whole, whole.question("again"), {}) == {}
    assert proposed(whole, whole.question("odd"), {}) == {}


def test_a_default_of_a_multiple_choice_is_a_list():
    news = question("news", "multiple", options=options("web", "press"), default='"press"')
    assert proposed(page(news), news, {}) == {"news": ["press"]}
