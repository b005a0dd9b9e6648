"""What a questionnaire is: frozen values, equal when their contents are equal.

Building one never fails on its contents, so that a half-finished draft can be held and shown;
`cityvoice.questionnaire.checks.check` tells everything that stands between a draft and publication.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from functools import cached_property

DEFAULT_MAX_LENGTH = 4000
MAX_POINTS = 101


class Mode(StrEnum):
    """How an answer was collected."""

    CAWI = "CAWI"
    CATI = "CATI"
    CAPI = "CAPI"
    PAPI = "PAPI"


class QuestionKind(StrEnum):
    SINGLE = "single"
    MULTIPLE = "multiple"
    MATRIX = "matrix"  # several items, one scale of options
    SCALE = "scale"  # numbered points with labelled ends, such as 0-10
    NUMBER = "number"
    TEXT = "text"
    INFO = "info"  # a text to read; nothing is asked


class MissingKind(StrEnum):
    """Why an answer that was given holds no value. A question that was not asked has no answer at all."""

    DONT_KNOW = "dont_know"
    REFUSED = "refused"
    NOT_APPLICABLE = "not_applicable"
    NO_ANSWER = "no_answer"  # left blank on paper, and recorded so
    UNDECLARED = "undeclared"  # imported data held a code that its codebook does not explain


@dataclass(frozen=True)
class Text:
    """The same words in several languages; the first language is the default."""

    translations: Mapping[str, str]

    def __post_init__(self) -> None:
        object.__setattr__(self, "translations", dict(self.translations))

    def __hash__(self) -> int:
        return hash(frozenset(self.translations.items()))

    def in_(self, language: str) -> str:
        """The words in `language` (``de-AT`` also looks for ``de``), else in the default language."""
        for candidate in (language, language.split("-")[0]):
            if words := self.translations.get(candidate):
                return words
        return next(iter(self.translations.values()), "")


@dataclass(frozen=True)
class ResponseOption:
    code: str  # what is stored; never reused for another meaning
    label: Text
    missing: MissingKind | None = None
    exclusive: bool = False  # in a multiple choice: excludes every other option ("none of these")


@dataclass(frozen=True)
class Item:
    """One row of a matrix."""

    name: str
    label: Text
    variable: str | None = None  # the column's full name, where it is not <question>_<item>


@dataclass(frozen=True)
class Question:
    """One question. Which fields matter depends on its kind; `checks.check` refuses the others."""

    name: str
    kind: QuestionKind
    text: Text
    label: Text | None = None  # a short name for tables and charts, such as "district"
    hint: Text | None = None
    options: tuple[ResponseOption, ...] = ()  # scale and number: missing options only
    items: tuple[Item, ...] = ()
    required: bool = False
    ordered: bool = False  # the options run from one end to the other
    low: float | None = None
    high: float | None = None
    step: float | None = None
    low_label: Text | None = None
    high_label: Text | None = None
    max_length: int | None = None
    max_answers: int | None = None
    when: str | None = None  # asked only where this expression is true
    favourable: tuple[str, ...] | None = None  # codes that mean content; None: nobody has said

    @cached_property
    def points(self) -> tuple[str, ...]:
        """The codes of a scale's points, from low to high; empty for other kinds and impossible scales."""
        if self.kind is not QuestionKind.SCALE or self.low is None or self.high is None:
            return ()
        step = self.step or 1
        steps = (self.high - self.low) / step
        if not 0 < steps < MAX_POINTS:
            return ()
        return tuple(format(self.low + index * step, ".10g") for index in range(int(steps + 1e-9) + 1))

    @cached_property
    def codes(self) -> tuple[str, ...]:
        """Every code that may be stored for this question, missing ones included."""
        return (*self.points, *(option.code for option in self.options))

    @cached_property
    def missing_codes(self) -> Mapping[str, MissingKind]:
        return {option.code: option.missing for option in self.options if option.missing}

    @cached_property
    def fields(self) -> tuple[str, ...]:
        """The keys of this question's answers, which are also the names of its form fields."""
        if self.kind is QuestionKind.INFO:
            return ()
        if self.kind is QuestionKind.MATRIX:
            return tuple(item.variable or f"{self.name}_{item.name}" for item in self.items)
        return (self.name,)


@dataclass(frozen=True)
class Section:
    """One page of questions."""

    name: str
    title: Text | None
    questions: tuple[Question, ...]
    when: str | None = None


@dataclass(frozen=True)
class Questionnaire:
    title: Text
    languages: tuple[str, ...]  # the first is the default
    sections: tuple[Section, ...]
    consent: Text | None = None
    thanks: Text | None = None

    def __hash__(self) -> int:
        return self._hash

    @cached_property
    def _hash(self) -> int:  # computed once: derived values are cached by questionnaire
        return hash(tuple(getattr(self, each.name) for each in fields(self)))

    @property
    def language(self) -> str:
        return self.languages[0]

    @property
    def questions(self) -> Iterator[Question]:
        """All questions in the order of the document."""
        return (question for section in self.sections for question in section.questions)

    @cached_property
    def question_of_field(self) -> Mapping[str, Question]:
        """The question that each answer key belongs to."""
        return {name: question for question in self.questions for name in question.fields}

    def section(self, name: str) -> Section:
        """The section of that name; `KeyError` when there is none."""
        return self._sections_by_name[name]

    def question(self, name: str) -> Question:
        """The question of that name; `KeyError` when there is none."""
        return self._questions_by_name[name]

    @cached_property
    def _sections_by_name(self) -> Mapping[str, Section]:
        return {section.name: section for section in self.sections}

    @cached_property
    def _questions_by_name(self) -> Mapping[str, Question]:
        return {question.name: question for question in self.questions}


# What is stored for one field: a code, a text, a number or the codes of a multiple choice.
Answer = str | int | float | list[str]
Answers = Mapping[str, Answer]
