"""The questionnaire on paper: what stands there, whom each question is for, and that it is a sound PDF."""

from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
import yaml
from pypdf import PdfReader

from cityvoice.questionnaire.document import load_document
from cityvoice.questionnaire.flat import flatten
from cityvoice.questionnaire.kinds import QuestionKind
from cityvoice.questionnaire.model import Group, Repeat, Section
from cityvoice.questionnaire.names import fields_of
from cityvoice.questionnaire.question import Column
from cityvoice.surveys.compose.conditions import Teller
from cityvoice.surveys.compose.paper import compose_form
from cityvoice.surveys.document import Choices, Field, Fields, Grid, Lines, PaperForm, Scale
from cityvoice.surveys.render import render_form, render_html
from tests.unit.questionnaire.builders import items, options, page, question, single, text

EVERY_KIND = Path(__file__).parents[2] / "documents/every_kind.yaml"


def same(words: str) -> str:
    return words


def composed(*questions, **more) -> PaperForm:
    return compose_form(page(*questions), "pl", same, **more)


def every_kind() -> PaperForm:
    document = load_document(yaml.safe_load(EVERY_KIND.read_text(encoding="utf-8")))
    return compose_form(document, "pl", same)


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        ('sex = "1"', "Only if you answered “label 1” in question 1."),
        ('sex != "1"', "Only if you did not answer “label 1” in question 1."),
        ('not (sex = "1")', "Only if you did not answer “label 1” in question 1."),
        ('sex in ["1", "2"]', "Only if you answered “label 1” or “label 2” in question 1."),
        ('sex = "1" or sex = "2"', "Only if you answered “label 1” or “label 2” in question 1."),
        ('selected(media, "web")', "Only if you answered “label web” in question 2."),
        ('not selected(media, "web")', "Only if you did not answer “label web” in question 2."),
        ("age >= 18", "Only if you answered 18 or more in question 3."),
        ("not (age >= 18)", "Only if you answered less than 18 in question 3."),
        ("known(age)", "Only if you answered question 3."),
        (
            'sex = "1" and age > 64',
            "Only if you answered “label 1” in question 1 and you answered more than 64 in question 3.",
        ),
        ('sex = "1" and (age > 64 or age < 18)', "Ask the interviewer whether this is for you."),
        ("age + 1 > 18", "Ask the interviewer whether this is for you."),
        ('hidden = "1"', "Ask the interviewer whether this is for you."),
        (None, ""),
    ],
)
def test_conditions_in_words(condition, words):
    media = question("media", "multiple", options=options("web", "tv"))
    flat = flatten(page(single("sex"), media, question("age", "number"), question("hidden", "hidden")))
    teller = Teller(fields_of(flat), {"sex": 1, "media": 2, "age": 3}, "pl", same)
    assert teller.only_if(condition) == words


def test_questions_are_numbered_and_what_is_not_asked_is_not_there():
    form = composed(question("hello", "info"), single("a"), question("h", "hidden", value="1"), single("b"))
    assert [each.number for each in form.sections[0].questions] == [None, 1, 2]


def test_an_answer_in_a_text_is_named_by_its_number():
    again = replace(single("b"), text=text("Why {a}? {1 + 1}"))
    (_, asked) = composed(single("a"), again).sections[0].questions
    assert asked.text == "Why (your answer to question 1)? …"


def test_notes_are_for_interviewers_alone():
    asked = replace(single("a"), instruction=text("Show card 3"))
    assert composed(asked).sections[0].questions[0].note == ""
    assert composed(asked, for_interviewers=True).sections[0].questions[0].note == "Show card 3"


def test_a_groups_condition_is_said_once():
    inner = (question("b", "text"), question("c", "text", when="known(b)"))
    group = Group("g", text("Group"), inner, when='a = "1"')
    found = replace(page(), sections=(Section("page", None, (single("a"), group, question("d", "text"))),))
    heading, *rest = compose_form(found, "pl", same).sections[0].questions[1:]
    assert (heading.is_heading, bool(heading.condition)) == (True, True)
    assert [each.condition for each in rest] == ["", "Only if you answered question 2.", ""]


def test_repeats_are_printed_a_few_times():
    group = Group("g", None, (question("a", "text"),), repeat=Repeat(40))
    found = replace(page(), sections=(Section("page", None, (group,)),))
    names = [each.text for each in compose_form(found, "pl", same).sections[0].questions]
    assert names.count("Question a?") == 5


@pytest.mark.parametrize(
    ("kind", "fields", "body"),
    [
        ("single", {"options": options("1", "2")}, Choices),
        ("single", {"options": options(*map(str, range(99)))}, Lines),
        ("multiple", {"options": options("1", "2")}, Choices),
        ("ranking", {"options": options("1", "2")}, Choices),
        ("best_worst", {"options": options("1", "2")}, Grid),
        ("matrix", {"options": options("1", "2"), "items": items("x")}, Grid),
        ("table", {"columns": (Column("c", text("C"), options=options("1")),), "items": items("x")}, Grid),
        ("scale", {"low": 0, "high": 10}, Scale),
        ("scale", {"low": 0, "high": 100}, Field),
        ("number", {"high": 120}, Field),
        ("numbers", {"items": items("x", "y"), "total": 100}, Fields),
        ("date", {}, Field),
        ("time", {}, Field),
        ("text", {}, Lines),
        ("texts", {"items": items("x")}, Fields),
        ("place", {}, Lines),
        ("consent", {}, Choices),
    ],
)
def test_every_kind_has_its_body(kind, fields, body):
    (asked,) = composed(question("q", kind, **fields)).sections[0].questions
    assert isinstance(asked.bodies[0], body)


def test_numbers_have_as_many_boxes_as_they_need():
    (asked,) = composed(question("q", "number", low=0, high=120)).sections[0].questions
    assert asked.bodies[0].figures.parts == ((3, ""),)
    assert asked.manner == "From 0 to 120."


def test_short_options_stand_in_two_columns():
    wide, narrow = composed(single("a", *"123456"), single("b", "1", "2")).sections[0].questions
    assert (wide.bodies[0].n_columns, narrow.bodies[0].n_columns) == (2, 1)


def test_a_remark_has_its_line():
    (asked,) = composed(replace(single("a"), comment=text("Why?"))).sections[0].questions
    assert asked.bodies[-1] == Lines(1, "Why?")


def test_no_kind_is_forgotten():
    shown = {each.text for section in every_kind().sections for each in section.questions if each.bodies}
    document = load_document(yaml.safe_load(EVERY_KIND.read_text(encoding="utf-8")))
    asked = [each for each in document.questions if each.kind not in {QuestionKind.INFO, QuestionKind.HIDDEN}]
    once = [each for each in asked if "{" not in each.text.in_("pl")]
    assert {each.text.in_("pl") for each in once} <= shown


def test_words_of_authors_are_text():
    html = render_html(composed(replace(single("a"), text=text("<script>x</script>"))), same)
    assert "&lt;script&gt;" in html
    assert "<script>" not in html


def test_the_pdf_is_tagged_numbered_and_the_same_every_time():
    form = every_kind()
    content = render_form(form)
    assert content == render_form(form)
    reader = PdfReader(BytesIO(content))
    assert reader.metadata.title == "Każdy rodzaj pytania"
    assert reader.trailer["/Root"]["/Lang"] == "pl"
    assert "/StructTreeRoot" in reader.trailer["/Root"]
    words = " ".join(page.extract_text() for page in reader.pages)
    assert "Dziękujemy za próbę." in words
    assert f"1 / {len(reader.pages)}" in words
