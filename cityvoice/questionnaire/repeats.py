"""Repeated groups: the names of their instances, and each instance with its own names and conditions."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from cityvoice.questionnaire.expressions.ast import Expression, Literal, is_call
from cityvoice.questionnaire.expressions.rewrite import rename, transform
from cityvoice.questionnaire.model import Group, Questionnaire, Repeat
from cityvoice.questionnaire.question import Question
from cityvoice.questionnaire.rewriting import changed

YES, NO = "1", "0"  # of the question whether there is one more


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


@lru_cache(maxsize=256)
def instances_of(questionnaire: Questionnaire) -> dict[str, tuple[str, ...]]:
    """The instances of every repeated answer key: ``age``: ``age.1``, ``age.2``, ..."""
    found: dict[str, tuple[str, ...]] = {}
    for group in repeats(questionnaire):
        numbers = range(1, group.repeat.maximum + 1) if group.repeat else ()
        for key in keys_of(group.elements):
            found[key] = tuple(f"{key}.{number}" for number in numbers)
    return found


def keys_of(elements: tuple[Question | Group, ...]) -> Iterator[str]:
    for each in elements:
        if isinstance(each, Group):
            yield from keys_of(each.elements)
        else:
            yield from each.fields


def copies_of(group: Group, repeat: Repeat, when: str | None) -> "Iterator[Copy]":
    keys = frozenset(keys_of(group.elements))
    for number in range(1, repeat.maximum + 1):
        if repeat.count is not None:
            asked = both(when, f"({repeat.count}) >= {number}")
        else:
            asked = when if number == 1 else f'{group.name}_more.{number - 1} = "{YES}"'
        yield Copy(number, keys, asked)


def both(first: str | None, second: str | None) -> str | None:
    """The condition that both conditions hold; None: no condition."""
    if first is None or second is None:
        return first if second is None else second
    return f"({first}) and ({second})"


@dataclass(frozen=True)
class Copy:
    """One instance of a repeat."""

    number: int
    keys: frozenset[str]
    asked: str | None  # the condition that it is

    def element(self, element: Question | Group) -> Question | Group:
        own: Question | Group = changed(element, self.change)
        return self._named(own)

    def _named(self, element: Question | Group) -> Question | Group:
        name = f"{element.name}.{self.number}"
        if isinstance(element, Question):
            return replace(element, name=name)
        return replace(element, name=name, elements=tuple(map(self._named, element.elements)))

    def change(self, tree: Expression) -> Expression:
        named = rename(tree, lambda name: f"{name}.{self.number}" if name in self.keys else name)
        return transform(named, self._position)

    def _position(self, node: Expression) -> Expression:
        return Literal(self.number, node.position) if is_call(node, "position") else node
