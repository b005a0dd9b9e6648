from cityvoice.questionnaire.errors import QuestionnaireError
from cityvoice.questionnaire.message import Message


class PatternError(QuestionnaireError):
    """A regular expression that cannot be read: what is wrong, at which character (from 1)."""

    def __init__(self, reason: str, pattern: str, position: int) -> None:
        self.message = Message(
            "%(reason)s (at character %(position)s of the pattern %(pattern)r)",
            reason=reason,
            position=position,
            pattern=pattern,
        )
        super().__init__(self.message)
        self.reason = reason
        self.position = position
