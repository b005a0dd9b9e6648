"""A paper questionnaire as plain values, ready to be set in type."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class Box:
    """One box to tick."""

    label: str
    code: str
    line: bool = False  # a line for words follows
    is_apart: bool = False  # no answer of substance: don't know, refused
    heading: str = ""  # above the first of a group


@dataclass(frozen=True)
class Choices:
    boxes: tuple[Box, ...]
    shape: str  # "circle": one answer, "square": any number, "rank": a number in each
    n_columns: int = 1
    macro: ClassVar[str] = "choices"


@dataclass(frozen=True)
class Head:
    label: str
    code: str
    is_apart: bool = False


@dataclass(frozen=True)
class GridRow:
    label: str
    opposite: str = ""
    condition: str = ""


@dataclass(frozen=True)
class Grid:
    """Rows with one choice each; `title` names the column of a table that it stands for."""

    heads: tuple[Head, ...]
    rows: tuple[GridRow, ...]
    title: str = ""
    macro: ClassVar[str] = "grid"


@dataclass(frozen=True)
class Scale:
    points: tuple[str, ...]
    low: str
    high: str
    boxes: tuple[Box, ...]
    macro: ClassVar[str] = "scale"


@dataclass(frozen=True)
class Figures:
    """Boxes for figures: ``(2, "day")`` is two boxes with a word under them; 0 is a line."""

    parts: tuple[tuple[int, str], ...]
    between: str = ""
    unit: str = ""


@dataclass(frozen=True)
class Field:
    figures: Figures
    boxes: tuple[Box, ...] = ()
    macro: ClassVar[str] = "field"


@dataclass(frozen=True)
class Fields:
    """A row with figures or a line for each item."""

    rows: tuple[tuple[str, tuple[Figures, ...]], ...]
    heads: tuple[str, ...] = ()
    total: str = ""
    macro: ClassVar[str] = "fields"


@dataclass(frozen=True)
class Lines:
    n: int
    label: str = ""
    macro: ClassVar[str] = "lines"


@dataclass(frozen=True)
class Words:
    words: str
    macro: ClassVar[str] = "words"


Body = Choices | Grid | Scale | Field | Fields | Lines | Words


@dataclass(frozen=True)
class PaperQuestion:
    number: int | None  # None: a text to read
    text: str
    is_heading: bool = False
    condition: str = ""  # whom it is for
    hint: str = ""
    note: str = ""  # for the interviewer
    manner: str = ""  # how to answer it
    bodies: tuple[Body, ...] = ()

    @property
    def may_break(self) -> bool:
        """Whether it is so long that it may go on on the next page."""
        return sum(_size(body) for body in self.bodies) > 26


@dataclass(frozen=True)
class PaperSection:
    title: str
    condition: str
    questions: tuple[PaperQuestion, ...]


@dataclass(frozen=True)
class PaperForm:
    title: str
    language: str
    notice: str
    thanks: str
    sections: tuple[PaperSection, ...]
    is_for_interviewers: bool = False


def _size(body: Body) -> int:
    """About how many lines it takes."""
    match body:
        case Choices(boxes, _, n_columns):
            return len(boxes) // n_columns
        case Grid():
            return 2 + len(body.rows) * 2
        case Fields():
            return len(body.rows) * 2
        case _:
            return 3
