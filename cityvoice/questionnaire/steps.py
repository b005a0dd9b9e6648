"""One question of a flat questionnaire made ready: its expressions, what it offers, what it lacks."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from cityvoice.questionnaire.expressions.ast import is_call, names
from cityvoice.questionnaire.expressions.evaluate import Compiled, compiled
from cityvoice.questionnaire.expressions.parser import parse
from cityvoice.questionnaire.expressions.values import Lookup, Value, truth
from cityvoice.questionnaire.kinds import ColumnKind, Display, QuestionKind
from cityvoice.questionnaire.model import Split
from cityvoice.questionnaire.moments import is_day, is_time
from cityvoice.questionnaire.names import AnswerField
from cityvoice.questionnaire.question import Answers, Column, Item, Question, ResponseOption, Rule

_CHOICES = frozenset(
    {
        QuestionKind.SINGLE,
        QuestionKind.MULTIPLE,
        QuestionKind.MATRIX,
        QuestionKind.RANKING,
        QuestionKind.BEST_WORST,
    }
)
THIS = "this"  # in a rule: the answer of the question that has it
_MOST_REMEMBERED = 1000  # results of one filter, by the answers that it depends on


@dataclass(frozen=True)
class Filter:
    """Which options a question offers, by their attributes; remembered for the answers that it depends on."""

    condition: Compiled
    options: tuple[ResponseOption, ...]
    depends_on: tuple[str, ...]
    memory: dict[tuple[tuple[type, Value], ...], tuple[ResponseOption, ...]] = field(default_factory=dict)

    def offered(self, look: Lookup) -> tuple[ResponseOption, ...]:
        key = tuple((type(value), value) for value in map(look, self.depends_on))
        if key not in self.memory:
            if len(self.memory) >= _MOST_REMEMBERED:
                self.memory.clear()
            self.memory[key] = tuple(option for option in self.options if self._holds(option, look))
        return self.memory[key]

    def _holds(self, option: ResponseOption, look: Lookup) -> bool:
        """Missing options are always offered: whoever does not know must be able to say so."""
        attributes = option.attributes or {}
        return option.missing is not None or holds(
            self.condition, lambda name: attributes[name] if name in attributes else look(name)
        )


@dataclass(frozen=True)
class Step:
    """One question of the walk."""

    question: Question
    fields: tuple[AnswerField, ...]
    when: Compiled | None
    value: Compiled | None = None  # of a hidden question
    split: Split | None = None
    filter: Filter | None = None
    conditions: Mapping[str, Compiled] = field(default_factory=dict)  # `when` of items and options
    default: Compiled | None = None
    rules: tuple["StepRule", ...] = ()
    earliest: Compiled | None = None  # of a date or time
    latest: Compiled | None = None

    @cached_property
    def is_hidden(self) -> bool:
        return self.question.kind is QuestionKind.HIDDEN

    @cached_property
    def is_once(self) -> bool:
        """Whether what it has once computed stays: its value is ``once(...)``."""
        return self.question.value is not None and is_call(parse(self.question.value), "once")

    @cached_property
    def is_fixed(self) -> bool:
        """Whether its items and options are always the same."""
        return not self.filter and not self.conditions

    @cached_property
    def is_plain(self) -> bool:
        """Whether all its answers count as soon as it is asked: it is fixed and asks for no further words."""
        return self.is_fixed and not self.question.word_fields

    @cached_property
    def is_content(self) -> bool:
        """Whether a page may consist of it: a heading or a hidden question alone is no page."""
        question = self.question
        return question.kind is not QuestionKind.HIDDEN and question.display is not Display.HEADING

    def items(self, look: Lookup) -> tuple[Item, ...]:
        """The items to show."""
        if not self.conditions:
            return self.question.items
        return tuple(item for item in self.question.items if self._is_there(item.when, look))

    def options(self, look: Lookup) -> tuple[ResponseOption, ...]:
        """The options to offer."""
        options = self.filter.offered(look) if self.filter else self.question.options
        return self._those_there(options, look)

    def column_options(self, column: Column, look: Lookup) -> tuple[ResponseOption, ...]:
        """The options of a table's column to offer."""
        return self._those_there(column.options, look)

    def _those_there(self, options: tuple[ResponseOption, ...], look: Lookup) -> tuple[ResponseOption, ...]:
        if not self.conditions:
            return options
        return tuple(option for option in options if self._is_there(option.when, look))

    def _is_there(self, when: str | None, look: Lookup) -> bool:
        return when is None or holds(self.conditions[when], look)

    def live_fields(self, look: Lookup) -> tuple[AnswerField, ...]:
        """The answer keys of what is shown, those for words included whether or not they are called for."""
        if self.is_fixed:
            return self.fields
        items, options = set(self.items(look)), {option.code for option in self.options(look)}
        return tuple(
            each
            for each in self.fields
            if (each.item is None or each.item in items)
            and (each.option is None or each.option.code in options)
        )

    def offered_codes(self, part: AnswerField, look: Lookup) -> frozenset[str] | tuple[str, ...]:
        """The codes that one of its answer keys may hold now."""
        if self.is_fixed:
            return part.codes
        if part.column is not None:
            if part.column.kind is ColumnKind.FLAG:
                return part.codes
            return frozenset(option.code for option in self.column_options(part.column, look))
        options = self.options(look) if self.question.options else part.options
        return frozenset((*self.question.points, *(option.code for option in options)))

    def can_be_asked(self, look: Lookup) -> bool:
        """Whether anything is left of it: a row to fill in, an option to choose."""
        if self.is_fixed:
            return True
        if self.question.items and not self.items(look):
            return False
        return self.question.kind not in _CHOICES or any(
            option.missing is None for option in self.options(look)
        )

    def is_chosen(self, option: ResponseOption, answers: Answers) -> bool:
        """Whether an option of the question is chosen, or has a rank."""
        if self.question.kind is QuestionKind.RANKING:
            return self.question.key(option.code) in answers
        answer = answers.get(self.question.name)
        return option.code in answer if isinstance(answer, list) else option.code == answer

    def lacking(self, look: Lookup, answers: Answers) -> tuple[str, ...]:
        """The fields, or the question's name, where a required answer is missing, words called for too."""
        words = tuple(
            part.name
            for part in self.fields
            if part.is_words
            and part.option
            and part.name not in answers
            and self.is_chosen(part.option, answers)
        )
        return (*self._lacking_answer(look, answers), *words)

    def breaks_a_rule(self, look: Lookup, answers: Answers) -> bool:
        """Whether the answers, as they are together, break one of the question's rules."""
        return any(any(self.broken(rule, look, answers)) for rule in self.rules)

    def broken(self, rule: "StepRule", look: Lookup, answers: Answers) -> Iterator[str]:
        """The fields where a rule is broken; all of the question's where it is about them together."""
        main = [part.name for part in self.fields if not part.is_words]
        if rule.is_about_each:
            yield from (
                name for name in main if name in answers and truth(rule.condition(_of(name, look))) is False
            )
        elif truth(rule.condition(look)) is False:
            yield from main

    def _lacking_answer(self, look: Lookup, answers: Answers) -> tuple[str, ...]:
        question = self.question
        if not question.required:
            return ()
        live = [part for part in self.live_fields(look) if not part.is_words]
        given = [part for part in live if answers.get(part.name) not in (None, [])]
        if question.kind is QuestionKind.PLACE:
            return () if given or question.remark_field in answers else (question.name,)
        if (wanted := self._wanted(len(live))) is not None:
            return () if len(given) >= wanted else (question.name,)
        present = {part.name for part in given}
        return tuple(part.name for part in live if part.name not in present and not _is_box(part))

    def _wanted(self, live: int) -> int | None:
        """How many of its fields must be filled in; None: each of them."""
        question = self.question
        if question.kind is QuestionKind.MULTIPLE:
            return None
        if question.min_answers is not None:
            return max(1, min(question.min_answers, live))
        if question.kind is QuestionKind.RANKING or question.max_answers is not None:
            return min(live, question.max_answers or live)
        return None


@dataclass(frozen=True)
class StepRule:
    """One rule of a question."""

    rule: Rule
    condition: Compiled
    is_about_each: bool  # names ``this``: is about each answer of the question by itself


def _of(name: str, look: Lookup) -> Lookup:
    """A lookup in which ``this`` is the answer of that name."""
    return lambda each: look(name if each == THIS else each)


def make_step(question: Question, fields: Mapping[str, AnswerField], splits: Mapping[str, Split]) -> Step:
    """The step of a question."""
    return Step(
        question=question,
        fields=tuple(fields[name] for name in question.fields),
        when=compiled_or_none(question.when),
        value=compiled_or_none(question.value),
        split=splits.get(question.name) if question.kind is QuestionKind.HIDDEN else None,
        filter=_filter(question),
        conditions={when: compiled(when) for when in _conditions(question)},
        default=compiled_or_none(question.default),
        rules=tuple(map(_rule, question.rules)),
        earliest=_limit(question.earliest),
        latest=_limit(question.latest),
    )


def holds(condition: Compiled, look: Lookup) -> bool:
    return truth(condition(look)) is True


def compiled_or_none(source: str | None) -> Compiled | None:
    return None if source is None else compiled(source)


def _limit(source: str | None) -> Compiled | None:
    """A constant day or time, or an expression."""
    return (
        (lambda look: source) if source and (is_day(source) or is_time(source)) else compiled_or_none(source)
    )


def _rule(rule: Rule) -> StepRule:
    is_about_each = any(name.name == THIS for name in names(parse(rule.expression)))
    return StepRule(rule, compiled(rule.expression), is_about_each)


def _conditions(question: Question) -> Iterator[str]:
    columns = (option for column in question.columns for option in column.options)
    holders: Iterable[Item | ResponseOption] = (*question.items, *question.options, *columns)
    return (holder.when for holder in holders if holder.when is not None)


def _filter(question: Question) -> Filter | None:
    if question.option_filter is None:
        return None
    common = [set(option.attributes or ()) for option in question.options if not option.missing]
    always = set.intersection(*common) if common else set()
    depends_on = {name.name for name in names(parse(question.option_filter))} - always
    return Filter(compiled(question.option_filter), question.options, tuple(sorted(depends_on)))


def _is_box(part: AnswerField) -> bool:
    return part.column is not None and part.column.kind is ColumnKind.FLAG
