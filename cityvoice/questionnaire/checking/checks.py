"""Everything that stands between a questionnaire and its publication, each problem with its place."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace

from cityvoice.questionnaire.checking.conditions import check_conditions
from cityvoice.questionnaire.checking.options import NAME
from cityvoice.questionnaire.checking.questions import check_question
from cityvoice.questionnaire.errors import Problem
from cityvoice.questionnaire.expressions.parser import MAX_LENGTH, RESERVED
from cityvoice.questionnaire.kinds import QuestionKind, SelectionMethod
from cityvoice.questionnaire.message import Message, Place
from cityvoice.questionnaire.model import Group, Questionnaire, Repeat, Selection
from cityvoice.questionnaire.phrases import phrases
from cityvoice.questionnaire.places import groups_of, questions_of, sections_of
from cityvoice.questionnaire.question import Question
from cityvoice.questionnaire.selection import BIRTHDAYS
from cityvoice.questionnaire.selection_layout import selection_names, selection_questions

MOST_INSTANCES = 50  # of a repeat: its columns exist for all of them, asked or not
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
TAKEN = RESERVED | {"csrf_token", "back", "this"}  # words of expressions, and form fields that every page has


def check(questionnaire: Questionnaire) -> tuple[Problem, ...]:
    """Every problem of an authored questionnaire; empty when it may be published.

    Paths are those of the document form: ``sections[0].questions[2].options[1].code``, counted from 0. What
    may be published and still deserves a look: `checklist.warnings`.
    """
    return (
        *_languages(questionnaire),
        *_texts(questionnaire),
        *_structure(questionnaire),
        *_splits(questionnaire),
        *_quotas(questionnaire),
        *check_conditions(questionnaire),
    )


def _languages(questionnaire: Questionnaire) -> Iterator[Problem]:
    if not questionnaire.languages:
        yield Problem("languages", Message("at least one language is needed"))
    for place, language in enumerate(questionnaire.languages):
        if not _LANGUAGE.fullmatch(language):
            message = Message("%(language)r is no language code such as pl, en or uk", language=language)
            yield Problem(f"languages[{place}]", message)
    yield from _repeated(questionnaire.languages, "languages[{}]", Message("language"))


def _texts(questionnaire: Questionnaire) -> Iterator[Problem]:
    """Texts without words in the first language, and translations into languages that there are not."""
    languages = questionnaire.languages
    for phrase in phrases(questionnaire):
        words = phrase.text.translations
        if languages and not words.get(languages[0], "").strip():
            message = Message("the text in %(language)r is missing", language=languages[0])
            yield Problem(phrase.path, message)
        for language in words:
            if language not in languages:
                message = Message("the questionnaire has no language %(language)r", language=language)
                yield Problem(phrase.path, message)


def _structure(questionnaire: Questionnaire) -> Iterator[Problem]:
    if not questionnaire.sections:
        yield Problem("sections", Message("at least one section is needed"))
    names = (section.name for section in questionnaire.sections)
    yield from _repeated(names, "sections[{}].name", Message("section name"))
    for path, section in sections_of(questionnaire):
        yield from _name(section.name, f"{path}.name")
        if not section.questions:
            message = Message("section %(name)r has no question", name=section.name)
            yield Problem(f"{path}.questions", message)
    for path, group in groups_of(questionnaire):
        yield from _group(group, path)
    for path, question in questions_of(questionnaire):
        yield from _name(question.name, f"{path}.name")
        yield from check_question(question, path)
    yield from _keys(questionnaire)


def _group(group: Group, path: str) -> Iterator[Problem]:
    yield from _name(group.name, f"{path}.name")
    if not group.elements:
        yield Problem(f"{path}.questions", Message("group %(name)r has no question", name=group.name))
    if group.repeat is None:
        return
    if not 1 <= group.repeat.maximum <= MOST_INSTANCES:
        message = Message("must be from 1 to %(most)s", most=MOST_INSTANCES)
        yield Problem(f"{path}.repeat.maximum", message)
    if group.repeat.count is not None and group.repeat.more is not None:
        message = Message("is never asked, because `count` says how often")
        yield Problem(f"{path}.repeat.more", message)
    if group.repeat.select is not None:
        yield from _selection(group, group.repeat.select, f"{path}.repeat.select")
    if any(each.repeat for each in _groups_in(group)):
        message = Message("%(name)r is repeated and cannot hold another repeat", name=group.name)
        yield Problem(f"{path}.questions", message)


def _selection(group: Group, select: Selection, path: str) -> Iterator[Problem]:
    yield from _name(select.name, f"{path}.name")
    method = select.method
    if method is SelectionMethod.RANDOM:
        if select.by is not None:
            yield Problem(f"{path}.by", Message("has no meaning where everybody has the same chance"))
    elif select.by is None and method is not SelectionMethod.KISH:
        key = Message("a date of birth") if method in BIRTHDAYS else Message("an age or a date of birth")
        yield Problem(f"{path}.by", Message("%(method)s: %(key)s is needed here", method=method, key=key))
    laid_out = selection_questions(replace(group, repeat=_within_limits(group)), None, ())
    if any(len(question.value or "") > MAX_LENGTH for question in laid_out):
        message = Message("`when` and `by` are too long for so many: shorten them, or lower the maximum")
        yield Problem(path, message)


def _within_limits(group: Group) -> Repeat | None:
    return group.repeat and replace(group.repeat, maximum=min(group.repeat.maximum, MOST_INSTANCES))


def _groups_in(group: Group) -> Iterator[Group]:
    for each in group.elements:
        if isinstance(each, Group):
            yield each
            yield from _groups_in(each)


def _name(name: str, path: str) -> Iterator[Problem]:
    if not NAME.fullmatch(name):
        message = Message(
            "%(name)r is no name: a letter, then up to 63 letters, digits or underscores (a-z)", name=name
        )
        yield Problem(path, message)
    elif name in TAKEN:
        message = Message("%(name)r is a word with a meaning of its own: choose another name", name=name)
        yield Problem(path, message)


def _repeated(values: Iterable[str], path: str, what: Message) -> Iterator[Problem]:
    first: dict[str, int] = {}
    for place, value in enumerate(values):
        if value in first:
            message = Message(
                "%(what)s %(value)r is already used at %(place)s",
                what=what,
                value=value,
                place=Place(path.format(first[value])),
            )
            yield Problem(path.format(place), message)
        first.setdefault(value, place)


def _keys(questionnaire: Questionnaire) -> Iterator[Problem]:
    """Names that stand for two things: two questions, or a question and another one's column."""
    owner: dict[str, str] = {}
    for path, own in _owned(questionnaire):
        for name in sorted(own & owner.keys()):
            message = Message(
                "%(name)r is already a name or a column of %(place)s", name=name, place=Place(owner[name])
            )
            yield Problem(f"{path}.name", message)
        owner.update(dict.fromkeys(own, path))
    for path, question in questions_of(questionnaire):
        for name, count in Counter(question.fields).items():
            if count > 1:
                message = Message("%(count)s items share the column %(name)r", count=count, name=name)
                yield Problem(f"{path}.items", message)


def _owned(questionnaire: Questionnaire) -> Iterator[tuple[str, set[str]]]:
    """The names that each split, question and group takes."""
    for number, split in enumerate(questionnaire.splits):
        yield f"splits[{number}]", {split.name}
    for path, question in questions_of(questionnaire):
        yield path, {question.name, *question.fields, *_flags(question)}
    for path, group in groups_of(questionnaire):
        yield path, {group.name, f"{group.name}_title", f"{group.name}_more", *_selected(group)}


def _selected(group: Group) -> Iterator[str]:
    if group.repeat and (select := group.repeat.select):
        yield from (*selection_names(select), f"{select.name}_day", f"{select.name}_told")


def _flags(question: Question) -> Iterator[str]:
    if question.kind is QuestionKind.MULTIPLE:
        yield from (f"{question.name}_{option.code}" for option in question.options)


def _splits(questionnaire: Questionnaire) -> Iterator[Problem]:
    for number, split in enumerate(questionnaire.splits):
        path = f"splits[{number}]"
        yield from _name(split.name, f"{path}.name")
        if len(split.arms) < 2:
            message = Message("split %(name)r needs two arms or more", name=split.name)
            yield Problem(f"{path}.arms", message)
        yield from _repeated((arm.code for arm in split.arms), f"{path}.arms[{{}}].code", Message("code"))
        for place, arm in enumerate(split.arms):
            if not arm.code or arm.code != arm.code.strip() or not arm.code.isprintable():
                message = Message("%(code)r is no code", code=arm.code)
                yield Problem(f"{path}.arms[{place}].code", message)
            if arm.share <= 0:
                yield Problem(f"{path}.arms[{place}].share", Message("must be above 0"))


def _quotas(questionnaire: Questionnaire) -> Iterator[Problem]:
    names = (quota.name for quota in questionnaire.quotas)
    yield from _repeated(names, "quotas[{}].name", Message("quota name"))
    for number, quota in enumerate(questionnaire.quotas):
        yield from _name(quota.name, f"quotas[{number}].name")
        if quota.limit < 0:
            yield Problem(f"quotas[{number}].limit", Message("must be 0 or more"))
