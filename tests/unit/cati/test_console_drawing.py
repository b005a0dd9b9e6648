"""Keys of options, the whole interview as data, and where it goes on."""

import json

import pytest

from cityvoice.cati.drawing import keys_of
from cityvoice.cati.instant import interview_script
from cityvoice.cati.services.resuming import next_question
from cityvoice.questionnaire import routing
from cityvoice.questionnaire.document import load_document
from cityvoice.questionnaire.flat import flatten
from cityvoice.questionnaire.kinds import MissingKind
from cityvoice.questionnaire.question import ResponseOption, Text
from cityvoice.surveys.models import Response
from tests.factories import DOCUMENT, questionnaire

WORDS = Text({"en": "words"})
MISSING = {"dk": MissingKind.DONT_KNOW, "na": MissingKind.REFUSED}


def option(code: str) -> ResponseOption:
    return ResponseOption(code, WORDS, missing=MISSING.get(code))


@pytest.mark.parametrize(
    ("codes", "points", "keys"),
    [
        (["1", "2", "9"], [], ["1", "2", "9"]),  # numbers are their own keys
        (["bus", "bike", "dk", "na"], [], ["1", "2", "8", "9"]),
        ([*"abcdefghij", "dk"], [], [*map(str, range(1, 11)), "98"]),
        (["dk", "na"], [str(n) for n in range(11)], ["98", "99"]),
        (["dk", "na"], ["1", "2", "3", "4", "5"], ["8", "9"]),
        (["dk"], [str(n) for n in range(2, 10)], ["1"]),  # 8 is a point; the highest free key
        (["01", "02"], [], ["1", "2"]),
    ],
)
def test_keys(codes, points, keys):
    found = keys_of([option(code) for code in codes], points)
    assert [found[code] for code in codes] == keys
    assert len(set(found.values())) == len(found)


def test_every_question_has_keys_of_its_own_even_where_there_are_sixty():
    found = keys_of([option(f"code{number}") for number in range(60)])
    assert len(set(found.values())) == 60


def document(**question):
    asked = {"name": "asked", "kind": "text", "text": "Why?"} | question
    first = {"name": "first", "title": None, "questions": [*DOCUMENT["sections"][0]["questions"]]}
    return flatten(
        load_document(
            DOCUMENT | {"sections": [first, {"name": "second", "title": None, "questions": [asked]}]}
        )
    )


def test_conditions_of_sections_are_those_of_their_questions():
    script = interview_script(questionnaire(), "en")
    entries = {entry["q"]: entry for entry in json.loads(script.page.data(lambda _name: None))}
    assert entries["means"]["w"] == ["in", ["$", "life"], "2", "3"]
    assert not script.unsure


@pytest.mark.parametrize(
    ("question", "is_unsure"),
    [
        ({"when": "years > 3"}, False),
        ({"when": "length(why) > 3"}, True),
        ({"text": "You said {life}. Why?"}, False),
        ({"text": "{if(life == '1', 'Sadly', 'Well')}?"}, False),
        ({"text": "{if(years > 3, life, years)}?"}, True),  # the label of what an expression hands on
        ({"text": "{upper(why)}?"}, True),
        ({"kind": "single", "options": [{"code": "a", "label": "A", "when": "length(why) > 1"}]}, True),
        ({"kind": "single", "options": [{"code": "a", "label": "A", "when": "years > 1"}]}, False),
    ],
)
def test_what_only_the_server_can_tell_is_named(question, is_unsure):
    found = interview_script(document(**question), "en")
    assert (found.unsure == {"asked"}) is is_unsure


@pytest.mark.parametrize(
    ("answers", "reached", "following"),
    [
        ({}, None, "welcome"),
        ({"life": "3"}, None, "years"),
        ({"life": "3", "years": 4}, None, "means"),
        ({"life": "3"}, "living", "means"),
        ({"life": "3", "rate_bus": "1"}, None, "rate"),
        ({"life": "3", "rate_bus": "1", "rate_road": "1"}, None, "score"),
        ({"life": "1"}, None, "why"),
        ({"life": "3", "district": "1", "sex": "F"}, None, None),
        ({"life": "3"}, "gone", "years"),
    ],
)
def test_an_interview_goes_on_behind_what_was_answered(answers, reached, following):
    route = routing.route(questionnaire(), answers)
    found = next_question(questionnaire(), route, Response(answers=answers, reached=reached))
    assert (found.name if found else None) == following
