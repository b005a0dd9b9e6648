"""Errors of the invitations feature."""

from collections.abc import Sequence

from cityvoice.questionnaire.message import Message

SHOWN = 20  # problems described; all are counted


class InvitationError(Exception):
    """Base of the feature's errors; the message is for the person who asked."""


class ListRefused(InvitationError):
    """A list of people that cannot be taken: one line per problem, each with row and column."""

    def __init__(self, problems: Sequence[Message]) -> None:
        more = len(problems) - SHOWN
        self.problems = [
            *problems[:SHOWN],
            *([Message("... and %(n)s more problems", n=more)] if more > 0 else []),
        ]
        super().__init__("\n".join(self.problems))


class TextRefused(InvitationError):
    """A mail's text that cannot be sent; `field` is subject or body."""

    def __init__(self, field: str, language: str, problem: Message) -> None:
        super().__init__(f"{field}, {language}: {problem}")
        self.field, self.language, self.problem = field, language, problem


class NobodyToWrite(InvitationError):
    def __init__(self) -> None:
        super().__init__("nobody is left to write to")


class SurveyNotOpen(InvitationError):
    def __init__(self) -> None:
        super().__init__("the survey takes no answers now; open it before anybody is written to")


class MailNotConfigured(InvitationError):
    def __init__(self, variable: str) -> None:
        super().__init__(f"no mail can be sent before {variable} is set")
        self.variable = variable
