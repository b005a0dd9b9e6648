"""Checks every expression of a questionnaire: it can be read, makes sense, and names what is asked before."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from cityvoice.questionnaire.errors import ExpressionError, Problem
from cityvoice.questionnaire.expressions.ast import Expression, Literal, children, is_call, names
from cityvoice.questionnaire.expressions.check import check_value
from cityvoice.questionnaire.expressions.parser import parse
from cityvoice.questionnaire.expressions.rewrite import spread, transform
from cityvoice.questionnaire.expressions.types import ANY, NUMERIC, TRUTH, WORDS, NameType, ValueType
from cityvoice.questionnaire.kinds import QuestionKind
from cityvoice.questionnaire.message import Message
from cityvoice.questionnaire.model import Group, Questionnaire, Section
from cityvoice.questionnaire.moments import is_day, is_time
from cityvoice.questionnaire.names import fields_of
from cityvoice.questionnaire.phrases import Phrase, phrases
from cityvoice.questionnaire.pipes import pipes
from cityvoice.questionnaire.places import elements_of, groups_of, sections_of
from cityvoice.questionnaire.question import Question, ResponseOption
from cityvoice.questionnaire.repeats import instances_of
from cityvoice.questionnaire.selection import BIRTHDAYS
from cityvoice.questionnaire.selection_layout import selection_names
from cityvoice.questionnaire.steps import THIS

_Allowed = frozenset[ValueType]
DAY = frozenset({ValueType.DATE})


def check_conditions(questionnaire: Questionnaire) -> Iterator[Problem]:
    """Conditions look back only: a section at earlier sections, a question also at its neighbours before it.

    What may change places with something (the elements of a shuffled section or group, the sections of one
    rotation and those between them) cannot look at it. A rule may also look at the rest of its page, a quota
    at everything, a text at whatever is there when it is read.
    """
    checker = _Checker(questionnaire)
    yield from checker.sections()
    yield from checker.quotas()
    yield from checker.texts()


@dataclass(frozen=True)
class _Scope:
    """What an expression may name where it stands: in a repeat, its own copy's answers."""

    types: Mapping[str, NameType]
    instances: Mapping[str, tuple[str, ...]]  # of the repeats outside which it stands
    in_repeat: bool = False

    def problems(
        self, source: str, path: str, allowed: _Allowed, earlier: frozenset[str] | None
    ) -> Iterator[Problem]:
        """The problems of one expression; `earlier` holds what it may name, None: everything."""
        try:
            tree = self._spread(parse(source))
        except ExpressionError as error:
            yield Problem(path, error.message)
            return
        if not self.in_repeat and any(is_call(node, "position") for node in _nodes(tree)):
            yield Problem(path, Message("position() has a value only inside a repeat"))
        for problem in check_value(tree, self.types, allowed):
            message = Message(
                "%(reason)s (at character %(position)s of %(expression)r)",
                reason=problem.message,
                position=problem.position,
                expression=source,
            )
            yield Problem(path, message)
        for name in dict.fromkeys(name.name for name in names(tree)):
            if name in self.instances:
                message = Message(
                    "%(name)r is asked several times: name it in a function, such as %(call)s",
                    name=name,
                    call=f"count({name})",
                )
                yield Problem(path, message)
            elif earlier is not None and name in self.types and _base(name) not in earlier:
                message = Message("%(name)r is not asked before this condition needs it", name=name)
                yield Problem(path, message)

    def with_names(self, types: Mapping[str, NameType]) -> "_Scope":
        return replace(self, types={**self.types, **types})

    def _spread(self, tree: Expression) -> Expression:
        if self.in_repeat:
            tree = transform(tree, _without_position)
        return spread(tree, self.instances) if self.instances else tree


class _Checker:
    def __init__(self, questionnaire: Questionnaire) -> None:
        self.questionnaire = questionnaire
        self.instances = instances_of(questionnaire)
        self.types = {name: field.name_type for name, field in fields_of(questionnaire).items()}
        for _, group in groups_of(questionnaire):
            self.types |= dict.fromkeys(_selected(group), NameType(ValueType.NUMBER))
        for split in questionnaire.splits:
            codes = frozenset(arm.code for arm in split.arms)
            self.types[split.name] = NameType(ValueType.CODE, codes)
        self.start = frozenset(split.name for split in questionnaire.splits)

    @cached_property
    def outside(self) -> _Scope:
        """The scope outside all repeats."""
        copies = {copy: self.types[name] for name, copies in self.instances.items() for copy in copies}
        return _Scope({**self.types, **copies}, self.instances)

    def inside(self, group: Group) -> _Scope:
        """The scope inside a repeat."""
        own = _asked_in(group)
        others = {name: copies for name, copies in self.instances.items() if name not in own}
        return _Scope(self.outside.types, others, in_repeat=True)

    def sections(self) -> Iterator[Problem]:
        before = _before_sections(self.questionnaire, self.start)
        for (path, section), earlier in zip(sections_of(self.questionnaire), before, strict=True):
            if section.when is not None:
                yield from self.outside.problems(section.when, f"{path}.when", TRUTH, earlier)
            page = earlier | _fields(section)
            yield from self._elements(section, path, self.outside, earlier, page)

    def quotas(self) -> Iterator[Problem]:
        for number, quota in enumerate(self.questionnaire.quotas):
            yield from self.outside.problems(quota.when, f"quotas[{number}].when", TRUTH, None)

    def texts(self) -> Iterator[Problem]:
        groups = [(path, group) for path, group in groups_of(self.questionnaire) if group.repeat]
        repeated = [(path, self.inside(group)) for path, group in groups]
        for phrase in phrases(self.questionnaire):
            for language, source in pipes(phrase.text):
                scope = _scope(phrase, repeated) or self.outside
                yield from scope.problems(source, f"{phrase.path}.{language}", ANY, None)

    def _elements(
        self, holder: Section | Group, path: str, scope: _Scope, earlier: frozenset[str], page: frozenset[str]
    ) -> Iterator[Problem]:
        seen = earlier
        for place in elements_of(holder, path):
            known = earlier if holder.shuffle else seen
            if isinstance(place.element, Group):
                yield from self._group(place.element, place.path, scope, known, page)
            else:
                yield from _question(place.element, place.path, scope, known, page)
            seen |= _fields(place.element)

    def _group(
        self, group: Group, path: str, scope: _Scope, earlier: frozenset[str], page: frozenset[str]
    ) -> Iterator[Problem]:
        if group.when is not None:
            yield from scope.problems(group.when, f"{path}.when", TRUTH, earlier)
        if group.repeat and group.repeat.count is not None:
            yield from scope.problems(group.repeat.count, f"{path}.repeat.count", NUMERIC, earlier)
        inner = self.inside(group) if group.repeat else scope
        yield from self._elements(group, path, inner, earlier, page)
        if group.repeat and (select := group.repeat.select):
            known = earlier | _asked_in(group)
            keys = DAY if select.method in BIRTHDAYS else NUMERIC | DAY
            for key, source, allowed in (("when", select.when, TRUTH), ("by", select.by, keys)):
                if source is not None:
                    yield from inner.problems(source, f"{path}.repeat.select.{key}", allowed, known)


def _question(
    question: Question, path: str, scope: _Scope, earlier: frozenset[str], page: frozenset[str]
) -> Iterator[Problem]:
    for where, source, allowed in _expressions(question, path):
        yield from scope.problems(source, where, allowed, earlier)
    if question.option_filter is not None:
        attributes = {name for option in question.options for name in option.attributes or ()}
        named = dict.fromkeys(attributes, NameType(ValueType.CODE))
        filtering = scope.with_names(named)
        yield from filtering.problems(
            question.option_filter, f"{path}.option_filter", TRUTH, earlier | attributes
        )
    for number, rule in enumerate(question.rules):
        own = {THIS: scope.types[question.main_fields[0]]} if question.main_fields else {}
        where = f"{path}.rules[{number}].expression"
        yield from scope.with_names(own).problems(rule.expression, where, TRUTH, page | {THIS})


def _expressions(question: Question, path: str) -> Iterator[tuple[str, str, _Allowed]]:
    """The expressions that look back: path, source, and what they may be."""
    for name, allowed in (("when", TRUTH), ("default", ANY), ("value", ANY)):
        if (source := getattr(question, name)) is not None:
            yield f"{path}.{name}", source, allowed
    is_constant = is_day if question.kind is QuestionKind.DATE else is_time
    for name in ("earliest", "latest"):
        if (source := getattr(question, name)) is not None and not is_constant(source):
            yield f"{path}.{name}", source, WORDS
    for number, item in enumerate(question.items):
        if item.when is not None:
            yield f"{path}.items[{number}].when", item.when, TRUTH
    for where, option in _all_options(question, path):
        if option.when is not None:
            yield f"{where}.when", option.when, TRUTH


def _all_options(question: Question, path: str) -> Iterator[tuple[str, ResponseOption]]:
    for number, option in enumerate(question.options):
        yield f"{path}.options[{number}]", option
    for place, column in enumerate(question.columns):
        for number, option in enumerate(column.options):
            yield f"{path}.columns[{place}].options[{number}]", option


def _before_sections(questionnaire: Questionnaire, start: frozenset[str]) -> Iterator[frozenset[str]]:
    """For each section what is asked before it in whatever order the rotations bring."""
    sections = questionnaire.sections
    spans = [_span(questionnaire, place) for place in range(len(sections))]
    for first, _ in spans:
        before = (
            _fields(section) for section, (_, last) in zip(sections, spans, strict=True) if last < first
        )
        yield start.union(*before)


def _span(questionnaire: Questionnaire, place: int) -> tuple[int, int]:
    """The first and the last place where a section may come to stand."""
    rotation = questionnaire.sections[place].rotation
    if rotation is None:
        return place, place
    places = [n for n, section in enumerate(questionnaire.sections) if section.rotation == rotation]
    return places[0], places[-1]


def _fields(holder: Section | Group | Question) -> frozenset[str]:
    """The names of what is asked in it, and of what its repeats select."""
    if isinstance(holder, Question):
        return frozenset(holder.fields)
    below = (_fields(element) for element in holder.elements)
    own = _selected(holder) if isinstance(holder, Group) else ()
    return frozenset(own).union(*below)


def _asked_in(group: Group) -> frozenset[str]:
    return frozenset(name for question in _questions(group) for name in question.fields)


def _selected(group: Group) -> tuple[str, ...]:
    """The names of what a repeat selects."""
    return selection_names(group.repeat.select) if group.repeat and group.repeat.select else ()


def _questions(holder: Section | Group | Question) -> Iterator[Question]:
    if isinstance(holder, Question):
        yield holder
    else:
        for element in holder.elements:
            yield from _questions(element)


def _scope(phrase: Phrase, repeated: list[tuple[str, _Scope]]) -> _Scope | None:
    """The scope of the repeat that a text stands in; the question for one more stands outside."""
    for path, scope in repeated:
        if phrase.path.startswith(f"{path}.") and not phrase.path.startswith(f"{path}.repeat.more"):
            return scope
    return None


def _base(name: str) -> str:
    return name.partition(".")[0]


def _nodes(tree: Expression) -> Iterator[Expression]:
    yield tree
    for child in children(tree):
        yield from _nodes(child)


def _without_position(node: Expression) -> Expression:
    return Literal(1, node.position) if is_call(node, "position") else node
