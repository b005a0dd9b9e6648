import json

import pytest

from cityvoice.questionnaire.errors import CodebookError
from cityvoice.questionnaire.kinds import MissingKind
from cityvoice.questionnaire.microdata.codebook import Role, from_questionnaire, read_codebook

from .builders import items, options, page, question

RATING = {"1": "Poor", "2": "Fair", "3": "Good", "9": "Don't know"}


def scales_codebook(**changes):
    document = {
        "source": "City survey",
        "missing": "NA",
        "scales": {"rating": RATING},
        "variables": [
            {"name": "id", "label": "", "scale": ""},
            {"name": "q1", "label": " As a place \n to live ", "scale": "rating"},
        ],
    }
    return read_codebook(json.dumps(document | changes))


def scale(**stated):
    codebook = scales_codebook(scales={"rating": stated})
    return codebook.columns["q1"].scale


def test_a_json_codebook_is_read():
    codebook = scales_codebook()
    assert codebook.title.translations == {"en": "City survey"}
    assert codebook.not_asked == {"NA"}
    assert codebook.missing_codes == {"9"}
    assert codebook.complete
    column = codebook.columns["q1"]
    assert column.label == "As a place to live"
    assert [option.code for option in column.scale.options] == ["1", "2", "3", "9"]
    assert column.scale.options[3].missing is MissingKind.DONT_KNOW
    assert column.scale.favourable == ("3",)
    assert column.scale.ordered
    assert codebook.columns["id"].scale is None


def test_several_tokens_may_mean_not_asked():
    assert scales_codebook(missing=["NA", -1]).not_asked == {"NA", "-1"}
    assert scales_codebook(missing=None).not_asked == {""}


def test_polish_labels_make_a_polish_codebook_unless_it_says_otherwise():
    variables = [{"name": "q1", "label": "Jakość życia"}]
    assert scales_codebook(variables=variables).language == "pl"
    assert scales_codebook(variables=variables, language="uk").language == "uk"


def test_a_scale_may_state_what_its_labels_do_not_tell():
    stated = scale(
        labels={"1": "Bus", "2": {"en": "Tram", "pl": "Tramwaj"}, "3": "Walk", "97": "Other"},
        missing={"97": "not_applicable"},
        ordered=True,
        favourable=["3"],
    )
    assert stated.ordered
    assert stated.favourable == ("3",)
    assert stated.options[1].label.in_("pl") == "Tramwaj"
    assert stated.options[3].missing is MissingKind.NOT_APPLICABLE
    assert scale(labels={"1": "a", "8": "b"}, missing=["8"]).options[1].missing is MissingKind.NO_ANSWER


def test_a_csv_dictionary_is_read():
    codebook = read_codebook(
        '\ufeff"","name","description"\n"1","gp3","Jak ocenia Pan życie"\n"2","gp3","znów"\n'
    )
    assert list(codebook.columns) == ["gp3"]
    assert codebook.columns["gp3"].label == "Jak ocenia Pan życie"
    assert codebook.not_asked == {"", "NA"}
    assert codebook.language == "pl"
    assert not codebook.complete


def test_odd_line_separators_inside_a_description_end_no_row():
    codebook = read_codebook("name,description\nq1,one\u2028two\x0cthree\n")
    assert codebook.columns["q1"].label == "one two three"


def test_a_polish_csv_dictionary_is_read():
    codebook = read_codebook("Zmienna;Opis\nq1;Płeć\n")
    assert codebook.columns["q1"].label == "Płeć"


def test_a_questionnaire_is_the_codebook_of_its_own_data():
    whole = page(
        question("news", "multiple", options=options("web", "press")),
        question("m", "matrix", options=options("1"), items=items("a")),
    )
    codebook = from_questionnaire(whole)
    assert codebook.questionnaire == whole
    assert list(codebook.columns) == ["news_web", "news_press", "m_a"]
    assert {column.role for column in codebook.columns.values()} == {Role.QUESTION}


def test_a_questionnaire_document_is_recognised():
    source = "title: T\nlanguages: [pl]\nsections: [{name: s, questions: [{name: q, kind: text, text: Q}]}]"
    assert list(read_codebook(source).columns) == ["q"]


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"variables": [{"label": "x"}]}, "variables[0].name: is missing"),
        ({"variables": ["q1"]}, "variables[0].name: is missing"),
        ({"variables": [{"name": "q1"}, {"name": "q1"}]}, "variables[1].name: 'q1' is described twice"),
        ({"variables": [{"name": "q1", "scale": "x"}]}, "variables[0].scale: there is no scale 'x'"),
        (
            {"variables": [{"name": "q1", "role": "x"}]},
            "variables[0].role: expected one of question, case_id",
        ),
        ({"variables": {}}, "expected a codebook"),
        ({"scales": []}, "scales: expected a mapping"),
        ({"scales": {"rating": []}}, "scales.rating: expected a mapping of codes to labels"),
        ({"scales": {"rating": {"1": 5}}}, "scales.rating.1: expected a code and a label in words"),
        ({"scales": {"rating": {"9": "Refused"}}}, "scales.rating: the scale has no valid code"),
        (
            {"scales": {"rating": {"labels": RATING, "missing": {"8": "refused"}}}},
            "scales.rating.missing.8: the scale",
        ),
        (
            {"scales": {"rating": {"labels": RATING, "missing": {"9": "x"}}}},
            "scales.rating.missing.9: expected one of",
        ),
        ({"scales": {"rating": {"labels": RATING, "missing": 9}}}, "scales.rating.missing: expected"),
        (
            {"scales": {"rating": {"labels": RATING, "favourable": ["9"]}}},
            "scales.rating.favourable: expected a list",
        ),
    ],
)
def test_problems_of_a_json_codebook_name_their_place(changes, problem):
    with pytest.raises(CodebookError) as caught:
        scales_codebook(**changes)
    assert any(problem in str(each) for each in caught.value.problems)


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ("", "expected a codebook"),
        ("just words", "expected a codebook"),
        ("a,b\n1,2\n", "expected a codebook"),
        ("{", "no JSON"),
        ("title: T\nsections: []\n", "languages: is missing"),
        ("name,description\nq1,a,b\n", "row 2: expected 2 fields, found 3"),
        ('name,description\nq1,"a\n', "row 2: quotes do not match"),
        ('{"variables": [{"name": ["q"], "scale": ["x"], "role": ["y"]}]}', "variables[0].role"),
    ],
)
def test_what_is_no_codebook_says_what_was_expected(source, problem):
    with pytest.raises(CodebookError) as caught:
        read_codebook(source)
    assert problem in str(caught.value)
