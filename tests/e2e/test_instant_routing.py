"""The script of a page decides as the server does: the same expressions and values, in a real browser."""

import json
import math
import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from cityvoice.questionnaire.expressions.ast import (
    Binary,
    Call,
    Expression,
    Literal,
    Logical,
    Membership,
    Name,
    Operator,
    Unary,
)
from cityvoice.questionnaire.expressions.evaluate import evaluate
from cityvoice.questionnaire.expressions.render import render
from cityvoice.questionnaire.expressions.values import MissingCode, Value
from cityvoice.questionnaire.kinds import MissingKind, QuestionKind
from cityvoice.questionnaire.model import Section
from cityvoice.questionnaire.question import Question, ResponseOption, Text
from cityvoice.surveys.instant import FUNCTIONS, script_of

pytestmark = pytest.mark.browser
SCRIPT = Path(__file__).parents[2] / "cityvoice" / "static" / "respond.js"
N_EXPRESSIONS = 4000
WORDS = Text({"en": "words"})
DONT_KNOW = ResponseOption("9", WORDS, missing=MissingKind.DONT_KNOW)
CODES = tuple(ResponseOption(code, WORDS) for code in ("1", "2", "bus"))
PAGE = (
    Question("n", QuestionKind.NUMBER, WORDS, options=(DONT_KNOW,)),
    Question("one", QuestionKind.SINGLE, WORDS, options=(*CODES, DONT_KNOW)),
    Question("many", QuestionKind.MULTIPLE, WORDS, options=(*CODES, DONT_KNOW)),
    Question("words", QuestionKind.TEXT, WORDS),
    Question("day", QuestionKind.DATE, WORDS),
)
OTHER_PAGE = "earlier"
VALUES: dict[str, list[Value]] = {
    "n": [None, 0, 1, 2.5, -3, 40, MissingCode("9")],
    "one": [None, "1", "2", "bus", MissingCode("9")],
    "many": [None, (), ("1",), ("bus", "2"), (MissingCode("9"),)],
    "words": [None, "bus", "abc", "12", "1,5", " 7 ", "ź"],
    "day": [None, "2026-11-23", "2024-02-29"],
    OTHER_PAGE: [None, 1, "bus", "1", ("1", "2"), MissingCode("9"), "2025-01-01"],
}
ARGUMENTS = {
    "answered": 1,
    "known": 1,
    "holds": 1,
    "if": 3,
    "round": 2,
    "floor": 1,
    "ceil": 1,
    "abs": 1,
    "number": 1,
}
OPERATORS = [each for each in Operator if each not in (Operator.AND, Operator.OR, Operator.NOT)]


def test_script_and_server_decide_alike(phone: Page) -> None:
    phone.goto("about:blank")
    phone.add_script_tag(path=SCRIPT)
    cases = list(_cases(random.Random(20261123)))  # noqa: S311 - reproducible, not secret
    assert len(cases) > N_EXPRESSIONS / 2
    found = phone.evaluate(
        """cases => cases.map(([tree, values]) => {
            const name = each => each in values ? values[each] : null;
            const value = compute(tree, name);
            return [value === undefined ? "undefined" : value, holds(tree, name)];
        })""",
        [[tree, values] for _text, tree, values, _expected in cases],
    )
    wrong = [
        (text, values, expected, value)
        for (text, _tree, values, expected), (value, _holds) in zip(cases, found, strict=True)
        if not _same(expected, value)
    ]
    assert not wrong[:5], f"{len(wrong)} of {len(cases)}"
    truths = [(None if expected is None else bool(expected)) is True for *_rest, expected in cases]
    assert truths == [holds for _value, holds in found]


def test_script_knows_the_functions_that_it_is_sent() -> None:
    block = re.search(r"const functions = \{(.*?)\n  \};", SCRIPT.read_text(encoding="utf-8"), re.DOTALL)
    assert block
    inside = re.sub(
        r"\([^()]*\)|\{[^{}]*\}", "", re.sub(r"round: .*?\n    \},", "round: x,", block[1], flags=re.DOTALL)
    )
    assert set(re.findall(r"(?:^|[,{\s])([a-z_]+)(?=:|,\s)", inside)) >= FUNCTIONS


def _cases(dice: random.Random) -> Iterator[tuple[str, Any, dict[str, Any], Value]]:
    for _number in range(N_EXPRESSIONS):
        tree = _tree(dice, 3)
        values = {name: dice.choice(each) for name, each in VALUES.items()}
        asked = Question("asked", QuestionKind.TEXT, WORDS, when=render(tree))
        script = script_of(Section("page", None, (*PAGE, asked)))
        if not script.questions:
            continue  # depends on nothing of this page
        sent = json.loads(script.data(lambda name, values=values: values[name]))
        on_page = {name: _shown(value) for name, value in values.items() if name != OTHER_PAGE}
        yield render(tree), sent[-1]["w"], on_page, evaluate(tree, lambda name, values=values: values[name])


def _tree(dice: random.Random, depth: int) -> Expression:
    if depth == 0 or dice.random() < 0.2:
        if dice.random() < 0.6:
            return Name(dice.choice(list(VALUES)))
        return Literal(dice.choice([0, 1, 2.5, 40, "1", "9", "bus", "", True, False, "2026-11-23"]))

    def part() -> Expression:
        return _tree(dice, depth - 1)

    match dice.randrange(6):
        case 0:
            return Unary(dice.choice([Operator.NOT, Operator.SUBTRACT]), part())
        case 1:
            return Logical(dice.choice([Operator.AND, Operator.OR]), (part(), part(), part()))
        case 2:
            return Membership(part(), (part(), part()))
        case 3:
            function = dice.choice(sorted(FUNCTIONS))
            return Call(function, tuple(part() for _ in range(ARGUMENTS.get(function, dice.randint(2, 3)))))
        case _:
            return Binary(dice.choice(OPERATORS), part(), part())


def _shown(value: Value) -> Any:
    """A value as the script holds it."""
    if isinstance(value, tuple):
        return [_shown(each) for each in value]
    return {"m": str(value)} if isinstance(value, MissingCode) else value


def _same(expected: Value, found: Any) -> bool:
    if isinstance(expected, bool) or isinstance(found, bool) or not isinstance(expected, int | float):
        return _shown(expected) == found
    return isinstance(found, int | float) and math.isclose(expected, found, rel_tol=1e-9, abs_tol=1e-9)
