"""What items and columns need: names that make columns of the data."""

from collections.abc import Iterator

from cityvoice.questionnaire.checking.limits import range_rules
from cityvoice.questionnaire.checking.options import NAME, PART, check_codes, check_favourable, taken
from cityvoice.questionnaire.errors import Problem
from cityvoice.questionnaire.kinds import ColumnKind, QuestionKind
from cityvoice.questionnaire.message import Message
from cityvoice.questionnaire.question import Column, Item, Question

K = QuestionKind


def check_items(question: Question, path: str) -> Iterator[Problem]:
    if not question.items:
        message = Message("%(kind)s %(name)r has no items", kind=question.kind, name=question.name)
        yield Problem(f"{path}.items", message)
    first: dict[str, int] = {}
    for place, item in enumerate(question.items):
        if item.name in first:
            message = taken(Message("item name"), item.name, f"{path}.items[{first[item.name]}].name")
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


def check_columns(question: Question, path: str) -> Iterator[Problem]:
    if not question.columns:
        message = Message("table %(name)r has no columns", name=question.name)
        yield Problem(f"{path}.columns", message)
    first: dict[str, int] = {}
    for place, column in enumerate(question.columns):
        where = f"{path}.columns[{place}]"
        if column.name in first:
            earlier = f"{path}.columns[{first[column.name]}].name"
            yield Problem(f"{where}.name", taken(Message("column name"), column.name, earlier))
        first.setdefault(column.name, place)
        if not PART.fullmatch(column.name):
            message = Message("%(name)r is no name: letters, digits or underscores", name=column.name)
            yield Problem(f"{where}.name", message)
        yield from _column(column, where)


def _column(column: Column, path: str) -> Iterator[Problem]:
    yield from check_codes(column.options, path)
    yield from range_rules(column, path)
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
    yield from check_favourable(column.favourable, codes, column.options, column.name, path)
