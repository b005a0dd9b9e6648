import pytest
from hypothesis import given
from hypothesis import strategies as st

from cityvoice.questionnaire.errors import ExpressionError
from cityvoice.questionnaire.expressions.ast import (
    Binary,
    Call,
    Literal,
    Logical,
    Membership,
    Name,
    Operator,
    Unary,
    depth,
    names,
)
from cityvoice.questionnaire.expressions.parser import parse
from cityvoice.questionnaire.expressions.render import render
from cityvoice.questionnaire.expressions.rewrite import all_of, any_of, rename, spread, substitute, transform


@pytest.mark.parametrize(
    ("text", "rendered"),
    [
        ("((age)) >= (18)", "age >= 18"),
        ("a == 1", "a = 1"),
        ("(a or b) and c", "(a or b) and c"),
        ("(a and b) or c", "a and b or c"),
        ("(a and b) and c", "(a and b) and c"),
        ("not (a or b)", "not (a or b)"),
        ("not (a = b)", "not a = b"),
        ("(not a) = b", "(not a) = b"),
        ("not (a in [1, 2])", "a not in [1, 2]"),
        ("not (a not in [1])", "not a not in [1]"),
        ("(a = b) = c", "(a = b) = c"),
        ("1 - (2 - 3)", "1 - (2 - 3)"),
        ("(1 - 2) - 3", "1 - 2 - 3"),
        ("1 + (2 * 3)", "1 + 2 * 3"),
        ("a * (b / c)", "a * (b / c)"),
        ("-(-a)", "--a"),
        ("-(a + b)", "-(a + b)"),
        ("(-a) % b", "-a % b"),
        ("(a + 1) in [(b or c), d]", "a + 1 in [b or c, d]"),
        ("f((a or b), (c))", "f(a or b, c)"),
        (r"'say \"no\" \\ '", r'"say \"no\" \\ "'),
        ("age.2 > this", "age.2 > this"),
        ("child.2.3 = 1.50", "child.2.3 = 1.5"),
        ("0.00000000001 + 2.0", "0.00000000001 + 2.0"),
        ("true or false", "true or false"),
    ],
)
def test_rendering_uses_no_more_brackets_than_needed(text, rendered):
    assert render(parse(text)) == rendered


def bare(node):
    """The tree with all positions at 1."""
    return transform(
        node, lambda each: type(each)(*(getattr(each, name) for name in each.__match_args__[:-1]))
    )


values = (
    st.text(max_size=5)
    | st.booleans()
    | st.integers(0, 10**20)
    | st.floats(0, 1e15).map(lambda number: round(number, 6))
)
leaves = st.sampled_from(["a", "b_2", "age.2", "this", "c.1.12"]).map(Name) | values.map(Literal)
comparing = [each for each in Operator if each not in {Operator.OR, Operator.AND, Operator.NOT}]
trees = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.builds(Unary, st.sampled_from([Operator.NOT, Operator.SUBTRACT]), inner),
        st.builds(Binary, st.sampled_from(comparing), inner, inner),
        st.builds(
            Logical,
            st.sampled_from([Operator.AND, Operator.OR]),
            st.lists(inner, min_size=2, max_size=4).map(tuple),
        ),
        st.builds(Membership, inner, st.lists(inner, max_size=3).map(tuple)),
        st.builds(Call, st.sampled_from(["f", "count"]), st.lists(inner, max_size=3).map(tuple)),
    ),
    max_leaves=12,
)


@given(trees)
def test_what_is_rendered_reads_as_the_same_tree(tree):
    assert bare(parse(render(tree))) == tree


@given(trees)
def test_rendering_is_stable(tree):
    assert render(parse(render(tree))) == render(tree)


def test_renaming_leaves_other_names_alone_and_keeps_positions():
    tree = rename(parse("age > 1 and f(sex)"), {"age": "age.2"})
    assert render(tree) == "age.2 > 1 and f(sex)"
    assert [name.position for name in names(tree)] == [1, 15]
    assert render(rename(tree, str.upper)) == "AGE.2 > 1 and f(SEX)"


def test_a_name_can_be_replaced_by_a_tree_and_brackets_follow():
    tree = substitute(parse("not x * 2 in [x, y]"), {"x": parse("a + b")}.get)
    assert render(tree) == "(a + b) * 2 not in [a + b, y]"


INSTANCES = {"age": ["age.1", "age.2"], "sex": ["sex.1", "sex.2"]}


@pytest.mark.parametrize(
    ("text", "rendered"),
    [
        ("sum(age)", "sum(age.1, age.2)"),
        ("sum(age, income) > 1", "sum(age.1, age.2, income) > 1"),
        ("sum(if(age < sex, 1, 0))", "sum(if(age.1 < sex.1, 1, 0), if(age.2 < sex.2, 1, 0))"),
        ("min(max(age))", "min(max(age.1, age.2))"),
        ("age > 1 and abs(age) > 1", "age > 1 and abs(age) > 1"),
        ("sum(income)", "sum(income)"),
    ],
)
def test_a_repeated_name_stands_for_its_instances_where_a_function_takes_many(text, rendered):
    assert render(spread(parse(text), INSTANCES)) == rendered


def test_conditions_are_chained_flat():
    a, b, c = map(parse, ["a", "b and c", "d or e"])
    assert render(all_of([a, b, c])) == "a and b and c and (d or e)"
    assert render(any_of([a, b, c])) == "a or b and c or d or e"
    assert all_of([]) is None
    assert any_of([a]) == a


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1" * 31, "more than 30 digits"),
        ("(" * 35 + "a" + "+1" * 60 + (")" + "+1" * 60) * 35, "nested deeper than 200"),
    ],
)
def test_what_could_not_be_computed_safely_is_refused(text, message):
    with pytest.raises(ExpressionError, match=message):
        parse(text)


def test_depth_counts_the_longest_way_down():
    assert depth(parse("a")) == 1
    assert depth(parse("f(a, b + c * d)")) == 4
