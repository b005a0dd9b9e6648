"""Errors of interviewing by phone."""

from collections.abc import Sequence

from cityvoice.questionnaire.message import Message


class CatiError(Exception):
    """Base of the feature's errors; the message is for the person who asked."""


class UnknownCase(CatiError):
    def __init__(self, case_id: int) -> None:
        super().__init__(f"no phone case has the number {case_id}")


class CaseNotHeld(CatiError):
    """Somebody writes about a case whose lease they have lost, or never had."""

    def __init__(self, case_id: int) -> None:
        super().__init__(f"case {case_id} is not on this screen any more: its time ran out, or it was moved")
        self.case_id = case_id


class NotAnInterviewer(CatiError):
    """An account that does not interview in this survey."""


class OutsideShift(CatiError):
    """No new case before an interviewer's shift begins or after it has ended."""


class FieldworkClosed(CatiError):
    """The survey takes no answers now."""


class NotConfidential(CatiError):
    """A phone number leads to the answers while fieldwork lasts, so that the survey cannot be anonymous."""

    def __init__(self, slug: str) -> None:
        super().__init__(
            f"survey {slug} promises anonymity, and a phone number leads to its case while fieldwork lasts;"
            " make it confidential first"
        )


class FieldworkGoesOn(CatiError):
    """Contacts are needed as long as people are called."""

    def __init__(self, slug: str) -> None:
        super().__init__(
            Message("survey %(slug)s is still open: close it before its contacts are erased", slug=slug)
        )


class OutcomeRefused(CatiError):
    """An outcome that cannot be recorded: what is missing or contradicts what is known."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class AppointmentRefused(CatiError):
    """A time at which nobody can be called."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class DecisionRefused(CatiError):
    """What a supervisor cannot do now, or not without saying more; names the field."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class FileRefused(CatiError):
    """A frame or a list that cannot be taken: one line per problem, each with row and column."""

    def __init__(self, problems: Sequence[str], n_problems: int) -> None:
        more = n_problems - len(problems)
        lines = [*problems, *([f"... and {more} more problems"] if more > 0 else [])]
        super().__init__("\n".join(lines))
        self.problems, self.n_problems = tuple(problems), n_problems


class DrawRefused(CatiError):
    """A sample that cannot be drawn; names the field."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class PlanRefused(CatiError):
    """A rule of the calling plan that cannot be; names the field."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field
