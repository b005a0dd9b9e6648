"""A question and what it is made of: its texts, response options, items, columns and rules."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from cityvoice.questionnaire.kinds import ColumnKind, Display, Geometry, MissingKind, QuestionKind, TextFormat

DEFAULT_MAX_LENGTH = 4000
MAX_POINTS = 101
# What is stored for one field: a code, a text, a number or the codes of a multiple choice.
Answer = str | int | float | list[str]
Answers = Mapping[str, Answer]


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
