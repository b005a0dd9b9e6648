import pytest
from hypothesis import given
from hypothesis import strategies as st

from cityvoice.questionnaire.errors import ExpressionError
from cityvoice.questionnaire.expressions.ast import Binary, Literal, Logical, Name, Operator, children, names
from cityvoice.questionnaire.expressions.check import check_condition
from cityvoice.questionnaire.expressions.evaluate import evaluate, is_true
from cityvoice.questionnaire.expressions.functions import FUNCTIONS
from cityvoice.questionnaire.expressions.parser import parse
from cityvoice.questionnaire.expressions.types import NameType, ValueType
from cityvoice.questionnaire.expressions.values import MissingCode

ANSWERS = {
    "age": 17,
    "income": 2500.5,
    "district": "4",
    "rating": "5",
    "unsure": MissingCode("9"),
    "news": ("web", "press"),
    "newsless": (MissingCode("dk"),),
    "street": "Długa",
    "empty": "",
}


def value(expression):
    return evaluate(parse(expression), ANSWERS.get)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        # Comparisons: codes are text, and compare with numbers as numbers.
        ("age = 17", True),
        ("age == 17", True),
        ("age != 17", False),
        ("district = 4", True),
        ('district = "4"', True),
        ("district != 4", False),
        ("rating >= 4", True),
        ("4 < rating", True),
        ('street = "Długa"', True),
        ("district in [1, 2, 4]", True),
        ('district not in ["1", "2"]', True),
        # Arithmetic and its precedence.
        ("1 + 2 * 3", 7),
        ("(1 + 2) * 3", 9),
        ("10 - 2 - 3", 5),
        ("-age + 20", 3),
        ("17 % 5", 2),
        ("rating * 2", 10),
        ("1 / 0", None),
        ("1 / 4", 0.25),
        # Logic and its precedence.
        ("true or true and false", True),
        ("(true or true) and false", False),
        ("not age = 18", True),
        ("not false and true", True),
        # Without an answer: unknown, apart from what is decided anyway.
        ("absent = 1", None),
        ("absent != 1", None),
        ("absent > 1", None),
        ("absent + 1", None),
        ("absent in [1]", None),
        ("not (absent = 1)", None),
        ("absent = 1 and false", False),
        ("false and absent = 1", False),
        ("absent = 1 or true", True),
        ("absent = 1 or false", None),
        ("absent = 1 and true", None),
        ("age in [absent, 17]", True),
        ("age in [absent, 18]", None),
        # "Don't know" is its own code, and no number.
        ("unsure = 9", True),
        ('unsure = "9"', True),
        ("unsure != 1", True),
        ("unsure >= 1", None),
        ("unsure + 1", None),
        ("unsure in [8, 9]", True),
        # Functions.
        ("answered(age)", True),
        ("answered(absent)", False),
        ("answered(unsure)", True),
        ("answered(empty)", False),
        ("known(unsure)", False),
        ("known(newsless)", False),
        ('selected(news, "web")', True),
        ('selected(news, "radio", "press")', True),
        ('selected(news, "radio")', False),
        ('selected(absent, "web")', None),
        ('selected(newsless, "dk")', True),
        ("selected(district, 4)", True),
        ("count(news)", 2),
        ("count(newsless)", 0),
        ("count(age, absent, unsure, news)", 3),
        ("sum(age, rating, absent)", 22),
        ("sum(absent)", None),
        ("mean(rating, 3)", 4),
        ("min(age, rating)", 5),
        ("max(age, rating)", 17),
        ("round(2.5)", 3),
        ("round(-2.5)", -3),
        ("round(income / 7, 2)", 357.21),
        ("floor(-1.5)", -2),
        ("ceil(1.2)", 2),
        ("abs(-3)", 3),
        ('number("2,5")', 2.5),
        ('number("abc")', None),
        ("length(street)", 5),
        ('contains(street, "DŁU")', True),
        ('if(age < 18, "minor", "adult")', "minor"),
        ("if(absent = 1, 1, 2)", None),
        ("coalesce(absent, unsure, rating)", "5"),
    ],
)
def test_evaluation(expression, expected):
    assert value(expression) == expected
    assert (value(expression) is None) == (expected is None)


def test_an_unknown_condition_does_not_hold():
    assert not is_true(parse("absent = 1"), ANSWERS.get)
    assert not is_true(parse("not (absent = 1)"), ANSWERS.get)


@pytest.mark.parametrize(
    ("expression", "position", "message"),
    [
        ("", 1, "found the end"),
        ("age >", 6, "found the end"),
        ("age > > 1", 7, "found '>'"),
        ("(age > 1", 9, "expected ')'"),
        ("age > 1)", 8, "expected an operator"),
        ('street = "Dł', 10, "closing quote"),
        ("age & 1", 5, "unexpected character '&'"),
        ("age not 1", 9, "expected 'in'"),
        ("age in 1", 8, "expected '['"),
        ("1 = 2 = 3", 7, "expected an operator"),
        ("and", 1, "expected a name"),
        ("wiek ≥ 18", 6, "unexpected character"),
        ("(" * 1000, 42, "nested deeper"),
        ("+".join(["1"] * 5000)[:9000], 202, "operators in a row"),
        ("1" * 10_001, 10_001, "longer than"),
    ],
)
def test_unreadable_expressions_say_what_is_wrong_and_where(expression, position, message):
    with pytest.raises(ExpressionError, match="at character") as caught:
        parse(expression)
    assert message in str(caught.value)
    assert caught.value.position == position


def test_text_literals_take_either_quote_and_escapes():
    assert parse(r'"a \"b\" \\ c"') == Literal(r'a "b" \ c')
    assert parse(r"'it\'s'") == Literal("it's")


def test_a_chain_of_ors_may_be_of_any_length():
    chain = " or ".join(f"district = {number}" for number in range(500))
    assert isinstance(parse(chain), Logical)
    assert value(chain) is True


def test_the_tree_keeps_positions():
    tree = parse("age + 1 > 18")
    assert tree == Binary(
        Operator.GREATER,
        Binary(Operator.ADD, Name("age", 1), Literal(1, 7), 5),
        Literal(18, 11),
        9,
    )
    assert [node.name for node in names(parse("a > b and f(c) or not d in [e]"))] == ["a", "b", "c", "d", "e"]


TYPES = {
    "age": NameType(ValueType.NUMBER, missing_codes=frozenset({"ref"})),
    "district": NameType(ValueType.CODE, frozenset({"1", "2"}), frozenset({"dk"})),
    "word": NameType(ValueType.CODE, frozenset({"yes", "no"})),
    "news": NameType(ValueType.CODES, frozenset({"web", "press"})),
    "street": NameType(ValueType.TEXT),
}


@pytest.mark.parametrize(
    "expression",
    [
        "age >= 18 and district in [1, 2]",
        'district = "dk"',
        'age = "ref"',
        "district > 1",
        'word != "no"',
        'selected(news, "web") or count(news) > 1',
        "answered(news)",
        "if(age > 3, true, false)",
        'street = "Długa" and length(street) > 2',
        "coalesce(age, district) > 1",
        "number(street) > 3",
    ],
)
def test_sound_conditions_have_no_problem(expression):
    assert check_condition(parse(expression), TYPES) == ()


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("agee > 1", "unknown name 'agee'; did you mean 'age'?"),
        ("zzz > 1", "unknown name 'zzz'"),
        ("age", "age is a number, but true or false is needed here"),
        ("not age", "age is a number"),
        ("age and true", "age is a number"),
        ("street > 1", "street is text"),
        ("street + 1 > 1", "street is text"),
        ("-street > 1", "street is text"),
        ("word > 1", "has options that are no numbers, such as 'no'"),
        ('district = "7"', "'district' has no option '7'"),
        ("district = 7", "'district' has no option '7'"),
        ("district in [1, 7]", "'district' has no option '7'"),
        ('selected(news, "radio")', "'news' has no option 'radio'"),
        ('news = "web"', "use selected(news, ...)"),
        ("selected(street, 1)", "street is text"),
        ("street = 1", "text is compared with a number"),
        ("true = 1", "true or false is compared with a number"),
        ("anwsered(age)", "unknown function 'anwsered'; did you mean 'answered'?"),
        ("answered()", "answered() takes 1, not 0 arguments"),
        ("answered(age, age)", "answered() takes 1, not 2 arguments"),
        ("selected(news)", "selected() takes at least 2, not 1 arguments"),
        ("round(age, 1, 2) > 1", "round() takes 1 to 2, not 3 arguments"),
    ],
)
def test_unsound_conditions_are_told_before_any_respondent_meets_them(expression, message):
    (problem,) = check_condition(parse(expression), TYPES)
    assert message in problem.message
    assert 1 <= problem.position <= len(expression)


def test_all_problems_are_told_at_once_from_left_to_right():
    problems = check_condition(parse("foo = 1 and street > 2 and bar()"), TYPES)
    assert [problem.position for problem in problems] == [1, 13, 28]


# --- laws ---------------------------------------------------------------------------------------------------

atoms = st.sampled_from(["age > 3", "absent = 1", 'selected(news, "web")', "true", "false", "unsure > 1"])
conditions = st.recursive(
    atoms,
    lambda inner: (
        inner.map("not ({})".format)
        | st.builds("({}) {} ({})".format, inner, st.sampled_from(["and", "or"]), inner)
        | st.builds("if({}, {}, {})".format, inner, inner, inner)
    ),
    max_leaves=8,
)


@given(conditions, conditions)
def test_de_morgan_holds_for_unknown_too(left, right):
    assert value(f"not (({left}) and ({right}))") == value(f"not ({left}) or not ({right})")


@given(conditions)
def test_twice_not_changes_nothing(condition):
    assert value(f"not not ({condition})") == value(condition)


@given(st.text())
def test_any_text_either_parses_or_is_an_expression_error(source):
    try:
        parse(source)
    except ExpressionError as error:
        place = error.position
    else:
        place = 1
    assert 1 <= place <= len(source) + 1


any_value = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.text().map(MissingCode)
operand = st.sampled_from(["a", "b", "2", '"x"', "true", "-a", 'number("1e999")'])
calls = st.sampled_from(sorted(FUNCTIONS)).flatmap(
    lambda name: st.lists(
        operand, min_size=len(FUNCTIONS[name].parameters), max_size=len(FUNCTIONS[name].parameters)
    ).map(lambda arguments: f"{name}({', '.join(arguments)})")
)
anything = st.recursive(
    operand | calls,
    lambda inner: st.builds(
        "({} {} {})".format,
        inner,
        st.sampled_from(["+", "-", "*", "/", "%", "<", "=", "!=", "and", "or"]),
        inner,
    ),
    max_leaves=6,
)


@given(anything, any_value | st.tuples(st.text()), any_value)
def test_evaluation_never_raises_whatever_the_answers_are(expression, a, b):
    result = evaluate(parse(expression), {"a": a, "b": b}.get)
    assert result is None or isinstance(result, str | int | float | tuple)


@given(anything)
def test_checking_never_raises_and_children_reach_every_name(expression):
    tree = parse(expression)
    check_condition(tree, TYPES)
    reached, waiting = [], [tree]
    while waiting:
        node = waiting.pop(0)
        reached += [node] if isinstance(node, Name) else []
        waiting = [*children(node), *waiting]
    assert reached == list(names(tree))
