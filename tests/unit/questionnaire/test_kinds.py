"""What is read, and what is refused, of the kinds of question that are more than one code, number or text."""

import pytest

from cityvoice.questionnaire.kinds import ColumnKind, Geometry, MissingKind, TextFormat
from cityvoice.questionnaire.question import Column, Item, ResponseOption, Rule
from cityvoice.questionnaire.validation import ErrorCode, FieldError, handed_over, read_page

from .builders import items, options, page, question, questionnaire, section, single, text

DK = MissingKind.DONT_KNOW
OTHER = ResponseOption("other", text("Other"), specify=True)
NONE = ResponseOption("none", text("None"), exclusive=True)
COLUMNS = (
    Column("sat", text("Satisfaction"), options=options("1", "2", dk=DK)),
    Column("n", text("How many"), ColumnKind.NUMBER, low=0, high=10),
    Column("why", text("Why"), ColumnKind.TEXT),
    Column("used", text("Used"), ColumnKind.FLAG),
)


def read(asked, answers=None, /, **form):
    whole = page(*asked) if isinstance(asked, tuple) else page(asked)
    posted = {name: value if isinstance(value, list) else [value] for name, value in form.items()}
    return read_page(whole, whole.sections[0], posted, answers or {})


def refused(asked, /, **form):
    """The errors, with nothing but what is right beside them."""
    result = read(asked, **form)
    return [(error.field, error.code, dict(error.params)) for error in result.errors]


# --- one field


@pytest.mark.parametrize(
    ("asked", "typed", "stored"),
    [
        (question("q", "date"), "2026-11-23", "2026-11-23"),
        (question("q", "date"), "23.11.2026", "2026-11-23"),
        (question("q", "date"), " 3/1/2026 ", "2026-01-03"),
        (question("q", "date", earliest="2026-01-01", latest="2026-12-31"), "2026-12-31", "2026-12-31"),
        (question("q", "date", options=options(dk=DK)), "dk", "dk"),
        (question("q", "time"), "18:05", "18:05"),
        (question("q", "time"), "8.05", "08:05"),
        (question("q", "time"), "18:05:59", "18:05"),
        (
            question("q", "text", format=TextFormat.EMAIL),
            " jan.kowalski@katowice.eu ",
            "jan.kowalski@katowice.eu",
        ),
        (question("q", "text", format=TextFormat.EMAIL), "łucja@żory.pl", "łucja@żory.pl"),
        (question("q", "text", format=TextFormat.PHONE), "600 100 200", "600100200"),
        (question("q", "text", format=TextFormat.PHONE), "(32) 259-33-11", "322593311"),
        (question("q", "text", format=TextFormat.PHONE), "0048 600-100-200", "+48600100200"),
        (question("q", "text", format=TextFormat.WEB), "katowice.eu/parki", "https://katowice.eu/parki"),
        (question("q", "text", format=TextFormat.WEB), "http://a.pl:80/?x=1", "http://a.pl:80/?x=1"),
        (question("q", "text", pattern="[0-9]{2}-[0-9]{3}"), "40-001", "40-001"),
        (question("q", "file"), "a1B2_c-3", "a1B2_c-3"),
        (question("q", "place"), "point (19.0216801 50.29)", "POINT(19.02168 50.29)"),
        (
            question("q", "place", geometry=Geometry.LINE),
            "LINESTRING(19 50,-0.0000001 51)",
            "LINESTRING(19 50, 0 51)",
        ),
        (
            question("q", "place", geometry=Geometry.POLYGON),
            "POLYGON((19 50, 20 50, 20 51))",
            "POLYGON((19 50, 20 50, 20 51, 19 50))",
        ),
        (question("q", "consent"), "1", "1"),
    ],
)
def test_what_people_type_is_stored_in_one_spelling(asked, typed, stored):
    result = read(asked, q=typed)
    assert (result.answers, result.errors) == ({"q": stored}, ())


@pytest.mark.parametrize(
    ("asked", "typed", "code", "params"),
    [
        (question("q", "date"), "2026-02-30", ErrorCode.NOT_A_DATE, {}),
        (question("q", "date"), "yesterday", ErrorCode.NOT_A_DATE, {}),
        (question("q", "date"), "٢٠٢٦-01-01", ErrorCode.NOT_A_DATE, {}),
        (
            question("q", "date", earliest="2026-01-01"),
            "31.12.2025",
            ErrorCode.TOO_EARLY,
            {"earliest": "2026-01-01"},
        ),
        (question("q", "time", latest="20:00"), "20:01", ErrorCode.TOO_LATE, {"latest": "20:00"}),
        (question("q", "time"), "25:00", ErrorCode.NOT_A_TIME, {}),
        (question("q", "text", format=TextFormat.EMAIL), "jan@kowalski", ErrorCode.NOT_EMAIL, {}),
        (question("q", "text", format=TextFormat.EMAIL), "a b@c.pl", ErrorCode.NOT_EMAIL, {}),
        (question("q", "text", format=TextFormat.EMAIL), "a..b@c.pl", ErrorCode.NOT_EMAIL, {}),
        (question("q", "text", format=TextFormat.PHONE), "112", ErrorCode.NOT_PHONE, {}),
        (question("q", "text", format=TextFormat.PHONE), "six hundred", ErrorCode.NOT_PHONE, {}),
        (
            question("q", "text", format=TextFormat.WEB),
            "javascript://x.pl/%0aa(1)",
            ErrorCode.NOT_WEB,
            {},
        ),
        (question("q", "text", format=TextFormat.WEB), "no address", ErrorCode.NOT_WEB, {}),
        (question("q", "text", pattern="[0-9]+"), "12a", ErrorCode.PATTERN, {}),
        (question("q", "text", pattern="(a+)+b"), "a" * 3000, ErrorCode.PATTERN, {}),
        (question("q", "file"), "../../etc/passwd", ErrorCode.NOT_A_FILE, {}),
        (question("q", "file"), "x" * 65, ErrorCode.NOT_A_FILE, {}),
        (question("q", "place"), "POINT(181 50)", ErrorCode.NOT_A_PLACE, {}),
        (question("q", "place"), "POINT(19 91)", ErrorCode.NOT_A_PLACE, {}),
        (question("q", "place"), "POINT(19 nan)", ErrorCode.NOT_A_PLACE, {}),
        (question("q", "place"), "LINESTRING(19 50, 20 51)", ErrorCode.NOT_A_PLACE, {}),
        (question("q", "place", geometry=Geometry.LINE), "LINESTRING(19 50)", ErrorCode.NOT_A_PLACE, {}),
        (
            question("q", "place", geometry=Geometry.POLYGON),
            "POLYGON((1 1, 1 1, 1 1, 1 1))",
            ErrorCode.NOT_A_PLACE,
            {},
        ),
        (
            question("q", "place", geometry=Geometry.LINE),
            f"LINESTRING({', '.join(['19 50'] * 501)})",
            ErrorCode.TOO_MANY_POINTS,
            {"most": 500},
        ),
        (question("q", "consent"), "yes", ErrorCode.NOT_AN_OPTION, {}),
        (question("q", "consent", required=True), " ", ErrorCode.REQUIRED, {}),
    ],
)
def test_what_is_no_answer_is_refused(asked, typed, code, params):
    assert refused(asked, q=typed) == [("q", code, params)]


def test_limits_of_a_date_may_be_computed_from_other_answers():
    born = question("born", "date", latest="today()")
    moved = question("moved", "date", earliest="born")
    assert refused((born, moved), born="2999-01-01")[0][1] is ErrorCode.TOO_LATE
    found = refused((born, moved), born="1980-05-01", moved="1979-01-01")
    assert found == [("moved", ErrorCode.TOO_EARLY, {"earliest": "1980-05-01"})]
    assert refused((born, moved), moved="1979-01-01") == []


# --- words beside an answer


def test_words_are_kept_and_required_only_where_their_option_is_chosen():
    asked = question("q", options=(*options("1"), OTHER), comment=text("Why?"))
    assert read(asked, q="other", q_other_text="zoo").answers == {"q": "other", "q_other_text": "zoo"}
    assert read(asked, q="1", q_other_text="zoo", q_comment="so").answers == {"q": "1", "q_comment": "so"}
    result = read(asked, q="other", q_other_text=" ")
    assert result.errors == (FieldError("q_other_text", ErrorCode.REQUIRED, {}),)
    assert result.answers == {"q": "other"}
    assert refused(asked, q="other", q_other_text="x" * 501)[0][1] is ErrorCode.TOO_LONG


def test_words_of_a_multiple_choice():
    asked = question("q", "multiple", options=(*options("1"), OTHER, NONE))
    assert read(asked, q=["other"], q_other_text="zoo").answers == {"q": ["other"], "q_other_text": "zoo"}
    assert read(asked, q=["none"], q_other_text="zoo").answers == {"q": ["none"]}


def test_a_place_may_be_given_in_words():
    asked = question("q", "place", required=True)
    assert read(asked, q_words="przy fontannie").answers == {"q_words": "przy fontannie"}
    assert refused(asked) == [("q", ErrorCode.REQUIRED, {})]
    assert refused(asked, q="here") == [("q", ErrorCode.NOT_A_PLACE, {})]


# --- several fields


def test_least_answers_of_a_multiple_choice():
    asked = question("q", "multiple", options=(*options("1", "2", "3"), NONE), min_answers=2)
    assert refused(asked, q=["1"]) == [("q", ErrorCode.TOO_FEW, {"min_answers": 2})]
    assert read(asked, q=["none"]).errors == read(asked, q=["1", "3"]).errors == read(asked).errors == ()


def ranking(**fields):
    return question("r", "ranking", options=options("a", "b", "c"), **fields)


def test_ranks_are_stored_by_option_and_may_be_partial():
    assert read(ranking(), r_b="1", r_a=" 2 ").answers == {"r_b": 1, "r_a": 2}
    assert read(ranking()).errors == ()
    assert read(ranking(required=True), r_a="1", r_b="2", r_c="3").errors == ()
    assert read(ranking(required=True, min_answers=2), r_a="1", r_b="2").errors == ()
    assert read(ranking(required=True, max_answers=2), r_a="1", r_b="2").errors == ()


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({"r_a": "1", "r_b": "1"}, ("r_b", ErrorCode.REPEATED, {})),
        ({"r_a": "1", "r_b": "3"}, ("r", ErrorCode.RANK_GAP, {"rank": 2})),
        ({"r_a": "4"}, ("r_a", ErrorCode.NOT_A_RANK, {"high": 3})),
        ({"r_a": "0"}, ("r_a", ErrorCode.NOT_A_RANK, {"high": 3})),
        ({"r_a": "first"}, ("r_a", ErrorCode.NOT_A_RANK, {"high": 3})),
    ],
)
def test_ranks_that_are_no_order_are_refused_and_none_is_kept(form, error):
    result = read(ranking(), **form)
    assert [(each.field, each.code, dict(each.params)) for each in result.errors] == [error]
    assert result.answers == {}


def test_how_many_ranks_are_needed():
    assert refused(ranking(required=True), r_a="1") == [("r", ErrorCode.REQUIRED, {})]
    assert refused(ranking(min_answers=2), r_a="1") == [("r", ErrorCode.TOO_FEW, {"min_answers": 2})]
    form = {"r_a": "1", "r_b": "2", "r_c": "3"}
    assert refused(ranking(max_answers=2), **form) == [("r", ErrorCode.TOO_MANY, {"max_answers": 2})]


def test_best_and_worst_differ():
    asked = question("q", "best_worst", options=options("a", "b", "c"), required=True)
    assert read(asked, q_best="a", q_worst="c").answers == {"q_best": "a", "q_worst": "c"}
    assert refused(asked, q_best="a", q_worst="a") == [("q_worst", ErrorCode.SAME, {})]
    assert refused(asked, q_best="a") == [("q_worst", ErrorCode.REQUIRED, {})]


def budget(**fields):
    return question("b", "numbers", items=items("x", "y"), total=100, **fields)


def test_numbers_add_up_to_their_total():
    assert read(budget(), b_x="60,5", b_y="39.5").answers == {"b_x": 60.5, "b_y": 39.5}
    assert read(budget(), b_x="100").errors == read(budget()).errors == ()
    result = read(budget(), b_x="60", b_y="30")
    assert result.errors == (FieldError("b", ErrorCode.TOTAL, {"total": 100, "sum": 90}),)
    assert result.answers == {}
    assert read(budget(options=options(dk=DK)), b_x="60", b_y="dk").errors == ()


def test_each_item_of_a_required_list_is_needed_unless_a_least_number_is_said():
    asked = question("t", "texts", items=items("x", "y"), required=True)
    assert refused(asked, t_x="a") == [("t_y", ErrorCode.REQUIRED, {})]
    some = question("t", "texts", items=items("x", "y", "z"), required=True, min_answers=2)
    assert refused(some, t_x="a") == [("t", ErrorCode.TOO_FEW, {"min_answers": 2})]
    assert refused(some) == [("t", ErrorCode.REQUIRED, {})]
    assert refused(some, t_x="a", t_z="b") == []


def test_cells_of_a_table_are_read_by_their_column():
    asked = question("t", "table", items=items("a"), columns=COLUMNS, required=True)
    form = {"t_a_sat": "dk", "t_a_n": "7", "t_a_why": " bo tak ", "t_a_used": "1"}
    assert read(asked, **form).answers == {"t_a_sat": "dk", "t_a_n": 7, "t_a_why": "bo tak", "t_a_used": "1"}
    assert refused(asked, **form | {"t_a_sat": "9", "t_a_n": "11", "t_a_used": "2"}) == [
        ("t_a_sat", ErrorCode.NOT_AN_OPTION, {}),
        ("t_a_n", ErrorCode.TOO_LARGE, {"high": 10}),
        ("t_a_used", ErrorCode.NOT_AN_OPTION, {}),
    ]
    without_tick = {name: value for name, value in form.items() if name != "t_a_used"}
    assert refused(asked, **without_tick) == []


# --- what is offered


CITIES = (
    ResponseOption("k", text("Katowice"), attributes={"region": "s"}),
    ResponseOption("g", text("Gliwice"), attributes={"region": "s"}),
    ResponseOption("w", text("Warszawa"), attributes={"region": "m"}),
    ResponseOption("dk", text("?"), missing=DK),
)
REGION = single("region", "s", "m")
CITY = question("city", options=CITIES, option_filter="region = region_of_voter")
VOTER = single("region_of_voter", "s", "m")


def test_an_option_that_is_not_offered_is_refused():
    whole = questionnaire(section("one", VOTER), section("two", CITY))
    there = {"region_of_voter": "s"}
    good = read_page(whole, whole.sections[1], {"city": ["g"]}, there)
    assert good.answers == {"region_of_voter": "s", "city": "g"}
    forged = read_page(whole, whole.sections[1], {"city": ["w"]}, there)
    assert [error.code for error in forged.errors] == [ErrorCode.NOT_AN_OPTION]
    assert read_page(whole, whole.sections[1], {"city": ["dk"]}, there).answers["city"] == "dk"


def test_options_that_change_with_the_same_page_show_it_once_more():
    both = (VOTER, CITY)
    first = read(both, region_of_voter="s")
    assert (first.errors, first.revealed) == ((), ("city",))
    changed = read(both, {"region_of_voter": "s", "city": "g"}, region_of_voter="m", city="g")
    assert (changed.errors, changed.revealed, changed.answers) == ((), ("city",), {"region_of_voter": "m"})


def test_an_item_that_is_not_shown_is_not_read():
    rows = (Item("a", text("a")), Item("b", text("b"), when='x = "2"'))
    asked = question("m", "matrix", options=options("1", "2"), items=rows, required=True)
    assert read((single("x"), asked), x="1", m_a="1", m_b="1").answers == {"x": "1", "m_a": "1"}
    assert read((single("x"), asked), x="2", m_a="1").revealed == ("m",)
    stored = {"x": "2", "m_a": "1"}
    again = read((single("x"), asked), stored, x="2", m_a="1")
    assert again.errors == (FieldError("m_b", ErrorCode.REQUIRED, {}),)


# --- rules


def test_a_rule_speaks_in_its_own_words():
    message = text("At most the number of persons.")
    persons = question("persons", "number")
    children = question("children", "number", rules=(Rule("this <= persons", message),))
    assert read((persons, children), persons="4", children="2").errors == ()
    assert read((persons, children), children="9").errors == ()
    result = read((persons, children), persons="2", children="3")
    assert result.errors == (FieldError("children", ErrorCode.RULE, {}, message),)
    assert result.answers == {"persons": 2}


def test_a_rule_about_a_whole_question_is_broken_once():
    asked = question("n", "numbers", items=items("x", "y"), rules=(Rule("n_x >= n_y"),))
    assert refused(asked, n_x="1", n_y="2") == [("n", ErrorCode.RULE, {})]
    each = question("n", "numbers", items=items("x", "y"), rules=(Rule("this > 0"),))
    assert refused(each, n_x="1", n_y="0") == [("n_y", ErrorCode.RULE, {})]
    assert read(each, n_x="1", n_y="0").answers == {"n_x": 1}


# --- hidden questions


def test_a_hidden_question_is_never_read_from_a_form():
    secret = question("source", "hidden")
    assert read((single("a"), secret), a="1", source="forged").answers == {"a": "1"}
    kept = read((single("a"), secret), {"source": "poster"}, a="1", source="forged")
    assert kept.answers == {"a": "1", "source": "poster"}


def test_only_hidden_questions_take_what_comes_with_a_link():
    whole = page(
        single("a"),
        question("source", "hidden"),
        question("district", "hidden", options=options("1", "2")),
        question("sum", "hidden", value="1 + 1"),
    )
    link = {"a": "1", "source": " poster ", "district": "9", "sum": "5", "other": "x"}
    assert handed_over(whole, link) == {"source": "poster"}
    assert handed_over(whole, {"district": "2", "source": "x" * 201}) == {"district": "2"}
