import numpy as np
import pandas as pd
import pytest

from cityvoice.stats.encoding import Codes
from cityvoice.stats.errors import StatsError
from cityvoice.stats.formula.auxiliaries import auxiliary_matrix, named_totals
from cityvoice.stats.formula.expressions import as_numbers, evaluate
from cityvoice.stats.formula.model_frame import model_frame
from cityvoice.stats.formula.terms import parse_formula
from cityvoice.stats.frame import Frame

DATA = pd.DataFrame(
    {
        "y": [1.0, 2.0, 3.0, np.nan, 5.0, 6.0],
        "x": [1.0, 2.0, 4.0, 8.0, 16.0, np.nan],
        "a": pd.Categorical(["p", "q", "p", "q", "r", "p"], categories=["p", "q", "r", "s"]),
        "b": pd.Categorical(["u", "v", "v", "u", "u", "v"]),
        "n.2": [1.0, 1.0, 2.0, 2.0, 3.0, 3.0],
    }
)


@pytest.mark.parametrize(
    ("text", "terms", "has_intercept"),
    [
        ("y ~ x", [("x",)], True),
        ("y ~ a * b", [("a",), ("b",), ("a", "b")], True),
        ("y ~ b:a + x", [("x",), ("b", "a")], True),
        ("y ~ a * b:x", [("a",), ("b", "x"), ("a", "b", "x")], True),
        ("y ~ (a + b + x)^2 - a:x", [("a",), ("b",), ("x",), ("a", "b"), ("b", "x")], True),
        ("y ~ a - 1", [("a",)], False),
        ("y ~ 0 + a", [("a",)], False),
        ("y ~ 1", [], True),
        ("y ~ a + a", [("a",)], True),
        ("y ~ I(x * 2 + (1 - x)) + log(x)", [("I(x * 2 + (1 - x))",), ("log(x)",)], True),
        ("y ~ `n.2` + n.2", [("n.2",)], True),
    ],
)
def test_terms(text, terms, has_intercept):
    formula = parse_formula(text)
    assert list(formula.terms) == terms
    assert formula.has_intercept is has_intercept


def test_an_offset_is_not_a_term():
    formula = parse_formula("y ~ a + offset(log(x))")
    assert (formula.terms, formula.offset) == ((("a",),), "log(x)")


def test_terms_can_be_taken_out_in_any_order_of_variables():
    assert parse_formula("y ~ a * b").without(["b:a"]).terms == (("a",), ("b",))


@pytest.mark.parametrize("text", ["y", "y ~ a +", "y ~ (a", "y ~ a ^ b", "y ~ a ? b", "y ~ log(x", "y ~ )"])
def test_a_broken_formula_says_so(text):
    with pytest.raises(StatsError, match="formula-syntax"):
        parse_formula(text)


@pytest.mark.parametrize(
    ("expression", "values"),
    [
        ("I(x / 2 + 1)", [1.5, 2, 3, 5, 9, np.nan]),
        ("x^2", [1, 4, 16, 64, 256, np.nan]),
        ("log2(x)", [0, 1, 2, 3, 4, np.nan]),
        ("-x", [-1, -2, -4, -8, -16, np.nan]),
        ("I(x >= 4)", [0, 0, 1, 1, 1, np.nan]),
        ("I(a == 'q')", [0, 1, 0, 1, 0, 0]),
        ("I(a != 'q')", [1, 0, 1, 0, 1, 1]),
        ("I(a == 'nowhere')", [0, 0, 0, 0, 0, 0]),
        ("n.2 * 2", [2, 2, 4, 4, 6, 6]),
    ],
)
def test_expressions(expression, values):
    np.testing.assert_array_equal(
        as_numbers(evaluate(expression, Frame(DATA))), np.array(values, dtype=float)
    )


def test_a_number_as_factor_has_levels():
    found = evaluate("factor(n.2)", Frame(DATA))
    assert isinstance(found, Codes)
    assert found.levels == ("1", "2", "3")


@pytest.mark.parametrize("expression", ["open(x)", "x if y else x", "x.__class__", "[x]", "a < 'q'", "x +"])
def test_an_expression_is_arithmetic_and_nothing_else(expression):
    with pytest.raises(StatsError):
        evaluate(expression, Frame(DATA))


def test_a_model_frame_leaves_out_incomplete_rows_and_unused_levels():
    frame = model_frame("y ~ a + x", DATA, np.ones(6, dtype=bool))
    assert frame.complete.tolist() == [True, True, True, False, True, False]
    assert frame.matrix.names == ("(Intercept)", "aq", "ar", "x")
    assert frame.matrix.assign.tolist() == [0, 1, 1, 2]
    np.testing.assert_array_equal(frame.matrix.values[4], [1, 0, 1, 16])
    assert not frame.matrix.values[3].any()


def test_interactions_vary_their_first_variable_fastest():
    frame = model_frame("~ a * b", DATA, np.ones(6, dtype=bool))
    assert frame.matrix.names == ("(Intercept)", "aq", "ar", "bv", "aq:bv", "ar:bv")


def test_without_an_intercept_the_first_factor_keeps_all_levels():
    frame = model_frame("~ b + a - 1", DATA, np.ones(6, dtype=bool))
    assert frame.matrix.names == ("bu", "bv", "aq", "ar")


def test_sum_contrasts_sum_to_zero():
    frame = model_frame("~ a", DATA, np.ones(6, dtype=bool), contrasts="sum")
    assert frame.matrix.names == ("(Intercept)", "a1", "a2")
    np.testing.assert_array_equal(frame.matrix.values[4], [1, -1, -1])


def test_new_data_must_have_known_levels():
    spec = model_frame("~ a", DATA.iloc[:4], np.ones(4, dtype=bool)).spec
    np.testing.assert_array_equal(spec.matrix(Frame({"a": np.array(["q", "p"])})).values, [[1, 1], [1, 0]])
    with pytest.raises(StatsError, match="level-unknown"):
        spec.matrix(Frame({"a": np.array(["r"])}))


def test_a_factor_with_one_level_is_refused():
    with pytest.raises(StatsError, match="factor-constant"):
        model_frame("~ a", DATA.iloc[[0, 2]], np.ones(2, dtype=bool))


def test_auxiliary_columns_keep_every_level_and_take_any_column_name():
    frame = Frame(DATA.rename(columns={"x": "household size"}))
    matrix = auxiliary_matrix(frame, ("a", "household size"))
    assert matrix.names == ("(Intercept)", "aq", "ar", "as", "household size")
    assert matrix.is_missing.tolist() == [False] * 5 + [True]
    assert auxiliary_matrix(frame, ("a * b", "-1")).names[:4] == ("ap", "aq", "ar", "as")
    assert auxiliary_matrix(frame, ()).names == ("(Intercept)",)
    with pytest.raises(StatsError, match="terms-empty"):
        auxiliary_matrix(frame, ("0",))
    with pytest.raises(StatsError, match="totals-names"):
        named_totals(matrix, {"(Intercept)": 6.0})
