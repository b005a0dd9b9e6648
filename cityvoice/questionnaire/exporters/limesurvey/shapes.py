"""A question as LimeSurvey holds it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from cityvoice.questionnaire.exporters.limesurvey.texts import Translator
from cityvoice.questionnaire.importers.report import Report
from cityvoice.questionnaire.message import Message
from cityvoice.questionnaire.question import Question, Text

Words = Mapping[str, str]


@dataclass
class Shape:
    """One question as LimeSurvey holds it."""

    type: str
    attributes: dict[str, str | Words] = field(default_factory=dict)
    rows: list[tuple[str, Words, str]] = field(default_factory=list)  # code, words, relevance
    columns: list[tuple[str, Words, str]] = field(default_factory=list)
    answers: list[tuple[str, Words, int]] = field(default_factory=list)  # code, words, scale
    other: bool = False
    pattern: str = ""
    theme: str = ""


class ShapeMaker:
    """What every kind of question needs; what does not fit is told."""

    def __init__(self, translator: Translator, languages: tuple[str, ...], report: Report) -> None:
        self.translator = translator
        self.languages = languages
        self.report = report

    def lose(self, question: Question, what: str, why: str) -> None:
        self.report.lose(Message("question %(name)s", name=question.name), what, why)

    def _words(self, question: Question, text: Text | None) -> Words:
        return self.translator.words(text, f"question {question.name}")

    def _counts(self, question: Question, shape: Shape) -> None:
        for name in ("min_answers", "max_answers"):
            if (limit := getattr(question, name)) is not None:
                shape.attributes[name] = str(limit)

    def _missing(self, question: Question) -> None:
        if any(option.missing for option in question.options):
            self.lose(
                question, Message("codes of missing answers"), Message("LimeSurvey has ordinary answers only")
            )


def number_text(value: float) -> str:
    return format(value, ".15g")
