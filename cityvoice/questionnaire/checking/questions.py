"""What a question of each kind needs, and what it cannot have."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields

from cityvoice.questionnaire.checking.limits import (
    answers_rules,
    file_rules,
    moment_rules,
    only_missing_options,
    range_rules,
    scale_rules,
    text_rules,
    total_rules,
)
from cityvoice.questionnaire.checking.options import check_favourable, check_options
from cityvoice.questionnaire.checking.rows import check_columns, check_items
from cityvoice.questionnaire.errors import Problem
from cityvoice.questionnaire.kinds import Display, QuestionKind
from cityvoice.questionnaire.message import Message
from cityvoice.questionnaire.question import Question

K = QuestionKind
_ASKING = frozenset(K) - {K.INFO, K.HIDDEN}
_CHOICES = frozenset({K.SINGLE, K.MULTIPLE, K.MATRIX, K.RANKING, K.BEST_WORST})
_WITH_ITEMS = frozenset({K.MATRIX, K.TABLE, K.NUMBERS, K.TEXTS})
_NUMERIC = frozenset({K.NUMBER, K.NUMBERS})
_WORDS = frozenset({K.TEXT, K.TEXTS})
_MOMENTS = frozenset({K.DATE, K.TIME})
_MISSING_ONLY = frozenset({K.SCALE, *_NUMERIC, *_MOMENTS})  # options for missing answers beside the values
# The fields that mean something only for some kinds; any other kind must leave them at their default.
_ONLY_FOR: Mapping[str, frozenset[QuestionKind]] = {
    "options": _CHOICES | _MISSING_ONLY | {K.HIDDEN},
    "items": _WITH_ITEMS,
    "columns": frozenset({K.TABLE}),
    "required": _ASKING,
    "ordered": frozenset({K.SINGLE, K.MATRIX, K.HIDDEN}),
    "low": _NUMERIC | {K.SCALE},
    "high": _NUMERIC | {K.SCALE},
    "step": _NUMERIC | {K.SCALE},
    "low_label": _NUMERIC | {K.SCALE},
    "high_label": _NUMERIC | {K.SCALE},
    "unit": _NUMERIC,
    "total": frozenset({K.NUMBERS}),
    "earliest": _MOMENTS,
    "latest": _MOMENTS,
    "max_length": _WORDS,
    "format": _WORDS,
    "pattern": _WORDS,
    "min_answers": frozenset({K.MULTIPLE, K.RANKING, K.NUMBERS, K.TEXTS}),
    "max_answers": frozenset({K.MULTIPLE, K.RANKING, K.NUMBERS, K.TEXTS}),
    "comment": _ASKING - {K.PLACE},
    "geometry": frozenset({K.PLACE}),
    "accept": frozenset({K.FILE}),
    "shuffle": _CHOICES | _WITH_ITEMS,
    "default": _ASKING - {K.FILE, K.PLACE, K.CONSENT, K.TABLE, K.RANKING, K.BEST_WORST},
    "value": frozenset({K.HIDDEN}),
    "option_filter": _CHOICES,
    "rules": _ASKING,
    "favourable": frozenset({K.SINGLE, K.MATRIX, K.SCALE}),
}
_LISTED = frozenset({Display.LIST, Display.DROPDOWN, Display.BUTTONS})
_DISPLAYS: Mapping[QuestionKind, frozenset[Display]] = {
    **dict.fromkeys(_CHOICES | {K.TABLE}, _LISTED),
    K.SCALE: _LISTED | {Display.SLIDER},
    **dict.fromkeys(_NUMERIC, frozenset({Display.SLIDER})),
    **dict.fromkeys(_WORDS, frozenset({Display.LINE})),
    K.INFO: frozenset({Display.HEADING}),
}


def check_question(question: Question, path: str) -> Iterator[Problem]:
    """Everything wrong with a question itself; its name and its expressions are checked elsewhere."""
    for field in fields(question):
        kinds = _ONLY_FOR.get(field.name)
        if kinds and question.kind not in kinds and getattr(question, field.name) != field.default:
            message = Message(
                "a question of kind '%(kind)s' has no %(field)r", kind=question.kind, field=field.name
            )
            yield Problem(f"{path}.{field.name}", message)
    if question.display and question.display not in _DISPLAYS.get(question.kind, frozenset()):
        message = Message(
            "a question of kind '%(kind)s' has no '%(display)s'", kind=question.kind, display=question.display
        )
        yield Problem(f"{path}.display", message)
    yield from check_options(question, path)
    if question.kind in _WITH_ITEMS:
        yield from check_items(question, path)
    for rule in _RULES.get(question.kind, ()):
        yield from rule(question, path)
    yield from check_favourable(question.favourable, question.codes, question.options, question.name, path)


def _choice_rules(question: Question, path: str) -> Iterator[Problem]:
    if all(option.missing for option in question.options):
        message = Message("question %(name)r has no response options to choose from", name=question.name)
        yield Problem(f"{path}.options", message)


def _comparing_rules(question: Question, path: str) -> Iterator[Problem]:
    """Ranking, and best and worst: what is compared are options, and at least two of them."""
    for place, option in enumerate(question.options):
        if option.missing and question.kind is K.RANKING:
            message = Message("a ranking has no options for missing answers")
            yield Problem(f"{path}.options[{place}].missing", message)
    if sum(not option.missing for option in question.options) < 2:
        message = Message("question %(name)r needs two options or more", name=question.name)
        yield Problem(f"{path}.options", message)


def _hidden_rules(question: Question, path: str) -> Iterator[Problem]:
    if question.value is not None and question.options:
        message = Message("what is computed has no options; they are for what is handed over")
        yield Problem(f"{path}.options", message)


_Rule = Callable[[Question, str], Iterator[Problem]]
_RULES: Mapping[QuestionKind, tuple[_Rule, ...]] = {
    K.SINGLE: (_choice_rules,),
    K.MULTIPLE: (_choice_rules, answers_rules),
    K.MATRIX: (_choice_rules,),
    K.TABLE: (check_columns,),
    K.RANKING: (_comparing_rules, answers_rules),
    K.BEST_WORST: (_comparing_rules,),
    K.SCALE: (only_missing_options, range_rules, scale_rules),
    K.NUMBER: (only_missing_options, range_rules),
    K.NUMBERS: (only_missing_options, range_rules, total_rules, answers_rules),
    K.TEXT: (text_rules,),
    K.TEXTS: (text_rules, answers_rules),
    K.DATE: (only_missing_options, moment_rules),
    K.TIME: (only_missing_options, moment_rules),
    K.FILE: (file_rules,),
    K.HIDDEN: (_hidden_rules,),
}
