"""XLSForms as questionnaires: types, names, groups, repeats, expressions, and what a broken file says."""

import io
import zipfile

import pytest

from cityvoice.questionnaire.errors import DocumentError
from cityvoice.questionnaire.flat import flatten
from cityvoice.questionnaire.importers.formats import read_questionnaire
from cityvoice.questionnaire.kinds import ColumnKind, Display, Geometry, MissingKind
from cityvoice.questionnaire.model import Group
from tests.unit.questionnaire.xlsform_files import CHOICES, YES_NO, imported, losses, questions, workbook


def test_every_type_is_a_kind():
    found = imported(
        ["text", "words", "Words"],
        ["integer", "n", "Number"],
        ["decimal", "x", "Decimal"],
        ["range", "r", "Range"],
        ["note", "info", "Read this"],
        ["date", "day", "Day"],
        ["time", "hour", "Hour"],
        ["geopoint", "spot", "Spot"],
        ["geotrace", "way", "Way"],
        ["geoshape", "area", "Area"],
        ["image", "photo", "Photo"],
        ["audio", "voice", "Voice"],
        ["file", "paper", "Paper"],
        ["acknowledge", "agree", "I agree"],
        ["select_one yes_no", "one", "One"],
        ["select_multiple yes_no", "several", "Several"],
        ["rank yes_no", "order", "Order"],
        ["calculate", "sum_", ""],
        ["hidden", "handed", ""],
        ["today", "today", ""],
        headers="type name label",
    )
    kinds = {name: str(each.kind) for name, each in questions(found).items()}
    assert list(kinds.values()) == [
        *("text", "number", "number", "scale", "info", "date", "time", "place", "place", "place"),
        *("file", "file", "file", "consent", "single", "multiple", "ranking", "hidden", "hidden", "hidden"),
    ]
    by_name = questions(found)
    assert by_name["way"].geometry is Geometry.LINE
    assert by_name["photo"].accept == ("image/*",)
    assert by_name["r"].points == tuple(map(str, range(1, 11)))
    assert list(by_name.values())[-1].value == "today()"


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ("select one from yes_no", "single"),
        ("add select one prompt using yes_no", "single"),
        ("select1 yes_no", "single"),
        ("select all that apply from yes_no", "multiple"),
        ("q select1 yes_no", "single"),
        ("string", "text"),
        ("q string", "text"),
        ("int", "number"),
        ("add integer prompt", "number"),
        ("phone number", "hidden"),
        ("gps", "place"),
        ("photo", "file"),
        ("trigger", "consent"),
        ("add note prompt", "info"),
        ("SELECT_ONE yes_no", "single"),
    ],
)
def test_old_spellings_of_types(written, kind):
    (question,) = questions(imported([written, "q", "Question"])).values()
    assert question.kind == kind


def test_old_spellings_of_columns():
    found = imported(
        ["integer", "age", "Age", "", ". < 130", "Too old", "yes"],
        ["text", "job", "Job", "${age} > 15", "", "", ""],
        headers="command tag caption bind:relevant bind:constraint bind:jr:constraintMsg bind:required",
    )
    age, job = questions(found).values()
    assert age.required
    assert age.rules[0].message.in_("en") == "Too old"
    assert job.when == "age > 15"


def test_groups_become_sections_and_rows_between_them_pages():
    found = imported(
        ["text", "a", "A"],
        ["begin group", "g", "Group"],
        ["text", "b", "B"],
        ["begin_group", "inner", "Inner"],
        ["text", "c", "C"],
        ["end_group", "", ""],
        ["end group", "", ""],
        ["text", "d", "D"],
    ).questionnaire
    assert [section.name for section in found.sections] == ["page_1", "g", "page_2"]
    assert found.section("g").title.in_("en") == "Group"
    assert [element.name for element in found.section("g").elements] == ["b", "inner"]


def test_conditions_of_groups_and_questions():
    found = imported(
        ["select_one yes_no", "child", "Children?", ""],
        ["begin group", "g", "Group", "${child} = '1'"],
        ["select_multiple yes_no", "which", "Which?", ""],
        ["text", "why", "Why?", "selected(${which}, '0') and not(${child} = '0')"],
        ["end group", "", "", ""],
        headers="type name label relevant",
    )
    assert found.questionnaire.section("g").when == 'child = "1"'
    assert questions(found)["why"].when == 'selected(which, "0") and not holds(child = "0")'
    assert (found.n_expressions_found, found.n_expressions_compiled) == (2, 2)


@pytest.mark.parametrize(
    ("count", "maximum", "expression", "is_open"),
    [("3", 3, "3", False), ("${n}", 10, "n", False), ("", 10, None, True), ("400", 50, "400", False)],
)
def test_repeats(count, maximum, expression, is_open):
    found = imported(
        ["integer", "n", "How many?", ""],
        ["begin repeat", "person", "Person", count],
        ["text", "first", "Name of ${n}", ""],
        ["end repeat", "", "", ""],
        headers="type name label repeat_count",
    )
    (group,) = (each for each in found.questionnaire.sections[0].elements if isinstance(each, Group))
    assert (group.repeat.maximum, group.repeat.count) == (maximum, expression)
    assert (group.repeat.more is not None) is is_open
    assert group.elements[0].text.in_("en") == "Name of {n}"
    assert sum(each.name.startswith("first.") for each in flatten(found.questionnaire).questions) == maximum


def test_a_repeat_in_a_repeat_is_asked_once_in_each():
    found = imported(
        ["begin repeat", "house", "House"],
        ["begin repeat", "person", "Person"],
        ["text", "first", "Name"],
        ["end repeat", "", ""],
        ["end repeat", "", ""],
    )
    (house,) = found.questionnaire.sections[0].elements
    assert house.repeat is not None
    assert house.elements[0].repeat is None
    assert ("sheet survey, row 3", "repeat in a repeat") in losses(found)


def test_loops_are_unrolled():
    found = imported(
        ["begin loop over yes_no", "each", ""],
        ["integer", "count", "How many %(label)s (%(name)s)?"],
        ["end loop", "", ""],
    )
    asked = questions(found)
    assert list(asked) == ["count_1", "count_0"]
    assert asked["count_0"].text.in_("en") == "How many No (0)?"


def test_cascades():
    found = imported(
        ["select_one region", "region", "Region", ""],
        ["select_one city", "city", "City", "Region_Code = ${region}"],
        headers="type name label choice_filter",
        choices=[
            [*CHOICES, "Region_Code"],
            ["region", "24", "Silesia", ""],
            ["city", "2469", "Katowice", "24"],
        ],
    )
    city = questions(found)["city"]
    assert city.option_filter == "region_code = region"
    assert city.options[0].attributes == {"region_code": "24"}


def test_external_choices_of_the_same_workbook():
    found = imported(
        ["select_one_external city", "city", "City"],
        external_choices=[["list_name", "name", "label"], ["city", "1", "Katowice"]],
    )
    (city,) = questions(found).values()
    assert (city.kind, city.display, len(city.options)) == ("single", Display.DROPDOWN, 1)


def test_or_other_asks_for_words_and_answers_to_its_name():
    found = imported(
        ["select_one yes_no or_other", "q", "Which?", ""],
        ["text", "more", "Tell more", "${q_other} != ''"],
        headers="type name label relevant",
    )
    question = questions(found)["q"]
    assert [(each.code, each.specify) for each in question.options][1:] == [("0", False), ("other", True)]
    assert questions(found)["more"].when == "answered(q_other_text)"


def test_a_text_beside_a_multiple_choice_with_an_option_of_its_name():
    found = imported(
        ["select_multiple places", "q", "Where?", ""],
        ["text", "q_other", "Where else?", "selected(${q}, 'other')"],
        headers="type name label relevant",
        choices=[CHOICES, ["places", "park", "Park"], ["places", "other", "Other"]],
    )
    assert list(questions(found)) == ["q", "q_other_2"]
    assert questions(found)["q_other_2"].when == 'selected(q, "other")'
    assert ("sheet survey, row 3", "name 'q_other'") in losses(found)


def test_table_lists_are_matrices():
    found = imported(
        ["begin group", "sat", "How satisfied?", "table-list", ""],
        ["select_one yes_no", "sat_parks", "Parks", "", "yes"],
        ["select_one yes_no", "roads", "Roads", "", "yes"],
        ["end group", "", "", "", ""],
        headers="type name label appearance required",
    )
    (matrix,) = questions(found).values()
    assert (matrix.kind, matrix.required) == ("matrix", True)
    assert matrix.main_fields == ("sat_parks", "roads")
    assert [each.code for each in matrix.options] == ["1", "0"]


def test_a_table_list_with_rules_of_its_rows_stays_a_group():
    found = imported(
        ["begin group", "sat", "How satisfied?", "table-list", ""],
        ["select_one yes_no", "parks", "Parks", "", ". != '0'"],
        ["end group", "", "", "", ""],
        headers="type name label appearance constraint",
    )
    assert questions(found)["parks"].rules[0].expression == 'this != "0"'


def test_batteries_of_kobo():
    found = imported(
        ["begin_score", "sat", "How satisfied?", "yes_no", "", ""],
        ["score__row", "parks", "Parks", "", "", ""],
        ["score__row", "roads", "Roads", "", "", ""],
        ["end_score", "", "", "", "", ""],
        ["begin_rank", "order", "What first?", "", "yes_no", ""],
        ["rank__level", "first", "First", "", "", ""],
        ["end_rank", "", "", "", "", ""],
        ["begin_kobomatrix", "home", "At home", "", "", "things"],
        ["integer", "n", "How many?", "", "", ""],
        ["select_one yes_no", "used", "In use?", "", "", ""],
        ["end_kobomatrix", "", "", "", "", ""],
        headers="type name label kobo--score-choices kobo--rank-items kobo--matrix_list",
        choices=[CHOICES, *YES_NO, ["things", "bike", "Bike"], ["things", "car", "Car"]],
    )
    sat, order, home = questions(found).values()
    assert (sat.kind, sat.main_fields) == ("matrix", ("parks", "roads"))
    assert (order.kind, order.max_answers) == ("ranking", 1)
    assert home.main_fields == ("home_bike_n", "home_bike_used", "home_car_n", "home_car_used")
    assert [column.kind for column in home.columns] == [ColumnKind.NUMBER, ColumnKind.SINGLE]


def test_translations():
    found = imported(
        ["text", "a", "Wiek", "Age", "w latach"],
        headers="type|name|label::Polski (pl)|label:English|hint::Polski (pl)",
        settings=[["form_title", "form_id", "default_language"], ["Form", "my form", "Polski (pl)"]],
    )
    (question,) = questions(found).values()
    assert found.questionnaire.languages == ("pl", "en")
    assert question.text.translations == {"pl": "Wiek", "en": "Age"}
    assert found.slug == "my-form"
    assert any(loss.where == "language 'en'" for loss in found.losses)


def test_a_form_without_languages_is_polish_where_it_has_polish_letters():
    assert imported(["text", "a", "Żywność"]).questionnaire.languages == ("pl",)
    assert imported(["text", "a", "Food"]).questionnaire.languages == ("en",)


def test_names_that_are_taken_or_no_names():
    found = imported(
        ["text", "age", "A"],
        ["text", "age", "B"],
        ["text", "first-name", "C"],
        ["text", "2nd", "D"],
        ["text", "", "E"],
        ["text", "and", "F"],
    )
    assert list(questions(found)) == ["age", "age_2", "first_name", "v_2nd", "row_6", "and_2"]
    assert len(losses(found)) == 4


def test_duplicate_names_mean_the_one_in_the_same_group():
    found = imported(
        ["begin group", "one", "One", ""],
        ["integer", "age", "Age", ""],
        ["end group", "", "", ""],
        ["begin group", "two", "Two", ""],
        ["integer", "age", "Age", ""],
        ["text", "job", "Job", "${age} > 15"],
        ["end group", "", "", ""],
        headers="type name label relevant",
    )
    assert questions(found)["job"].when == "age_2 > 15"


def test_codes_are_kept_unless_they_become_names():
    lists = [["a", "very good", "A"], ["a", "-99", "B"], ["b", "very good", "A"], ["b", "very-good", "B"]]
    found = imported(
        ["select_one a", "one", "One", ""],
        ["select_multiple b", "several", "Several", ""],
        ["text", "why", "Why?", "${one} = 'very good' or selected(${several}, 'very-good')"],
        headers="type name label relevant",
        choices=[CHOICES, *lists],
    )
    asked = questions(found)
    assert [each.code for each in asked["one"].options] == ["very good", "-99"]
    assert [each.code for each in asked["several"].options] == ["very_good", "very_good_2"]
    assert asked["why"].when == 'one = "very good" or selected(several, "very_good_2")'


def test_choices_that_are_no_answers():
    choices = [[*CHOICES, "missing"], ["a", "1", "Yes", ""], ["a", "98", "Don't know", "dont_know"]]
    (question,) = questions(imported(["select_one a", "q", "Q"], choices=choices)).values()
    assert question.missing_codes == {"98": MissingKind.DONT_KNOW}


def test_doubled_and_nameless_choices_are_told():
    choices = [CHOICES, ["a", "1", "Yes"], ["a", "1", "Again"], ["a", "", "Nameless"]]
    found = imported(["select_one a", "q", "Q"], choices=choices)
    assert [where for where, _ in losses(found)] == ["sheet choices, row 3", "sheet choices, row 4"]


def test_a_select_without_a_list_is_a_text():
    found = imported(["select_one nowhere", "q", "Q"])
    assert questions(found)["q"].kind == "text"
    assert losses(found) == [("sheet survey, row 2", "list 'nowhere'")]


@pytest.mark.parametrize(
    ("type_", "constraint", "fields"),
    [
        ("integer", ". >= 0 and . <= 120", {"low": 0, "high": 120}),
        ("decimal", ". >= -1.5", {"low": -1.5}),
        ("text", "string-length(.) <= 200", {"max_length": 200}),
        ("text", "regex(., '[0-9]{2}')", {"pattern": "[0-9]{2}"}),
        ("select_multiple yes_no", "count-selected(.) <= 1", {"max_answers": 1}),
        ("date", ". <= today()", {"latest": "today()"}),
    ],
)
def test_constraints_become_limits(type_, constraint, fields):
    (question,) = questions(
        imported([type_, "q", "Q", constraint], headers="type name label constraint")
    ).values()
    assert {name: getattr(question, name) for name in fields} == fields
    assert question.rules == ()


def test_constraints_with_words_or_more_than_limits_are_rules():
    headers = "type name label constraint constraint_message"
    found = imported(
        ["integer", "a", "A", ". >= 0", "Not below 0"],
        ["integer", "b", "B", ". >= ${a} and . <= 9", ""],
        headers=headers,
    )
    a, b = questions(found).values()
    assert (a.low, a.rules[0].message.in_("en")) == (None, "Not below 0")
    assert b.rules[0].expression == "this >= a and this <= 9"


def test_defaults():
    found = imported(
        ["integer", "n", "N", "3"],
        ["text", "words", "W", "Yes (please)"],
        ["select_one yes_no", "one", "O", "1"],
        ["date", "day", "D", "today()"],
        ["geopoint", "spot", "S", "50 19"],
        headers="type name label default",
    )
    defaults = {name: each.default for name, each in questions(found).items()}
    expected = {"n": "3", "words": '"Yes (please)"', "one": '"1"', "day": "today()", "spot": None}
    assert defaults == expected
    assert losses(found) == [("sheet survey, row 6", "default = 50 19")]


def test_braces_of_a_text_stay_braces():
    (question,) = questions(imported(["note", "q", "Write {name} or ${nobody}"])).values()
    assert question.text.in_("en") == "Write {{name} or ${{nobody}"


def test_a_large_range_is_a_slider():
    (question,) = questions(
        imported(["range", "q", "Q", "start=0 end=100 step=5"], headers="type name label parameters")
    ).values()
    assert (question.kind, question.display) == ("number", Display.SLIDER)
    assert (question.low, question.high, question.step) == (0, 100, 5)


def test_what_a_questionnaire_lacks_is_told():
    found = imported(
        ["text", "a", "A", "yes", "${a} = 'x'", "once"],
        ["video-call", "b", "B", "", "", ""],
        ["audit", "audit", "", "", "", ""],
        headers="type name label read_only required trigger",
    )
    assert [what for _, what in losses(found)] == [
        *("trigger", "read_only", "required = ${a} = 'x'", "type 'video-call'", "type 'audit'"),
    ]


def test_csv_and_markdown():
    csv = b'"survey",,,\n,"type","name","label"\n,"text","a","Caf\xe9"\n"settings",,\n,"form_title"\n,"Tea"\n'
    found = read_questionnaire(csv, "form.csv").questionnaire
    assert (found.title.in_("en"), found.question("a").text.in_("en")) == ("Tea", "Café")
    table = "| survey |\n| | type | name | label |\n|---|---|---|---|\n| | integer | a | One \\| two |\n"
    (question,) = read_questionnaire(table.encode(), "form.md").questionnaire.questions
    assert question.text.in_("en") == "One | two"


def bomb() -> bytes:
    """A workbook whose one sheet unpacks to more than anybody's memory should hold."""
    written = io.BytesIO()
    written.write(workbook({"survey": [["type"]]}))
    with zipfile.ZipFile(written, "a", zipfile.ZIP_DEFLATED) as book, book.open("big.bin", "w") as big:
        for _ in range(300):
            big.write(bytes(2**20))
    return written.getvalue()


def _group(*kinds: str) -> bytes:
    return workbook({"survey": [["type", "name", "label"], *([kind, "g", "G"] for kind in kinds)]})


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "workbook: it cannot be read"),
        (b"PK\x03\x04 truncated", "workbook: it cannot be read"),
        (workbook({"survey": [["type"]]})[:900], "workbook: it cannot be read"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "workbook: it cannot be read"),
        (workbook({"data": [["a"]]}), "expected a sheet named survey; sheets found: data"),
        (workbook({"survey": [["type", "name", "label"]]}), "expected at least one question"),
        (_group("begin group", "text"), "row 2: 'begin group' has no matching end"),
        (_group("text", "end group"), "row 3: 'end group' without a beginning"),
        (_group("begin group", "text", "end repeat"), "row 4: 'end repeat' where 'end group' of row 2"),
        (_group(*["begin group"] * 30), "groups nested deeper than 20"),
    ],
)
def test_broken_files_say_where(content, message):
    with pytest.raises(DocumentError) as caught:
        read_questionnaire(content, "form.xlsx")
    assert message in str(caught.value)


def test_a_workbook_that_unpacks_to_too_much_is_refused():
    with pytest.raises(DocumentError, match="unpacked it has more than 256 MB"):
        read_questionnaire(bomb(), "form.xlsx")


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("household_survey_v2.csv", "Household survey v2"),
        ("JakośćŻycia2026.csv", "Jakość Życia 2026"),
        ("ankieta-miejska-2026-11-23.csv", "Ankieta miejska 2026-11-23"),
        ("Ankieta o parkach.csv", "Ankieta o parkach"),
        ("_.csv", "_"),
    ],
)
def test_without_a_title_the_files_name_is_made_readable(name, title):
    found = read_questionnaire(b'"survey",,,\n,"type","name","label"\n,"text","a","A"\n', name)
    assert found.questionnaire.title.in_("en") == title
