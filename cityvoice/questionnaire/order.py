"""Random orders and split ballots, each drawn from a response's seed and drawn alike for ever.

Every thing that may change places gets a number, the SHA-256 of the seed, the place and its own name; they
stand in the order of these numbers. So an order needs no memory but the seed, is the same on every machine
and in every version of Python, and a thing that is added later leaves the others in their order.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import groupby
from typing import TypeVar

from cityvoice.questionnaire.kinds import QuestionKind
from cityvoice.questionnaire.model import Group, Questionnaire, Section, Split
from cityvoice.questionnaire.question import Answer, Item, Question, ResponseOption

Element = Question | Group
_Thing = TypeVar("_Thing")


def arrange(questionnaire: Questionnaire, seed: Answer) -> Questionnaire:
    """The questionnaire in the order of one response; the same object where nothing is shuffled.

    Only what is shown changes places. The routing of both is the same, because nothing may look at what may
    stand behind it (`conditions`), and so are the answer keys.

    Parameters
    ----------
    seed
        The response's answer under `model.SEED`: a number or a text.

    Notes
    -----
    Sections of one `rotation` change places among themselves. Of a shuffled section or group the information
    that it begins with stays first. Of shuffled options those for a missing answer, those that exclude all
    others and those that ask for words keep their order at the end, and options of one heading stay together.
    """
    if not _shuffles(questionnaire):
        return questionnaire
    sections = tuple(_section(section, seed) for section in questionnaire.sections)
    return replace(questionnaire, sections=_rotated(sections, seed))


def arm(split: Split, seed: Answer) -> str:
    """The code of the arm of a split ballot that a response with this seed is given."""
    whole = sum(each.share for each in split.arms)
    point = draw(seed, "split", split.name) / 2**64 * whole
    for each in split.arms:
        point -= each.share
        if point < 0:
            return each.code
    return split.arms[-1].code


def draw(seed: Answer, *place: str) -> int:
    """A number from 0 to below 2**64, independent for every place."""
    digest = hashlib.sha256("\0".join((str(seed), *place)).encode()).digest()
    return int.from_bytes(digest[:8], "big")


def _shuffled(things: Sequence[_Thing], name: Callable[[_Thing], str], *place: Answer) -> list[_Thing]:
    seed, *where = place
    return sorted(things, key=lambda thing: draw(seed, *map(str, where), name(thing)))


@lru_cache(maxsize=256)
def _shuffles(questionnaire: Questionnaire) -> bool:
    sections = questionnaire.sections
    return any(section.rotation or _moves(section) for section in sections)


def _moves(element: Section | Element) -> bool:
    if isinstance(element, Question):
        return element.shuffle
    return element.shuffle or any(map(_moves, element.elements))


def _section(section: Section, seed: Answer) -> Section:
    if not _moves(section):
        return section
    return replace(section, elements=_elements(section, seed))


def _elements(holder: Section | Group, seed: Answer) -> tuple[Element, ...]:
    inner = [_element(each, seed) for each in holder.elements]
    if not holder.shuffle:
        return tuple(inner)
    first = next((n for n, each in enumerate(inner) if not _is_information(each)), len(inner))
    return (*inner[:first], *_shuffled(inner[first:], lambda each: each.name, seed, "in", holder.name))


def _is_information(element: Element) -> bool:
    return isinstance(element, Question) and element.kind is QuestionKind.INFO


def _element(element: Element, seed: Answer) -> Element:
    if isinstance(element, Group):
        return replace(element, elements=_elements(element, seed)) if _moves(element) else element
    if not element.shuffle:
        return element
    if element.items:
        items: list[Item] = _shuffled(element.items, lambda item: item.name, seed, "items", element.name)
        return replace(element, items=tuple(items))
    return replace(element, options=_options(element, seed))


def _options(question: Question, seed: Answer) -> tuple[ResponseOption, ...]:
    moving = [option for option in question.options if not stands_apart(option)]
    apart = [option for option in question.options if stands_apart(option)]
    together = [list(group) for _, group in groupby(moving, key=lambda option: option.group)]
    if len(together) == 1:
        return (*_shuffled(moving, lambda option: option.code, seed, "options", question.name), *apart)
    mixed = [_shuffled(each, lambda option: option.code, seed, "options", question.name) for each in together]
    return (*(option for each in mixed for option in each), *apart)


def stands_apart(option: ResponseOption) -> bool:
    """Whether an option keeps its place at the end when the others are shuffled."""
    return option.missing is not None or option.exclusive or option.specify


def _rotated(sections: tuple[Section, ...], seed: Answer) -> tuple[Section, ...]:
    placed = list(sections)
    for rotation in dict.fromkeys(section.rotation for section in sections if section.rotation):
        places = [place for place, section in enumerate(sections) if section.rotation == rotation]
        members = [sections[place] for place in places]
        moved = _shuffled(members, lambda section: section.name, seed, "rotation", rotation)
        for place, section in zip(places, moved, strict=True):
            placed[place] = section
    return tuple(placed)
