import pytest

from cityvoice.questionnaire.kinds import MissingKind
from cityvoice.questionnaire.model import Questionnaire
from cityvoice.questionnaire.question import Text

from .builders import items, options, page, question, questionnaire, section, single


def test_a_text_falls_back_to_the_base_language_then_to_the_default():
    text = Text({"pl": "Tak", "de": "Ja"})
    assert text.in_("de") == "Ja"
    assert text.in_("de-informal") == "Ja"
    assert text.in_("uk") == "Tak"


def test_a_text_that_is_not_translated_yet_falls_back_too():
    assert Text({"pl": "Tak", "en": ""}).in_("en") == "Tak"


def test_a_text_is_not_changed_by_the_mapping_that_made_it():
    words = {"pl": "Tak"}
    text = Text(words)
    words["pl"] = "Nie"
    assert text.in_("pl") == "Tak"
    assert hash(text) == hash(Text({"pl": "Tak"}))


@pytest.mark.parametrize(
    ("low", "high", "step", "points"),
    [
        (0, 3, None, ("0", "1", "2", "3")),
        (1, 2, 0.5, ("1", "1.5", "2")),
        (0, 1, 0.1, ("0", "0.1", "0.2", "0.3", "0.4", "0.5", "0.6", "0.7", "0.8", "0.9", "1")),
        (3, 0, None, ()),
        (0, 1e15, None, ()),
    ],
)
def test_points_of_a_scale(low, high, step, points):
    assert question("nps", "scale", low=low, high=high, step=step).points == points


def test_a_scale_knows_its_points_and_its_missing_codes():
    scale = question("nps", "scale", low=0, high=2, options=options(dk=MissingKind.DONT_KNOW))
    assert scale.codes == ("0", "1", "2", "dk")
    assert scale.missing_codes == {"dk": MissingKind.DONT_KNOW}


def test_fields_are_one_per_question_and_one_per_matrix_item():
    matrix = question("services", "matrix", options=options("1", "2"), items=items("buses", "parks"))
    assert matrix.fields == ("services_buses", "services_parks")
    assert single("district").fields == ("district",)
    assert question("welcome", "info").fields == ()


def test_sections_and_questions_are_found_by_name():
    whole = questionnaire(section("one", single("a")), section("two", single("b")))
    assert whole.section("two").name == "two"
    assert whole.question("a").name == "a"
    assert [each.name for each in whole.questions] == ["a", "b"]
    with pytest.raises(KeyError):
        whole.section("three")


def test_equal_questionnaires_have_equal_hashes():
    assert hash(page(single("a"))) == hash(page(single("a")))
    assert page(single("a")) == page(single("a"))
    assert page(single("a")) != page(single("b"))


def test_the_first_language_is_the_default():
    assert Questionnaire(Text({"pl": "B"}), ("pl", "en"), ()).language == "pl"
