"""Lays groups, repeats and split ballots out as one row of questions per section.

Everything at run time (routing, validation, the columns of data) reads this flat form, whose sections hold
questions alone:

* a group's condition is added to those of its questions; its title becomes an information ``<group>_title``;
* a repeat becomes `maximum` copies, whose names end in ``.1``, ``.2``, ...; where the respondent says whether
  there is one more, a choice ``<group>_more.k`` follows each copy but the last;
* what is named from outside a repeat, in a function such as ``sum(age)``, stands for all its instances;
* whom a repeat selects becomes hidden questions behind it, and a sentence for each who may be selected;
* each split ballot becomes a hidden question of the section `SPLITS` in front.
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

from cityvoice.questionnaire.expressions.rewrite import spread
from cityvoice.questionnaire.kinds import Display, QuestionKind
from cityvoice.questionnaire.model import Group, Questionnaire, Repeat, Section, Split
from cityvoice.questionnaire.order import arrange
from cityvoice.questionnaire.own_words import own_words
from cityvoice.questionnaire.question import Question, ResponseOption, Text
from cityvoice.questionnaire.repeats import NO, YES, both, copies_of, instances_of
from cityvoice.questionnaire.rewriting import changed
from cityvoice.questionnaire.selection_layout import selection_questions

SPLITS = "_splits"  # no name that an author can give


@lru_cache(maxsize=256)
def flatten(questionnaire: Questionnaire) -> Questionnaire:
    """The flat form of a questionnaire; the same object when it is flat already."""
    holds_groups = any(isinstance(each, Group) for s in questionnaire.sections for each in s.elements)
    splits = () if _is_laid_out(questionnaire) else questionnaire.splits
    if not holds_groups and not splits:
        return questionnaire
    if instances := instances_of(questionnaire):
        questionnaire = changed(questionnaire, lambda tree: spread(tree, instances))
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
    for copy in copies_of(group, repeat, own):
        number, asked = copy.number, copy.asked
        if group.title:
            title: Text = changed(group.title, copy.change)
            yield _heading(part_of(f"{group.name}.{number}", "title"), title, asked)
        elements = tuple(map(copy.element, group.elements))
        yield from _laid_out(elements, asked, languages)
        if repeat.count is None and number < repeat.maximum:
            yield _more(f"{group.name}_more.{number}", repeat, asked, languages)
    yield from selection_questions(group, own, languages)


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
