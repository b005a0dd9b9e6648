import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cityvoice.questionnaire.expressions.types import ValueType
from cityvoice.questionnaire.flat import flatten
from cityvoice.questionnaire.kinds import MissingKind, QuestionKind
from cityvoice.questionnaire.names import fields_of
from cityvoice.questionnaire.question import DEFAULT_MAX_LENGTH, ResponseOption
from cityvoice.questionnaire.validation import ErrorCode, FieldError, read_page

from .builders import items, options, page, question, questionnaire, section, single, text
from .strategies import WITH_MISSING, answers_to, forms_for, questionnaires

DK = MissingKind.DONT_KNOW
EXCLUSIVE = ResponseOption("none", text("None of these"), exclusive=True)


def read(asked, *values, answers=None):
    whole = page(asked)
    form = {asked.fields[0]: list(values)} if values else {}
    return read_page(whole, whole.sections[0], form, answers or {})


def error(asked, *values):
    (found,) = read(asked, *values).errors
    return found


CASES = [
    (single("a", "1", "2"), ["2"], "2"),
    (question("a", options=options("1", dk=DK)), ["dk"], "dk"),
    (question("a", "scale", low=0, high=10), ["10"], "10"),
    (question("a", "multiple", options=options("1", "2", "3")), ["3", "1"], ["1", "3"]),
    (question("a", "multiple", options=(*options("1"), EXCLUSIVE)), ["none"], ["none"]),
    (question("a", "number"), ["42"], 42),
    (question("a", "number"), [" 1 234,50 "], 1234.5),
    (question("a", "number"), ["-3.0"], -3),
    (question("a", "number", low=0, high=1, step=0.1), ["0.3"], 0.3),
    (question("a", "number", options=options(dk=DK)), ["", "dk"], "dk"),
    (question("a", "text"), ["  więcej drzew\r\ni ławek "], "więcej drzew\ni ławek"),
    (question("a", "text"), [unicodedata.normalize("NFD", "żółć")], "żółć"),
    (question("a", "text"), ["<script>alert(1)</script>"], "<script>alert(1)</script>"),
]


@pytest.mark.parametrize(("asked", "values", "answer"), CASES)
def test_valid_answers_are_read(asked, values, answer):
    result = read(asked, *values)
    assert result.errors == ()
    assert result.answers == {"a": answer}
    assert type(result.answers["a"]) is type(answer)


@pytest.mark.parametrize(
    ("asked", "values", "code", "params"),
    [
        (single("a", required=True), [], ErrorCode.REQUIRED, {}),
        (single("a", required=True), ["  "], ErrorCode.REQUIRED, {}),
        (question("a", "multiple", options=options("1"), required=True), [], ErrorCode.REQUIRED, {}),
        (question("a", "text", required=True), ["\r\n"], ErrorCode.REQUIRED, {}),
        (single("a"), ["3"], ErrorCode.NOT_AN_OPTION, {}),
        (single("a"), ["1\0"], ErrorCode.NOT_AN_OPTION, {}),
        (single("a"), ["1", "2"], ErrorCode.TOO_MANY, {"max_answers": 1}),
        (single("a"), ["1", "1"], ErrorCode.TOO_MANY, {"max_answers": 1}),
        (question("a", "scale", low=0, high=10), ["11"], ErrorCode.NOT_AN_OPTION, {}),
        (question("a", "scale", low=0, high=10), ["1.0"], ErrorCode.NOT_AN_OPTION, {}),
        (question("a", "multiple", options=options("1")), ["1", "9"], ErrorCode.NOT_AN_OPTION, {}),
        (question("a", "multiple", options=options("1")), ["1", "1"], ErrorCode.REPEATED, {}),
        (
            question("a", "multiple", options=options("1", "2", "3"), max_answers=2),
            ["1", "2", "3"],
            ErrorCode.TOO_MANY,
            {"max_answers": 2},
        ),
        (
            question("a", "multiple", options=(*options("1"), EXCLUSIVE)),
            ["1", "none"],
            ErrorCode.EXCLUSIVE,
            {"code": "none"},
        ),
        (
            question("a", "multiple", options=options("1", dk=DK)),
            ["1", "dk"],
            ErrorCode.EXCLUSIVE,
            {"code": "dk"},
        ),
        (question("a", "number"), ["many"], ErrorCode.NOT_A_NUMBER, {}),
        (question("a", "number"), ["nan"], ErrorCode.NOT_A_NUMBER, {}),
        (question("a", "number"), ["1e9"], ErrorCode.NOT_A_NUMBER, {}),
        (question("a", "number"), ["٣"], ErrorCode.NOT_A_NUMBER, {}),
        (question("a", "number"), ["9" * 100_000], ErrorCode.NOT_A_NUMBER, {}),
        (question("a", "number", low=18), ["17"], ErrorCode.TOO_SMALL, {"low": 18}),
        (question("a", "number", high=120), ["121"], ErrorCode.TOO_LARGE, {"high": 120}),
        (question("a", "number", step=1), ["1.5"], ErrorCode.NOT_A_STEP, {"step": 1}),
        (
            question("a", "number", options=options(dk=DK)),
            ["5", "dk"],
            ErrorCode.TOO_MANY,
            {"max_answers": 1},
        ),
        (question("a", "text", max_length=3), ["abcd"], ErrorCode.TOO_LONG, {"max_length": 3, "length": 4}),
        (
            question("a", "text"),
            ["x" * 1_000_000],
            ErrorCode.TOO_LONG,
            {"max_length": DEFAULT_MAX_LENGTH, "length": 1_000_000},
        ),
        (question("a", "text"), ["a\0b"], ErrorCode.NOT_TEXT, {}),
        (question("a", "text"), ["a\x1bb"], ErrorCode.NOT_TEXT, {}),
        (question("a", "text"), ["a\ud800b"], ErrorCode.NOT_TEXT, {}),
    ],
)
def test_everything_else_is_refused_with_a_code(asked, values, code, params):
    assert error(asked, *values) == FieldError("a", code, params)


def test_line_ends_count_once():
    assert read(question("a", "text", max_length=3), "a\r\nb").answers == {"a": "a\nb"}


def test_a_question_left_blank_has_no_answer_and_a_multiple_choice_an_empty_one():
    assert read(single("a")).answers == {}
    assert read(question("a", "multiple", options=options("1"))).answers == {"a": []}


def test_each_item_of_a_required_matrix_has_its_own_error():
    matrix = question("m", "matrix", options=options("1", "2"), items=items("x", "y"), required=True)
    whole = page(matrix)
    result = read_page(whole, whole.sections[0], {"m_x": ["1"]}, {})
    assert result.answers == {"m_x": "1"}
    assert result.errors == (FieldError("m_y", ErrorCode.REQUIRED, {}),)


def test_answers_of_other_pages_stay_and_this_page_is_replaced():
    whole = questionnaire(section("one", single("a"), single("b")), section("two", single("c")))
    result = read_page(whole, whole.sections[0], {"b": ["2"]}, {"a": "1", "b": "1", "c": "1"})
    assert result.answers == {"b": "2", "c": "1"}


def test_fields_of_other_pages_are_not_read():
    whole = questionnaire(section("one", single("a")), section("two", single("b")))
    result = read_page(
        whole, whole.sections[0], {"a": ["1"], "b": ["2"], "csrf_token": ["x"], "evil": ["x"]}, {}
    )
    assert result.answers == {"a": "1"}


def test_a_question_called_for_by_this_very_page_is_revealed_then_required():
    follow_up = question("b", options=options("1"), when='a = "2"', required=True)
    whole = page(single("a", required=True), follow_up)
    first = read_page(whole, whole.sections[0], {"a": ["2"]}, {})
    assert (first.errors, first.revealed, first.answers) == ((), ("b",), {"a": "2"})
    second = read_page(whole, whole.sections[0], {"a": ["2"]}, first.answers)
    assert second.errors == (FieldError("b", ErrorCode.REQUIRED, {}),)
    third = read_page(whole, whole.sections[0], {"a": ["2"], "b": ["1"]}, first.answers)
    assert (third.errors, third.revealed, third.answers) == ((), (), {"a": "2", "b": "1"})


def test_a_question_that_script_showed_at_once_is_read_with_the_page():
    whole = page(single("a"), single("b", when='a = "2"'))
    result = read_page(whole, whole.sections[0], {"a": ["2"], "b": ["1"]}, {})
    assert (result.revealed, result.answers) == ((), {"a": "2", "b": "1"})


def test_a_hidden_question_is_not_read_even_when_posted():
    whole = page(single("a"), single("b", when='a = "2"'))
    assert read_page(whole, whole.sections[0], {"a": ["1"], "b": ["1"]}, {}).answers == {"a": "1"}


def test_a_section_that_is_not_shown_changes_nothing():
    whole = questionnaire(section("one", single("a")), section("two", single("b"), when='a = "2"'))
    result = read_page(whole, whole.sections[1], {"b": ["1"]}, {"a": "1"})
    assert (result.answers, result.errors) == ({"a": "1"}, ())


@st.composite
def posts(draw):
    whole = flatten(draw(questionnaires()))
    return whole, draw(st.sampled_from(whole.sections)), draw(answers_to(whole)), draw(forms_for(whole))


@given(posts())
def test_whatever_is_posted_only_valid_answers_come_out(case):
    whole, here, answers, form = case
    result = read_page(whole, here, form, answers)
    json.dumps(result.answers, allow_nan=False)
    fresh = {name: value for name, value in result.answers.items() if value is not answers.get(name)}
    for name, value in fresh.items():
        part = fields_of(whole)[name]
        assert part.question in here.questions
        assert part.question.kind is not QuestionKind.HIDDEN
        codes = value if isinstance(value, list) else [value]
        if part.codes and part.question.kind not in WITH_MISSING - {QuestionKind.SCALE}:
            assert set(codes) <= set(part.codes) or part.type is ValueType.NUMBER
    assert {each.field for each in result.errors}.isdisjoint(fresh)


@given(posts())
def test_reading_the_same_page_twice_gives_the_same_answers(case):
    whole, here, answers, form = case
    once = read_page(whole, here, form, answers)
    if not once.errors and not once.revealed:
        assert read_page(whole, here, form, once.answers).answers == once.answers
