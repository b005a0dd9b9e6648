"""What a LimeSurvey file holds, the same for every generation and form of file."""

from collections.abc import Iterator
from dataclasses import dataclass, field

Words = dict[str, str]  # language: text as LimeSurvey keeps it, with HTML and {expressions}

DEFAULT_LANGUAGE = ""  # of an attribute that is the same in every language


@dataclass
class Answer:
    code: str
    words: Words
    scale: int = 0
    order: int = 0
    line: int = 0
    assessment: str = ""


@dataclass
class Subquestion:
    id: str
    code: str
    words: Words
    scale: int = 0
    order: int = 0
    relevance: str = ""
    line: int = 0


@dataclass
class Default:
    """A default answer: of a subquestion, of a scale, or (`special`) of "other" and the comment."""

    words: Words
    subquestion: str = ""
    scale: int = 0
    special: str = ""


@dataclass
class Condition:
    """A row of the old condition editor: rows of one scenario hold together, any scenario is enough."""

    scenario: str
    field: str  # 12X3X45SQ001, +12X3X45SQ001 or {TOKEN:...}
    method: str
    value: str
    of_question: str = ""
    line: int = 0


@dataclass
class Question:
    id: str
    group: str
    code: str
    type: str
    words: Words
    help: Words
    order: int = 0
    mandatory: str = "N"
    other: bool = False
    pattern: str = ""
    relevance: str = ""
    theme: str = ""
    line: int = 0
    attributes: dict[str, Words] = field(default_factory=dict)
    subquestions: list[Subquestion] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    defaults: list[Default] = field(default_factory=list)
    conditions: list[Condition] = field(default_factory=list)

    def attribute(self, name: str) -> str:
        """An attribute that is the same in every language; empty when it is not set."""
        words = self.attributes.get(name, {})
        return (words.get(DEFAULT_LANGUAGE) or next(iter(words.values()), "")).strip()

    def on(self, name: str) -> bool:
        return self.attribute(name) in {"1", "Y"}

    def rows(self, scale: int = 0) -> list[Subquestion]:
        return [each for each in self.subquestions if each.scale == scale]

    def scale(self, number: int = 0) -> list[Answer]:
        return [each for each in self.answers if each.scale == number]


@dataclass
class Group:
    id: str
    names: Words
    descriptions: Words
    order: int = 0
    relevance: str = ""
    rotation: str = ""
    line: int = 0
    questions: list[Question] = field(default_factory=list)


@dataclass
class QuotaMember:
    question: str
    code: str


@dataclass
class Quota:
    name: str
    limit: str
    members: list[QuotaMember]
    messages: Words
    is_active: bool = True
    line: int = 0


@dataclass
class Survey:
    """Settings are those of the file, by their own names: ``format``, ``startdate``, ``assessments``."""

    id: str
    languages: tuple[str, ...]
    texts: dict[str, Words]  # title, description, welcometext, endtext, policy_notice, url, ...
    groups: list[Group]
    settings: dict[str, str] = field(default_factory=dict)
    quotas: list[Quota] = field(default_factory=list)
    n_assessments: int = 0
    whole: bool = True  # False: a group or a question alone

    @property
    def language(self) -> str:
        return self.languages[0]

    @property
    def questions(self) -> Iterator[Question]:
        return (question for group in self.groups for question in group.questions)
