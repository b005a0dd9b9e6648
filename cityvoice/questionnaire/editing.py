"""Changes to a draft, each giving a new questionnaire. Sections, groups and questions are addressed by name.

Every function raises `KeyError` on a name that there is not. Nothing else is refused: a draft may be
half-finished, and `checks.check` says what still stands between it and publication.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import count

from cityvoice.questionnaire.expressions.rewrite import rename as rename_in
from cityvoice.questionnaire.model import Group, Questionnaire, Section
from cityvoice.questionnaire.question import Question, Text
from cityvoice.questionnaire.rewriting import changed

Element = Question | Group
Elements = tuple[Element, ...]


def names(questionnaire: Questionnaire) -> Iterator[str]:
    """Every name in use: of sections, groups, questions, selections and split ballots."""
    for section in questionnaire.sections:
        yield section.name
        for element in _inside(section.elements):
            yield element.name
            if isinstance(element, Group) and element.repeat and element.repeat.select:
                yield element.repeat.select.name
    yield from (split.name for split in questionnaire.splits)


def free_name(questionnaire: Questionnaire, stem: str) -> str:
    """`stem`, or `stem` with the first number that makes it new."""
    taken = set(names(questionnaire))
    numbered = (f"{stem}_{number}" for number in count(2))
    return stem if stem not in taken else next(name for name in numbered if name not in taken)


def find_element(questionnaire: Questionnaire, name: str) -> Element:
    for section in questionnaire.sections:
        for element in _inside(section.elements):
            if element.name == name:
                return element
    raise KeyError(name)


def section_of(questionnaire: Questionnaire, name: str) -> Section:
    """The section that holds the question or group `name`."""
    for section in questionnaire.sections:
        if any(element.name == name for element in _inside(section.elements)):
            return section
    raise KeyError(name)


def add_section(questionnaire: Questionnaire, title: Text, *, after: str | None = None) -> Questionnaire:
    """A new, empty section at the end or after the one named."""
    section = Section(free_name(questionnaire, "section"), title, ())
    place = len(questionnaire.sections) if after is None else _place(questionnaire, after) + 1
    sections = list(questionnaire.sections)
    sections.insert(place, section)
    return replace(questionnaire, sections=tuple(sections))


def replace_section(questionnaire: Questionnaire, name: str, section: Section) -> Questionnaire:
    place = _place(questionnaire, name)
    sections = (*questionnaire.sections[:place], section, *questionnaire.sections[place + 1 :])
    return replace(questionnaire, sections=sections)


def remove_section(questionnaire: Questionnaire, name: str) -> Questionnaire:
    place = _place(questionnaire, name)
    sections = (*questionnaire.sections[:place], *questionnaire.sections[place + 1 :])
    return replace(questionnaire, sections=sections)


def move_section(questionnaire: Questionnaire, name: str, by: int) -> Questionnaire:
    """The section `by` places later, earlier when negative; it stops at the ends."""
    sections = list(questionnaire.sections)
    place = _place(questionnaire, name)
    sections.insert(max(0, place + by), sections.pop(place))
    return replace(questionnaire, sections=tuple(sections))


def add_element(
    questionnaire: Questionnaire, element: Element, *, into: str, after: str | None = None
) -> Questionnaire:
    """Put a question or group into the section or group `into`: at its end, or after the element named."""
    found = False

    def added(elements: Elements) -> Elements:
        nonlocal found
        found = True
        place = len(elements) if after is None else [each.name for each in elements].index(after) + 1
        return (*elements[:place], element, *elements[place:])

    def grown(each: Element) -> Elements:
        if isinstance(each, Group) and each.name == into:
            return (replace(each, elements=added(each.elements)),)
        return (each,)

    sections = tuple(
        replace(section, elements=added(section.elements))
        if section.name == into
        else replace(section, elements=_mapped(section.elements, grown))
        for section in questionnaire.sections
    )
    if not found:
        raise KeyError(into)
    return replace(questionnaire, sections=sections)


def replace_element(questionnaire: Questionnaire, name: str, element: Element) -> Questionnaire:
    find_element(questionnaire, name)
    return _with_elements(questionnaire, lambda each: (element,) if each.name == name else (each,))


def remove_element(questionnaire: Questionnaire, name: str) -> Questionnaire:
    find_element(questionnaire, name)
    return _with_elements(questionnaire, lambda each: () if each.name == name else (each,))


def duplicate_question(questionnaire: Questionnaire, name: str) -> Questionnaire:
    """A copy of the question right after it, under a name of its own."""
    question = find_element(questionnaire, name)
    copy = replace(question, name=free_name(questionnaire, name))
    return _with_elements(questionnaire, lambda each: (each, copy) if each.name == name else (each,))


def move_element(questionnaire: Questionnaire, name: str, by: int) -> Questionnaire:
    """The element one place later (`by` 1) or earlier (-1).

    From the last place of its group it leaves the group; from the last place of its section it goes to the
    beginning of the next one. At the ends of the questionnaire it stays.
    """
    element = find_element(questionnaire, name)
    for section in questionnaire.sections:
        moved = _moved(section.elements, name, by)
        if moved is not None:
            return replace_section(questionnaire, section.name, replace(section, elements=moved))
    section = section_of(questionnaire, name)
    place = _place(questionnaire, section.name) + by
    if not 0 <= place < len(questionnaire.sections):
        return questionnaire
    without = remove_element(questionnaire, name)
    target = without.sections[place]
    elements = (element, *target.elements) if by > 0 else (*target.elements, element)
    return replace_section(without, target.name, replace(target, elements=elements))


def rename(questionnaire: Questionnaire, old: str, new: str) -> Questionnaire:
    """Another name for a question, also in every expression that names it or one of its parts."""
    question = find_element(questionnaire, old)
    if isinstance(question, Group):
        return replace_element(questionnaire, old, replace(question, name=new))
    renamed = replace(question, name=new)
    mapping = {old: new, **dict(zip(question.fields, renamed.fields, strict=True))}
    replaced = replace_element(questionnaire, old, renamed)
    result: Questionnaire = changed(replaced, lambda tree: rename_in(tree, mapping))
    return result


def _place(questionnaire: Questionnaire, name: str) -> int:
    return questionnaire.sections.index(questionnaire.section(name))


def _inside(elements: Elements) -> Iterator[Element]:
    for element in elements:
        yield element
        if isinstance(element, Group):
            yield from _inside(element.elements)


def _mapped(elements: Elements, change: Callable[[Element], Elements]) -> Elements:
    """Each element replaced by what `change` makes of it, innermost first."""
    made: list[Element] = []
    for element in elements:
        if isinstance(element, Group):
            element = replace(element, elements=_mapped(element.elements, change))
        made.extend(change(element))
    return tuple(made)


def _with_elements(questionnaire: Questionnaire, change: Callable[[Element], Elements]) -> Questionnaire:
    sections = (
        replace(section, elements=_mapped(section.elements, change)) for section in questionnaire.sections
    )
    return replace(questionnaire, sections=tuple(sections))


def _moved(elements: Elements, name: str, by: int) -> Elements | None:
    """`elements` with the move done; None when the element is not here or must leave them."""
    here = [element.name for element in elements]
    if name in here:
        return _exchanged(elements, here.index(name), by)
    for place, element in enumerate(elements):
        if isinstance(element, Group) and any(each.name == name for each in _inside(element.elements)):
            inner = _moved(element.elements, name, by)
            if inner is not None:
                return (*elements[:place], replace(element, elements=inner), *elements[place + 1 :])
            return (*elements[:place], *_taken_out(element, name, by), *elements[place + 1 :])
    return None


def _exchanged(elements: Elements, place: int, by: int) -> Elements | None:
    target = place + by
    if not 0 <= target < len(elements):
        return None
    moved = list(elements)
    moved.insert(target, moved.pop(place))
    return tuple(moved)


def _taken_out(group: Group, name: str, by: int) -> Elements:
    """The element leaves its group and stands before or after it."""
    element = next(each for each in group.elements if each.name == name)
    rest = replace(group, elements=tuple(each for each in group.elements if each.name != name))
    return (rest, element) if by > 0 else (element, rest)
