"""What a questionnaire is: frozen values, equal when their contents are equal.

A section is a page; it holds questions and groups of questions, groups hold questions and groups. A group may
be repeated, once for each person of a household. `cityvoice.questionnaire.flat.flatten` lays groups and
repeats out as one row of questions per section: that flat form is what is routed, validated and analysed.

Building a questionnaire never fails on its contents, so that a half-finished draft can be held and shown;
`cityvoice.questionnaire.checking.checks.check` tells everything that stands between a draft and publication.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from functools import cached_property

DEFAULT_MAX_LENGTH = 4000
MAX_POINTS = 101
SEED = "_seed"  # the answer that holds a response's random number, from which every random choice follows


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
    TABLE = "table"  # several items, several columns: a dual scale, satisfaction and importance, numbers
    SCALE = "scale"  # numbered points with labelled ends, such as 0-10
    RANKING = "ranking"  # options put in order; each option's answer is its rank, 1 for the first
    BEST_WORST = "best_worst"  # the best and the worst of the options
    NUMBER = "number"
    NUMBERS = "numbers"  # a number for each item; with `total`, a budget to share out
    TEXT = "text"
    TEXTS = "texts"  # a text for each item
    DATE = "date"  # stored as 2026-11-23
    TIME = "time"  # stored as 18:05
    FILE = "file"  # stored as the upload's identifier
    PLACE = "place"  # a point, line or polygon as well-known text, or the place in words
    CONSENT = "consent"  # one box to tick; stored as "1"
    INFO = "info"  # a text to read; nothing is asked
    HIDDEN = "hidden"  # never shown: computed from `value`, or handed over with the link


class MissingKind(StrEnum):
    """Why an answer that was given holds no value. A question that was not asked has no answer at all."""

    DONT_KNOW = "dont_know"
    REFUSED = "refused"
    NOT_APPLICABLE = "not_applicable"
    NO_ANSWER = "no_answer"  # left blank on paper, and recorded so
    UNDECLARED = "undeclared"  # imported data held a code that its codebook does not explain


class Display(StrEnum):
    """How a question is drawn, where its kind leaves a choice."""

    LIST = "list"
    DROPDOWN = "dropdown"
    BUTTONS = "buttons"
    SLIDER = "slider"
    LINE = "line"  # a text of one line
    HEADING = "heading"  # an information that begins a group


class TextFormat(StrEnum):
    EMAIL = "email"
    PHONE = "phone"
    WEB = "web"


class Geometry(StrEnum):
    POINT = "point"
    LINE = "line"
    POLYGON = "polygon"


@dataclass(frozen=True)
class Text:
    """The same words in several languages; the first language is the default.

    ``{expression}`` in a text of the questionnaire stands for its value (`cityvoice.questionnaire.piping`).
    """

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
    specify: bool = False  # asks for words of the respondent's own: "other, namely"
    unread: bool = False  # an interviewer does not read it aloud
    group: Text | None = None  # options of one group stand together under this heading
    when: str | None = None  # offered only where this expression is true
    attributes: Mapping[str, str] | None = None  # what `Question.option_filter` may name

    def __hash__(self) -> int:
        return hash((self.code, self.label, self.missing))


@dataclass(frozen=True)
class Item:
    """One row of a matrix or table, one of several numbers or texts."""

    name: str
    label: Text
    variable: str | None = None  # the column's full name, where it is not <question>_<item>
    when: str | None = None
    opposite: Text | None = None  # the other end of a semantic differential


class ColumnKind(StrEnum):
    SINGLE = "single"
    NUMBER = "number"
    TEXT = "text"
    FLAG = "flag"  # a box to tick; stored as "1"


@dataclass(frozen=True)
class Column:
    """One column of a table: every item has an answer in it."""

    name: str
    label: Text
    kind: ColumnKind = ColumnKind.SINGLE
    options: tuple[ResponseOption, ...] = ()
    low: float | None = None
    high: float | None = None
    step: float | None = None
    ordered: bool = False
    favourable: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Rule:
    """What must hold before a page is accepted. ``this`` is the answer of the question that has the rule."""

    expression: str
    message: Text | None = None  # None: a general sentence


@dataclass(frozen=True)
class Question:
    """One question. Which fields matter depends on its kind; `checks.check` refuses the others."""

    name: str
    kind: QuestionKind
    text: Text
    label: Text | None = None  # a short name for tables and charts, such as "district"
    hint: Text | None = None
    instruction: Text | None = None  # for the interviewer alone
    options: tuple[ResponseOption, ...] = ()  # scale and number: missing options only
    items: tuple[Item, ...] = ()
    columns: tuple[Column, ...] = ()
    required: bool = False
    ordered: bool = False  # the options run from one end to the other
    low: float | None = None
    high: float | None = None
    step: float | None = None
    low_label: Text | None = None
    high_label: Text | None = None
    unit: Text | None = None  # stands behind a number: zl, km
    total: float | None = None  # what several numbers must add up to
    earliest: str | None = None  # of a date or time: 2026-01-31, 08:00, or an expression such as today()
    latest: str | None = None
    max_length: int | None = None
    format: TextFormat | None = None
    pattern: str | None = None  # a regular expression that a whole text must match
    min_answers: int | None = None
    max_answers: int | None = None
    comment: Text | None = None  # asks for a remark under this label
    geometry: Geometry = Geometry.POINT
    accept: tuple[str, ...] = ()  # of a file: media types such as image/jpeg or image/*
    display: Display | None = None
    shuffle: bool = False  # options or items in a random order; those apart keep their place at the end
    default: str | None = None  # an expression, or simply a code in quotes
    value: str | None = None  # of a hidden question: the expression that computes it
    when: str | None = None  # asked only where this expression is true
    option_filter: str | None = None  # an option is offered where this is true; names its attributes, too
    rules: tuple[Rule, ...] = ()
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

    def key(self, part: str) -> str:
        """The answer key of a part of this question: ``sat_parks``, in a second repeat ``sat_parks.2``."""
        stem, dot, instance = self.name.partition(".")
        return f"{stem}_{part}{dot}{instance}"

    def item_key(self, item: Item) -> str:
        _, dot, instance = self.name.partition(".")
        return f"{item.variable}{dot}{instance}" if item.variable else self.key(item.name)

    def cell_key(self, item: Item, column: Column) -> str:
        """The answer key of one cell of a table: ``services_parks_importance``."""
        stem, dot, instance = self.item_key(item).partition(".")
        return f"{stem}_{column.name}{dot}{instance}"

    @cached_property
    def main_fields(self) -> tuple[str, ...]:
        """The answer keys that hold the answer itself, without remarks and "other, namely"."""
        match self.kind:
            case QuestionKind.INFO:
                return ()
            case QuestionKind.MATRIX | QuestionKind.NUMBERS | QuestionKind.TEXTS:
                return tuple(self.item_key(item) for item in self.items)
            case QuestionKind.TABLE:
                return tuple(self.cell_key(item, column) for item in self.items for column in self.columns)
            case QuestionKind.RANKING:
                return tuple(self.key(option.code) for option in self.options if not option.missing)
            case QuestionKind.BEST_WORST:
                return (self.key("best"), self.key("worst"))
            case _:
                return (self.name,)

    @cached_property
    def word_fields(self) -> Mapping[str, ResponseOption]:
        """The keys of "other, namely" texts, and the option that each belongs to."""
        return {self.key(f"{option.code}_text"): option for option in self.options if option.specify}

    @cached_property
    def remark_field(self) -> str | None:
        """The key of the remark: a comment, or a place in words."""
        if self.kind is QuestionKind.PLACE:
            return self.key("words")
        return self.key("comment") if self.comment else None

    @cached_property
    def fields(self) -> tuple[str, ...]:
        """The keys of this question's answers, which are also the names of its form fields."""
        remark = (self.remark_field,) if self.remark_field else ()
        return (*self.main_fields, *self.word_fields, *remark)


class SelectionMethod(StrEnum):
    """How one member of a household is chosen for the interview (`cityvoice.questionnaire.selection`)."""

    LAST_BIRTHDAY = "last_birthday"
    NEXT_BIRTHDAY = "next_birthday"
    KISH = "kish"
    RANDOM = "random"
    YOUNGEST = "youngest"
    OLDEST = "oldest"


@dataclass(frozen=True)
class Selection:
    """One member of a repeat, chosen for the questions that follow."""

    name: str  # holds the member's number; <name>_eligible: of how many; <name>_probability: the chance
    method: SelectionMethod
    when: str | None = None  # who is eligible; None: everybody in the repeat
    by: str | None = (
        None  # the date of birth, the age, or for the Kish grid the order in which members are listed
    )
    text: Text | None = None  # tells who was chosen, in the words of that member: "{name}, it is you"


@dataclass(frozen=True)
class Repeat:
    """How often a group is asked."""

    maximum: int  # columns exist for this many, asked or not: the layout of the data never changes
    count: str | None = None  # an expression; None: the respondent says after each whether there is one more
    more: Text | None = None  # the question for one more: "Is there another person?"
    select: Selection | None = None  # who of them is asked further


@dataclass(frozen=True)
class Group:
    """Questions that belong together inside a section; may hold groups."""

    name: str
    title: Text | None
    elements: tuple["Question | Group", ...]  # in documents: ``questions``
    when: str | None = None
    repeat: Repeat | None = None
    shuffle: bool = False  # its elements in a random order


@dataclass(frozen=True)
class Section:
    """One page of questions."""

    name: str
    title: Text | None
    elements: tuple[Question | Group, ...]  # in documents: ``questions``
    when: str | None = None
    shuffle: bool = False  # its elements in a random order
    rotation: str | None = None  # sections of one rotation come in a random order among themselves

    @cached_property
    def questions(self) -> tuple[Question, ...]:
        """The questions in the order of the document, out of their groups."""
        return tuple(_questions(self.elements))


@dataclass(frozen=True)
class Arm:
    """One version of a split ballot."""

    code: str
    label: Text
    share: float = 1.0  # in proportion to the other arms


@dataclass(frozen=True)
class Split:
    """A split ballot: each respondent is given one arm at random, stored under the split's name."""

    name: str
    arms: tuple[Arm, ...]


@dataclass(frozen=True)
class Quota:
    """At most `limit` completed responses for which `when` holds; then the interview ends with `message`."""

    name: str
    label: Text
    when: str
    limit: int
    message: Text | None = None


@dataclass(frozen=True)
class Questionnaire:
    title: Text
    languages: tuple[str, ...]  # the first is the default
    sections: tuple[Section, ...]
    consent: Text | None = None
    thanks: Text | None = None
    splits: tuple[Split, ...] = ()
    quotas: tuple[Quota, ...] = ()

    def __hash__(self) -> int:
        return self._hash

    @cached_property
    def _hash(self) -> int:  # computed once: derived values are cached by questionnaire
        return hash(tuple(getattr(self, each.name) for each in fields(self)))

    @property
    def earlier(self) -> tuple["Questionnaire", ...]:
        """Earlier versions whose data lie beside this one's (`versions.merge`)."""
        return ()

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


def _questions(elements: tuple[Question | Group, ...]) -> Iterator[Question]:
    for element in elements:
        if isinstance(element, Group):
            yield from _questions(element.elements)
        else:
            yield element


# What is stored for one field: a code, a text, a number or the codes of a multiple choice.
Answer = str | int | float | list[str]
Answers = Mapping[str, Answer]
