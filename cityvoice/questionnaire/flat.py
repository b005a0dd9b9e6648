"""Lays groups, repeats and split ballots out as one row of questions per section.

Everything at run time (routing, validation, the columns of data) reads this flat form, whose sections hold
questions alone:

* a group's condition is added to those of its questions; its title becomes an information ``<group>_title``;
* a repeat becomes `maximum` copies, whose names end in ``.1``, ``.2``, ...; where the respondent says whether
  there is one more, a choice ``<group>_more.k`` follows each copy but the last;
* what is named from outside a repeat, in a function such as ``sum(age)``, stands for all its instances;
* each split ballot becomes a hidden question of the section `SPLITS` in front.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from functools import lru_cache
from typing import Any

from cityvoice.questionnaire.errors import ExpressionError
from cityvoice.questionnaire.expressions.ast import Call, Expression, Literal
from cityvoice.questionnaire.expressions.parser import parse
from cityvoice.questionnaire.expressions.render import render
from cityvoice.questionnaire.expressions.rewrite import rename, spread, transform
from cityvoice.questionnaire.model import (
    Display,
    Group,
    Item,
    Question,
    QuestionKind,
    Questionnaire,
    Quota,
    Repeat,
    ResponseOption,
    Rule,
    Section,
    Split,
    Text,
)
from cityvoice.questionnaire.order import arrange
from cityvoice.questionnaire.own_words import own_words
from cityvoice.questionnaire.pipes import rewritten

SPLITS = "_splits"  # no name that an author can give
YES, NO = "1", "0"
# The fields that hold an expression; `earliest` and `latest` may also be a day, which is left as it is.
_EXPRESSIONS: Mapping[type, frozenset[str]] = {
    Question: frozenset({"when", "option_filter", "default", "value", "earliest", "latest"}),
    Item: frozenset({"when"}),
    ResponseOption: frozenset({"when"}),
    Rule: frozenset({"expression"}),
    Section: frozenset({"when"}),
    Quota: frozenset({"when"}),
    Group: frozenset({"when"}),
    Repeat: frozenset({"count"}),
}
_Change = Callable[[Expression], Expression]


@lru_cache(maxsize=256)
def flatten(questionnaire: Questionnaire) -> Questionnaire:
    """The flat form of a questionnaire; the same object when it is flat already."""
    holds_groups = any(isinstance(each, Group) for s in questionnaire.sections for each in s.elements)
    splits = () if _is_laid_out(questionnaire) else questionnaire.splits
    if not holds_groups and not splits:
        return questionnaire
    if instances := _instances(questionnaire):
        questionnaire = _changed(questionnaire, lambda tree: spread(tree, instances))
    sections = tuple(
        replace(section, elements=tuple(_laid_out(section.elements, None, questionnaire.languages)))
        for section in questionnaire.sections
    )
    ballots = tuple(_split(split, questionnaire.languages) for split in splits)
    front = (Section(SPLITS, None, ballots),) if splits else ()
    return replace(questionnaire, sections=(*front, *sections))


@lru_cache(maxsize=128)
def arranged(questionnaire: Questionnaire, seed: int | None) -> Questionnaire:
    """The flat form of an authored questionnaire in the order of one response.

    Parameters
    ----------
    seed
        The response's answer under `model.SEED`; None: the order of the document.
    """
    return flatten(questionnaire if seed is None else arrange(questionnaire, seed))


def _is_laid_out(questionnaire: Questionnaire) -> bool:
    return any(section.name == SPLITS for section in questionnaire.sections)


def repeats(questionnaire: Questionnaire) -> Iterator[Group]:
    """The repeated groups of the authored form."""

    def below(elements: tuple[Question | Group, ...]) -> Iterator[Group]:
        for each in elements:
            if isinstance(each, Group):
                if each.repeat:
                    yield each
                else:
                    yield from below(each.elements)

    for section in questionnaire.sections:
        yield from below(section.elements)


def _instances(questionnaire: Questionnaire) -> dict[str, tuple[str, ...]]:
    """The instances of every repeated answer key: ``age``: ``age.1``, ``age.2``, ..."""
    found: dict[str, tuple[str, ...]] = {}
    for group in repeats(questionnaire):
        numbers = range(1, group.repeat.maximum + 1) if group.repeat else ()
        for key in _keys(group.elements):
            found[key] = tuple(f"{key}.{number}" for number in numbers)
    return found


instances_of = lru_cache(maxsize=256)(_instances)


def _keys(elements: tuple[Question | Group, ...]) -> Iterator[str]:
    for each in elements:
        if isinstance(each, Group):
            yield from _keys(each.elements)
        else:
            yield from each.fields


def _split(split: Split, languages: tuple[str, ...]) -> Question:
    options = tuple(ResponseOption(arm.code, arm.label) for arm in split.arms)
    text = Text(dict.fromkeys(languages, split.name))
    return Question(split.name, QuestionKind.HIDDEN, text, options=options)


def _laid_out(
    elements: tuple[Question | Group, ...], when: str | None, languages: tuple[str, ...]
) -> Iterator[Question]:
    for each in elements:
        if isinstance(each, Question):
            yield replace(each, when=both(when, each.when)) if when else each
        elif each.repeat:
            yield from _repeated(each, each.repeat, when, languages)
        else:
            own = both(when, each.when)
            if each.title:
                yield _heading(part_of(each.name, "title"), each.title, own)
            yield from _laid_out(each.elements, own, languages)


def _repeated(
    group: Group, repeat: Repeat, when: str | None, languages: tuple[str, ...]
) -> Iterator[Question]:
    own = both(when, group.when)
    for number in range(1, repeat.maximum + 1):
        copy = _Copy(number, frozenset(_keys(group.elements)))
        if repeat.count is not None:
            asked = both(own, f"({repeat.count}) >= {number}")
        else:
            asked = own if number == 1 else f'{group.name}_more.{number - 1} = "{YES}"'
        if group.title:
            title: Text = _changed(group.title, copy.change)
            yield _heading(part_of(f"{group.name}.{number}", "title"), title, asked)
        elements = tuple(map(copy.element, group.elements))
        yield from _laid_out(elements, asked, languages)
        if repeat.count is None and number < repeat.maximum:
            yield _more(f"{group.name}_more.{number}", repeat, asked, languages)


def _heading(name: str, title: Text, when: str | None) -> Question:
    return Question(name, QuestionKind.INFO, title, display=Display.HEADING, when=when)


def _more(name: str, repeat: Repeat, when: str | None, languages: tuple[str, ...]) -> Question:
    options = (
        ResponseOption(YES, own_words("yes", languages)),
        ResponseOption(NO, own_words("no", languages)),
    )
    text = repeat.more or own_words("more", languages)
    return Question(name, QuestionKind.SINGLE, text, options=options, display=Display.BUTTONS, when=when)


def part_of(name: str, part: str) -> str:
    """A name that belongs to a group: ``house_title``, in a second repeat ``house_title.2``."""
    stem, dot, instance = name.partition(".")
    return f"{stem}_{part}{dot}{instance}"


def both(first: str | None, second: str | None) -> str | None:
    """The condition that both conditions hold; None: no condition."""
    if first is None or second is None:
        return first if second is None else second
    return f"({first}) and ({second})"


@dataclass(frozen=True)
class _Copy:
    """One instance of a repeat."""

    number: int
    keys: frozenset[str]

    def element(self, element: Question | Group) -> Question | Group:
        changed: Question | Group = _changed(element, self.change)
        return self._named(changed)

    def _named(self, element: Question | Group) -> Question | Group:
        name = f"{element.name}.{self.number}"
        if isinstance(element, Question):
            return replace(element, name=name)
        return replace(element, name=name, elements=tuple(map(self._named, element.elements)))

    def change(self, tree: Expression) -> Expression:
        named = rename(tree, lambda name: f"{name}.{self.number}" if name in self.keys else name)
        return transform(named, self._position)

    def _position(self, node: Expression) -> Expression:
        is_position = isinstance(node, Call) and node.function == "position" and not node.arguments
        return Literal(self.number, node.position) if is_position else node


def _changed(value: Any, change: _Change) -> Any:
    """An object of the model with every expression in it changed, those in its texts and groups too."""
    match value:
        case Text():
            return rewritten(value, lambda source: change_source(source, change))
        case tuple():
            new = tuple(_changed(each, change) for each in value)
            return value if all(map(_same, new, value)) else new
        case _ if hasattr(value, "__dataclass_fields__"):
            return _changed_record(value, change)
        case _:
            return value


def _changed_record(value: Any, change: _Change) -> Any:
    expressions = _EXPRESSIONS.get(type(value), frozenset())
    changes = {}
    for each in fields(value):
        old = getattr(value, each.name)
        if each.name in expressions:
            new = old if old is None else change_source(old, change)
        else:
            new = _changed(old, change)
        if new is not old:
            changes[each.name] = new
    return replace(value, **changes) if changes else value


def change_source(source: str, change: _Change) -> str:
    """The text of an expression with its tree changed; what cannot be read stays as it is."""
    try:
        tree = parse(source)
    except ExpressionError:
        return source
    new = change(tree)
    return source if new == tree else render(new)


def _same(new: object, old: object) -> bool:
    return new is old
