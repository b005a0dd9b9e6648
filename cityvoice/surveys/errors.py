"""Errors of the surveys feature."""

from collections.abc import Sequence


class SurveyError(Exception):
    """Base of the feature's errors; the message is for the person who asked."""


class UnknownSurvey(SurveyError):
    def __init__(self, slug: str, known: Sequence[str] = ()) -> None:
        there_are = f"; there are: {', '.join(known)}" if known else "; there are none yet"
        super().__init__(f"no survey is called {slug!r}{there_are}")


class InvalidSurvey(SurveyError):
    """A survey that cannot be made; names the field."""


class SurveyClosed(SurveyError):
    """Answers came after the survey was closed (or before it opened)."""


class LinkUsed(SurveyError):
    """Whoever holds this personal link has taken part, or nobody was ever given it."""


class TooManyStarts(SurveyError):
    """One network address has begun a survey too often within the hour."""

    def __init__(self, most: int) -> None:
        super().__init__(f"more than {most} responses were begun from one network address within an hour")


class ImportRefused(SurveyError):
    """Data that cannot be imported: one line per problem, each with row and column."""

    def __init__(self, problems: Sequence[str], n_problems: int) -> None:
        more = n_problems - len(problems)
        lines = [*problems, *([f"... and {more} more problems"] if more > 0 else [])]
        super().__init__("\n".join(lines))
        self.problems, self.n_problems = tuple(problems), n_problems


class MeaningChanged(SurveyError):
    """A new version would give the names of variables that have answers to something else."""

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__(f"these variables have answers and would mean something else: {', '.join(names)}")
        self.names = tuple(names)


class TooLargeForFormat(SurveyError):
    """There are more answers than a file of this format can hold."""

    def __init__(self, program: str, most_rows: int, most_columns: int) -> None:
        super().__init__(
            f"a sheet of {program} holds at most {most_rows:,} rows and {most_columns:,} columns; choose CSV"
        )
        self.most_rows, self.most_columns = most_rows, most_columns
