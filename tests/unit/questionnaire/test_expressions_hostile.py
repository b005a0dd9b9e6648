"""No text, however odd, makes a reader of another program's expressions fail in an unforeseen way."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cityvoice.questionnaire.errors import ExpressionError
from cityvoice.questionnaire.expressions.ast import Call, Literal, Name
from cityvoice.questionnaire.expressions.check import check_condition
from cityvoice.questionnaire.expressions.evaluate import is_true
from cityvoice.questionnaire.expressions.parser import parse
from cityvoice.questionnaire.expressions.render import render
from cityvoice.questionnaire.expressions.syntaxes import expression_manager, xpath
from cityvoice.questionnaire.expressions.syntaxes.blanks import flag
from cityvoice.questionnaire.expressions.syntaxes.expression_manager import functions as of_limesurvey
from cityvoice.questionnaire.expressions.syntaxes.fitting import fitted
from cityvoice.questionnaire.expressions.syntaxes.refusal import Refusal
from cityvoice.questionnaire.expressions.syntaxes.xpath import functions as of_xlsform
from cityvoice.questionnaire.expressions.types import TRUTH, NameType, ValueType

TYPES = {
    "a": NameType(ValueType.NUMBER),
    "b": NameType(ValueType.TEXT),
    "c": NameType(ValueType.CODES, frozenset("xy")),
}


class Names:
    def variable(self, name):
        return {"b": [Name("b")], "c_x": [flag(Call("selected", (Name("c"), Literal("x"))))]}.get(
            name, [Name("a")]
        )

    def fact(self, name, attribute):
        return None

    def node(self, name):
        return Name(name) if name in TYPES else None

    attribute = node

    def repetitions(self, name):
        return None


class Spelling:
    def variable(self, name):
        return name

    reference = variable

    def flag(self, name, code):
        return f"{name}_{code}" if name == "c" else None

    def variables(self, name):
        return (name, f"{name}_") if name == "c" else (name,)

    def repeat_of(self, name):
        return None

    def is_multiple(self, name):
        return name == "c"


COMMON = [
    "(",
    ")",
    ",",
    "1",
    "0.5",
    "'x'",
    '""',
    "'/a/'",
    "'%d'",
    "'1'",
    "+",
    "-",
    "*",
    "<",
    ">=",
    "!=",
    "and",
    "or",
]
LIMESURVEY = [
    *COMMON,
    *("a", "b.NAOK", "c_x", "this", "a.shown", "a.qid", "12X3X4", "!", "==", "&&", "/", "++", "="),
    *(f"{name}(" for name in [*of_limesurvey._FUNCTIONS, *of_limesurvey._AT_SITE, *of_limesurvey.REFUSED]),
]
XLSFORM = [
    *COMMON,
    *("${a}", "${b}", "${c}", ".", "..", "../a", "/x/b", "[", "]", "|", "=", "div", "mod", "a", "null"),
    *("current()/.", "instance('x')/root/item[name=", "]/label", "position(..)", "count(${"),
    *(f"{name}(" for name in [*of_xlsform._FUNCTIONS, *of_xlsform._AT_SITE, *of_xlsform.REFUSED]),
]


def check(tree, write):
    assert parse(render(tree)) is not None
    given = {"a": 1, "b": "x", "c": ("x",), "_seed": 1}
    assert is_true(tree, given.get) in {True, False}
    suited = fitted(tree, TYPES, TRUTH)
    assert is_true(suited, given.get) in {True, False}
    check_condition(suited, TYPES)
    with suppress(Refusal):
        write(tree, Spelling())


@given(st.lists(st.sampled_from(LIMESURVEY), max_size=9).map(" ".join))
def test_any_row_of_words_of_limesurvey(text):
    with suppress(ExpressionError):
        tree = expression_manager.parse_condition(text, Names())
        check(tree, expression_manager.to_expression_manager)


@given(st.lists(st.sampled_from(XLSFORM), max_size=9).map(" ".join))
def test_any_row_of_words_of_xlsform(text):
    with suppress(ExpressionError):
        tree = xpath.parse_condition(text, Names())
        check(tree, xpath.to_xpath)


def calls(functions, arguments):
    """Every function with arguments of any kind, of every number that it takes."""
    return st.sampled_from(sorted(functions)).flatmap(
        lambda name: st.lists(
            st.sampled_from(arguments), min_size=functions[name][0], max_size=functions[name][1] or 5
        ).map(lambda given: f"{name}({', '.join(given)})")
    )


@given(
    calls(
        of_limesurvey._FUNCTIONS, ["a", "b.NAOK", "c_x", "2", "-1", "'x'", "'/x/'", "'%s'", "'Y-m'", "a + b"]
    )
)
def test_any_call_of_limesurvey(text):
    with suppress(ExpressionError):
        check(expression_manager.parse_condition(text, Names()), expression_manager.to_expression_manager)


@given(calls(of_xlsform._FUNCTIONS, ["${a}", "${b}", "${c}", "2", "-1", "'x'", "'%Y'", ".", "${a} + 1"]))
def test_any_call_of_xlsform(text):
    with suppress(ExpressionError):
        check(xpath.parse_condition(text, Names()), xpath.to_xpath)


@given(st.text())
def test_any_text(text):
    for read in (expression_manager.parse_condition, xpath.parse_condition, xpath.parse_default):
        try:
            read(text, Names())
        except ExpressionError as error:
            place = error.position
        else:
            place = 1
        assert 1 <= place <= len(text) + 1


@pytest.mark.parametrize(
    "text", ["substr(b, 'x')", "rand('x', 'y')", "rand(1, 2, 3)", "if(1)", "sprintf('%s')"]
)
def test_odd_arguments_of_limesurvey_are_refused(text):
    with pytest.raises(ExpressionError):
        expression_manager.parse_value(text, Names())


@pytest.mark.parametrize("text", ["substr(${b}, 'x', 'y')", "selected-at(${c})", "checklist('a')"])
def test_odd_arguments_of_xlsform_are_refused(text):
    with pytest.raises(ExpressionError):
        xpath.parse_value(text, Names())
