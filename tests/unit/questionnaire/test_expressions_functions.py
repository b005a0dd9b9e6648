import pytest
from hypothesis import given
from hypothesis import strategies as st

from cityvoice.questionnaire.expressions.evaluate import compile_tree, compiled, evaluate, holds
from cityvoice.questionnaire.expressions.functions import FUNCTIONS
from cityvoice.questionnaire.expressions.functions.chance import fraction
from cityvoice.questionnaire.expressions.parser import parse
from cityvoice.questionnaire.expressions.values import MissingCode

ANSWERS = {
    "age": 17,
    "height": "180",
    "name": "  Anna   Nowak ",
    "street": "Długa 5",
    "sex": "f",
    "no": "0",
    "unsure": MissingCode("dk"),
    "news": ("web", "press"),
    "nothing": (),
    "age.1": 40,
    "age.2": 12,
    "born": "2008-02-29",
    "met": "2026-11-23T18:05:00",
    "rose": "06:45",
    "zoned": "2026-11-23 18:05:09.123+01:00",
    "_now": "2026-11-23T18:05:00",
    "_seed": 12345,
}


def value(expression, answers=ANSWERS):
    return compiled(expression)(answers.get)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        # Logic.
        ("holds(absent = 1)", False),
        ("not holds(absent = 1)", True),
        ("holds(age = 17)", True),
        ("holds(sex)", True),
        ("holds(no)", False),
        ("holds(nothing)", False),
        # Choices.
        ('count_if("f", sex, absent, "f")', 2),
        ('count_if("web", news)', 1),
        ("count_true(age > 10, age > 20, absent = 1, sex = 'f')", 2),
        ("at(2, age.1, age.2)", 12),
        ("at(2, news)", "press"),
        ("at(3, news)", None),
        ("at(0, news)", None),
        ("at(absent, 1)", None),
        ("at(1.5, 1, 2)", None),
        ("unique(1, 2, absent, absent)", True),
        ("unique(1, 2, '1')", False),
        ("position()", None),
        # Numbers.
        ("number('1_000')", None),
        ("is_number(height)", True),
        ("is_number(sex)", False),
        ("is_number(absent)", False),
        ("is_number(unsure)", False),
        ("is_number(true)", False),
        ("stddev(2, 4, 4, 4, 5, 5, 7, 9)", pytest.approx(2.138089935)),
        ("stddev(2)", None),
        ("int(-1.7)", -1),
        ("pow(2, 10)", 1024),
        ("pow(10, 400)", None),
        ("sqrt(16)", 4),
        ("sqrt(-1)", None),
        ("exp(0)", 1),
        ("log(1)", 0),
        ("log(100, 10)", 2),
        ("log(0)", None),
        ("round(pi(), 4)", 3.1416),
        ("round(sin(0) + cos(0) + tan(0) + asin(0) + acos(1) + atan(0) + atan2(0, 1), 9)", 1),
        ("fixed(2.345, 2)", "2.35"),
        ("fixed(7, 0)", "7"),
        ("fixed(7, 99)", None),
        ("-7 % 3", -1),
        ("7 % 0", None),
        # Texts.
        ("text(absent)", ""),
        ("text(2.0)", "2"),
        ("text(news)", "web, press"),
        ("text(true)", "true"),
        ("text(unsure)", "dk"),
        ("concat('a', 1, absent, sex)", "a1f"),
        ("join(' - ', 'a', absent, '', news)", "a - web - press"),
        ("length(street)", 7),
        ("length(text(absent))", 0),
        ("length(absent)", None),
        ("length(age)", 2),
        ("lower(street)", "długa 5"),
        ("upper(sex)", "F"),
        ("trim(name)", "Anna Nowak"),
        ("substring(street, 1, 3)", "Dłu"),
        ("substring(street, 7)", "5"),
        ("substring(street, -3, 2)", "a "),
        ("substring(street, 99)", ""),
        ("before(street, ' ')", "Długa"),
        ("after(street, ' ')", "5"),
        ("before(street, '#')", ""),
        ("after(street, '#')", ""),
        ("replace(street, ' ', '_')", "Długa_5"),
        ("replace(street, '', 'x')", "Długa 5"),
        ("starts_with(street, 'Dł')", True),
        ("ends_with(street, '5')", True),
        ("find(street, 'g')", 4),
        ("find(street, 'z')", 0),
        (r"matches(street, '^\\D+ [0-9]+$')", True),
        ("matches(street, '^[0-9]+$')", False),
        ("matches(street, '(')", None),
        ("matches(absent, 'a')", None),
        ("word(name, 2)", "Nowak"),
        ("word(name, 3)", None),
        ("count_words(name)", 2),
        # Dates.
        ("today()", "2026-11-23"),
        ("now()", "2026-11-23T18:05:00"),
        ("date(met)", "2026-11-23"),
        ("date(2026, 2, 28)", "2026-02-28"),
        ("date(2026, 2, 29)", None),
        ("date(1)", "1970-01-02"),
        ("date('soon')", None),
        ("time(met)", "18:05"),
        ("year(born) * 10000 + month(born) * 100 + day(born)", 20080229),
        ("weekday(met)", 1),
        ("hour(met) * 100 + minute(met)", 1805),
        ("hour(rose)", 6),
        ("hour(street)", None),
        ("seconds('1970-01-02')", 86400),
        ("seconds(zoned) - seconds(met)", 9),
        ("years_since(born)", 18),
        ("years_since(born, '2026-02-28')", 17),
        ("years_since(born, '2028-02-29')", 20),
        ("years_since('2030-01-01')", -3),
        ("months_since('2026-10-24')", 0),
        ("months_since('2026-10-23')", 1),
        ("months_since(absent)", None),
        ("add_months(born, 12)", "2009-02-28"),
        ("add_months(met, -9)", "2026-02-23T18:05:00"),
        ("add_months(born, 9999999)", None),
        ("format_date(met, '%d.%m.%y %H:%M:%S %e/%n %h %% %Q')", "23.11.26 18:05:00 23/11 18 % %Q"),
        ("format_date(sex, '%Y')", None),
        ("born < today()", True),
        ("met > '2026-11-23'", True),
        ("rose < '07:00'", True),
        ("born < absent", None),
        ("today() - born", 6842),
        ("born + 1", "2008-03-01"),
        ("1 + born", "2008-03-01"),
        ("met - 0.5", "2026-11-23T06:05:00"),
        ("born * 2", None),
        ("born + 999999999", None),
        ("sex > 1", None),
        ("unsure < 'z'", None),
    ],
)
def test_functions(expression, expected):
    assert value(expression) == expected
    assert (value(expression) is None) == (expected is None)


def test_without_a_moment_among_the_answers_the_clock_is_asked():
    assert value("seconds(now()) - seconds(today()) < 86400", {}) is True
    assert value("year(today()) > 2020", {}) is True


# --- chance


def test_a_draw_follows_from_the_seed_alone():
    assert value('random("a")') == value("random('a')")
    assert value('random("a")') != value('random("b")')
    assert value('draw("arm", 1, 1)', {}) is None
    assert value('draw("arm", 0, 0)') is None


def test_a_draw_respects_its_shares():
    draw = compiled('draw("arm", 1, 2, 0, -1)')
    drawn = [draw({"_seed": seed}.get) for seed in range(3000)]
    assert set(drawn) == {1, 2}
    assert drawn.count(2) / 3000 == pytest.approx(2 / 3, abs=0.03)


@given(st.text(), st.text())
def test_a_fraction_is_below_one(seed, name):
    assert 0 <= fraction(seed, name) < 1


# --- words of the questionnaire


class Words:
    def __call__(self, name):
        return ANSWERS.get(name)

    def label(self, name, code):
        return {"f": "woman", "web": "the web"}.get(code)

    def question(self, name):
        return f"What is your {name}?"


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        ("label(sex)", "woman"),
        ("label(news)", "the web, press"),
        ('label(sex, "web")', "the web"),
        ("label(absent)", None),
        ("label(age)", "17"),
        ("question(sex)", "What is your sex?"),
        ("label('f')", None),
        ("question(1)", None),
    ],
)
def test_labels_are_said_where_the_lookup_knows_them(expression, said):
    assert compiled(expression)(Words()) == said


def test_without_words_a_label_is_the_answer_itself():
    assert value("label(sex)") == "f"
    assert value("question(sex)") is None


# --- what cannot be computed


@pytest.mark.parametrize("expression", ["nonsense(1)", "answered()", "position(1)", "label()", "at(1)"])
def test_an_unknown_function_or_a_wrong_number_of_arguments_is_unknown(expression):
    assert value(expression) is None


def test_numbers_and_texts_do_not_grow_without_bound():
    answers = {"x": 10**15, "t": "x" * 4000}
    for _ in range(20):
        answers = {
            "x": evaluate(parse("x * x"), answers.get),
            "t": evaluate(parse("concat(t, t, t)"), answers.get),
        }
    assert answers["x"] is None
    assert (answers["t"] or "") == ""
    assert value("replace(t, 'x', 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx')", {"t": "x" * 4000}) is None


def test_a_compiled_condition_is_kept():
    assert compiled("age > 3") is compiled("age > 3")
    assert compile_tree(parse("age > 3"))(ANSWERS.get) is True
    assert holds("age > 3", ANSWERS.get)
    assert not holds("absent > 3", ANSWERS.get)


anything = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(["2026-11-23", "18:05", "9999-12-31", "-5", "1e308", MissingCode("dk")])
    | st.tuples(st.text(max_size=5))
)


@given(st.sampled_from(sorted(FUNCTIONS)), st.lists(anything, max_size=4))
def test_no_argument_makes_a_function_raise_and_certain_ones_are_never_unknown(name, arguments):
    names = [f"a{place}" for place in range(len(arguments))]
    answers = dict(zip(names, arguments, strict=True)) | {"_seed": 1}
    result = compiled(f"{name}({', '.join(names)})")(answers.get)
    assert result is None or isinstance(result, str | int | float | tuple)
    if FUNCTIONS[name].certain and FUNCTIONS[name].takes(len(arguments)):
        assert result is not None
