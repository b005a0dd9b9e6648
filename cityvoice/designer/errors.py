"""What can go wrong while a questionnaire is written."""

from collections.abc import Sequence

from cityvoice.questionnaire.errors import Problem


class DraftChanged(Exception):
    """Somebody else, or another tab, has saved the draft since this page was opened."""


class NotPublishable(Exception):
    """The draft has problems, or would change what answers already given mean."""

    def __init__(self, problems: Sequence[Problem], redefined: Sequence[str] = ()) -> None:
        super().__init__("; ".join(str(problem) for problem in problems) or ", ".join(redefined))
        self.problems = tuple(problems)
        self.redefined = tuple(redefined)  # variables with answers whose kind would change
