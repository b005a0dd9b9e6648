"""Expressions seen in the wild, where ../shared holds them: how many can be read, and why others cannot."""

import json
import re
from collections import Counter
from pathlib import Path

import pytest

from cityvoice.questionnaire.errors import ExpressionError
from cityvoice.questionnaire.expressions.ast import Name
from cityvoice.questionnaire.expressions.evaluate import compile_tree, is_true
from cityvoice.questionnaire.expressions.parser import parse
from cityvoice.questionnaire.expressions.render import render
from cityvoice.questionnaire.expressions.syntaxes import expression_manager, xpath
from cityvoice.questionnaire.expressions.syntaxes.refusal import Refusal

CORPORA = Path(__file__).parents[4] / "shared" / "data" / "expressions"
CONDITIONS = {"relevance", "grelevance", "em_validation_q", "em_validation_sq"}
CONDITIONS |= {"relevant", "constraint", "choice_filter", "required"}
REASONS = {  # a reason that is expected: what the expression wants and nobody can give
    "other people's answers": "statistics of other responses",
    "unknown function 'sayHello'": "a plug-in's function",
    "question of this survey": "a question that is not in the survey",
    "stands for 2 answers": "`self` of a question with several answers, where one value is needed",
    "closing quote": "plain words where an expression belongs",
}


ANSWERS = [
    {}.get,
    *(lambda name, each=each: each for each in ("Y", "yes", 1, 2, "1", "2026-11-23", ("yes",))),
]


class Everything:
    """Every name is known; ``self`` and ``that`` stand for two answers unless they say which."""

    def variable(self, name):
        plain = re.sub(r"\W", "_", name)
        plain = plain if plain[0].isalpha() else f"v{plain}"
        many = name.split(".")[0] in {"self", "that"} and "sq_" not in name
        return [Name(f"{plain}_1"), Name(f"{plain}_2")] if many else [Name(plain)]

    def fact(self, name, attribute):
        return "1"

    def node(self, name):
        return Name(re.sub(r"\W", "_", name))

    def attribute(self, name):
        return Name(name)

    def repetitions(self, name):
        return None

    def reference(self, name):
        return name

    def repeat_of(self, name):
        return None

    def is_multiple(self, name):
        return False


class Spelled:
    """Every answer is one variable of its own name."""

    def variable(self, name):
        return name

    def flag(self, name, code):
        return None

    def variables(self, name):
        return (name,)


def rows(name):
    path = CORPORA / f"{name}.jsonl"
    if not path.exists():
        pytest.skip("../shared/data/expressions is absent")
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def read_limesurvey(kind, text):
    if kind.endswith("_tip"):
        parts = expression_manager.split_text(text)
        return [
            expression_manager.parse_value(part.text, Everything()) for part in parts if part.is_expression
        ]
    read = expression_manager.parse_condition if kind in CONDITIONS else expression_manager.parse_value
    return [read(text, Everything())]


def read_xlsform(kind, text):
    if kind == "default":
        return [xpath.parse_default(text, Everything())]
    return [(xpath.parse_condition if kind in CONDITIONS else xpath.parse_value)(text, Everything())]


READERS = {"expression_manager": read_limesurvey, "xlsform": read_xlsform}


@pytest.mark.parametrize("name", READERS)
def test_nearly_all_expressions_compile_and_the_others_have_an_expected_reason(name):
    total, failed = 0, Counter()
    for row in rows(name):
        total += 1
        try:
            trees = READERS[name](row["kind"], row["expr"])
        except ExpressionError as error:
            failed.update([part for part in REASONS if part in str(error)] or [str(error)])
            continue
        for tree in trees:
            assert render(parse(render(tree))) == render(tree)
            compile_tree(tree)({"_seed": 1}.get)
    assert total > 300
    assert set(failed) <= set(REASONS), failed
    assert failed.total() / total < 0.02


@pytest.mark.parametrize("name", READERS)
def test_nearly_all_can_be_written_again_and_mean_the_same(name):
    total = refused = 0
    for row in rows(name):
        try:
            trees = READERS[name](row["kind"], row["expr"])
        except ExpressionError:
            continue
        for tree in trees:
            total += 1
            try:
                again = _again(name, row["kind"], tree)
            except Refusal:
                refused += 1
                continue
            if row["kind"] in CONDITIONS:
                assert [is_true(again, each) for each in ANSWERS] == [is_true(tree, each) for each in ANSWERS]
    assert refused / total < 0.02


def _again(name, kind, tree):
    if name == "xlsform":
        return READERS[name](
            "relevant" if kind in CONDITIONS else "calculation", xpath.to_xpath(tree, Everything())
        )[0]
    return READERS[name](kind, expression_manager.to_expression_manager(tree, Spelled()))[0]


@pytest.mark.parametrize("name", READERS)
def test_unknown_names_are_told_with_their_place(name):
    read = {"xlsform": xpath.parse_value, "expression_manager": expression_manager.parse_value}[name]
    with pytest.raises(ExpressionError, match="unknown") as caught:
        read("1 + frob(2)", Everything())
    assert caught.value.position == 5
