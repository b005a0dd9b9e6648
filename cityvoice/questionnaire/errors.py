"""Errors of the questionnaire engine.

QuestionnaireError
├── ExpressionError   an expression that cannot be read
├── PatternError      a regular expression that cannot be read (`expressions.patterns`)
├── DocumentError     a document that is no valid questionnaire, with every problem and its place
│   └── CodebookError the same, of a codebook of survey microdata
└── MicrodataError    survey microdata with problems, each with its row and column
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from cityvoice.questionnaire.message import Message


class QuestionnaireError(Exception):
    """The base of this floor's errors."""


class ExpressionError(QuestionnaireError):
    """An expression that cannot be read: what is wrong, at which character (from 1)."""

    def __init__(self, message: str, expression: str, position: int) -> None:
        self.message = Message(
            "%(reason)s (at character %(position)s of %(expression)r)",
            reason=message,
            position=position,
            expression=expression,
        )
        super().__init__(self.message)
        self.reason = message
        self.expression = expression
        self.position = position


@dataclass(frozen=True)
class Problem:
    """Something wrong in a document: where (``sections[2].questions[1].options[3].code``) and what.

    What the checks of a questionnaire say is a `Message`, for a designer in any language.
    """

    path: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}: {self.message}" if self.path else self.message


class DocumentError(QuestionnaireError):
    """Everything wrong with a document, so that it can be put right in one go."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))


class CodebookError(DocumentError):
    """A codebook that cannot be read or understood."""


class ImportCode(StrEnum):
    """What can be wrong with survey microdata."""

    UNREADABLE = "unreadable"  # empty, binary, not UTF-8, quotes that do not match
    NO_ROWS = "no_rows"
    WRONG_HEADER = "wrong_header"
    MISSING_COLUMN = "missing_column"
    FIELD_COUNT = "field_count"
    UNKNOWN_CODE = "unknown_code"
    NOT_A_NUMBER = "not_a_number"
    BAD_WEIGHT = "bad_weight"
    BAD_CASE_ID = "bad_case_id"  # empty, or the same twice


@dataclass(frozen=True)
class ImportProblem:
    """One thing wrong with microdata: where, what was found, what was expected."""

    code: ImportCode
    expected: str
    row: int | None = None  # as a spreadsheet counts: the header is row 1
    column: str | None = None
    value: str | None = None

    def __str__(self) -> str:
        row = f"row {self.row}" if self.row else ""
        column = f"column {self.column!r}" if self.column is not None else ""
        place = ", ".join(filter(None, (row, column)))
        found = "" if self.value is None else f"found {_short(self.value)}, "
        return f"{place}: {found}expected {self.expected}" if place else f"{found}expected {self.expected}"


def _short(value: str) -> str:
    return "an empty cell" if not value else repr(value if len(value) <= 60 else f"{value[:60]}...")


class MicrodataError(QuestionnaireError):
    """Microdata that cannot be imported: the first problems, and how many there are in all."""

    def __init__(self, problems: Sequence[ImportProblem], n_problems: int) -> None:
        self.problems = tuple(problems)
        self.n_problems = n_problems
        hidden = n_problems - len(self.problems)
        lines = [*map(str, self.problems), *([f"... and {hidden} more"] if hidden else [])]
        super().__init__("\n".join(lines))
