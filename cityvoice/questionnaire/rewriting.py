"""Changes every expression of a part of a questionnaire, those in its texts too."""

from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from typing import Any

from cityvoice.questionnaire.errors import ExpressionError
from cityvoice.questionnaire.expressions.ast import Expression
from cityvoice.questionnaire.expressions.parser import parse
from cityvoice.questionnaire.expressions.render import render
from cityvoice.questionnaire.model import Group, Quota, Repeat, Section, Selection
from cityvoice.questionnaire.pipes import rewritten
from cityvoice.questionnaire.question import Item, Question, ResponseOption, Rule, Text

# The fields that hold an expression; `earliest` and `latest` may also be a day, which is left as it is.
EXPRESSIONS: Mapping[type, frozenset[str]] = {
    Question: frozenset({"when", "option_filter", "default", "value", "earliest", "latest"}),
    Item: frozenset({"when"}),
    ResponseOption: frozenset({"when"}),
    Rule: frozenset({"expression"}),
    Section: frozenset({"when"}),
    Quota: frozenset({"when"}),
    Group: frozenset({"when"}),
    Repeat: frozenset({"count"}),
    Selection: frozenset({"when", "by"}),
}
Change = Callable[[Expression], Expression]


def changed(value: Any, change: Change) -> Any:
    """An object of the model with every expression in it changed, those in its texts and groups too."""
    match value:
        case Text():
            return rewritten(value, lambda source: change_source(source, change))
        case tuple():
            new = tuple(changed(each, change) for each in value)
            return value if all(map(_same, new, value)) else new
        case _ if hasattr(value, "__dataclass_fields__"):
            return _record(value, change)
        case _:
            return value


def _record(value: Any, change: Change) -> Any:
    expressions = EXPRESSIONS.get(type(value), frozenset())
    changes = {}
    for each in fields(value):
        old = getattr(value, each.name)
        if each.name in expressions:
            new = old if old is None else change_source(old, change)
        else:
            new = changed(old, change)
        if new is not old:
            changes[each.name] = new
    return replace(value, **changes) if changes else value


def change_source(source: str, change: Change) -> str:
    """The text of an expression with its tree changed; what cannot be read stays as it is."""
    try:
        tree = parse(source)
    except ExpressionError:
        return source
    new = change(tree)
    return source if new == tree else render(new)


def _same(new: object, old: object) -> bool:
    return new is old
