import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cityvoice.questionnaire.checking.checks import check
from cityvoice.questionnaire.errors import CodebookError, ImportCode, MicrodataError
from cityvoice.questionnaire.kinds import MissingKind, Mode, QuestionKind
from cityvoice.questionnaire.microdata.codebook import from_questionnaire, read_codebook
from cityvoice.questionnaire.microdata.decoding import UnknownCodes
from cityvoice.questionnaire.microdata.reading import read_microdata
from cityvoice.questionnaire.variables import column_value, variables

from .builders import items, options, page, question

CODEBOOK = read_codebook(
    json.dumps(
        {
            "missing": "NA",
            "scales": {
                "rating": {"1": "Poor", "2": "Fair", "3": "Good", "9": "Don't know"},
                "yes_no": {"1": "Yes", "2": "No"},
            },
            "variables": [
                {"name": "q1", "label": "A place to live", "scale": "rating"},
                {"name": "q2", "label": "Robbed", "scale": "yes_no"},
            ],
        }
    )
)
DICTIONARY = read_codebook("name,description\nq1,First\nwaga,Weight\nabsent,Not in the data\n")


def read(text, codebook=CODEBOOK, **options):
    return read_microdata(io.StringIO(text, newline=""), codebook, **options)


def problems(text, codebook=CODEBOOK, **options):
    with pytest.raises(MicrodataError) as caught:
        read(text, codebook, **options)
    return caught.value


def answers(microdata):
    return [record.answers for record in microdata.records]


def test_codes_are_read_and_cells_not_asked_give_no_answer():
    data = read("q1,q2\n3,1\n9 ,NA\nNA, 2\n")
    assert answers(data) == [{"q1": "3", "q2": "1"}, {"q1": "9"}, {"q2": "2"}]
    assert [record.row for record in data.records] == [2, 3, 4]
    assert [record.case_id for record in data.records] == ["2", "3", "4"]
    q1 = data.questionnaire.question("q1")
    assert (q1.kind, q1.text.in_("en"), q1.favourable) == (QuestionKind.SINGLE, "A place to live", ("3",))


def test_an_empty_cell_is_a_mistake_where_the_codebook_has_a_token_for_not_asked():
    with pytest.raises(MicrodataError) as caught:
        read("q1,q2\n3,\n")
    assert str(caught.value) == "row 2, column 'q2': found an empty cell, expected one of 1, 2"


def test_codes_are_read_as_other_programs_write_them():
    assert answers(read("q1,q2\n3.0,Yes\nGood,2.0\n")) == [{"q1": "3", "q2": "1"}, {"q1": "3", "q2": "2"}]


def test_an_unknown_code_names_its_row_column_and_what_was_expected():
    error = problems("q1,q2\n3,1\n7,2\n")
    (problem,) = error.problems
    assert (problem.row, problem.column, problem.value) == (3, "q1", "7")
    assert str(problem) == "row 3, column 'q1': found '7', expected one of 1, 2, 3, 9"


def test_a_missing_code_of_another_scale_is_accepted_and_counted():
    data = read("q1,q2\n3,9\n1,9\n2,1\n")
    assert data.undeclared == {"q2": {"9": 2}}
    assert answers(data)[0] == {"q1": "3", "q2": "9"}
    q2 = data.questionnaire.question("q2")
    assert q2.missing_codes == {"9": MissingKind.UNDECLARED}
    by_name = {variable.name: variable for variable in variables(data.questionnaire)}
    assert column_value(by_name["q2"], answers(data)[0]).missing is MissingKind.UNDECLARED


def test_undeclared_codes_may_all_be_errors_or_all_be_missing():
    assert problems("q1,q2\n3,9\n", unknown_codes=UnknownCodes.ERROR).problems[0].value == "9"
    accepted = read("q1,q2\n3,9\n8,1\n", unknown_codes=UnknownCodes.MISSING)
    assert accepted.undeclared == {"q1": {"8": 1}, "q2": {"9": 1}}
    assert check(accepted.questionnaire) == ()


def test_problems_are_counted_beyond_the_limit():
    error = problems("q1,q2\n" + "7,1\n" * 50, limit=3)
    assert (len(error.problems), error.n_problems) == (3, 50)
    assert str(error).endswith("... and 47 more")


@pytest.mark.parametrize(
    ("text", "code", "message"),
    [
        ("", ImportCode.UNREADABLE, "the file is empty"),
        ("\x1f\0", ImportCode.UNREADABLE, "the file is no text"),
        (
            'q1,q2\n1,"2\n',
            ImportCode.UNREADABLE,
            "row 2: expected delimited text in UTF-8: quotes do not match",
        ),
        ("q1,q2\n", ImportCode.NO_ROWS, "row 2: expected rows of answers below the header"),
        (
            "3,1\n1,2\n",
            ImportCode.WRONG_HEADER,
            "row 1: found '3, 1', expected column names in the first row",
        ),
        (
            "q1,q2,q1\n1,1,1\n",
            ImportCode.WRONG_HEADER,
            "a name of its own for each column: 'q1' stands 2 times",
        ),
        (
            "q1,q02\n1,1\n",
            ImportCode.MISSING_COLUMN,
            "column 'q2': expected a column 'q2' in the first row; did you mean",
        ),
        ("q1,q2\n1\n", ImportCode.FIELD_COUNT, "row 2: expected 2 fields, as in the header; there are 1"),
        ("q1,q2\n1,1,1\n", ImportCode.FIELD_COUNT, "row 2: expected 2 fields, as in the header; there are 3"),
    ],
)
def test_broken_files_say_what_is_wrong(text, code, message):
    (problem,) = problems(text).problems
    assert problem.code is code
    assert message in str(problem)


def test_rows_of_the_wrong_width_do_not_hide_other_problems():
    assert [problem.row for problem in problems("q1,q2\n1\n7,1\n").problems] == [2, 3]


def test_weights_are_read_with_either_decimal_sign_and_may_be_zero():
    data = read("q1;q2;w\n1;1;0,5\n2;1;0\n3;1;1e-3\n", weight="w")
    assert [record.weight for record in data.records] == [0.5, 0, 0.001]
    assert data.weight_column == "w"
    assert [each.name for each in data.questionnaire.questions] == ["q1", "q2"]


@pytest.mark.parametrize("weight", ["-1", "heavy", "", "NA", "nan", "inf"])
def test_a_weight_must_be_a_number_not_negative(weight):
    (problem,) = problems(f"q1,q2,w\n1,1,1\n1,1,{weight}\n", weight="w").problems
    assert (problem.code, problem.row, problem.column) == (ImportCode.BAD_WEIGHT, 3, "w")


def test_wrong_weights_are_told_once():
    assert problems("q1,q2,w\n1,1,x\n1,1,y\n", weight="w").n_problems == 2


def test_weights_of_nothing_but_zero_are_refused():
    assert "at least one weight above 0" in str(problems("q1,q2,w\n1,1,0\n", weight="w"))


def test_a_weight_column_that_is_not_there_is_named():
    assert "expected a column 'waga' in the first row" in str(problems("q1,q2,wag\n1,1,1\n", weight="waga"))


def test_case_identifiers_are_found_by_name_or_chosen():
    assert [record.case_id for record in read("id,q1,q2\nA7,1,1\n").records] == ["A7"]
    chosen = read("id,nr,q1,q2\nA7,15,1,1\n", case_id="nr")
    assert chosen.records[0].case_id == "15"
    assert chosen.case_id_column == "nr"


@pytest.mark.parametrize(
    ("second", "message"), [("A7", "row 2 has it too"), (" ", "expected a case identifier")]
)
def test_case_identifiers_are_there_and_unique(second, message):
    error = problems(f"id,q1,q2\nA7,1,1\n{second},1,1\n")
    assert (error.problems[0].row, error.problems[0].column) == (3, "id")
    assert message in str(error)


def test_modes_are_recognised():
    data = read("method,q1,q2\nWeb,1,1\nMail,1,1\nphone,1,1\nCAPI,1,1\nNA,1,1\n")
    assert [record.mode for record in data.records] == [Mode.CAWI, Mode.PAPI, Mode.CATI, Mode.CAPI, None]
    assert data.mode_column == "method"


def test_a_mode_of_transport_is_a_question():
    data = read("mode,q1,q2\nbus,1,1\nWeb,1,1\n")
    assert data.mode_column is None
    assert data.records[0].answers["mode"] == "bus"


def test_a_column_that_the_codebook_calls_mode_must_hold_modes():
    codebook = read_codebook('{"variables": [{"name": "how", "role": "mode"}, {"name": "q"}]}')
    (problem,) = problems("how,q\nbus,1\n", codebook).problems
    assert (problem.row, problem.column, problem.value) == (2, "how", "bus")


def test_roles_of_the_codebook_are_believed():
    codebook = read_codebook(
        '{"variables": [{"name": "nr", "role": "case_id"}, {"name": "w", "role": "weight"},'
        ' {"name": "name", "role": "ignored"}, {"name": "id"}]}'
    )
    data = read("nr,w,name,id\n7,2,Jan,x\n", codebook)
    assert (data.records[0].case_id, data.records[0].weight) == ("7", 2)
    assert data.ignored_columns == ("name",)
    assert data.records[0].answers == {"id": "x"}


def column(values, label="First"):
    text = "q1,waga\n" + "".join(f'"{value}",1\n' for value in values)
    return next(read(text, DICTIONARY).questionnaire.questions)


def test_labels_become_the_codes_of_a_column_without_a_scale():
    found = column(["TAK ", "TAK", "NIE", "trudno powiedzieć", "NA"])
    assert found.kind is QuestionKind.SINGLE
    assert [(option.code, option.missing) for option in found.options] == [
        ("NIE", None),
        ("TAK", None),
        ("trudno powiedzieć", MissingKind.DONT_KNOW),
    ]


def test_discovered_options_are_sorted_by_what_they_say():
    assert [option.code for option in column(["10", "9", "1"]).options] == ["1", "9", "10"]
    assert [option.code for option in column(["Łódź", "Mława", "Lublin"]).options] == [
        "Lublin",
        "Łódź",
        "Mława",
    ]
    found = column(["dobrze", "bardzo źle", "źle", "bardzo dobrze"])
    assert [option.code for option in found.options] == ["bardzo źle", "źle", "dobrze", "bardzo dobrze"]
    assert (found.ordered, found.favourable) == (True, ("dobrze", "bardzo dobrze"))


def test_many_numbers_are_a_number_and_fractions_always():
    assert column(range(31)).kind is QuestionKind.NUMBER
    assert column(range(30)).kind is QuestionKind.SINGLE
    assert column(["0.5", "1.5"]).kind is QuestionKind.NUMBER
    with_refusals = column([*range(31), "odmowa"])
    assert with_refusals.missing_codes == {"odmowa": MissingKind.REFUSED}


def test_a_huge_number_stays_a_number_that_any_program_reads():
    data = read("q1,waga\n1e99,1\n0.5,1\n", DICTIONARY)
    assert answers(data)[0] == {"q1": 1e99, "waga": "1"}
    assert isinstance(answers(data)[0]["q1"], float)


def test_many_words_and_postcodes_are_text():
    assert column([f"word {number}" for number in range(31)]).kind is QuestionKind.TEXT
    assert column([f"0{number}" for number in range(100, 131)]).kind is QuestionKind.TEXT
    assert column(["x" * 101]).kind is QuestionKind.TEXT


def test_columns_that_a_dictionary_lacks_are_read_and_those_it_has_beyond_the_data_ignored():
    data = read("q1,płeć,waga\n1,kobieta,1\n2,NA,2\n", DICTIONARY, weight="waga")
    assert answers(data) == [{"q1": "1", "plec": "kobieta"}, {"q1": "2"}]
    assert data.questionnaire.question("plec").text.in_("en") == "płeć"


def test_columns_named_by_words_with_a_meaning_of_their_own_are_renamed():
    assert answers(read("q1,in,back\n1,2,3\n", DICTIONARY)) == [{"q1": "1", "in_2": "2", "back_2": "3"}]


def test_a_file_of_nothing_but_weights_is_refused():
    (problem,) = problems("waga\n1\n", DICTIONARY, weight="waga").problems
    assert "at least one column that answers a question" in str(problem)


def test_an_empty_column_and_an_index_without_a_name_are_no_questions():
    data = read('"",q1,x\n1,1,NA\n', DICTIONARY)
    assert answers(data) == [{"q1": "1"}]
    assert data.ignored_columns == ("",)


def test_a_scale_that_makes_no_question_is_an_error_of_the_codebook():
    codebook = read_codebook(
        '{"scales": {"s": {"a\\u0007b": "Odd"}}, "variables": [{"name": "q", "scale": "s"}]}'
    )
    with pytest.raises(CodebookError, match="is no code"):
        read("q\n1\n", codebook)


OWN = page(
    question("news", "multiple", options=options("web", "press", dk=MissingKind.DONT_KNOW)),
    question("m", "matrix", options=options("1", "2"), items=items("a", "b")),
    question("nps", "scale", low=0, high=10, options=options(dk=MissingKind.DONT_KNOW)),
    question("age", "number", options=options(ref=MissingKind.REFUSED)),
    question("why", "text"),
)
OWN_HEADER = "news_web,news_press,m_a,m_b,nps,age,why,extra\n"


def test_data_in_the_layout_of_a_questionnaire_are_read():
    data = read(
        OWN_HEADER + '1,0,1,,10,42,"Bo, tak",x\n0,0,2,2,dk,ref,,x\ndk,dk,,,,,,x\n,,,,,,,x\n',
        from_questionnaire(OWN),
    )
    assert answers(data) == [
        {"news": ["web"], "m_a": "1", "nps": "10", "age": 42, "why": "Bo, tak"},
        {"news": [], "m_a": "2", "m_b": "2", "nps": "dk", "age": "ref"},
        {"news": ["dk"]},
        {},
    ]
    assert data.questionnaire == OWN
    assert data.ignored_columns == ("extra",)


def test_data_that_do_not_fit_a_questionnaire_are_refused_cell_by_cell():
    error = problems(OWN_HEADER + "maybe,0,3,,11,old,,\n", from_questionnaire(OWN))
    assert [(problem.column, problem.code) for problem in error.problems] == [
        ("news_web", ImportCode.UNKNOWN_CODE),
        ("m_a", ImportCode.UNKNOWN_CODE),
        ("nps", ImportCode.UNKNOWN_CODE),
        ("age", ImportCode.NOT_A_NUMBER),
    ]


@given(st.text() | st.text('q12,;"\n\r \t39NA'))
def test_any_text_is_either_read_or_refused_with_problems(text):
    try:
        count = len(read(text).records)
    except MicrodataError as error:
        count = error.n_problems
    assert count > 0


@given(
    st.lists(
        st.tuples(st.sampled_from(["1", "2", "3", "9", "NA"]), st.sampled_from(["1", "2", "NA", "9"])),
        min_size=1,
    )
)
def test_every_answer_that_is_given_is_kept_and_no_other(cells):
    data = read("id,q1,q2\n" + "".join(f"{place},{q1},{q2}\n" for place, (q1, q2) in enumerate(cells)))
    expected = [{name: code for name, code in (("q1", q1), ("q2", q2)) if code != "NA"} for q1, q2 in cells]
    assert answers(data) == expected
    assert check(data.questionnaire) == ()
