from hypothesis import given
from hypothesis import strategies as st

from cityvoice.questionnaire.flat import flatten
from cityvoice.questionnaire.kinds import MissingKind, QuestionKind
from cityvoice.questionnaire.question import Item
from cityvoice.questionnaire.variables import NOT_ASKED, Cell, VariableKind, column_value, variables

from .builders import items, options, page, question, single, text
from .strategies import answers_to, questionnaires


def one(*questions):
    return {variable.name: variable for variable in variables(page(*questions))}


def test_a_single_choice_is_one_nominal_column_with_its_wording():
    found = one(single("tenure", "1", "2"))
    assert list(found) == ["tenure"]
    assert found["tenure"].kind is VariableKind.NOMINAL
    assert found["tenure"].wording.in_("pl") == "Question tenure?"


def test_order_and_favourable_codes_make_a_choice_ordinal():
    found = one(single("a", ordered=True), single("b", favourable=("2",)))
    assert {variable.kind for variable in found.values()} == {VariableKind.ORDINAL}
    assert found["b"].favourable == ("2",)


def test_a_matrix_is_one_column_per_item_which_may_have_a_name_of_its_own():
    rows = (*items("buses"), Item("parks", text("Parks"), variable="q1_02"))
    found = one(question("q1", "matrix", options=options("1", "2"), items=rows))
    assert list(found) == ["q1_buses", "q1_02"]
    assert found["q1_02"].label.in_("pl") == "Parks"
    assert found["q1_02"].wording.in_("pl") == "Question q1?"


def test_a_multiple_choice_is_one_flag_per_valid_option():
    found = one(question("news", "multiple", options=options("web", "press", dk=MissingKind.DONT_KNOW)))
    assert list(found) == ["news_web", "news_press"]
    web, press = found.values()
    assert column_value(web, {"news": ["web"]}) == Cell(True)
    assert column_value(press, {"news": ["web"]}) == Cell(False)
    assert column_value(press, {"news": []}) == Cell(False)
    assert column_value(press, {"news": ["dk"]}) == Cell(None, MissingKind.DONT_KNOW)
    assert column_value(press, {}) is NOT_ASKED


def test_not_asked_and_dont_know_stay_distinct():
    (variable,) = one(question("a", options=options("1", dk=MissingKind.DONT_KNOW))).values()
    assert column_value(variable, {"a": "1"}) == Cell("1")
    assert column_value(variable, {"a": "dk"}) == Cell(None, MissingKind.DONT_KNOW)
    assert column_value(variable, {}) is NOT_ASKED


def test_a_number_keeps_its_value_or_its_missing_code():
    (variable,) = one(question("age", "number", options=options(ref=MissingKind.REFUSED))).values()
    assert column_value(variable, {"age": 0}) == Cell(0)
    assert column_value(variable, {"age": "ref"}) == Cell(None, MissingKind.REFUSED)


def test_a_scale_is_ordinal_and_labels_its_ends():
    scale = question("nps", "scale", low=0, high=2, low_label=text("źle"), high_label=text("dobrze"))
    (variable,) = one(scale).values()
    assert variable.kind is VariableKind.ORDINAL
    assert [option.label.in_("pl") for option in variable.options] == ["0 – źle", "1", "2 – dobrze"]


def test_an_information_page_has_no_column():
    assert one(question("welcome", "info"), single("a")).keys() == {"a"}


@given(st.data())
def test_columns_have_distinct_names_and_read_every_stored_answer(data):
    questionnaire = flatten(data.draw(questionnaires()))
    answers = data.draw(answers_to(questionnaire))
    columns = variables(questionnaire)
    assert len({variable.name for variable in columns}) == len(columns)
    for variable in columns:
        asked = variable.field in answers
        assert (column_value(variable, answers) == NOT_ASKED) is not asked
    silent = {QuestionKind.INFO}
    assert {column.question for column in columns} == {
        each.name for each in questionnaire.questions if each.kind not in silent
    }
