"""What every reader of foreign questionnaires gives."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from cityvoice.questionnaire.errors import DocumentError, Problem
from cityvoice.questionnaire.model import Group, Questionnaire
from cityvoice.questionnaire.question import Question


@dataclass(frozen=True)
class Loss:
    """Something of a file that our questionnaire does not hold as it was."""

    where: str  # "question Q1 (line 812)"
    what: str  # "attribute time_limit = 30"
    why: str  # "there are no time limits"


@dataclass(frozen=True)
class Imported:
    """A questionnaire ready to be published, and what became of the file's contents.

    Attributes
    ----------
    n_expressions_found
        Conditions, computations, validations and pieces of piped text in the file, each place counted once.
    n_expressions_compiled
        How many of them the questionnaire holds.
    slug, fieldwork, method
        What the file says about the survey, for whoever makes it.
    """

    questionnaire: Questionnaire
    losses: tuple[Loss, ...] = ()
    n_expressions_found: int = 0
    n_expressions_compiled: int = 0
    slug: str | None = None
    fieldwork: tuple[date | None, date | None] = (None, None)
    method: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def n_items(self) -> int:
        """Rows of matrices and tables, and the parts of several numbers or texts."""
        return sum(len(question.items) for question in self.questionnaire.questions)

    @property
    def n_options(self) -> int:
        return sum(
            len(question.options) + sum(len(column.options) for column in question.columns)
            for question in self.questionnaire.questions
        )


def unreadable(where: str, message: str) -> DocumentError:
    """The error of a file that is truly broken: at which line or row, and what was expected."""
    return DocumentError([Problem(where, message)])


Element = Question | Group
