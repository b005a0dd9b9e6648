"""Fits the expressions of an imported questionnaire to the types of the answers that they name."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from cityvoice.questionnaire.errors import ExpressionError
from cityvoice.questionnaire.expressions.parser import parse
from cityvoice.questionnaire.expressions.render import render
from cityvoice.questionnaire.expressions.syntaxes import fitting
from cityvoice.questionnaire.expressions.types import ANY, TRUTH, NameType
from cityvoice.questionnaire.model import Questionnaire
from cityvoice.questionnaire.names import fields_of
from cityvoice.questionnaire.pipes import rewritten
from cityvoice.questionnaire.question import Text

Types = Mapping[str, NameType]
_CONDITIONS = frozenset({"when", "option_filter", "expression"})
_VALUES = frozenset({"value", "default", "earliest", "latest", "count"})


def fitted(questionnaire: Questionnaire) -> Questionnaire:
    """The questionnaire with conversions in its expressions where they are needed."""
    for names in (_VALUES, _CONDITIONS | _VALUES):  # what is computed first: conditions depend on its type
        types = {name: field.name_type for name, field in fields_of(questionnaire).items()}
        questionnaire = _changed(questionnaire, names, types)
    return questionnaire


def _changed(node: Any, names: frozenset[str], types: Types) -> Any:
    if isinstance(node, Text):
        return rewritten(node, lambda source: _expression(source, types, is_condition=False))
    if isinstance(node, tuple):
        return tuple(_changed(each, names, types) for each in node)
    if not hasattr(node, "__dataclass_fields__"):
        return node
    changes: dict[str, Any] = {}
    for name in node.__dataclass_fields__:
        value = getattr(node, name)
        if isinstance(value, str) and not hasattr(value, "name") and name in names:
            changes[name] = _expression(value, types, is_condition=name in _CONDITIONS)
        elif isinstance(value, tuple) or hasattr(value, "__dataclass_fields__"):
            changes[name] = _changed(value, names, types)
    return replace(node, **{name: each for name, each in changes.items() if each is not getattr(node, name)})


def _expression(source: str, types: Types, *, is_condition: bool) -> str:
    try:
        node = parse(source)
    except ExpressionError:
        return source  # a day such as 2026-01-31, or a mistake that the check will tell
    found = fitting.fitted(node, types, TRUTH if is_condition else ANY)
    return source if found == node else render(found)
