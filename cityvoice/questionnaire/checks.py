"""Everything that stands between a questionnaire and its publication, each problem with its place."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields

from cityvoice.questionnaire.conditions import check_conditions
from cityvoice.questionnaire.errors import Problem
from cityvoice.questionnaire.expressions.parser import RESERVED
from cityvoice.questionnaire.model import (
    MAX_POINTS,
    Question,
    QuestionKind,
    Questionnaire,
    Section,
    Text,
)

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}")
_FLAG_CODE = re.compile(r"[A-Za-z0-9_]{1,32}")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
TAKEN = RESERVED | {"csrf_token", "back"}  # words of expressions, and form fields that every page has

_CHOICES = frozenset({QuestionKind.SINGLE, QuestionKind.MULTIPLE, QuestionKind.MATRIX})
# The fields that mean something only for some kinds; any other kind must leave them at their default.
_ONLY_FOR: Mapping[str, frozenset[QuestionKind]] = {
    "options": _CHOICES | {QuestionKind.SCALE, QuestionKind.NUMBER},
    "items": frozenset({QuestionKind.MATRIX}),
    "ordered": _CHOICES - {QuestionKind.MULTIPLE},
    "low": frozenset({QuestionKind.SCALE, QuestionKind.NUMBER}),
    "high": frozenset({QuestionKind.SCALE, QuestionKind.NUMBER}),
    "step": frozenset({QuestionKind.SCALE, QuestionKind.NUMBER}),
    "low_label": frozenset({QuestionKind.SCALE}),
    "high_label": frozenset({QuestionKind.SCALE}),
    "max_length": frozenset({QuestionKind.TEXT}),
    "max_answers": frozenset({QuestionKind.MULTIPLE}),
    "favourable": _CHOICES - {QuestionKind.MULTIPLE} | {QuestionKind.SCALE},
    "required": frozenset(QuestionKind) - {QuestionKind.INFO},
}


def check(questionnaire: Questionnaire) -> tuple[Problem, ...]:
    """Every problem of a questionnaire, in the order of its document; empty when it may be published.

    Paths are those of the document form: ``sections[0].questions[2].options[1].code``, counted from 0.
    """
    return (
        *_languages(questionnaire),
        *_texts(questionnaire, questionnaire.languages),
        *_structure(questionnaire),
        *check_conditions(questionnaire),
    )


def _languages(questionnaire: Questionnaire) -> Iterator[Problem]:
    if not questionnaire.languages:
        yield Problem("languages", "at least one language is needed")
    for place, language in enumerate(questionnaire.languages):
        if not _LANGUAGE.fullmatch(language):
            yield Problem(f"languages[{place}]", f"{language!r} is no language code such as pl, en or uk")
    yield from _repeated(questionnaire.languages, "languages[{}]", "language")


def _texts(node: object, languages: tuple[str, ...], path: str = "") -> Iterator[Problem]:
    """Missing translations, and translations into languages that the questionnaire does not have."""
    if isinstance(node, Text):
        for language in languages:
            if not node.translations.get(language, "").strip():
                yield Problem(path, f"the text in {language!r} is missing")
        for language in node.translations:
            if language not in languages:
                yield Problem(path, f"the questionnaire has no language {language!r}")
    elif isinstance(node, tuple):
        for place, each in enumerate(node):
            yield from _texts(each, languages, f"{path}[{place}]")
    elif hasattr(node, "__dataclass_fields__"):
        for name in node.__dataclass_fields__:
            yield from _texts(getattr(node, name), languages, f"{path}.{name}" if path else name)


def _structure(questionnaire: Questionnaire) -> Iterator[Problem]:
    if not questionnaire.sections:
        yield Problem("sections", "at least one section is needed")
    yield from _repeated(
        (section.name for section in questionnaire.sections), "sections[{}].name", "section name"
    )
    for path, section in _sections(questionnaire):
        yield from _name(section.name, f"{path}.name")
        if not section.questions:
            yield Problem(f"{path}.questions", f"section {section.name!r} has no question")
    for path, question in _questions(questionnaire):
        yield from _question(question, path)
    yield from _columns(questionnaire)


def _sections(questionnaire: Questionnaire) -> Iterator[tuple[str, Section]]:
    return ((f"sections[{place}]", section) for place, section in enumerate(questionnaire.sections))


def _questions(questionnaire: Questionnaire) -> Iterator[tuple[str, Question]]:
    for path, section in _sections(questionnaire):
        for place, question in enumerate(section.questions):
            yield f"{path}.questions[{place}]", question


def _name(name: str, path: str) -> Iterator[Problem]:
    if not _NAME.fullmatch(name):
        yield Problem(
            path, f"{name!r} is no name: a letter, then up to 63 letters, digits or underscores (a-z)"
        )
    elif name in TAKEN:
        yield Problem(path, f"{name!r} is a word with a meaning of its own: choose another name")


def _repeated(values: Iterable[str], path: str, what: str) -> Iterator[Problem]:
    first: dict[str, int] = {}
    for place, value in enumerate(values):
        if value in first:
            yield Problem(
                path.format(place), f"{what} {value!r} is already used at {path.format(first[value])}"
            )
        first.setdefault(value, place)


def _question(question: Question, path: str) -> Iterator[Problem]:
    yield from _name(question.name, f"{path}.name")
    for name in fields(question):
        kinds = _ONLY_FOR.get(name.name)
        if kinds and question.kind not in kinds and getattr(question, name.name) != name.default:
            yield Problem(f"{path}.{name.name}", f"a question of kind '{question.kind}' has no {name.name!r}")
    yield from _options(question, path)
    for rule in _RULES.get(question.kind, ()):
        yield from rule(question, path)
    yield from _favourable(question, path)


def _options(question: Question, path: str) -> Iterator[Problem]:
    codes = [option.code for option in question.options]
    yield from _repeated(codes, f"{path}.options[{{}}].code", "code")
    for place, option in enumerate(question.options):
        where = f"{path}.options[{place}]"
        if (
            option.code != option.code.strip()
            or not 0 < len(option.code) <= 100
            or not option.code.isprintable()
        ):
            yield Problem(
                f"{where}.code", f"{option.code!r} is no code: 1 to 100 characters, no space at the ends"
            )
        if option.exclusive and question.kind is not QuestionKind.MULTIPLE:
            yield Problem(f"{where}.exclusive", "only an option of a multiple choice can exclude the others")


def _choice_rules(question: Question, path: str) -> Iterator[Problem]:
    if all(option.missing for option in question.options):
        yield Problem(f"{path}.options", f"question {question.name!r} has no response options to choose from")


def _multiple_rules(question: Question, path: str) -> Iterator[Problem]:
    for place, option in enumerate(question.options):
        if not _FLAG_CODE.fullmatch(option.code):
            message = (
                f"{option.code!r} becomes part of a column's name: 1 to 32 letters, digits or underscores"
            )
            yield Problem(f"{path}.options[{place}].code", message)
    if question.max_answers is not None and question.max_answers < 1:
        yield Problem(f"{path}.max_answers", "must be at least 1")


def _matrix_rules(question: Question, path: str) -> Iterator[Problem]:
    if not question.items:
        yield Problem(f"{path}.items", f"matrix {question.name!r} has no items")
    yield from _repeated((item.name for item in question.items), f"{path}.items[{{}}].name", "item name")
    for place, name in enumerate(question.fields):
        yield from _name(name, f"{path}.items[{place}]")


def _only_missing_options(question: Question, path: str) -> Iterator[Problem]:
    for place, option in enumerate(question.options):
        if not option.missing:
            message = f"beside its numbers, a {question.kind} has options only for missing answers"
            yield Problem(f"{path}.options[{place}].missing", message)


def _range_rules(question: Question, path: str) -> Iterator[Problem]:
    low, high = question.low, question.high
    if low is not None and high is not None and low >= high:
        yield Problem(f"{path}.high", f"must be above low ({low})")
    if question.step is not None and question.step <= 0:
        yield Problem(f"{path}.step", "must be above 0")


def _scale_rules(question: Question, path: str) -> Iterator[Problem]:
    if question.low is None or question.high is None:
        yield Problem(path, f"scale {question.name!r} needs low and high")
    elif not question.points and question.low < question.high:
        yield Problem(f"{path}.high", f"a scale has 2 to {MAX_POINTS} points: for more, ask for a number")
    elif clash := set(question.points) & {option.code for option in question.options}:
        yield Problem(f"{path}.options", f"code {min(clash)!r} is a point of the scale")


def _text_rules(question: Question, path: str) -> Iterator[Problem]:
    if question.max_length is not None and question.max_length < 1:
        yield Problem(f"{path}.max_length", "must be at least 1")


def _favourable(question: Question, path: str) -> Iterator[Problem]:
    for place, code in enumerate(question.favourable or ()):
        if code not in question.codes or code in question.missing_codes:
            yield Problem(
                f"{path}.favourable[{place}]",
                f"question {question.name!r} has no such valid option: {code!r}",
            )


_Rule = Callable[[Question, str], Iterator[Problem]]
_RULES: Mapping[QuestionKind, tuple[_Rule, ...]] = {
    QuestionKind.SINGLE: (_choice_rules,),
    QuestionKind.MULTIPLE: (_choice_rules, _multiple_rules),
    QuestionKind.MATRIX: (_choice_rules, _matrix_rules),
    QuestionKind.SCALE: (_only_missing_options, _range_rules, _scale_rules),
    QuestionKind.NUMBER: (_only_missing_options, _range_rules),
    QuestionKind.TEXT: (_text_rules,),
}


def _columns(questionnaire: Questionnaire) -> Iterator[Problem]:
    """Names that stand for two things: two questions, or a question and another one's column."""
    owner: dict[str, str] = {}
    for path, question in _questions(questionnaire):
        own = {question.name, *question.fields, *_flags(question)}
        for name in sorted(own & owner.keys()):
            yield Problem(f"{path}.name", f"{name!r} is already a name or a column of {owner[name]}")
        owner.update(dict.fromkeys(own, path))
        for name, count in Counter(question.fields).items():
            if count > 1:
                yield Problem(f"{path}.items", f"{count} items share the column {name!r}")


def _flags(question: Question) -> Iterator[str]:
    if question.kind is QuestionKind.MULTIPLE:
        yield from (f"{question.name}_{option.code}" for option in question.options)
