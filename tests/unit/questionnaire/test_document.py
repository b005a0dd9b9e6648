import json
from dataclasses import replace

import pytest
import yaml
from hypothesis import given

from cityvoice.questionnaire.document import digest, dump_document, load_document, parse_document
from cityvoice.questionnaire.errors import DocumentError
from cityvoice.questionnaire.kinds import MissingKind, QuestionKind
from cityvoice.questionnaire.message import Message
from cityvoice.questionnaire.pipes import escape
from cityvoice.questionnaire.question import Text

from .strategies import questionnaires, words

YAML = """
title: {pl: Jakość życia, en: Quality of life}
languages: [pl, en]
consent: {pl: Zgadzam się., en: I agree.}
sections:
  - name: city
    questions:
      - name: satisfaction
        kind: single
        required: true
        text: {en: "How is life here?", pl: "Jak się tu żyje?"}
        favourable: [2]
        options: &scale
          - {code: 1, label: {pl: źle, en: badly}}
          - {code: 2, label: {pl: dobrze, en: well}}
          - {code: dk, label: {pl: nie wiem, en: do not know}, missing: dont_know}
      - name: services
        kind: matrix
        text: {pl: Usługi, en: Services}
        options: *scale
        items:
          - {name: buses, label: {pl: autobusy, en: buses}}
      - name: age
        kind: number
        text: {pl: Wiek, en: Age}
        low: 16
        when: satisfaction = 1
"""


def document(**changes):
    return {**yaml.safe_load(YAML), **changes}


def problems(value):
    with pytest.raises(DocumentError) as caught:
        load_document(value)
    return [str(problem) for problem in caught.value.problems]


def in_question(**changes):
    broken = document()
    broken["sections"][0]["questions"][0] |= changes
    return problems(broken)


@pytest.mark.parametrize(
    ("changes", "said", "values"),
    [
        ({"title": None}, "is missing", {}),
        ({"sections": {}}, "expected a list, found a mapping", {"found": "a mapping"}),
        ({"sections": ["words"]}, "expected a mapping, found 'words'", {}),
        ({"languages": ["pl", []]}, "expected text, found a list", {"found": "a list"}),
        ({"languages": ["pl", True]}, "expected text, found True: put it in quotes", {}),
        ({"sektions": []}, "unknown key; did you mean 'sections'?", {"expected": "did you mean 'sections'?"}),
    ],
)
def test_every_word_of_a_problem_can_be_said_in_another_language(changes, said, values):
    with pytest.raises(DocumentError) as caught:
        load_document(document(**changes))
    message = caught.value.problems[0].message
    assert message == said
    for name, expected in values.items():
        assert message.values[name] == expected
        assert isinstance(message.values[name], Message), "else it would stay English"


def test_a_yaml_document_is_read():
    questionnaire = parse_document(YAML)
    satisfaction, services, age = questionnaire.questions
    assert questionnaire.title.in_("en") == "Quality of life"
    assert satisfaction.kind is QuestionKind.SINGLE
    assert satisfaction.options[2].missing is MissingKind.DONT_KNOW
    assert satisfaction.favourable == ("2",)
    assert satisfaction.text.in_("uk") == "Jak się tu żyje?"  # the default, whatever was written first
    assert services.options == satisfaction.options
    assert (age.low, age.when) == (16, "satisfaction = 1")


def test_the_same_document_as_json_is_equal():
    assert parse_document(json.dumps(document())) == parse_document(YAML)


def test_plain_words_are_in_the_first_language():
    plain = parse_document(
        "title: Ankieta\nlanguages: [pl]\n"
        "sections: [{name: s, questions: [{name: q, kind: info, text: Witaj}]}]"
    )
    assert plain.title.translations == {"pl": "Ankieta"}


@given(questionnaires())
def test_dumping_and_loading_gives_an_equal_questionnaire(questionnaire):
    dumped = dump_document(questionnaire)
    assert load_document(dumped) == questionnaire
    assert parse_document(json.dumps(dumped)) == questionnaire
    assert parse_document(yaml.safe_dump(dumped, allow_unicode=True)) == questionnaire
    assert dump_document(load_document(dumped)) == dumped


@given(words.map(escape))
def test_any_words_survive_the_journey(title):
    questionnaire = replace(parse_document(YAML), title=Text({"pl": title, "en": title}))
    dumped = dump_document(questionnaire)
    assert parse_document(json.dumps(dumped)) == questionnaire
    assert parse_document(yaml.safe_dump(dumped, allow_unicode=True)) == questionnaire


@given(questionnaires())
def test_digests_are_equal_for_equal_questionnaires_and_differ_for_others(questionnaire):
    assert digest(load_document(dump_document(questionnaire))) == digest(questionnaire)
    renamed = replace(questionnaire, title=Text({"pl": "Another title"}))
    assert digest(renamed) != digest(questionnaire)


def test_a_digest_does_not_depend_on_the_order_of_keys_or_on_float_spelling():
    reordered = dict(reversed(document().items()))
    reordered["sections"][0]["questions"][2]["low"] = 16.0
    assert digest(load_document(reordered)) == digest(parse_document(YAML))
    assert len(digest(parse_document(YAML))) == 64


def test_problems_name_their_path_and_come_together():
    broken = document(title=None, colour="red")
    questions = broken["sections"][0]["questions"]
    questions[0]["options"] = [{"code": True, "label": "x"}, {"label": 1.5, "misisng": "dont_know"}, "9"]
    questions[1]["kind"] = "martix"
    questions[2] |= {"low": "sixteen", "max_length": 1.5, "required": "yes", "when": ["a"]}
    assert problems(broken) == [
        "colour: unknown key; expected one of title, languages, sections, consent, thanks, splits, quotas",
        "sections[0].questions[0].options[0].code: expected text, found True: put it in quotes",
        "sections[0].questions[0].options[1].misisng: unknown key; did you mean 'missing'?",
        "sections[0].questions[0].options[1].label: expected text, found 1.5: put it in quotes",
        "sections[0].questions[0].options[1].code: is missing",
        "sections[0].questions[0].options[2]: expected a mapping, found '9'",
        "sections[0].questions[1].kind: expected one of single, multiple, matrix, table, scale, ranking,"
        " best_worst, number, numbers, text, texts, date, time, file, place, consent, info, hidden,"
        " found 'martix'",
        "sections[0].questions[2].required: expected true or false, found 'yes'",
        "sections[0].questions[2].low: expected a number of at most 15 digits, found 'sixteen'",
        "sections[0].questions[2].max_length: expected a whole number, found 1.5",
        "sections[0].questions[2].when: expected text, found a list",
        "title: is missing",
    ]


def test_meaning_is_checked_once_the_shape_is_right():
    assert in_question(favourable=["7"], when="agee > 1") == [
        "sections[0].questions[0].favourable[0]: question 'satisfaction' has no such valid option: '7'",
        "sections[0].questions[0].when: unknown name 'agee'; did you mean 'age'?"
        " (at character 1 of 'agee > 1')",
    ]


@pytest.mark.parametrize(
    "value", [None, [], "text", 3, {"sections": 3}, {"languages": 3, "sections": [None]}]
)
def test_any_other_value_is_an_error_with_a_place(value):
    assert problems(value)


@pytest.mark.parametrize("number", [10**400, float("inf"), float("nan"), True])
def test_impossible_numbers_are_refused(number):
    broken = document()
    broken["sections"][0]["questions"][2]["low"] = number
    assert "expected a number" in problems(broken)[0]


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("title: {", "line 1"),
        ('{"title": ', "column 11: no JSON"),
        ('{"title": 1, "title": 2}', "'title' stands twice"),
        ("title: a\ntitle: b", "line 2, column 1: no YAML: the key 'title' stands twice"),
        ("title: !!python/object:os.system {}", "no YAML: could not determine a constructor"),
        ("[" * 5000, "line 1, column 101: no YAML: nested deeper than 100 levels"),
        ('{"a":' * 100_000, "nested too deep"),
        ("a: 2026-99-99", "month must be in 1..12"),
        ("a: \x00", "no YAML"),
    ],
)
def test_unreadable_text_says_where(source, message):
    with pytest.raises(DocumentError) as caught:
        parse_document(source)
    assert message in str(caught.value)


def _groups(depth):
    inner = {"name": "q", "kind": "text", "text": "?"}
    for number in range(depth):
        inner = {"name": f"g{number}", "questions": [inner]}
    return {"title": "t", "languages": ["pl"], "sections": [{"name": "s", "questions": [inner]}]}


@pytest.mark.parametrize("depth", [21, 200, 400])
def test_groups_nested_too_deep_are_refused_at_the_outermost(depth):
    with pytest.raises(DocumentError) as caught:
        load_document(_groups(depth))
    assert str(caught.value) == "sections[0].questions[0]: groups nested deeper than 20"
    assert load_document(_groups(20)).question("q")


def test_a_yaml_merge_key_may_override():
    merged = YAML.replace(
        "{code: 1, label: {pl: źle, en: badly}}", "{<<: {code: 9}, code: 1, label: {pl: a, en: b}}"
    )
    assert next(parse_document(merged).questions).options[0].code == "1"


def test_an_alias_bomb_ends_early():
    question = {"name": "q", "kind": "single", "text": "t", "options": [{"code": "1", "label": "x"}] * 1000}
    bomb = document(sections=[{"name": "s", "questions": [question] * 1000}] * 1000)
    assert "more than 100000 objects" in problems(bomb)[0]
