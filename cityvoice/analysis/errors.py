"""Errors of the analysis feature."""

from dataclasses import dataclass
from enum import StrEnum


class AnalysisError(Exception):
    """Base of the feature's errors; the message is for the person who asked."""


class NoAnswers(AnalysisError):
    def __init__(self, slug: str) -> None:
        super().__init__(f"survey {slug} has no complete responses to analyse yet")


class UnknownVariable(AnalysisError):
    def __init__(self, name: str, known: list[str]) -> None:
        super().__init__(f"no variable is called {name!r}; there are: {', '.join(known)}")


class Misfit(StrEnum):
    """Ways in which control totals and a sample do not fit together."""

    NO_SUCH_VARIABLE = "no_such_variable"
    NO_SUCH_CODE = "no_such_code"
    CODE_WITHOUT_TARGET = "code_without_target"
    CODE_WITHOUT_RESPONDENTS = "code_without_respondents"
    MARGIN_WITHOUT_RESPONDENTS = "margin_without_respondents"
    MISSING_VALUES = "missing_values"


@dataclass(frozen=True, slots=True)
class MarginProblem:
    """One misfit: which variable, which code, how many respondents, what could be done."""

    misfit: Misfit
    variable: str
    code: str = ""
    label: str = ""
    n: int = 0
    collapse_with: str = ""

    def __str__(self) -> str:
        return _SENTENCES[self.misfit].format(p=self)


class MarginsDoNotFit(AnalysisError):
    """Control totals that this sample cannot be weighted to."""

    def __init__(self, problems: list[MarginProblem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


_SENTENCES = {
    Misfit.NO_SUCH_VARIABLE: "margin {p.variable}: the questionnaire has no choice question of that name",
    Misfit.NO_SUCH_CODE: "margin {p.variable}, code {p.code}: the question has no such answer",
    Misfit.CODE_WITHOUT_TARGET: (
        "margin {p.variable}, code {p.code} ({p.label}, n = {p.n}): expected a control total for it;"
        " declare one, or keep these respondents at their share (--keep-untargeted)"
    ),
    Misfit.CODE_WITHOUT_RESPONDENTS: (
        "margin {p.variable}, code {p.code} ({p.label}): expected respondents, got none;"
        " collapse it with {p.collapse_with}"
    ),
    Misfit.MARGIN_WITHOUT_RESPONDENTS: (
        "margin {p.variable}: expected respondents, got none who gave an answer that has a control total"
    ),
    Misfit.MISSING_VALUES: (
        "margin {p.variable}: {p.n} respondents have no answer to it;"
        " keep them at their share (--keep-untargeted)"
    ),
}
