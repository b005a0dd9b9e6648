"""What a question of each kind needs, and what it cannot have."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields

from cityvoice.questionnaire.errors import Problem
from cityvoice.questionnaire.expressions.patterns import PatternError, pattern
from cityvoice.questionnaire.message import Message, Place
from cityvoice.questionnaire.model import (
    MAX_POINTS,
    Column,
    ColumnKind,
    Display,
    Item,
    Question,
    QuestionKind,
    ResponseOption,
)
from cityvoice.questionnaire.moments import is_day, is_time

NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}")
_PART = re.compile(r"[A-Za-z0-9_]{1,32}")  # what may be part of a column's name
_MEDIA_TYPE = re.compile(r"[a-z]+/(\*|[a-z0-9.+-]+)")

K = QuestionKind
_ASKING = frozenset(K) - {K.INFO, K.HIDDEN}
_CHOICES = frozenset({K.SINGLE, K.MULTIPLE, K.MATRIX, K.RANKING, K.BEST_WORST})
_WITH_ITEMS = frozenset({K.MATRIX, K.TABLE, K.NUMBERS, K.TEXTS})
_NUMERIC = frozenset({K.NUMBER, K.NUMBERS})
_WORDS = frozenset({K.TEXT, K.TEXTS})
_MOMENTS = frozenset({K.DATE, K.TIME})
_MISSING_ONLY = frozenset({K.SCALE, *_NUMERIC, *_MOMENTS})  # options for missing answers beside the values
_PARTS_OF_NAMES = frozenset({K.MULTIPLE, K.RANKING})  # an option's code becomes part of a column's name
_SPECIFYING = frozenset({K.SINGLE, K.MULTIPLE, K.RANKING})
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
    yield from _options(question, path)
    if question.kind in _WITH_ITEMS:
        yield from _items(question, path)
    for rule in _RULES.get(question.kind, ()):
        yield from rule(question, path)
    yield from _favourable(question.favourable, question.codes, question.options, question.name, path)


def _options(question: Question, path: str) -> Iterator[Problem]:
    yield from _codes(question.options, path)
    for place, option in enumerate(question.options):
        where = f"{path}.options[{place}]"
        if option.exclusive and question.kind is not K.MULTIPLE:
            message = Message("only an option of a multiple choice can exclude the others")
            yield Problem(f"{where}.exclusive", message)
        if option.specify and question.kind not in _SPECIFYING:
            message = Message("an option of kind '%(kind)s' cannot ask for words", kind=question.kind)
            yield Problem(f"{where}.specify", message)
        if (option.specify or question.kind in _PARTS_OF_NAMES) and not _PART.fullmatch(option.code):
            message = Message(
                "%(code)r becomes part of a column's name: 1 to 32 letters, digits or underscores",
                code=option.code,
            )
            yield Problem(f"{where}.code", message)
        for name in option.attributes or ():
            if not NAME.fullmatch(name):
                yield Problem(f"{where}.attributes", Message("%(name)r is no name", name=name))


def _codes(options: tuple[ResponseOption, ...], path: str) -> Iterator[Problem]:
    first: dict[str, int] = {}
    for place, option in enumerate(options):
        where = f"{path}.options[{place}].code"
        code = option.code
        if code in first:
            yield Problem(where, _taken(Message("code"), code, f"{path}.options[{first[code]}].code"))
        first.setdefault(code, place)
        if code != code.strip() or not 0 < len(code) <= 100 or not code.isprintable():
            message = Message("%(code)r is no code: 1 to 100 characters, no space at the ends", code=code)
            yield Problem(where, message)


def _taken(what: Message, value: str, place: str) -> Message:
    return Message(
        "%(what)s %(value)r is already used at %(place)s", what=what, value=value, place=Place(place)
    )


def _items(question: Question, path: str) -> Iterator[Problem]:
    if not question.items:
        message = Message("%(kind)s %(name)r has no items", kind=question.kind, name=question.name)
        yield Problem(f"{path}.items", message)
    first: dict[str, int] = {}
    for place, item in enumerate(question.items):
        if item.name in first:
            message = _taken(Message("item name"), item.name, f"{path}.items[{first[item.name]}].name")
            yield Problem(f"{path}.items[{place}].name", message)
        first.setdefault(item.name, place)
        for key in _keys_of(question, item):
            if not NAME.fullmatch(key):
                message = Message(
                    "%(name)r is no name: a letter, then up to 63 letters, digits or underscores (a-z)",
                    name=key,
                )
                yield Problem(f"{path}.items[{place}]", message)


def _keys_of(question: Question, item: Item) -> tuple[str, ...]:
    if question.kind is K.TABLE:
        return tuple(question.cell_key(item, column) for column in question.columns)
    return (question.item_key(item),)


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


def _only_missing_options(question: Question, path: str) -> Iterator[Problem]:
    for place, option in enumerate(question.options):
        if not option.missing:
            message = Message(
                "beside its values, a %(kind)s has options only for missing answers", kind=question.kind
            )
            yield Problem(f"{path}.options[{place}].missing", message)


def _range_rules(question: Question | Column, path: str) -> Iterator[Problem]:
    low, high = question.low, question.high
    if low is not None and high is not None and low >= high:
        yield Problem(f"{path}.high", Message("must be above low (%(low)s)", low=low))
    if question.step is not None and question.step <= 0:
        yield Problem(f"{path}.step", Message("must be above 0"))


def _scale_rules(question: Question, path: str) -> Iterator[Problem]:
    if question.low is None or question.high is None:
        yield Problem(path, Message("scale %(name)r needs low and high", name=question.name))
    elif not question.points and question.low < question.high:
        message = Message("a scale has 2 to %(most)s points: for more, ask for a number", most=MAX_POINTS)
        yield Problem(f"{path}.high", message)
    elif clash := set(question.points) & {option.code for option in question.options}:
        message = Message("code %(code)r is a point of the scale", code=min(clash))
        yield Problem(f"{path}.options", message)


def _total_rules(question: Question, path: str) -> Iterator[Problem]:
    if question.total is None or not question.items:
        return
    n = len(question.items)
    if question.high is not None and n * question.high < question.total:
        message = Message("%(n)s numbers of at most %(high)s never add up to it", n=n, high=question.high)
        yield Problem(f"{path}.total", message)
    if question.low is not None and n * question.low > question.total:
        message = Message("%(n)s numbers of at least %(low)s are always more", n=n, low=question.low)
        yield Problem(f"{path}.total", message)


def _text_rules(question: Question, path: str) -> Iterator[Problem]:
    if question.max_length is not None and question.max_length < 1:
        yield Problem(f"{path}.max_length", Message("must be at least 1"))
    if question.pattern is not None:
        try:
            pattern(question.pattern)
        except PatternError as error:
            yield Problem(f"{path}.pattern", error.message)


def _answers_rules(question: Question, path: str) -> Iterator[Problem]:
    least, most = question.min_answers, question.max_answers
    there = len(question.items or [option for option in question.options if not option.missing])
    if most is not None and most < 1:
        yield Problem(f"{path}.max_answers", Message("must be at least 1"))
    if least is not None and least < 0:
        yield Problem(f"{path}.min_answers", Message("must be at least 0"))
    if least is not None and most is not None and least > most:
        yield Problem(f"{path}.min_answers", Message("must be at most max_answers (%(most)s)", most=most))
    elif least is not None and least > there:
        message = Message("must be at most %(most)s, as there are no more", most=there)
        yield Problem(f"{path}.min_answers", message)


def _moment_rules(question: Question, path: str) -> Iterator[Problem]:
    is_moment = is_day if question.kind is K.DATE else is_time
    earliest, latest = question.earliest, question.latest
    if earliest and latest and is_moment(earliest) and is_moment(latest) and earliest > latest:
        message = Message("must not be before earliest (%(earliest)s)", earliest=earliest)
        yield Problem(f"{path}.latest", message)


def _table_rules(question: Question, path: str) -> Iterator[Problem]:
    if not question.columns:
        message = Message("table %(name)r has no columns", name=question.name)
        yield Problem(f"{path}.columns", message)
    first: dict[str, int] = {}
    for place, column in enumerate(question.columns):
        where = f"{path}.columns[{place}]"
        if column.name in first:
            earlier = f"{path}.columns[{first[column.name]}].name"
            yield Problem(f"{where}.name", _taken(Message("column name"), column.name, earlier))
        first.setdefault(column.name, place)
        if not _PART.fullmatch(column.name):
            message = Message("%(name)r is no name: letters, digits or underscores", name=column.name)
            yield Problem(f"{where}.name", message)
        yield from _column(column, where)


def _column(column: Column, path: str) -> Iterator[Problem]:
    yield from _codes(column.options, path)
    yield from _range_rules(column, path)
    if column.kind is ColumnKind.SINGLE and all(option.missing for option in column.options):
        message = Message("column %(name)r has no response options to choose from", name=column.name)
        yield Problem(f"{path}.options", message)
    for place, option in enumerate(column.options):
        if column.kind is not ColumnKind.SINGLE and not (column.kind is ColumnKind.NUMBER and option.missing):
            message = Message("a column of kind '%(kind)s' has no such option", kind=column.kind)
            yield Problem(f"{path}.options[{place}]", message)
        if option.exclusive or option.specify:
            message = Message("in a table, options cannot exclude or ask for words")
            yield Problem(f"{path}.options[{place}]", message)
    codes = tuple(option.code for option in column.options)
    yield from _favourable(column.favourable, codes, column.options, column.name, path)


def _hidden_rules(question: Question, path: str) -> Iterator[Problem]:
    if question.value is not None and question.options:
        message = Message("what is computed has no options; they are for what is handed over")
        yield Problem(f"{path}.options", message)


def _file_rules(question: Question, path: str) -> Iterator[Problem]:
    for place, media_type in enumerate(question.accept):
        if not _MEDIA_TYPE.fullmatch(media_type):
            message = Message("%(name)r is no media type such as image/jpeg", name=media_type)
            yield Problem(f"{path}.accept[{place}]", message)


def _favourable(
    codes: tuple[str, ...] | None,
    known: tuple[str, ...],
    options: tuple[ResponseOption, ...],
    name: str,
    path: str,
) -> Iterator[Problem]:
    missing = {option.code for option in options if option.missing}
    for place, code in enumerate(codes or ()):
        if code not in known or code in missing:
            message = Message("question %(name)r has no such valid option: %(code)r", name=name, code=code)
            yield Problem(f"{path}.favourable[{place}]", message)


_Rule = Callable[[Question, str], Iterator[Problem]]
_RULES: Mapping[QuestionKind, tuple[_Rule, ...]] = {
    K.SINGLE: (_choice_rules,),
    K.MULTIPLE: (_choice_rules, _answers_rules),
    K.MATRIX: (_choice_rules,),
    K.TABLE: (_table_rules,),
    K.RANKING: (_comparing_rules, _answers_rules),
    K.BEST_WORST: (_comparing_rules,),
    K.SCALE: (_only_missing_options, _range_rules, _scale_rules),
    K.NUMBER: (_only_missing_options, _range_rules),
    K.NUMBERS: (_only_missing_options, _range_rules, _total_rules, _answers_rules),
    K.TEXT: (_text_rules,),
    K.TEXTS: (_text_rules, _answers_rules),
    K.DATE: (_only_missing_options, _moment_rules),
    K.TIME: (_only_missing_options, _moment_rules),
    K.FILE: (_file_rules,),
    K.HIDDEN: (_hidden_rules,),
}
