"""The type check of dates, functions and mixed values, and how imported expressions are fitted to it."""

import pytest

from cityvoice.questionnaire.expressions.check import check_condition, check_value, type_of
from cityvoice.questionnaire.expressions.parser import parse
from cityvoice.questionnaire.expressions.render import render
from cityvoice.questionnaire.expressions.syntaxes.fitting import fitted
from cityvoice.questionnaire.expressions.types import NUMERIC, TRUTH, NameType, ValueType

TYPES = {
    "age": NameType(ValueType.NUMBER),
    "sex": NameType(ValueType.CODE, frozenset({"f", "m"})),
    "rating": NameType(ValueType.CODE, frozenset({"1", "2"}), frozenset({"dk"})),
    "news": NameType(ValueType.CODES, frozenset({"web", "press"})),
    "street": NameType(ValueType.TEXT),
    "born": NameType(ValueType.DATE),
    "rose": NameType(ValueType.TIME),
    "adult": NameType(ValueType.TRUTH),
}


@pytest.mark.parametrize(
    "condition",
    [
        "born < today()",
        'born >= "1990-01-31"',
        '"1990-01-31" <= born',
        'born = "1990-01-31"',
        'rose < "07:00"',
        "today() - born > 365",
        "born + 30 < today()",
        "30 + born < now()",
        "years_since(born) >= 18",
        'age = "17"',
        'age > "17"',
        "adult and not adult",
        "adult = true",
        "holds(age)",
        'matches(street, "^[A-Z]")',
        'at(2, sex, sex) = "f"',
        'at(1, news) = "web"',
        "count_true(age > 1, adult) > 1",
        'if(age > 3, "a", "b") = "a"',
        'coalesce(rating, age) > 1 and label(sex) = "woman"',
        'if(adult, age, "none") = "none"',
        "length(age) = 2",
    ],
)
def test_sound_conditions(condition):
    assert check_condition(parse(condition), TYPES) == ()


@pytest.mark.parametrize(
    ("condition", "message"),
    [
        ("born > 3", "a date is compared with a number"),
        ('born > "soon"', "a date is compared with text"),
        ('rose < "7"', "a time of day is compared with text"),
        ("born < rose", "a date is compared with a time of day"),
        ("born * 2 > 1", "born is a date"),
        ("born + born > 1", "born is a date"),
        ("born = 3", "a date is compared with a number"),
        ('matches(street, "(")', "without its closing bracket"),
        ('label("sex") = "x"', "label() needs the name of a question"),
        ('label(sex, "z") = "x"', "'sex' has no option 'z'"),
        ("years_since(age) > 1", "age is a number"),
        ("adult = 3", "true or false is compared with a number"),
    ],
)
def test_unsound_conditions(condition, message):
    problems = check_condition(parse(condition), TYPES)
    assert message in problems[0].message


def test_values_are_checked_against_what_they_are_for():
    assert check_value(parse("age + 1"), TYPES) == ()
    assert check_value(parse("age + 1"), TYPES, NUMERIC) == ()
    (problem,) = check_value(parse("street"), TYPES, NUMERIC)
    assert "street is text" in problem.message


@pytest.mark.parametrize(
    ("expression", "type_"),
    [
        ("if(adult, 1, 2)", ValueType.NUMBER),
        ("if(adult, 1, rating)", ValueType.CODE),
        ('if(adult, 1, "a")', None),
        ("coalesce(born, today())", ValueType.DATE),
        ("at(1, news)", ValueType.CODE),
        ("born - born", ValueType.NUMBER),
        ("born - 1", ValueType.DATE),
        ("unheard", None),
    ],
)
def test_types_of_expressions(expression, type_):
    assert type_of(parse(expression), TYPES) is type_


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("street > 18", "number(street) > 18"),
        ("street + 1 > age", "number(street) + 1 > age"),
        ("-street > 1", "-number(street) > 1"),
        ("adult > 0", "if(adult, 1, 0) > 0"),
        ("age", "holds(age)"),
        ("sex", "holds(sex)"),
        ("not age", "not holds(age)"),
        ("age and street", "holds(age) and holds(street)"),
        ('news = "web"', 'selected(news, "web")'),
        ('"web" != news', 'not selected(news, "web")'),
        ("street = 1", 'street = "1"'),
        ("street != age", "street != text(age)"),
        ('selected(street, "a", "b")', 'street = "a" or street = "b"'),
        ("selected(age, 1)", "age = 1"),
        ("sum(street, adult) > 1", "sum(number(street), if(adult, 1, 0)) > 1"),
        ('if(age, "a", "b") = "a"', 'if(holds(age), "a", "b") = "a"'),
        ('contains(news, "web")', 'contains(text(news), "web")'),
        ("born > today() and rating > 1", "born > today() and rating > 1"),
        ("missing > 1", "missing > 1"),
    ],
)
def test_imported_expressions_are_fitted_to_the_types_of_the_questions(theirs, ours):
    tree = fitted(parse(theirs), TYPES, TRUTH)
    assert render(tree) == ours
    if "missing" not in theirs:
        assert check_condition(tree, TYPES) == ()


def test_what_cannot_be_fitted_stays_and_is_told():
    tree = fitted(parse("born > 3"), TYPES, TRUTH)
    assert render(tree) == "born > 3"
    assert check_condition(tree, TYPES)
