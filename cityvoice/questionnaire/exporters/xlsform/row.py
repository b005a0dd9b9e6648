"""A row of the survey sheet, and what all rows need."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from cityvoice.questionnaire.exporters.xlsform.choices import Choices
from cityvoice.questionnaire.exporters.xlsform.spelling import Translator
from cityvoice.questionnaire.importers.report import Report
from cityvoice.questionnaire.message import Message
from cityvoice.questionnaire.question import Question, Text

Words = Mapping[str, str]  # by language


@dataclass
class Row:
    """One row of the survey sheet: plain cells, and texts by language."""

    type: str
    name: str = ""
    cells: dict[str, str] = field(default_factory=dict)
    texts: dict[str, Words] = field(default_factory=dict)


class RowWriter:
    """What every row needs; what does not fit is told."""

    def __init__(
        self, translator: Translator, choices: Choices, languages: tuple[str, ...], report: Report
    ) -> None:
        self.translator = translator
        self.choices = choices
        self.languages = languages
        self.report = report

    def expression(self, source: str | None, question: Question) -> str:
        return self.translator.expression(source, f"question {question.name}")

    def words(self, text: Text | None, question: Question) -> dict[str, str]:
        return self.translator.words(text, f"question {question.name}")

    def lose(self, question: Question, what: str, why: str) -> None:
        self.report.lose(Message("question %(name)s", name=question.name), what, why)

    def row(self, type_: str, question: Question, name: str = "", label: Text | None = None) -> Row:
        """A row with what every question has."""
        row = Row(type_, name or question.name)
        row.texts["label"] = self.words(label or question.text, question)
        if not name or name == question.name:
            row.texts["hint"] = self.words(question.hint, question)
            row.texts["guidance_hint"] = self.words(question.instruction, question)
        if question.required:
            row.cells["required"] = "yes"
        return row

    def constrained(self, row: Row, question: Question, *limits: str) -> Row:
        """The row with limits and rules as its constraint."""
        sources = [*limits, *(rule.expression for rule in question.rules)]
        row.cells["constraint"] = self.translator.all_of(sources, f"question {question.name}")
        messages = [rule.message for rule in question.rules if rule.message]
        if len(messages) == 1 and row.cells["constraint"]:
            row.texts["constraint_message"] = self.words(messages[0], question)
        elif messages:
            self.lose(
                question,
                Message("%(n)s messages", n=len(messages)),
                Message("a row has one constraint and one message"),
            )
        return row

    def defaulted(self, row: Row, question: Question) -> Row:
        if question.default is not None:
            literal = self.translator.literal(question.default)
            row.cells["default"] = literal or self.expression(question.default, question)
        return row

    def opened(self, question: Question, cells: dict[str, str] | None = None) -> Row:
        texts: dict[str, Words] = {"label": self.words(question.text, question)}
        texts["hint"] = self.words(question.hint, question)
        return Row("begin_group", question.name, cells or {}, texts)

    def items(self, question: Question, type_: str) -> Iterator[Row]:
        for item in question.items:
            row = self.row(type_, question, question.item_key(item), item.label)
            row.cells["relevant"] = self.expression(item.when, question)
            if item.opposite:
                self.lose(
                    question,
                    Message("other end of %(name)s", name=item.name),
                    Message("a row of a table has one label"),
                )
            yield row


def quoted(words: str) -> str:
    """Words as a text of our expressions."""
    escaped = words.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def range_text(low: float, high: float, step: float) -> str:
    return f"start={low:.15g} end={high:.15g} step={step:.15g}"
