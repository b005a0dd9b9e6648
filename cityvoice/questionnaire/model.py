"""What a questionnaire is: frozen values, equal when their contents are equal.

A section is a page; it holds questions and groups of questions, groups hold questions and groups. A group may
be repeated, once for each person of a household. `cityvoice.questionnaire.flat.flatten` lays groups and
repeats out as one row of questions per section: that flat form is what is routed, validated and analysed.

Building a questionnaire never fails on its contents, so that a half-finished draft can be held and shown;
`cityvoice.questionnaire.checking.checks.check` tells everything that stands between a draft and publication.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from functools import cached_property

from cityvoice.questionnaire.kinds import SelectionMethod
from cityvoice.questionnaire.question import Question, Text

SEED = "_seed"  # the answer that holds a response's random number, from which every random choice follows


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
